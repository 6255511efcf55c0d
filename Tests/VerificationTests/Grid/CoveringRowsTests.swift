import Testing

@Suite struct `A covering of combinations` {
    @Test(arguments: [
        ([2, 2, 2], 2, 4...5), ([5, 4, 3, 3, 3, 2, 2, 11, 11], 2, 121...160), ([5, 4, 3, 3, 2], 3, 60...90),
        ([5, 4], 3, 20...20), ([7], 2, 7...7),
    ]) func `holds every one and few rows more`(levels: [Int], strength: Int, count: ClosedRange<Int>) {
        let rows = coveringRows(levels: levels, strength: strength)
        #expect(count.contains(rows.count), "\(rows.count) rows")
        #expect(rows.allSatisfy { row in zip(row, levels).allSatisfy { (0..<$1).contains($0) } })
        for factors in combinations(of: levels.count, taken: min(strength, levels.count)) {
            let seen = Set(rows.map { row in factors.map { row[$0] } })
            #expect(seen.count == factors.reduce(1) { $0 * levels[$1] }, "of factors \(factors)")
        }
    }

    @Test func `is the same every time`() {
        let levels = [3, 4, 5, 2]
        #expect(coveringRows(levels: levels, strength: 2) == coveringRows(levels: levels, strength: 2))
    }
}
