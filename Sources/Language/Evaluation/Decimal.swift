/// The exact decimal expansion of a finite float, for `round` and format specifications as in Python.
struct Decimal {
    var isNegative: Bool
    /// Digits without leading zeros; empty for zero.
    var digits: [UInt8]
    /// Digits before the decimal point; negative where zeros follow it.
    var point: Int

    /// Every finite float has an exact expansion: m·2^e, or m·5^k / 10^k for e = −k.
    init(exactly value: Double) {
        isNegative = value.sign == .minus
        guard value != 0 else {
            (digits, point) = ([], 0)
            return
        }
        var exponent = Int(value.exponentBitPattern) - 1075
        var mantissa = value.significandBitPattern
        if value.exponentBitPattern == 0 { exponent += 1 } else { mantissa |= 1 << 52 }
        var limbs: [UInt64] = []
        while mantissa > 0 {
            limbs.append(mantissa % 1_000_000_000)
            mantissa /= 1_000_000_000
        }
        let (factor, chunk): (UInt64, Int) = exponent >= 0 ? (2, 29) : (5, 12)
        var rest = abs(exponent)
        while rest > 0 {
            let count = min(rest, chunk)
            Self.multiply(&limbs, by: (0..<count).reduce(1) { product, _ in product * factor })
            rest -= count
        }
        var text: [UInt8] = []
        for limb in limbs {
            var limb = limb
            for _ in 0..<9 {
                text.append(UInt8(limb % 10))
                limb /= 10
            }
        }
        while text.last == 0 { text.removeLast() }
        digits = text.reversed()
        point = digits.count - (exponent < 0 ? -exponent : 0)
    }

    private static func multiply(_ limbs: inout [UInt64], by factor: UInt64) {
        var carry: UInt64 = 0
        for index in limbs.indices {
            let product = limbs[index] * factor + carry
            limbs[index] = product % 1_000_000_000
            carry = product / 1_000_000_000
        }
        while carry > 0 {
            limbs.append(carry % 1_000_000_000)
            carry /= 1_000_000_000
        }
    }

    /// Keeps so many leading digits, rounding half to even.
    mutating func keep(_ count: Int) {
        guard count < digits.count else { return }
        guard count >= 0 else {
            digits = []
            return
        }
        let first = digits[count]
        let isTie = first == 5 && digits[(count + 1)...].allSatisfy { $0 == 0 }
        let isUp = isTie ? count > 0 && digits[count - 1] % 2 == 1 : first >= 5
        digits.removeSubrange(count...)
        guard isUp else { return }
        var index = count - 1
        while index >= 0, digits[index] == 9 {
            digits[index] = 0
            index -= 1
        }
        if index >= 0 {
            digits[index] += 1
        } else {
            digits.insert(1, at: 0)
            point += 1
        }
    }

    /// `123.450`, without sign.
    func fixed(_ precision: Int) -> String {
        var rounded = self
        rounded.keep(point + precision)
        let whole = rounded.point > 0 ? Self.text(rounded.digits, 0, rounded.point) : "0"
        guard precision > 0 else { return whole }
        return whole + "." + Self.text(rounded.digits, rounded.point, rounded.point + precision)
    }

    /// `1.2345e+02`, without sign.
    func scientific(_ precision: Int) -> String {
        var rounded = self
        rounded.keep(precision + 1)
        let exponent = rounded.digits.isEmpty ? 0 : rounded.point - 1
        let fraction = precision > 0 ? "." + Self.text(rounded.digits, 1, precision + 1) : ""
        return Self.text(rounded.digits, 0, 1) + fraction + Self.exponent(exponent)
    }

    /// `%g`: so many significant digits, the shorter of the two forms, trailing zeros dropped unless kept.
    func general(_ precision: Int, keepsZeros: Bool) -> String {
        let precision = max(1, precision)
        var rounded = self
        rounded.keep(precision)
        let exponent = rounded.digits.isEmpty ? 0 : rounded.point - 1
        if exponent < -4 || exponent >= precision {
            let text = scientific(precision - 1)
            let parts = text.split(separator: "e")
            return Self.withoutZeros(String(parts[0]), keepsZeros) + "e" + parts[1]
        }
        return Self.withoutZeros(fixed(precision - 1 - exponent), keepsZeros)
    }

    static func exponent(_ value: Int) -> String {
        (value < 0 ? "e-" : "e+") + (abs(value) < 10 ? "0" : "") + String(abs(value))
    }

    private static func withoutZeros(_ text: String, _ keepsZeros: Bool) -> String {
        guard !keepsZeros, text.contains(".") else { return text }
        var bytes = Array(text.utf8)
        while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The digits at decimal positions `start..<end`, zeros where there are none.
    private static func text(_ digits: [UInt8], _ start: Int, _ end: Int) -> String {
        String(
            decoding: (start..<max(start, end)).map { digits.indices.contains($0) ? digits[$0] + 48 : 48 },
            as: UTF8.self)
    }
}

/// Python's `round(value, digits)`.
func roundDecimal(_ value: Double, digits: Int) -> Double {
    guard value.isFinite, digits < 400 else { return value }
    guard digits > -400 else { return value.sign == .minus ? -0.0 : 0 }
    var decimal = Decimal(exactly: value)
    decimal.keep(decimal.point + digits)
    guard !decimal.digits.isEmpty else { return value.sign == .minus ? -0.0 : 0 }
    let text = String(decoding: decimal.digits.map { $0 + 48 }, as: UTF8.self)
    let magnitude = Double("\(text)e\(decimal.point - decimal.digits.count)") ?? value.magnitude
    return decimal.isNegative ? -magnitude : magnitude
}

/// Python's `repr` of a float: the shortest digits that give the same float.
func pythonText(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    let sign = value.sign == .minus ? "-" : ""
    if value == 0 { return sign + "0.0" }
    // Swift prints the shortest digits too, but chooses between the forms at other sizes.
    let parts = value.magnitude.description.split(separator: "e")
    let mantissa = parts[0].split(separator: ".")
    let fraction = mantissa.count > 1 && mantissa[1] != "0" ? String(mantissa[1]) : ""
    var digits = Array((mantissa[0] + fraction).utf8)
    var point = mantissa[0].utf8.count + (parts.count > 1 ? Int(parts[1])! : 0)
    while digits.count > 1, digits.first == 48 {
        digits.removeFirst()
        point -= 1
    }
    while digits.count > 1, digits.last == 48 { digits.removeLast() }
    func text(_ digits: ArraySlice<UInt8>) -> String { String(decoding: digits, as: UTF8.self) }
    if point > 16 || point < -3 {
        return sign + text(digits[..<1]) + (digits.count > 1 ? "." + text(digits[1...]) : "")
            + Decimal.exponent(point - 1)
    }
    if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + text(digits[...]) }
    if point >= digits.count {
        return sign + text(digits[...]) + String(repeating: "0", count: point - digits.count) + ".0"
    }
    return sign + text(digits[..<point]) + "." + text(digits[point...])
}
