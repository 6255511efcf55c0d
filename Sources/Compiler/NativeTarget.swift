import Target
import Toolchain

/// The machine to make code for: `--cpu`, with `native` and `baseline` resolved to a specification.
package func resolveTarget(_ build: BuildOptions) throws -> Target {
    switch build.cpu {
    case "native":
        guard let triple = build.triple, architecture(triple) != architecture(hostTriple) else {
            return Target.native()
        }
        throw CompilerError.usage("'--target \(triple)' is another machine than this one: say which with '--cpu'")
    case "baseline": return Target.baseline(triple: build.triple ?? hostTriple)
    default:
        let target: Target
        do {
            target = try Target(specification: build.cpu)
        } catch {
            throw CompilerError.usage("'--cpu': \(error), besides native and baseline")
        }
        if let triple = build.triple, !target.runs(on: triple) {
            throw CompilerError.usage("'--cpu \(build.cpu)' is no machine of '--target \(triple)'")
        }
        return target
    }
}

/// Refuses to run clang for another architecture than the one it would make code for.
func checkArchitecture(_ target: Target, _ build: BuildOptions) throws {
    guard !target.runs(on: build.triple ?? hostTriple) else { return }
    throw CompilerError.usage(
        "'--cpu \(build.cpu)' is another machine than this one: name it with '--target', or write the C alone with '--emit c'"
    )
}

extension Target {
    /// Whether machines of this triple can run the code; plain C runs anywhere.
    fileprivate func runs(on triple: String) -> Bool {
        switch instructionSet {
        case .avx512, .avx2, .sse2: ["x86_64", "amd64"].contains(architecture(triple))
        case .neon: ["aarch64", "arm64"].contains(architecture(triple))
        case .scalar: true
        }
    }
}

/// The architecture that code is made for where it is another than this machine's.
package func foreignArchitecture(_ build: BuildOptions) -> String? {
    guard let triple = build.triple, architecture(triple) != architecture(hostTriple) else { return nil }
    return architecture(triple) == "arm64" ? "aarch64" : String(architecture(triple))
}

private func architecture(_ triple: String) -> Substring { triple.prefix { $0 != "-" } }

/// clang's name of the machine that this program was compiled for.
let hostTriple: String = {
    #if arch(x86_64)
        "x86_64-unknown-linux-gnu"
    #elseif arch(arm64)
        "aarch64-unknown-linux-gnu"
    #else
        "unknown"
    #endif
}()
