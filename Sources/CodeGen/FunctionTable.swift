import Kernels
import Templates

/// The kernel functions of a C file. Instances that differ only in weights and operands become one function.
struct FunctionTable {
    struct Function {
        var name: String
        var text: String
        /// The names of its parameters in order: `x`, `x2`, `factors`, `weights`, `ahead`, `y`, `scratch`, `first`, `last`.
        var parameters: [String]
        /// Shared texts that must stand before it, by name.
        var needs: [String]
        /// The lines of the comment over it.
        var shapes: String
        var choice: String
        /// Of its step, and how many of the step's kernels do them.
        var macs: Int
        var sharers: Int
        var users: [String]
    }
    private(set) var functions: [Function] = []
    /// Shared parts of templates in the order in which they were first needed.
    private(set) var shared: [(name: String, text: String)] = []
    private var known: [Key: Int] = [:]
    private var names: [String: Int] = [:]

    private struct Key: Hashable {
        var template: String
        var constants: [ConstantValue]
        var tables: [[Int]]
    }

    /// The number of the function for a call, written if it is new.
    mutating func add(_ call: Call, of step: Step) throws -> Int {
        let instance = call.instance
        let key = Key(
            template: instance.template, constants: instance.constants.map(\.value),
            tables: instance.tables.map(\.values))
        let user = step.origin.layers.map { "\(commentText($0.name)) (line \($0.line))" }.joined(separator: " + ")
        if let number = known[key] {
            functions[number].users.append(user)
            return number
        }
        // Where some kernels of a step have weights, these do the multiply-adds.
        let workers = step.calls.filter { !$0.instance.weights.isEmpty }.count
        let isIdle = workers > 0 && instance.weights.isEmpty
        let name = unusedName(instance.template + suffix(of: step))
        let text = try instantiate(instance, named: name)
        for part in text.shared where !shared.contains(where: { $0.name == part.name }) { shared.append(part) }
        functions.append(
            Function(
                name: name, text: text.kernel, parameters: text.parameters, needs: text.shared.map(\.name),
                shapes: step.shapes,
                choice: instance.choice, macs: isIdle ? 0 : step.macs, sharers: workers, users: [user]))
        known[key] = functions.count - 1
        return functions.count - 1
    }

    /// `_14x14x512_to_7x7x1024`, from the shapes of the step's first operand and its result.
    private func suffix(of step: Step) -> String {
        let shapes = step.shapes.split(separator: "→").map { side in
            side.split(separator: ",").first.map { $0.filter { $0.isNumber || $0 == "×" }.map { $0 == "×" ? "x" : $0 } }
                ?? []
        }
        return "_" + shapes.map { String($0) }.joined(separator: "_to_")
    }

    private mutating func unusedName(_ wanted: String) -> String {
        let count = names[wanted, default: 0]
        names[wanted] = count + 1
        return count == 0 ? wanted : "\(wanted)_\(count + 1)"
    }
}
