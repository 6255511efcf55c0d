/// The text of one file and the arithmetic from byte offsets to lines and columns.
public struct SourceFile: Sendable {
    /// The name as the user gave it, printed in front of every diagnostic.
    public let name: String
    /// The bytes of the file, unchanged.
    public let text: [UInt8]
    /// The byte offset at which each line begins; line 1 is element 0.
    let lineStarts: [Int]

    /// A file of the given name and bytes; newlines are LF or CRLF.
    public init(name: String, text: [UInt8]) {
        self.name = name
        self.text = text
        var starts = [0]
        for (offset, byte) in text.enumerated() where byte == 0x0A { starts.append(offset + 1) }
        lineStarts = starts
    }

    /// The line of a byte offset, counted from 1.
    public func line(of offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low + 1
    }

    /// The column of a byte offset, counted in Unicode scalars from 1; a byte-order mark does not count.
    public func column(of offset: Int) -> Int {
        let start = contentRange(ofLine: line(of: offset)).start
        guard offset > start else { return 1 }
        return text[start..<min(offset, text.count)].reduce(into: 1) { $0 += $1 & 0xC0 == 0x80 ? 0 : 1 }
    }

    /// The bytes of a line, counted from 1, without its newline and without a byte-order mark.
    package func contentRange(ofLine line: Int) -> SourceRange {
        var start = lineStarts[line - 1]
        var end = line < lineStarts.count ? lineStarts[line] - 1 : text.count
        if line < lineStarts.count, end > start, text[end - 1] == 0x0D { end -= 1 }
        if line == 1, text.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
        return SourceRange(start, max(start, end))
    }

    /// The text of a range, malformed bytes replaced.
    package func string(_ range: SourceRange) -> String {
        String(decoding: text[range.start..<range.end], as: UTF8.self)
    }
}

/// A half-open range of bytes of the source file.
public struct SourceRange: Hashable, Sendable {
    public var start: Int
    public var end: Int

    /// The bytes `start..<end`.
    public init(_ start: Int, _ end: Int) {
        self.start = start
        self.end = end
    }

    /// The smallest range that holds both.
    public func union(_ other: SourceRange) -> SourceRange {
        SourceRange(min(start, other.start), max(end, other.end))
    }
}
