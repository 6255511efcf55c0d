import Network
import RandomNetworks

/// Rows of levels, one of each factor, among which every combination of levels of any `strength` factors occurs: all pairs, or all triples.
///
/// Greedy: a row starts from a combination that is missing and takes, factor by factor, the level that adds most missing ones. The same
/// arguments give the same rows.
func coveringRows(levels: [Int], strength: Int) -> [[Int]] {
    var missing = MissingCombinations(levels: levels, strength: min(strength, levels.count))
    var random = SplitMix64(seed: 2026)
    var rows: [[Int]] = []
    while let start = missing.first() {
        var row = start
        for factor in levels.indices.shuffled(using: &random) where row[factor] < 0 {
            let offset = Int.random(in: 0..<levels[factor], using: &random)
            var best = (level: offset, gain: -1)
            for step in 0..<levels[factor] {
                row[factor] = (offset + step) % levels[factor]
                let gain = missing.count(in: row, with: factor)
                if gain > best.gain { best = (row[factor], gain) }
            }
            row[factor] = best.level
        }
        missing.remove(row)
        rows.append(row)
    }
    return rows
}

/// The combinations of levels that no row has yet.
private struct MissingCombinations {
    /// The factors of one kind of combination, and a flag for each of its values.
    private struct Kind {
        var factors: [Int]
        var isMissing: [Bool]
        var count: Int
    }

    private let levels: [Int]
    private var kinds: [Kind] = []

    init(levels: [Int], strength: Int) {
        self.levels = levels
        for factors in combinations(of: levels.count, taken: strength) {
            let count = factors.reduce(1) { $0 * levels[$1] }
            kinds.append(Kind(factors: factors, isMissing: Array(repeating: true, count: count), count: count))
        }
    }

    /// A row with a missing combination and -1 for all other factors.
    func first() -> [Int]? {
        guard let kind = kinds.max(by: { $0.count < $1.count }), kind.count > 0 else { return nil }
        var row = Array(repeating: -1, count: levels.count)
        var rest = kind.isMissing.firstIndex(of: true)!
        for factor in kind.factors.reversed() {
            row[factor] = rest % levels[factor]
            rest /= levels[factor]
        }
        return row
    }

    /// How many missing combinations of a row hold this factor; those with factors that are still open count as none.
    func count(in row: [Int], with factor: Int) -> Int {
        kinds.reduce(0) { sum, kind in
            guard kind.count > 0, kind.factors.contains(factor), let index = index(of: row, in: kind) else {
                return sum
            }
            return sum + (kind.isMissing[index] ? 1 : 0)
        }
    }

    mutating func remove(_ row: [Int]) {
        for position in kinds.indices {
            let index = index(of: row, in: kinds[position])!
            if kinds[position].isMissing[index] { kinds[position].count -= 1 }
            kinds[position].isMissing[index] = false
        }
    }

    private func index(of row: [Int], in kind: Kind) -> Int? {
        var index = 0
        for factor in kind.factors {
            guard row[factor] >= 0 else { return nil }
            index = index * levels[factor] + row[factor]
        }
        return index
    }
}

/// The ascending choices of `count` out of 0..<n.
func combinations(of n: Int, taken count: Int) -> [[Int]] {
    guard count > 0 else { return [[]] }
    return (0..<n).flatMap { last in combinations(of: last, taken: count - 1).map { $0 + [last] } }
}
