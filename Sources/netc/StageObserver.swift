import Compiler

/// Prints what `--dump-after` and `--time-passes` ask for, and what there is to say about weights.
final class StageObserver {
    private let build: BuildOptions
    private let clock = ContinuousClock()
    private var last: ContinuousClock.Instant
    private var times: [(stage: String, time: Duration)] = []
    private var dump: String?

    init(_ build: BuildOptions) {
        self.build = build
        last = clock.now
    }

    /// To be handed to whatever compiles.
    var hooks: CompilerHooks {
        var hooks = CompilerHooks()
        hooks.observe = { stage, graph in
            let now = self.clock.now
            self.times.append((stage, now - self.last))
            self.last = now
            if stage == self.build.dumpAfter, let graph { self.dump = text(of: graph) }
        }
        hooks.remark = { Console.writeError($0.rendered(color: Console.colorsErrors)) }
        return hooks
    }

    /// Prints the graph to standard output, or standard error where that is taken, and the times to standard error.
    func finish(outputIsTaken: Bool = false) throws {
        if let dump { outputIsTaken ? Console.writeError(dump) : try Console.write(dump) }
        if build.timesPasses { Console.writeError(timeTable) }
    }

    private var timeTable: String {
        var table = TextTable([("Stage", .left), ("ms", .right)])
        func milliseconds(_ time: Duration) -> String { Numbers.fixed(time / .milliseconds(1), 3) }
        for (stage, time) in times { table.append([stage, milliseconds(time)]) }
        table.append(["total", milliseconds(times.reduce(.zero) { $0 + $1.time })])
        return table.text
    }
}
