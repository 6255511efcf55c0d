import Compiler
import Foundation
import Testing
import Toolchain

/// The header, as C, C++ and Swift see it.
@Suite struct HeaderTests {
    @Test func `the header is strict C99 and C++, included twice and beside another`() throws {
        let folder = try newFolder()
        defer { folder.remove() }
        try folder.writeSources(firstModel())
        try folder.writeSources(secondModel())
        let use = """
            #include "first.h"
            #include "second.h"
            #include "first.h"
            int use(void);
            int use(void) { return first_model()->abi == NETC_ABI && second_model()->size ? NETC_OK : NETC_NULL; }
            """
        try folder.write("use.c", use)
        try folder.write("use.cpp", use)
        for clang in clangs {
            for language in [["-std=c99", "use.c"], ["-std=c2x", "use.c"], ["-x", "c++", "-std=c++11", "use.cpp"]] {
                try run(
                    clang,
                    strict
                        + ["-pedantic", "-Wstrict-prototypes", "-fsyntax-only", "-I."].filter {
                            $0 != "-Wstrict-prototypes" || language.last == "use.c"
                        } + language, in: folder.path)
            }
        }
    }

    @Test func `the program in the header's first comment compiles as it stands and runs`() throws {
        let folder = try newFolder()
        defer { folder.remove() }
        try build(secondModel(), [.sharedLibrary], into: folder)
        let header = try String(contentsOfFile: folder.path + "/second.h", encoding: .utf8)
        let comment = try #require(header.split(separator: "*/").first.map(String.init))
        #expect(comment.hasPrefix("/*"))
        let start = try #require(comment.firstRange(of: "#include"))
        let end = try #require(comment.firstRange(of: "Build it with: cc "))
        try folder.write("main.c", String(comment[start.lowerBound..<end.lowerBound]))
        let command = comment[end.upperBound...].prefix { $0 != "\n" }.split(separator: " ")
        let arguments = command.map { String($0).replacing("'", with: "") }
        try run(clang.get(), strict + ["-std=c99", "-pedantic", "-o", "main"] + arguments, in: folder.path)
        // The answer to zeros is the bias.
        #expect(try run("./main", [], in: folder.path) == "1\n")
    }

    @Test func `two models of one folder are imported into one Swift program`() throws {
        let folder = try newFolder()
        defer { folder.remove() }
        try build(firstModel(), [.sharedLibrary], into: folder)
        try build(secondModel(), [.sharedLibrary], into: folder)
        try folder.write(
            "main.swift",
            """
            import first
            import second

            var answers: [Float] = []
            let ones = [Float](repeating: 1, count: Int(FIRST_IMAGE_LENGTH))
            var sums = [Float](repeating: 0, count: Int(SECOND_SUMS_LENGTH))
            let model = first_create(1)
            precondition(first_run(model, ones, &sums) == Int32(NETC_OK.rawValue))
            first_destroy(model)
            answers.append(sums[0])
            let other = second_create(1)
            precondition(second_run(other, ones, &sums) == Int32(NETC_OK.rawValue))
            second_destroy(other)
            answers.append(sums[0])
            print(answers, String(cString: first_model().pointee.name), second_model().pointee.step_count > 0)
            """)
        try run(
            "swiftc", ["main.swift", "-o", "main", "-I", ".", "-L", ".", "-Xlinker", "-rpath", "-Xlinker", "$ORIGIN"],
            in: folder.path)
        #expect(try run("./main", [], in: folder.path) == "[27.0, 27.5] first true\n")
    }
}
