import Foundation
import Testing
import Toolchain

/// The linker, not we, says whether an object is right: a program prints what it finds behind the symbol.
@Suite struct WeightsObjectTests {
    @Test(arguments: [1, 7, 8, 64, 4099]) func `a linked program reads the bytes, aligned`(count: Int) throws {
        #if os(Linux)
            #if arch(x86_64)
                let triple = "x86_64-unknown-linux-gnu"
            #else
                let triple = "aarch64-unknown-linux-gnu"
            #endif
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: 37 * $0 + 5) }
            let object = try #require(WeightsObject(symbol: "m_weights", count: count, triple: triple))
            let folder = try TemporaryFolder(environment: [:])
            try Data(object.head + bytes + object.tail).write(to: URL(filePath: folder.path + "/weights.o"))
            let program = """
                #include <stdint.h>
                #include <stdio.h>
                extern const unsigned char m_weights[] __attribute__((visibility("hidden")));
                int main(void) {
                    if ((uintptr_t)m_weights % 64) return 2;
                    fwrite(m_weights, 1, \(count), stdout);
                }
                """
            try Data(program.utf8).write(to: URL(filePath: folder.path + "/main.c"))
            try Clang.find(option: nil).link(
                ["-Wl,--fatal-warnings", "main.c", "weights.o"], program: "main", in: folder.path)
            let process = Process()
            let pipe = Pipe()
            process.executableURL = URL(filePath: folder.path + "/main")
            process.standardOutput = pipe
            try process.run()
            let printed = try pipe.fileHandleForReading.readToEnd()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            #expect(printed == Data(bytes))
        #endif
    }

    /// Bytes 18 and 19 of an ELF file; the numbers are those of the registry of ELF machines.
    @Test func `the machine is that of the triple`() throws {
        let numbers = ["x86_64-unknown-linux-gnu": 62, "aarch64-linux-gnu": 183]
        for (triple, number) in numbers {
            let object = try #require(WeightsObject(symbol: "w", count: 4, triple: triple))
            #expect(Int(object.head[18]) + 256 * Int(object.head[19]) == number)
        }
    }

    @Test(arguments: ["arm64-apple-macosx", "x86_64-linux-gnux32", "riscv64-linux-gnu", "x86_64-pc-windows-msvc", ""])
    func `elsewhere clang must assemble`(triple: String) {
        #expect(WeightsObject(symbol: "w", count: 4, triple: triple) == nil)
    }
}
