import Foundation
import Testing

// What ARCHITECTURE.md promises of the repository's own shape.

private let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

/// The files of a folder and those below it, by path from the root, sorted.
private func files(_ folder: String, withSuffix suffix: String) -> [String] {
    let all = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
    return (all?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(suffix) }.map { "\(folder)/\($0)" }.sorted()
}

private func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
}

/// The modules that each target may import: its dependencies as Package.swift lists them.
private func arrows() throws -> [String: Set<String>] {
    let manifest = try text("Package.swift")
    var result: [String: Set<String>] = [:]
    let pattern =
        /\.(?:target|executableTarget|systemLibrary)\(\s*name: "(\w+)"(?:,\s*dependencies: \[((?:[^\[\]])*)\])?/
    for match in manifest.matches(of: pattern) {
        let names = (match.2 ?? "").matches(of: /"(\w+)"(?!\s*,\s*package:)/).map { String($0.1) }
        result[String(match.1)] = Set(names)
    }
    return result
}

@Suite struct StructureTests {
    @Test func `every import is an arrow of Package.swift`() throws {
        let arrows = try arrows()
        #expect(arrows["Reference"] == ["Network"])
        let system: Set<String> = ["Glibc", "Darwin"]
        for (target, allowed) in arrows.sorted(by: { $0.key < $1.key }) {
            for file in files("Sources/\(target)", withSuffix: ".swift") {
                for match in try text(file).matches(
                    of: /(?m)^ *(?:@\w+ )?(?:public |package )?import (?:struct |func |enum )?(\w+)/)
                {
                    let module = String(match.1)
                    let isAllowed = allowed.contains(module) || system.contains(module) || mayImport(module, target)
                    #expect(isAllowed, "\(file) imports \(module), which is no arrow of \(target) in Package.swift")
                }
            }
        }
    }

    /// Foundation is for the outermost layer alone, ArgumentParser for the command line.
    private func mayImport(_ module: String, _ target: String) -> Bool {
        switch module {
        case "ArgumentParser": ["netc", "soak"].contains(target)
        case "SwiftProtobuf": target == "ONNX"
        case "Foundation", "FoundationEssentials", "Dispatch", "Synchronization":
            ["netc", "Verification", "ONNX"].contains(target)
        default: false
        }
    }

    @Test func `files are at most 400 lines long`() throws {
        let code =
            files("Sources", withSuffix: ".swift") + files("Tests", withSuffix: ".swift")
            + files("Templates/C", withSuffix: ".c")
        #expect(code.count > 50)
        // What protoc generates is as long as it is.
        for file in code where !file.hasSuffix(".pb.swift") {
            let lines = try text(file).split(separator: "\n", omittingEmptySubsequences: false).count
            #expect(lines <= 401, "\(file) has \(lines - 1) lines: split it")
        }
    }

    @Test func `every template is embedded under its name`() throws {
        let table = try text("Templates/embed.c")
        let templates = files("Templates/C", withSuffix: ".c")
        #expect(!templates.isEmpty)
        for file in templates {
            let name = file.dropFirst("Templates/C/".count).dropLast(2)
            #expect(
                table.contains("#embed \"C/\(name).c\" suffix(, 0)"), "\(file) is not embedded in Templates/embed.c")
            #expect(table.contains("{\"\(name)\", "), "\(file) is not in the table of Templates/embed.c")
        }
        for match in table.matches(of: /#embed "C\/([^"]+)"/) {
            #expect(
                templates.contains("Templates/C/\(match.1)"), "Templates/embed.c embeds \(match.1), which is not there")
        }
    }

    @Test func `generated headers and the runtime declare the same interface`() throws {
        let lines = { (text: String) -> [Substring] in
            let all = text.split(separator: "\n").map { $0.drop { $0 == " " } }
            guard let start = all.firstIndex(of: "#define NETC_ABI 1"), let end = all[start...].firstIndex(of: "#endif")
            else { return [] }
            return Array(all[start...end])
        }
        let runtime = lines(try text("Sources/CNetABI/include/netc_abi.h"))
        #expect(!runtime.isEmpty)
        #expect(lines(try text("Sources/CodeGen/Header.swift")) == runtime)
    }
}
