import IR
import Target

/// A call of a kernel function: what CodeGen needs to write the function, its weights and the call. Two instances that differ only in
/// arguments, weights, operands and text share one function.
public struct KernelInstance: Sendable {
    /// The name of the template, which is that of `Templates/C/NAME.c`.
    public var template: String
    /// The constants of the template's block, in its order; each is a C integer or float expression made by `ConstantValue`.
    public var constants: [(name: String, value: ConstantValue)]
    /// Tables of integers that the template declares in its block with sample values (`static const int OFFSETS[] = {…};`).
    public var tables: [(name: String, values: [Int])]
    /// Integers that are parameters of the template's function, by its names: of a kernel that is one function for all shapes.
    public var arguments: [(name: String, value: Int)]
    /// The weights in the exact order in which the kernel reads them; empty where it reads none.
    public var weights: [Float]
    /// Independent pieces of work, numbered from 0: the kernel takes a range `first ..< last` of them, and every partition gives the same bits.
    public var items: Int
    /// Floats of scratch memory that one thread needs.
    public var scratch: Int
    /// One line for the comment over the function and for `netc explain`: the tile chosen and why.
    public var choice: String

    public init(
        template: String, constants: [(name: String, value: ConstantValue)],
        tables: [(name: String, values: [Int])] = [], arguments: [(name: String, value: Int)] = [],
        weights: [Float] = [], items: Int, scratch: Int = 0, choice: String
    ) {
        self.template = template
        self.constants = constants
        self.tables = tables
        self.arguments = arguments
        self.weights = weights
        self.items = items
        self.scratch = scratch
        self.choice = choice
    }
}

/// The value of a template's constant.
public enum ConstantValue: Hashable, Sendable {
    case int(Int)
    case float(Float)
    /// A name that the template language of the vectors defines, such as an activation: `RELU6`.
    case name(String)
}

/// An operand of a step as a kernel family sees it: where slots lie. The pointer that the kernel receives is to the interior's first element.
public typealias Operand = Layout
