import Verification

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

// The roofline chart (Williams, Waterman and Patterson, 2009): how fast each step computes over how many products it has for a byte that it
// must move, under the roofs that arithmetic and each level of memory put over it.

/// An axis with a logarithmic scale, from a number to a larger one, drawn between two coordinates.
private struct LogarithmicAxis {
    let range: ClosedRange<Double>
    let start, end: Double

    /// The coordinate of a number.
    func place(_ value: Double) -> Double {
        start + (end - start) * log10(value / range.lowerBound) / log10(range.upperBound / range.lowerBound)
    }

    /// The numbers 1, 2 and 5 times powers of ten in the range, or only the powers where these are many.
    var ticks: [Double] {
        let powers = Int(log10(range.lowerBound).rounded(.down))...Int(log10(range.upperBound).rounded(.up))
        let factors: [Double] = powers.count > 4 ? [1] : [1, 2, 5]
        return powers.flatMap { power in factors.map { $0 * pow(10, Double(power)) } }.filter(range.contains)
    }
}

/// The chart of a report as SVG; `nil` where the machine's peak is unknown or nothing multiplies.
func rooflineChart(_ report: BenchmarkReport) -> String? {
    let steps = report.steps.filter { $0.products > 0 && $0.bytes > 0 && $0.milliseconds > 0 }
    guard let peak = report.peak, peak.gmacsPerSecond > 0, peak.gigabytesPerSecond > 0, !steps.isEmpty else {
        return nil
    }
    let intensities = steps.map(\.intensity)
    let x = LogarithmicAxis(
        range: (min(intensities.min()!, 0.5) / 1.5)...(max(intensities.max()!, 50) * 1.5), start: 70, end: 880)
    let slowest = steps.map(\.gigaproductsPerSecond).min()!
    let y = LogarithmicAxis(
        range: (min(slowest, peak.gmacsPerSecond / 10) / 1.5)...(peak.gmacsPerSecond * 1.6), start: 400, end: 20)
    let total = report.steps.reduce(0) { $0 + $1.milliseconds }
    let points = steps.map { point($0, report, total: total, x, y) }
    return """
        <svg class="chart" viewBox="0 0 900 450" role="img" aria-label="Roofline chart">
        \((grid(x, y) + roofs(peak, x, y) + points).joined(separator: "\n"))
        </svg>
        """
}

extension BenchmarkReport.Step {
    /// Products for each byte that must be moved.
    fileprivate var intensity: Double { Double(products) / Double(bytes) }
}

private func grid(_ x: LogarithmicAxis, _ y: LogarithmicAxis) -> [String] {
    let vertical = x.ticks.map { tick in
        line("grid", (x.place(tick), y.start), (x.place(tick), y.end))
            + label(tick.short, x.place(tick), y.start + 18, anchor: "middle")
    }
    let horizontal = y.ticks.map { tick in
        line("grid", (x.start, y.place(tick)), (x.end, y.place(tick)))
            + label(tick.short, x.start - 8, y.place(tick) + 4, anchor: "end")
    }
    return vertical + horizontal + [
        label("multiplications for each byte", (x.start + x.end) / 2, y.start + 40, anchor: "middle"),
        label("10⁹ multiplications a second", x.start, y.end - 6),
    ]
}

/// The peak, and for each level of memory the slope that meets it.
private func roofs(_ peak: MachinePeak, _ x: LogarithmicAxis, _ y: LogarithmicAxis) -> [String] {
    let top = peak.gmacsPerSecond
    let flat =
        line("roof", (x.start, y.place(top)), (x.end, y.place(top)))
        + label("\(Numbers.fixed(top, 1)) GMAC/s", x.end, y.place(top) - 6, anchor: "end")
    let slopes = peak.levels.filter { $0.gigabytesPerSecond > 0 }.map { level in
        let from = max(x.range.lowerBound, y.range.lowerBound / level.gigabytesPerSecond)
        let to = max(from, min(x.range.upperBound, top / level.gigabytesPerSecond))
        let start = (x.place(from), y.place(from * level.gigabytesPerSecond))
        let end = (x.place(to), y.place(to * level.gigabytesPerSecond))
        return line("roof", start, end)
            + label("\(level.name) \(Numbers.fixed(level.gigabytesPerSecond, 0)) GB/s", start.0 + 16, start.1 + 2)
    }
    return [flat] + slopes
}

/// A circle whose area tells the time, by what bounds it.
private func point(
    _ step: BenchmarkReport.Step, _ report: BenchmarkReport, total: Double, _ x: LogarithmicAxis,
    _ y: LogarithmicAxis
) -> String {
    let radius = 3 + 22 * (step.milliseconds / total).squareRoot()
    let kind = report.bound(of: step)?.kind.rawValue ?? ""
    let text = "\(step.layers): \(Numbers.fixed(step.milliseconds, 4)) ms, \(report.rates(of: step))"
    return """
        <circle class="\(kind)" cx="\(x.place(step.intensity).coordinate)" \
        cy="\(y.place(step.gigaproductsPerSecond).coordinate)" r="\(radius.coordinate)"><title>\(markup(text))</title></circle>
        """
}

private func line(_ kind: String, _ start: (Double, Double), _ end: (Double, Double)) -> String {
    "<line class=\"\(kind)\" x1=\"\(start.0.coordinate)\" y1=\"\(start.1.coordinate)\" "
        + "x2=\"\(end.0.coordinate)\" y2=\"\(end.1.coordinate)\"/>"
}

private func label(_ text: String, _ x: Double, _ y: Double, anchor: String = "start") -> String {
    "<text x=\"\(x.coordinate)\" y=\"\(y.coordinate)\" text-anchor=\"\(anchor)\">\(markup(text))</text>"
}

extension Double {
    fileprivate var coordinate: String { Numbers.fixed(self, 1) }

    /// `0.05`, `20`
    fileprivate var short: String {
        self < 1 ? Numbers.fixed(self, self < 0.01 ? 3 : self < 0.1 ? 2 : 1) : Numbers.fixed(self, 0)
    }
}
