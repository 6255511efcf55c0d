/// A fraction that is not negative, for the jump of receptive fields; it saturates instead of overflowing.
struct Rational: Equatable {
    let numerator: Int
    let denominator: Int

    /// The fraction in lowest terms.
    init(_ numerator: Int, _ denominator: Int = 1) {
        precondition(numerator >= 0 && denominator > 0)
        var (a, b) = (numerator, denominator)
        while b != 0 { (a, b) = (b, a % b) }
        self.numerator = numerator / a
        self.denominator = denominator / a
    }

    static func + (a: Rational, b: Rational) -> Rational {
        let common = Rational.leastCommonMultiple(a.denominator, b.denominator)
        let left = saturatingProduct(a.numerator, common / a.denominator)
        return Rational(saturatingSum(left, saturatingProduct(b.numerator, common / b.denominator)), common)
    }

    static func * (a: Rational, b: Rational) -> Rational {
        // Reduced crosswise first, so that only a result that is too large saturates.
        let (left, right) = (Rational(a.numerator, b.denominator), Rational(b.numerator, a.denominator))
        return Rational(
            saturatingProduct(left.numerator, right.numerator), saturatingProduct(left.denominator, right.denominator))
    }

    static func max(_ a: Rational, _ b: Rational) -> Rational { a.isLess(than: b) ? b : a }

    /// The smallest whole number that is not less.
    var roundedUp: Int { numerator / denominator + (numerator % denominator == 0 ? 0 : 1) }

    private func isLess(than other: Rational) -> Bool {
        let left = numerator.multipliedFullWidth(by: other.denominator)
        let right = other.numerator.multipliedFullWidth(by: denominator)
        return (left.high, left.low) < (right.high, right.low)
    }

    private static func leastCommonMultiple(_ a: Int, _ b: Int) -> Int {
        saturatingProduct(a, Rational(b, a).numerator)
    }
}
