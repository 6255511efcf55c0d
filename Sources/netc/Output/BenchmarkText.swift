import Verification

extension BenchmarkReport {
    /// For people: totals, then every step with its shares of the peak and of its bound.
    var text: String { totals + "\n" + stepTable }

    /// Latency, work and peak, a line each.
    var totals: String {
        var text = """
            \(model) for \(target), \(threads) thread\(threads == 1 ? "" : "s"), \(runs) runs
            latency  min \(Numbers.fixed(minimumMilliseconds, 3)) ms, median \(Numbers.fixed(medianMilliseconds, 3)) ms
            work     \(work)

            """
        if let peak {
            let reads = peak.levels.map { "\(Numbers.fixed($0.gigabytesPerSecond, 1)) from \($0.name)" }
            text +=
                "peak     \(Numbers.fixed(peak.gmacsPerSecond, 1)) GMAC/s; reads \(reads.joined(separator: ", ")) GB/s; "
                + "one core, measured now\n"
        }
        return text
    }

    /// What is multiplied; under Winograd's and Strassen's algorithms the convolutions' multiply-adds, then the products that remain.
    private var work: String {
        let share =
            peak.map { " (\(Numbers.percent(gigaproductsPerSecond / $0.gmacsPerSecond)) of one core's peak)" } ?? ""
        let asDefined = "\(Numbers.scaled(macs)) MACs, \(Numbers.fixed(gmacsPerSecond, 1)) GMAC/s"
        guard products != macs else { return asDefined + share }
        return asDefined + ", by \(Numbers.scaled(products)) products, \(Numbers.fixed(gigaproductsPerSecond, 1)) G/s"
            + share
    }

    private var stepTable: String {
        let total = steps.reduce(0) { $0 + $1.milliseconds }
        var table = TextTable([
            ("Layers", .left), ("Kernel", .left), ("ms", .right), ("time", .right), ("GMAC/s", .right),
            ("by products", .right), ("of peak", .right), ("GB/s", .right), ("of bound", .right),
        ])
        for step in steps {
            table.append(
                [
                    Bench.shortened(step.layers), step.kernel, Numbers.fixed(step.milliseconds, 4),
                    total > 0 ? Numbers.fixed(100 * step.milliseconds / total, 1) + " %" : "",
                ] + figures(of: step))
        }
        let bounds = steps.compactMap { bound(of: $0)?.milliseconds }.reduce(0, +)
        let share = peak == nil || total == 0 ? "" : Numbers.percent(bounds / total)
        table.append(["all steps, one thread", "", Numbers.fixed(total, 4), "", "", "", "", "", share])
        return table.text
    }

    /// GMAC/s by definition; by the products of the algorithm where it saves some; the share of peak by these; GB/s; the share of the bound and which it is.
    func figures(of step: Step) -> [String] {
        let ofPeak = peak.map { Numbers.percent(step.gigaproductsPerSecond / $0.gmacsPerSecond) } ?? ""
        return [
            step.macs > 0 ? Numbers.fixed(step.gmacsPerSecond, 1) : "",
            step.products != step.macs ? Numbers.fixed(step.gigaproductsPerSecond, 1) : "",
            step.products > 0 ? ofPeak : "",
            Numbers.fixed(step.gigabytesPerSecond, 1),
            share(of: step).map { "\(Numbers.percent($0)) \(bound(of: step)!.kind.rawValue)" } ?? "",
        ]
    }

    /// A step's rates in one clause.
    func rates(of step: Step) -> String {
        let names = [" GMAC/s", " G/s by products", " of peak", " GB/s", ""]
        return zip(figures(of: step), names).filter { !$0.0.isEmpty }.map { $0 + $1 }.joined(separator: ", ")
    }

    /// For programs.
    var json: JSON {
        .document([
            ("model", .string(model)), ("target", .string(target)), ("threads", .int(threads)), ("runs", .int(runs)),
            ("min_ms", .double(minimumMilliseconds)), ("median_ms", .double(medianMilliseconds)), ("macs", .int(macs)),
            ("products", .int(products)),
            ("gmacs_per_s", .double(gmacsPerSecond)),
            ("peak_gmacs_per_s", peak.map { .double($0.gmacsPerSecond) } ?? .null),
            ("peak_gbytes_per_s", peak.map { .double($0.gigabytesPerSecond) } ?? .null),
            (
                "reads",
                .array(
                    (peak?.reads ?? []).map {
                        .object([("bytes", .int($0.bytes)), ("gbytes_per_s", .double($0.gigabytesPerSecond))])
                    })
            ),
            ("layers", .array(steps.map(json(of:)))),
        ])
    }

    private func json(of step: Step) -> JSON {
        .object([
            ("name", .string(step.layers)), ("kernel", .string(step.kernel)), ("ms", .double(step.milliseconds)),
            ("macs", .int(step.macs)), ("products", .int(step.products)), ("bytes", .int(step.bytes)),
            ("gmacs_per_s", .double(step.gmacsPerSecond)),
            ("gproducts_per_s", .double(step.gigaproductsPerSecond)),
            ("gbytes_per_s", .double(step.gigabytesPerSecond)),
            ("share_of_peak", peak.map { .double(step.gigaproductsPerSecond / $0.gmacsPerSecond) } ?? .null),
            ("bound", bound(of: step).map { .string($0.kind.rawValue) } ?? .null),
            ("share_of_bound", share(of: step).map { .double($0) } ?? .null),
        ])
    }
}
