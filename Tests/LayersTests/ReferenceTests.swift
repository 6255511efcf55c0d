import Layers
import Network
import Reference
import Testing

/// The evaluation of whole networks and of groups of layers.
@Suite struct ReferenceTests {
    /// x → a = 2x + 1 → b = relu(a); c = a + b; d = c·b.
    private func network() throws -> Network {
        let scale = try makeLayer("Rescaling", ["scale": .list([.float(2)]), "offset": .list([.float(1)])])
        return try Network.make(
            inputs: [Shape([2])],
            [(scale, [0]), (makeLayer("ReLU"), [1]), (makeLayer("Add"), [1, 2]), (makeLayer("Multiply"), [3, 2])])
    }

    private let x = RealTensor(Shape([2]), [3, -2])

    @Test func `a network is its layers one after the other`() throws {
        let y = evaluate(try network(), inputs: [x], parameters: ReferenceParameters([:]))
        // a = 7, −3; b = 7, 0; c = 14, −3; d = 98, 0.
        #expect(y == [RealTensor(Shape([2]), [98, 0])])
    }

    @Test func `the hook sees every node once and may alter what others read`() throws {
        var seen: [Int] = []
        let y = evaluate(try network(), inputs: [x], parameters: ReferenceParameters([:])) { node, outputs in
            seen.append(node)
            if node == 2 { outputs[0].values[1] = 10 }
        }
        #expect(seen == [0, 1, 2, 3, 4])
        // b = 7, 10; c = 14, 7; d = 98, 70.
        #expect(y[0].values == [98, 70])
    }

    @Test func `a group goes back to the known tensors and no further`() throws {
        let network = try network()
        let known = [
            TensorID(node: 1): RealTensor(Shape([2]), [100, -1]), TensorID(node: 2): RealTensor(Shape([2]), [5, 6]),
        ]
        let parameters = ReferenceParameters([:])
        let (value, bound) = evaluate(TensorID(node: 4), in: network, known: known, parameters: parameters)
        #expect(value.values == [525, 30])
        // Two additions and a product of float32 numbers: some units in the last place, and more than none.
        #expect(zip(bound.values, value.values).allSatisfy { $0 > 0 && $0 <= 32 * unitRoundoff * $1 })
        let (same, none) = evaluate(TensorID(node: 2), in: network, known: known, parameters: parameters)
        #expect(same.values == [5, 6] && none.values == [0, 0])
    }

    @Test func `a convolution's bound is that of the numeric contract`() throws {
        let layer = try makeLayer("Conv2D", ["filters": .int(1), "kernel_size": .list([.int(1), .int(2)])])
        let network = try Network.make(inputs: [Shape([1, 2, 2])], [(layer, [0])])
        let parameters = ReferenceParameters(["node1/kernel": [1, -2, 3, 4], "node1/bias": [-10]])
        let x = RealTensor(Shape([1, 2, 2]), [5, 6, -7, 8])
        let (value, bound) = evaluate(
            TensorID(node: 1), in: network, known: [TensorID(node: 0): x], parameters: parameters)
        // 5 − 12 − 21 + 32 − 10; S = 5 + 12 + 21 + 32 + 10; K = 4.
        #expect(value.values == [-6])
        #expect(isClose(bound.values.map { $0 / unitRoundoff }, [2 * (2 + 2) * 80]))
    }

    @Test func `perturbation stays within its bounds, and is the same every time`() {
        let x = random(Shape([1000]), "x")
        var bound = RealTensor(x.shape, repeating: 0.5)
        bound.values[0] = 0
        let moved = x.perturbed(within: bound, seed: 7, name: "x")
        #expect(moved == x.perturbed(within: bound, seed: 7, name: "x"))
        #expect(moved != x.perturbed(within: bound, seed: 8, name: "x"))
        let distances = moved.zip(x) { $0 - $1 }.values
        #expect(distances[0] == 0 && distances.allSatisfy { abs($0) <= 0.5 })
        #expect((distances.max() ?? 0) > 0.49 && (distances.min() ?? 0) < -0.49)
    }
}
