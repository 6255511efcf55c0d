import Diagnostics

/// Columns of text, aligned; names from the user show no control characters.
struct TextTable {
    enum Alignment { case left, right }

    private var columns: [(title: String, alignment: Alignment)]
    private var rows: [[String]] = []

    init(_ columns: [(title: String, alignment: Alignment)]) { self.columns = columns }

    mutating func append(_ row: [String]) {
        precondition(row.count == columns.count)
        rows.append(row.map { printable($0) })
    }

    /// The lines, each with a newline; a rule stands under the titles.
    var text: String {
        let widths = columns.indices.map { column in
            max(columns[column].title.count, rows.map { $0[column].count }.max() ?? 0)
        }
        let rule = String(repeating: "─", count: widths.reduce(0, +) + 2 * (widths.count - 1))
        return ([columns.map(\.title)] + rows).map { line($0, widths) }.enumerated()
            .map { $0.offset == 0 ? $0.element + rule + "\n" : $0.element }.joined()
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        let padded = cells.indices.map { column in
            let space = String(repeating: " ", count: widths[column] - cells[column].count)
            return columns[column].alignment == .left ? cells[column] + space : space + cells[column]
        }
        let text = padded.joined(separator: "  ")
        let end = text.lastIndex { $0 != " " }.map(text.index(after:)) ?? text.startIndex
        return text[..<end] + "\n"
    }
}
