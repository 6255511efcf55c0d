import Target
import Testing

@Suite struct TargetTests {
    @Test func `a target's text reads back`() throws {
        for set in Target.InstructionSet.allCases {
            for (l1, l2) in [(32 << 10, 1 << 20), (48 << 10, 1280 << 10), (65000, 1 << 30)] {
                let target = Target(set, l1: l1, l2: l2)
                #expect(try Target(specification: target.description) == target)
            }
        }
        #expect(Target(.avx512).description == "x86-64-v4:l1=32K,l2=1M")
        #expect(try Target(specification: "x86-64-v3:l2=512K") == Target(.avx2, l1: 32 << 10, l2: 512 << 10))
        #expect(try Target(specification: "scalar").lanes == 1)
    }

    @Test(arguments: [
        ("pentium", "unknown CPU 'pentium'; accepted are x86-64-v4, x86-64-v3, x86-64, aarch64, scalar"),
        ("", "unknown CPU ''"), ("x86-64:", "'' in CPU 'x86-64:' is not a cache size"),
        ("x86-64:l3=1M", "'l3=1M' in CPU 'x86-64:l3=1M' is not a cache size; expected 'l1=SIZE' or 'l2=SIZE'"),
        ("x86-64:l1=1M,l1=1M", "'l1' is given twice"), ("x86-64:l1=99999999999999999999K", "is not a size"),
        ("x86-64:l1=-1", "'-1' in CPU 'x86-64:l1=-1' is not a size; expected 1K to 1G, such as 32K or 1M"),
        ("x86-64:l1=K", "is not a size"), ("x86-64:l1=4G", "is not a size"),
    ])
    func `a wrong specification says what is accepted`(text: String, reason: String) {
        let error = #expect(throws: TargetError.self) { try Target(specification: text) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func `the baseline follows the triple`() {
        #expect(Target.baseline(triple: "x86_64-unknown-linux-gnu").instructionSet == .sse2)
        #expect(Target.baseline(triple: "aarch64-linux-gnu").instructionSet == .neon)
        #expect(Target.baseline(triple: "riscv64-linux-gnu").instructionSet == .scalar)
    }
}
