import Verification

extension BenchmarkReport {
    /// The report as one file of HTML, without scripts and without anything to fetch: totals, the roofline chart, and for each step a bar whose
    /// dark part is the time that its bound asks for.
    var page: String {
        let chart = rooflineChart(self).map { "<h2>Roofline</h2>\n\($0)\n<p>\(markup(chartLegend))</p>\n" } ?? ""
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
            <title>\(markup(model)) by netc</title>
            <style>
            \(style)
            </style>
            </head>
            <body>
            <h1>\(markup(model))</h1>
            <pre>\(markup(totals))</pre>
            \(chart)<h2>Steps</h2>
            <table>
            <thead><tr>\(heads.map { "<th>\(markup($0))</th>" }.joined())</tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody>
            </table>
            </body>
            </html>

            """
    }

    private var chartLegend: String {
        "A circle is a step that multiplies; its area tells its time. Blue ones are bound by arithmetic, orange ones by memory: a roof "
            + "is what one core reached in the same run. Multiplications are those of the algorithm, which under Winograd's and Strassen's are fewer "
            + "than the convolution's."
    }

    private var heads: [String] {
        ["Layers", "Kernel", "Time", "ms", "above bound", "GMAC/s", "by products", "of peak", "GB/s", "of bound"]
    }

    private var rows: [String] {
        let longest = steps.map(\.milliseconds).max() ?? 0
        return steps.map { step in
            let bound = bound(of: step)
            let cells = [
                Numbers.fixed(step.milliseconds, 4),
                bound.map { Numbers.fixed(max(0, step.milliseconds - $0.milliseconds), 4) } ?? "",
            ]
            let text = [Bench.shortened(step.layers), step.kernel].map { "<td>\(markup($0))</td>" }
            let numbers = (cells + figures(of: step)).map { "<td class=\"number\">\(markup($0))</td>" }
            return
                "<tr title=\"\(markup(step.layers))\">\(text.joined())<td>\(bar(step, bound, longest))</td>\(numbers.joined())</tr>"
        }
    }

    /// What the step takes, beside the longest; dark as far as the bound asks for.
    private func bar(_ step: Step, _ bound: Bound?, _ longest: Double) -> String {
        func width(_ milliseconds: Double) -> String {
            Numbers.fixed(longest > 0 ? 100 * milliseconds / longest : 0, 2)
        }
        let needed = min(bound?.milliseconds ?? 0, step.milliseconds)
        return """
            <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none">\
            <rect class="rest" width="\(width(step.milliseconds))" height="10"/>\
            <rect class="\(bound?.kind.rawValue ?? "rest")" width="\(width(needed))" height="10"/></svg>
            """
    }
}

private let style = """
    :root { color-scheme: light dark; }
    body { font: 14px/1.4 system-ui, sans-serif; margin: 2em auto; max-width: 1200px; padding: 0 1em; }
    table { border-collapse: collapse; width: 100%; font-size: 12px; }
    th, td { padding: 2px 6px; text-align: left; border-bottom: 1px solid #8884; white-space: nowrap; }
    .number { text-align: right; font-variant-numeric: tabular-nums; }
    .chart { width: 100%; font-size: 12px; }
    .chart text { fill: currentColor; }
    .bar { width: 160px; height: 10px; display: block; }
    .grid { stroke: #8884; }
    .roof { stroke: currentColor; stroke-width: 1.5; }
    circle { fill-opacity: 0.55; }
    .arithmetic { fill: #2a78d6; }
    .memory { fill: #e08a1e; }
    .rest { fill: #8886; }
    """
