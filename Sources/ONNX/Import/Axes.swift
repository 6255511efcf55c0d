/// A factor of an axis's extent: a piece of an index. Its extent is at least 2; what has extent 1 needs none.
typealias Atom = Int

/// An axis as the factors of its extent, the slowest first; empty where its extent is 1.
typealias Axis = [Atom]

/// The factors that axes of tensors consist of, and which of them are the same.
///
/// A tensor of ONNX is held by a tensor of `.net` whose axes may stand in another order, be merged or split: both are lists of
/// the same atoms. So a transposition, a reshape that splits or merges axes, and a squeeze change nothing but these lists. An operator takes its
/// operands under atoms of their own (`renamed`), splits them and declares them equal as it needs.
struct AtomTable {
    /// The atom of the samples of a batch, which no tensor of `.net` has.
    static let batch: Atom = 0
    private var extents: [Int]
    /// What an atom was replaced by.
    private var replacements: [Atom: Axis] = [:]

    init(batch: Int) { extents = [batch] }

    /// A new axis of an extent.
    mutating func axis(_ extent: Int) -> Axis {
        if extent == 1 { return [] }
        extents.append(extent)
        return [extents.count - 1]
    }

    /// The axis with atoms replaced by what they were split into.
    func resolve(_ axis: Axis) -> Axis {
        guard axis.contains(where: { replacements[$0] != nil }) else { return axis }
        return axis.flatMap { atom in replacements[atom].map(resolve) ?? [atom] }
    }

    func resolve(_ axes: [Axis]) -> [Axis] { axes.map(resolve) }

    func extent(_ axis: Axis) -> Int { resolve(axis).reduce(1) { $0 * extents[$1] } }

    func extents(_ axes: [Axis]) -> [Int] { axes.map(extent) }

    /// The extent of an axis that may be too large for a number.
    func checkedExtent(_ axis: Axis) throws -> Int {
        try resolve(axis).reduce(1) { extent, atom in
            let (product, overflow) = extent.multipliedReportingOverflow(by: extents[atom])
            guard !overflow else { throw OperatorProblem("its result has an axis that is too large") }
            return product
        }
    }

    /// Splits an atom so that its slower part has that extent, which divides its own.
    private mutating func split(_ atom: Atom, slower extent: Int) {
        replacements[atom] = axis(extent) + axis(extents[atom] / extent)
    }

    /// Makes two axes of one extent the same list of atoms, splitting atoms; `false` where their factors don't fit, or one is the batch.
    mutating func unify(_ first: Axis, _ second: Axis) -> Bool {
        while true {
            let (a, b) = (resolve(first), resolve(second))
            guard let position = zip(a, b).enumerated().first(where: { $1.0 != $1.1 })?.offset else { return a == b }
            let (left, right) = (a[position], b[position])
            let (p, q) = (extents[left], extents[right])
            if left == Self.batch || right == Self.batch { return false }
            if p == q {
                replacements[right] = [left]
            } else if p > q, p % q == 0 {
                split(left, slower: q)
            } else if q > p, q % p == 0 {
                split(right, slower: p)
            } else {
                return false
            }
        }
    }

    /// The tensor under atoms of its own.
    mutating func renamed(_ value: Dynamic) -> Dynamic {
        var names: [Atom: Atom] = [Self.batch: Self.batch]
        func rename(_ axes: [Axis]) -> [Axis] {
            resolve(axes).map { axis in
                axis.map { atom in
                    if let name = names[atom] { return name }
                    let name = self.axis(extents[atom])[0]
                    names[atom] = name
                    return name
                }
            }
        }
        return Dynamic(onnx: rename(value.onnx), net: rename(value.net), tensor: value.tensor)
    }

    /// Cuts a list of atoms into axes of the given extents, splitting atoms; `nil` where an atom would have to be cut unevenly.
    mutating func cut(_ atoms: Axis, into target: [Int]) -> [Axis]? {
        var rest = resolve(atoms)[...]
        var result: [Axis] = []
        for extent in target {
            var axis: Axis = []
            var product = 1
            while product < extent {
                guard let atom = rest.first, atom != Self.batch, extent % product == 0 else { return nil }
                let wanted = extent / product
                if wanted % extents[atom] == 0 {
                    axis.append(atom)
                    product *= extents[atom]
                    rest.removeFirst()
                } else if extents[atom] % wanted == 0 {
                    split(atom, slower: wanted)
                    rest = (resolve([atom]) + rest.dropFirst())[...]
                } else {
                    return nil
                }
            }
            guard product == extent else { return nil }
            result.append(axis)
        }
        return rest.isEmpty ? result : nil
    }
}
