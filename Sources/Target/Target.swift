/// The machine that code is made for, as a printable value: `x86-64-v4:l1=32K,l2=1M`.
public struct Target: Hashable, Sendable {
    /// The instruction-set families the templates know.
    public enum InstructionSet: String, Sendable, CaseIterable {
        case avx512 = "x86-64-v4"
        case avx2 = "x86-64-v3"
        case sse2 = "x86-64"
        case neon = "aarch64"
        case scalar = "scalar"
    }
    public var instructionSet: InstructionSet
    /// Bytes of one core's first- and second-level data cache.
    public var l1: Int
    public var l2: Int

    public init(_ instructionSet: InstructionSet, l1: Int = 32 << 10, l2: Int = 1 << 20) {
        self.instructionSet = instructionSet
        self.l1 = l1
        self.l2 = l2
    }

    /// Floats in a vector register.
    public var lanes: Int {
        switch instructionSet {
        case .avx512: 16
        case .avx2: 8
        case .sse2, .neon: 4
        case .scalar: 1
        }
    }

    /// Architectural vector registers.
    public var vectorRegisters: Int {
        switch instructionSet {
        case .avx512, .neon: 32
        case .avx2, .sse2, .scalar: 16
        }
    }
}
