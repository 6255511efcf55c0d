// libFuzzer's side of a reader: `fuzz --reader=onnx [libFuzzer's arguments]`. The main function is libFuzzer's own, so this target is built
// by `make fuzz` alone.

import HostileInput

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The reader that is fuzzed, decided before the first input.
nonisolated(unsafe) private var reader = Reader.net

/// Looks for the reader's name. It stays among the arguments, for libFuzzer starts itself again with them and ignores what begins with two dashes.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> Int32 {
    let texts = (0..<Int(count.pointee)).compactMap { arguments.pointee[$0].map { String(cString: $0) } }
    let known = texts.filter { $0.hasPrefix("--reader=") }.map { Reader(rawValue: String($0.dropFirst(9))) }
    guard known.count == 1, let first = known[0] else {
        let names = Reader.allCases.map(\.rawValue).joined(separator: "|")
        print("usage: fuzz --reader=\(names) [CORPUS…] [-option=value…]")
        exit(64)
    }
    reader = first
    return 0
}

/// Reads one input; whatever is neither read nor refused in order is a crash.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    do {
        _ = try reader.read(Array(UnsafeBufferPointer(start: data, count: size)))
    } catch {
        fatalError("\(error)")
    }
    return 0
}
