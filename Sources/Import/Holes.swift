/// What differs between the occurrences of a repeated sequence: variables, their values, and what stands in place of the arguments.
struct Holes {
    /// An argument in all occurrences.
    struct Column {
        /// What it is called: its keyword, or what the layer calls it.
        var name: String
        /// As it is written in each occurrence.
        var values: [String]
    }

    /// Expressions in place of arguments, by the place in the sequence and the argument's.
    private(set) var expressions: [[Int: String]]
    /// The variables, that of the layers' names behind the others.
    private(set) var names: [String] = []
    /// The values of each variable, one for each occurrence.
    private(set) var values: [[String]] = []

    /// How many variables there are to think of besides the layers' names.
    var count: Int { names.count { $0 != "name" && $0 != "number" } }

    /// Arguments that always agree share a variable, which is called otherwise than what is `taken`.
    init(_ columns: [[Column]], taken: Set<String> = []) {
        expressions = Array(repeating: [:], count: columns.count)
        var layerNames: [(place: Int, argument: Int, values: [String])] = []
        for (place, arguments) in columns.enumerated() {
            for (argument, column) in arguments.enumerated() where Set(column.values).count > 1 {
                if column.name == "name" {
                    layerNames.append((place, argument, column.values))
                } else {
                    expressions[place][argument] = variable(column.name, column.values, taken)
                }
            }
        }
        guard let pattern = NamePattern(layerNames.map(\.values)) else {
            for (place, argument, values) in layerNames {
                expressions[place][argument] = variable("name", values, taken)
            }
            return
        }
        let name = variable(pattern.variable, pattern.values, taken)
        for (column, (place, argument, _)) in layerNames.enumerated() {
            expressions[place][argument] = pattern.expression(column, name)
        }
    }

    /// The variable that has these values.
    private mutating func variable(_ stem: String, _ column: [String], _ taken: Set<String>) -> String {
        if let index = values.firstIndex(of: column) { return names[index] }
        var name = stem
        var number = 1
        while names.contains(name) || taken.contains(name) {
            name = "\(stem)_\(number)"
            number += 1
        }
        names.append(name)
        values.append(column)
        return name
    }
}
