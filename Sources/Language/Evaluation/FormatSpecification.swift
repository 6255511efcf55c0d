/// `[[fill]align][sign][#][0][width][grouping][.precision][type]`, as in Python.
struct FormatSpecification {
    var fill: Unicode.Scalar = " "
    var align: Unicode.Scalar?
    var sign: Unicode.Scalar = "-"
    var isAlternate = false
    var width = 0
    var grouping: Unicode.Scalar?
    var precision: Int?
    var type: Unicode.Scalar?

    /// `nil` where the text is no specification, or asks for more than a million characters.
    init?(_ text: String) {
        var rest = Array(text.unicodeScalars)[...]
        func isAlignment(_ scalar: Unicode.Scalar) -> Bool { "<>^=".unicodeScalars.contains(scalar) }
        if rest.count > 1, isAlignment(rest[rest.startIndex + 1]) {
            fill = rest.removeFirst()
            align = rest.removeFirst()
        } else if let first = rest.first, isAlignment(first) {
            align = rest.removeFirst()
        }
        if let first = rest.first, "+- ".unicodeScalars.contains(first) { sign = rest.removeFirst() }
        if rest.first == "#" {
            isAlternate = true
            rest.removeFirst()
        }
        if rest.first == "0" {
            rest.removeFirst()
            if align == nil { (fill, align) = ("0", "=") }
        }
        func number() -> Int? {
            var digits = ""
            while let first = rest.first, ("0"..."9").contains(first) {
                digits.unicodeScalars.append(first)
                rest.removeFirst()
            }
            return digits.isEmpty ? nil : digits.utf8.count > 6 ? Int.max : Int(digits)
        }
        width = number() ?? 0
        if rest.first == "," || rest.first == "_" { grouping = rest.removeFirst() }
        if rest.first == "." {
            rest.removeFirst()
            guard let digits = number() else { return nil }
            precision = digits
        }
        type = rest.popFirst()
        guard rest.isEmpty, width <= 1_000_000, precision ?? 0 <= 1_000_000 else { return nil }
    }

    func format(_ text: String) -> String? {
        guard type == nil || type == "s", align != "=", grouping == nil, sign == "-" else { return nil }
        var shown = text
        if let precision { shown = String(String.UnicodeScalarView(text.unicodeScalars.prefix(precision))) }
        return padded(sign: "", shown, align: align ?? "<")
    }

    func format(_ value: Int) -> String? {
        let radix: (Int, String)
        switch type {
        case nil, "d", "n": radix = (10, "")
        case "x": radix = (16, "0x")
        case "X": radix = (16, "0X")
        case "o": radix = (8, "0o")
        case "b": radix = (2, "0b")
        case "e", "E", "f", "F", "g", "G", "%": return format(Double(value))
        default: return nil
        }
        guard precision == nil else { return nil }
        let digits = String(value.magnitude, radix: radix.0, uppercase: type == "X")
        return padded(
            sign: signText(value < 0) + (isAlternate ? radix.1 : ""), grouped(digits, every: radix.0 == 10 ? 3 : 4),
            align: align ?? ">")
    }

    func format(_ value: Double) -> String? {
        let sign = signText(value.sign == .minus && !value.isNaN)
        guard value.isFinite else {
            guard type != "d", type != "s" else { return nil }
            return padded(sign: sign, value.isNaN ? "nan" : "inf", align: align ?? ">")
        }
        let decimal = Decimal(exactly: type == "%" ? value * 100 : value)
        let digits = precision ?? 6
        var text: String
        switch type {
        case "f", "F": text = decimal.fixed(digits)
        case "%": text = decimal.fixed(digits)
        case "e", "E": text = decimal.scientific(digits)
        case "g", "G", "n": text = decimal.general(digits, keepsZeros: isAlternate)
        case nil:
            text = precision.map { decimal.general($0, keepsZeros: false) } ?? pythonText(value.magnitude)
            if precision != nil, !text.contains("."), !text.contains("e") { text += ".0" }
        default: return nil
        }
        if type == "E" || type == "G" { text = text.uppercased() }
        let point = text.firstIndex { !$0.isNumber } ?? text.endIndex
        text = grouped(String(text[..<point]), every: 3) + text[point...] + (type == "%" ? "%" : "")
        return padded(sign: sign, text, align: align ?? ">")
    }

    private func signText(_ isNegative: Bool) -> String {
        if isNegative { return "-" }
        return sign == "-" ? "" : String(Character(sign))
    }

    private func grouped(_ digits: String, every count: Int) -> String {
        guard let grouping else { return digits }
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % count == 0 { text.unicodeScalars.append(grouping) }
            text.append(digit)
        }
        return text
    }

    private func padded(sign: String, _ text: String, align: Unicode.Scalar) -> String {
        let missing = max(0, width - sign.unicodeScalars.count - text.unicodeScalars.count)
        func filler(_ count: Int) -> String { String(repeating: String(Character(fill)), count: count) }
        switch align {
        case "<": return sign + text + filler(missing)
        case "^": return filler(missing / 2) + sign + text + filler(missing - missing / 2)
        case "=": return sign + filler(missing) + text
        default: return filler(missing) + sign + text
        }
    }
}
