import IR
import Kernels
import Templates

/// The kernel functions of a C file. Instances that differ only in weights and operands become one function.
struct FunctionTable {
    struct Function {
        var name: String
        var text: String
        /// The names of its parameters in order: see `InstantiatedKernel`.
        var parameters: [String]
        /// Shared texts that must stand before it, by name.
        var needs: [String]
        /// What stands in the comment over it; none over the one function that a template is for all shapes.
        var about: About?
    }
    struct About {
        /// What the first step that calls it computes, and on what.
        var title: String
        var shapes: String
        var choice: String
        /// Of that step, and how many of the step's kernels do them.
        var macs: Int
        var sharers: Int
        /// The layers of each step that calls it.
        var users: [Origin]
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
        var lacking: [String]
    }

    /// The number of the function for a call, written if it is new.
    mutating func add(_ call: Call, of step: Step) throws -> Int {
        let instance = call.instance
        let key = Key(
            template: instance.template, constants: instance.constants.map(\.value),
            tables: instance.tables.map(\.values), lacking: lackingOperands(of: call))
        if let number = known[key] {
            functions[number].about?.users.append(step.origin)
            return number
        }
        let isGeneral = instance.constants.isEmpty && instance.tables.isEmpty
        let name = isGeneral ? instance.template : unusedName(instance.template + suffix(of: step))
        let text = try instantiate(instance, named: name, without: key.lacking)
        for part in text.shared where !shared.contains(where: { $0.name == part.name }) { shared.append(part) }
        functions.append(
            Function(
                name: name, text: text.kernel, parameters: text.parameters, needs: text.shared.map(\.name),
                about: isGeneral ? nil : about(instance, of: step)))
        known[key] = functions.count - 1
        return functions.count - 1
    }

    /// Parameters of templates for which a call has nothing.
    private func lackingOperands(of call: Call) -> [String] {
        (call.reads.count < 2 ? ["x2"] : []) + (call.instance.weights.isEmpty ? ["weights"] : [])
    }

    private func about(_ instance: KernelInstance, of step: Step) -> About {
        // Where some kernels of a step have weights, these do the multiply-adds.
        let workers = step.calls.filter { !$0.instance.weights.isEmpty }.count
        let isIdle = workers > 0 && instance.weights.isEmpty
        return About(
            title: step.title, shapes: step.shapes, choice: instance.choice, macs: isIdle ? 0 : step.macs,
            sharers: workers, users: [step.origin])
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
