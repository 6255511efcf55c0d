// An object file that is nothing but an array of bytes. An assembler would make the same of `.incbin`, after mapping and copying the array:
// clang 14 takes 2.3 times its size in memory and longer than it takes to write it.
//
// Format: "System V Application Binary Interface", chapter 4 (Object Files), and its supplements for x86-64 and AArch64.

/// What stands before and behind the bytes in a relocatable ELF file with one read-only, 64-byte aligned, hidden array.
public struct WeightsObject: Sendable {
    public let head: [UInt8]
    public let tail: [UInt8]

    private enum Section: Int {
        case null, data, note, symbols, strings, names
    }

    /// `nil` where objects for the triple are not 64-bit little-endian ELF files of a known machine: let clang assemble there.
    ///
    /// - Parameters:
    ///   - symbol: the array's name.
    ///   - count: its bytes.
    public init?(symbol: String, count: Int, triple: String) {
        guard let machine = elfMachine(of: triple) else { return nil }
        let strings = "\0\(symbol)\0"
        let names = ["", ".rodata.\(symbol)", ".note.GNU-stack", ".symtab", ".strtab", ".shstrtab"]
        let dataStart = 64
        let symbolsStart = (dataStart + count + 7) / 8 * 8
        let stringsStart = symbolsStart + 2 * 24
        let namesStart = stringsStart + strings.utf8.count
        let namesSize = names.reduce(0) { $0 + $1.utf8.count + 1 }
        let headersStart = (namesStart + namesSize + 7) / 8 * 8

        var head = Bytes()
        // ELF, of 64 bits, little-endian, version 1, System V.
        head.append([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        head.append(half: 1)  // relocatable
        head.append(half: machine)
        head.append(word: 1)
        for value in [0, 0, headersStart] { head.append(long: value) }  // entry, program headers, section headers
        head.append(word: 0)
        for value in [64, 0, 0, 64, names.count, Section.names.rawValue] { head.append(half: value) }

        var tail = Bytes()
        tail.pad(to: symbolsStart - dataStart - count)
        tail.pad(to: tail.count + 24)  // the null symbol
        tail.append(word: 1)  // where its name stands in the strings
        tail.append([0x11, 2])  // a global object, hidden
        tail.append(half: Section.data.rawValue)
        tail.append(long: 0)
        tail.append(long: count)
        tail.append(Array(strings.utf8))
        for name in names { tail.append(Array(name.utf8) + [0]) }
        tail.pad(to: headersStart - dataStart - count)

        // type, flags, offset, size, link, info, alignment, size of an entry
        let headers: [(Int, Int, Int, Int, Int, Int, Int, Int)] = [
            (0, 0, 0, 0, 0, 0, 0, 0),
            (1, 2, dataStart, count, 0, 0, 64, 0),
            (1, 0, symbolsStart, 0, 0, 0, 1, 0),
            (2, 0, symbolsStart, 48, Section.strings.rawValue, 1, 8, 24),
            (3, 0, stringsStart, strings.utf8.count, 0, 0, 1, 0),
            (3, 0, namesStart, namesSize, 0, 0, 1, 0),
        ]
        var name = 0
        for (text, header) in zip(names, headers) {
            tail.append(word: name)
            tail.append(word: header.0)
            for value in [header.1, 0, header.2, header.3] { tail.append(long: value) }
            tail.append(word: header.4)
            tail.append(word: header.5)
            for value in [header.6, header.7] { tail.append(long: value) }
            name += text.utf8.count + 1
        }
        self.head = head.bytes
        self.tail = tail.bytes
    }
}

/// The number of a triple's machine in ELF files.
private func elfMachine(of triple: String) -> Int? {
    guard triple.contains("linux"), !triple.hasSuffix("x32") else { return nil }
    switch triple.prefix(while: { $0 != "-" }) {
    case "x86_64", "amd64": return 62
    case "aarch64", "arm64": return 183
    default: return nil
    }
}

/// Little-endian fields.
private struct Bytes {
    private(set) var bytes: [UInt8] = []
    var count: Int { bytes.count }

    mutating func append(_ more: [UInt8]) { bytes += more }
    mutating func append(half value: Int) { append(value, size: 2) }
    mutating func append(word value: Int) { append(value, size: 4) }
    mutating func append(long value: Int) { append(value, size: 8) }
    mutating func pad(to count: Int) { bytes += [UInt8](repeating: 0, count: count - bytes.count) }

    private mutating func append(_ value: Int, size: Int) {
        for byte in 0..<size { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
    }
}
