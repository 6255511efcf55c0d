/// A source line as a terminal shows it, with the cells that a range takes in it.
struct Excerpt {
    /// The line: tabs expanded, control characters escaped, cut to a window around the range where it is long.
    var text = ""
    /// Cells before the range.
    var column = 0
    /// Cells of the range, at least 1.
    var length = 1
    /// Cell columns by byte offset, for fix-its; only offsets inside the window.
    private var columns: [Int: Int] = [:]

    /// Lines wider than this many cells are cut.
    static let widestLine = 120

    /// The line on which the range begins.
    init(of range: SourceRange, in source: SourceFile) {
        let line = source.contentRange(ofLine: source.line(of: range.start))
        let caret = min(max(range.start, line.start), line.end)
        let window = Self.window(around: caret, in: line, of: source)
        if window.start > line.start { text = "…" }
        var cells = text.isEmpty ? 0 : 1
        var offset = window.start
        var end = cells
        while offset < window.end {
            columns[offset] = cells
            if offset <= caret { column = cells }
            let (scalar, length) = decodeScalar(source.text, at: offset)
            let shown = Self.shown(scalar, at: cells)
            text += shown.text
            cells += shown.width
            offset += length
            if offset <= range.end { end = cells }
        }
        columns[offset] = cells
        if caret >= offset { column = cells }
        if window.end < line.end { text += "…" }
        length = max(1, end - column)
    }

    /// The cell at which the byte is shown.
    func column(of offset: Int) -> Int? { columns[offset] }

    /// The bytes to show: the whole line, or about `widestLine` of it with the caret in the first third.
    private static func window(around caret: Int, in line: SourceRange, of source: SourceFile) -> SourceRange {
        guard line.end - line.start > widestLine else { return line }
        var start = caret - line.start < widestLine * 2 / 3 ? line.start : caret - widestLine / 3
        while start > line.start, source.text[start] & 0xC0 == 0x80 { start -= 1 }
        var end = min(line.end, start + widestLine)
        while end < line.end, source.text[end] & 0xC0 == 0x80 { end += 1 }
        return SourceRange(start, end)
    }

    private static func shown(_ scalar: Unicode.Scalar?, at column: Int) -> (text: String, width: Int) {
        guard let scalar else { return ("\u{FFFD}", 1) }
        if scalar == "\t" {
            let width = 8 - column % 8
            return (String(repeating: " ", count: width), width)
        }
        let text = printable(scalar)
        return (text, text.unicodeScalars.count == 1 ? cellWidth(scalar) : text.unicodeScalars.count)
    }
}
