import ArgumentParser
import Compiler
import NetRuntime

/// Parses the arguments, runs the command and turns whatever went wrong into a message and an exit code. The one place that does.
func runCommandLine(_ arguments: [String]) -> Int32 {
    let wantsJSON = arguments.contains("--json")
    do {
        var command = try Netc.parseAsRoot(separatingDefinitions(arguments))
        try command.run()
        return 0
    } catch let verdict as ComparisonFailure {
        return verdict.exitCode
    } catch {
        if let error = CompilerError(error) ?? (error as? NetError).map(compilerError) {
            return report(error, asJSON: wantsJSON)
        }
        return reportFromParser(error, asJSON: wantsJSON)
    }
}

/// `-Dname=value` as `-D name=value`, which the parser would take for an option `-Dname` with a value.
private func separatingDefinitions(_ arguments: [String]) -> [String] {
    arguments.flatMap { argument in
        argument.hasPrefix("-D") && argument.contains("=") ? ["-D", String(argument.dropFirst(2))] : [argument]
    }
}

/// A comparison ran to its end and failed. What there is to say has been said.
struct ComparisonFailure: Error {
    var exitCode: Int32 = 1
}

private func report(_ error: CompilerError, asJSON: Bool) -> Int32 {
    switch error {
    case .invalidModel(let report):
        Console.writeError(report.rendered(color: Console.colorsErrors))
    default:
        Console.error(error.message)
    }
    if asJSON { try? Console.write(JSON.error(error).text + "\n") }
    return error.exitCode
}

/// Help and version are no errors; anything else that the parser throws is a mistake in the command line.
private func reportFromParser(_ error: any Error, asJSON: Bool) -> Int32 {
    let code = Netc.exitCode(for: error)
    let text = Netc.fullMessage(for: error)
    if code.isSuccess {
        do { try Console.write(text + "\n") } catch { return report(asCompilerError(error), asJSON: false) }
        return 0
    }
    guard code == .validationFailure else { return report(asCompilerError(error), asJSON: asJSON) }
    Console.writeError(text + "\n")
    if asJSON { try? Console.write(JSON.error(.usage(Netc.message(for: error))).text + "\n") }
    return 64
}

/// An error that no part of the compiler foresaw is ours.
private func asCompilerError(_ error: any Error) -> CompilerError {
    CompilerError(error) ?? .internalError("internal error: \(error)")
}

/// A library that can't be loaded or run: mostly not what the user thinks it is.
private func compilerError(_ error: NetError) -> CompilerError {
    switch error {
    case .cannotOpen, .notGenerated, .wrongInterface, .wrongInput: .invalidData("\(error)")
    case .cannotCreate, .failed: .internalError("\(error)")
    }
}
