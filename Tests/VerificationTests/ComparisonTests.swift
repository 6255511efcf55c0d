import Testing
import Verification

@Suite struct `The comparison of one number` {
    @Test func `is right up to its bound`() {
        #expect(boundRatio(1.5, expected: 1, bound: 1) == 0.5)
        #expect(boundRatio(2, expected: 1, bound: 0.5) == 2)
        #expect(boundRatio(1, expected: 1, bound: 0) == 0)
        #expect(boundRatio(1, expected: 2, bound: 0) == .infinity)
    }

    @Test func `wants NaN where the reference is NaN, and nowhere else`() {
        #expect(boundRatio(.nan, expected: .nan, bound: 0) == 0)
        #expect(boundRatio(0, expected: .nan, bound: 1) == .infinity)
        #expect(boundRatio(.nan, expected: 0, bound: 1) == .infinity)
        #expect(boundRatio(.infinity, expected: 0, bound: 1) == .infinity)
    }

    @Test func `accepts any non-finite number beyond float's range`() {
        for actual in [Double.infinity, -.infinity, .nan] { #expect(boundRatio(actual, expected: 1e39, bound: 1) == 0) }
        #expect(boundRatio(1, expected: 1e39, bound: 1) == .infinity)
        #expect(boundRatio(.infinity, expected: .infinity, bound: 0) == 0)
    }

    @Test func `a bound that is not a number accepts nothing but the exact`() {
        #expect(!(boundRatio(1, expected: 2, bound: .nan) <= 1))
    }

    @Test func `statistics keep the worst element`() {
        var statistics = ErrorStatistics()
        statistics.add(1, expected: 1, bound: 1)
        statistics.add(4, expected: 1, bound: 1)
        statistics.add(2, expected: 1, bound: 1)
        #expect(statistics.worstIndex == 1)
        #expect(statistics.boundRatio == 3)
        #expect(statistics.wrongCount == 1)
        #expect(statistics.maxAbsoluteError == 3)
        #expect(!statistics.isRight)
    }
}
