import IR
import Interpreter
import Passes
import Testing

/// Scales, shifts and padding that go into weights and bias.
@Suite struct FoldingTests {
    @Test func `normalisation goes into each kind of product before it`() {
        var maker = GraphMaker()
        let x = maker.input(5, 5, 4)
        let products = [
            maker.convolution(x, 6, padding: .around(1), bias: true), maker.convolution(x, 6, groups: 2),
            maker.depthwise(x, multiplier: 2), maker.transposed(x, 3, kernel: 3, stride: 2),
            maker.dense(maker.reshape(x, 100), 7, bias: false),
        ]
        for product in products {
            let kind = maker.graph.operations[product.index].primitive.name
            let graph = run("fold-affine-backward", maker.finish(maker.affine(maker.affine(product))))
            #expect(kinds(graph).last == kind)
            #expect(!kinds(graph).contains("elementwise"))
        }
    }

    @Test func `folded weights are rounded once`() {
        var graph = Graph()
        graph.inputNames = ["x"]
        graph.outputNames = ["y"]
        let x = graph.append(.input(0), [], shape: [1], origin: Origin([]))
        let third = Constant(shape: [1], values: [1 / 3])
        let weights = Constant(shape: [1, 1], values: [0.1])
        let product = MatrixProduct(weights: weights, bias: third)
        let y = graph.append(.matrixProduct(product), [x], shape: [1], origin: Origin([]))
        graph.outputs = [
            graph.append(.elementwise(Elementwise(scale: third, shift: third)), [y], shape: [1], origin: Origin([]))
        ]
        guard case .matrixProduct(let it) = run("fold-affine-backward", graph).only("matrix_product").primitive else {
            return
        }
        let exact = Double(Float(1) / 3)
        #expect(it.weights.values == [Float(Double(Float(0.1)) * exact)])
        #expect(it.bias?.values == [Float(exact * exact + exact)])
    }

    @Test func `what else reads the result keeps the normalisation apart`() {
        var maker = GraphMaker()
        let x = maker.input(5, 5, 4)
        let y = maker.convolution(x, 4)
        let read = maker.finish(maker.sum(maker.affine(y), y))
        #expect(kinds(run("fold-affine-backward", read)) == ["convolution", "elementwise", "elementwise"])
        let asOutput = maker.finish(maker.affine(y), y)
        #expect(kinds(run("fold-affine-backward", asOutput)) == ["convolution", "elementwise"])
        let activated = maker.convolution(x, 4, epilogue: Epilogue(first: .relu))
        let after = maker.finish(maker.affine(activated))
        #expect(kinds(run("fold-affine-backward", after)) == ["convolution", "elementwise"])
    }

    @Test func `the activation of a normalisation remains`() {
        var maker = GraphMaker()
        let y = maker.convolution(maker.input(5, 5, 4), 4)
        let both = maker.add(.elementwise(Elementwise(shift: maker.constant(4), activation: .relu)), y)
        let graph = run("fold-affine-backward", maker.finish(both))
        #expect(graph.only("elementwise").primitive == .elementwise(Elementwise(activation: .relu)))
    }

    @Test func `scales go into what follows, shifts only where nothing is padded`() {
        var maker = GraphMaker()
        let x = maker.input(5, 5, 4)
        let scaled = maker.affine(x, shift: false)
        let shifted = maker.affine(x)
        let padded = maker.convolution(scaled, 3, padding: .around(1), groups: 1)
        #expect(kinds(run("fold-affine-forward", maker.finish(padded))) == ["convolution"])
        let shiftedAndPadded = maker.convolution(shifted, 3, padding: .around(1))
        #expect(kinds(run("fold-affine-forward", maker.finish(shiftedAndPadded))) == ["elementwise", "convolution"])
        let grouped = maker.convolution(shifted, 4, groups: 2)
        #expect(kinds(run("fold-affine-forward", maker.finish(grouped))) == ["convolution"])
        let transposed = maker.transposed(scaled, 3, kernel: 3, stride: 2)
        #expect(kinds(run("fold-affine-forward", maker.finish(transposed))) == ["transposed_convolution"])
        let shiftedAndTransposed = maker.transposed(shifted, 3, kernel: 3, stride: 2)
        #expect(kinds(run("fold-affine-forward", maker.finish(shiftedAndTransposed))).count == 2)
        let flattened = maker.dense(maker.reshape(shifted, 100), 3)
        #expect(kinds(run("fold-affine-forward", maker.finish(flattened))) == ["reshape", "matrix_product"])
    }

    @Test func `all readers take the scale, or none`() {
        var maker = GraphMaker()
        let scaled = maker.affine(maker.input(5, 5, 4))
        let two = maker.finish(maker.convolution(scaled, 3), maker.convolution(scaled, 2))
        #expect(kinds(run("fold-affine-forward", two)) == ["convolution", "convolution"])
        let mixed = maker.finish(maker.convolution(scaled, 3), maker.activation(scaled))
        #expect(kinds(run("fold-affine-forward", mixed)) == ["elementwise", "convolution", "elementwise"])
        let asOutput = maker.finish(maker.convolution(scaled, 3), scaled)
        #expect(kinds(run("fold-affine-forward", asOutput)) == ["elementwise", "convolution"])
    }

    @Test func `zeros become padding of every convolution that reads them`() {
        var maker = GraphMaker()
        let x = maker.input(5, 5, 4)
        let zeros = maker.add(.padding(Margins(top: 0, bottom: 1, left: 0, right: 1)), x)
        let graph = run(
            "fold-padding",
            maker.finish(maker.convolution(zeros, 3, strides: Extent(2, 2)), maker.depthwise(zeros)))
        #expect(kinds(graph) == ["convolution", "convolution"])
    }

    @Test func `cropping and zeros under a mean stay`() {
        var maker = GraphMaker()
        let x = maker.activation(maker.input(5, 5, 4))
        let cropped = maker.convolution(maker.add(.padding(.around(-1)), x), 3)
        #expect(kinds(run("fold-padding", maker.finish(cropped))).contains("padding"))
        let zeros = maker.add(.padding(.around(1)), x)
        let mean = maker.add(.pooling(Pooling(.average, window: Extent(3, 3), strides: .one)), zeros)
        #expect(kinds(run("fold-padding", maker.finish(mean))).contains("padding"))
    }

    @Test func `zeros under a maximum vanish only where nothing is negative`() {
        var maker = GraphMaker()
        let x = maker.input(6, 6, 2)
        let window = Primitive.pooling(Pooling(.maximum, window: Extent(3, 3), strides: Extent(2, 2)))
        // As ResNet-50 begins.
        let positive = maker.add(window, maker.add(.padding(.around(1)), maker.activation(x)))
        #expect(kinds(run("fold-padding", maker.finish(positive))) == ["elementwise", "pooling"])
        let signed = maker.add(window, maker.add(.padding(.around(1)), maker.activation(x, .tanh)))
        #expect(kinds(run("fold-padding", maker.finish(signed))).contains("padding"))
        let wide = maker.add(window, maker.add(.padding(.around(3)), maker.activation(x)))
        #expect(kinds(run("fold-padding", maker.finish(wide))).contains("padding"))
    }
}
