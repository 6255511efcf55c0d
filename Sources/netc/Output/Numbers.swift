/// Numbers as people read them.
enum Numbers {
    /// `4,253,864`
    static func grouped(_ value: Int) -> String {
        let digits = Array(String(value.magnitude))
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    /// A number with the given decimals.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        guard value.magnitude * scale < 9e18 else { return value.description }
        let units = Int((value.magnitude * scale).rounded())
        let whole = String(units / Int(scale))
        let sign = value < 0 && units > 0 ? "-" : ""
        guard decimals > 0 else { return sign + whole }
        let part = String(units % Int(scale))
        return sign + whole + "." + String(repeating: "0", count: decimals - part.count) + part
    }

    /// `85 %`
    static func percent(_ share: Double) -> String { fixed(100 * share, 0) + " %" }

    /// Three significant digits and an exponent: `1.23e-06`.
    static func scientific(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return value == 0 ? "0" : fixed(value, 0) }
        var exponent = 0
        var mantissa = value.magnitude
        while mantissa >= 9.995 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
        while mantissa < 0.9995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
        let digits = String(exponent.magnitude)
        return (value < 0 ? "-" : "") + fixed(mantissa, 2) + (exponent < 0 ? "e-" : "e+")
            + (digits.count < 2 ? "0" : "")
            + digits
    }

    /// `16.2 MiB`
    static func bytes(_ count: Int) -> String {
        var value = Double(count)
        for unit in ["B", "KiB", "MiB", "GiB", "TiB"] {
            if value < 1024 || unit == "TiB" { return (unit == "B" ? String(count) : fixed(value, 1)) + " " + unit }
            value /= 1024
        }
        preconditionFailure("the last unit returns")
    }

    /// `568.7 M`
    static func scaled(_ count: Int) -> String {
        switch count {
        case ..<100_000: grouped(count)
        case ..<1_000_000_000: fixed(Double(count) / 1e6, 1) + " M"
        default: fixed(Double(count) / 1e9, 3) + " G"
        }
    }
}
