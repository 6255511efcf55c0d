import IR
import Kernels
import Target
import Testing

@Suite struct ConstantTests {
    @Test("weights as a tensor in every layout", arguments: runnableTargets)
    func layouts(target: Target) throws {
        var cases: [KernelCase] = []
        for channels in channelCounts {
            let value = Image(3, 5, channels, seed: channels)
            let constant = Constant(shape: [3, 5, channels], values: value.values)
            for y in KernelsTests.layouts(lanes: target.lanes, 3, 5, channels) {
                cases.append(
                    KernelCase(
                        name: "\(channels) channels", instance: constantKernel(constant, y: y, target: target),
                        inputs: [], y: y, expected: value, tolerance: { _ in 0 },
                        alsoHolds: { borderProblem($0, y, expected: sentinel) }))
            }
        }
        #expect(try failures(cases, target: target) == [])
    }
}
