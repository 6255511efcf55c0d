import Diagnostics

/// The most steps that a program takes: a second of work, and many times that of any network.
public let maximumStepCount = 5_000_000

/// Reads a `.net` file and builds its network through the elaborator.
///
/// `definitions` are the `-D name=value` of the command line. Everything that is wrong with the file is reported in one run;
/// `Elaborator.finish` is called only where nothing was. A program of more than `mostSteps` is wrong.
public func interpret<E: Elaborator>(
    _ source: SourceFile, definitions: [(name: String, value: String)], with elaborator: inout E,
    log: inout DiagnosticLog, mostSteps: Int = maximumStepCount
) {
    let program = Parser.parse(source, log: &log)
    var evaluator = Evaluator(
        program, source: source, definitions: definitions, elaborator: elaborator, log: log,
        mostSteps: mostSteps)
    evaluator.run()
    guard let finished = evaluator.elaborator as? E else { preconditionFailure("the elaborator keeps its type") }
    elaborator = finished
    log = evaluator.log
}
