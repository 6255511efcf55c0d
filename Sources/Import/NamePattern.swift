/// The names of layers in a sequence that occurs more than once, `conv2_block1_add`, `conv2_block2_add`, as one expression with a variable:
/// `f'conv2_block{number}_add'`.
struct NamePattern {
    /// What the variable is called: a number, or a name.
    var variable: String
    /// Its values, one for each occurrence, as they are written: `2`, `'conv2_block1'`.
    var values: [String]
    /// What stands before and behind the variable in each name.
    private var ends: [(before: String, after: String)]

    /// The pattern of names that all differ in the same part; `nil` where there is none. Each column has one name's literals, one for each
    /// occurrence.
    init?(_ columns: [[String]]) {
        let names = columns.map { $0.compactMap(Self.plainText) }
        guard let count = names.first?.count, count > 1,
            zip(names, columns).allSatisfy({ $0.count == $1.count && $0.count == count })
        else { return nil }
        let numbers = names.map { Self.split($0, isPart: Self.isDigit) }
        if let parts = Self.common(numbers), parts.allSatisfy(Self.isNumber) {
            self.init(variable: "number", values: parts, numbers)
        } else {
            let words = names.map { Self.split($0) { $0 != "_" && $0 != "/" && $0 != "." && $0 != "-" } }
            guard let parts = Self.common(words) else { return nil }
            self.init(variable: "name", values: parts.map(stringLiteral), words)
        }
    }

    private init(variable: String, values: [String], _ splits: [Split]) {
        (self.variable, self.values) = (variable, values)
        ends = splits.map { ($0.before, $0.after) }
    }

    /// The name of a column, where the variable has that name.
    func expression(_ column: Int, _ name: String) -> String {
        let (before, after) = ends[column]
        if before.isEmpty, after.isEmpty, variable == "name" { return name }
        return "f'\(before){\(name)}\(after)'"
    }

    // MARK: Parts

    private struct Split {
        var before: String
        var parts: [String]
        var after: String
    }

    /// What names begin and end with, and what differs in between, which is never less than a whole run of such characters.
    private static func split(_ names: [String], isPart: (Character) -> Bool) -> Split {
        let characters = names.map(Array.init)
        let first = characters[0]
        let shortest = characters.map(\.count).min()!
        var before = (0..<shortest).first { index in characters.contains { $0[index] != first[index] } } ?? shortest
        while before > 0, isPart(first[before - 1]) { before -= 1 }
        var after =
            (0..<shortest - before).first { index in
                characters.contains { $0[$0.count - 1 - index] != first[first.count - 1 - index] }
            } ?? shortest - before
        while after > 0, isPart(first[first.count - after]) { after -= 1 }
        return Split(
            before: String(first[..<before]), parts: characters.map { String($0[before..<$0.count - after]) },
            after: String(first[(first.count - after)...]))
    }

    private static func common(_ splits: [Split]) -> [String]? {
        splits.allSatisfy { $0.parts == splits[0].parts } ? splits[0].parts : nil
    }

    /// The text of a literal that may stand in a formatted string as it is.
    private static func plainText(_ literal: String) -> String? {
        guard literal.count > 2, literal.hasPrefix("'"), literal.hasSuffix("'"),
            !literal.contains(where: { "\\{}".contains($0) })
        else { return nil }
        return String(literal.dropFirst().dropLast())
    }

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }

    /// Whether a text is a number as it is written: without leading zeros.
    private static func isNumber(_ text: String) -> Bool {
        text.allSatisfy(isDigit) && text.count < 10 && Int(text).map(String.init) == text
    }
}
