import IR
import Passes
import Testing

/// Passes that give equal graphs one form.
@Suite struct CanonicalFormTests {
    @Test func `what reaches no output is removed, inputs stay`() {
        var maker = GraphMaker()
        let x = maker.input(4, 4, 2)
        let unused = maker.input(3)
        _ = maker.activation(maker.convolution(x, 3))
        _ = unused
        var whole = maker.finish(maker.activation(x))
        whole.operations = maker.graph.operations
        let graph = run("remove-dead-code", whole)
        #expect(graph.operations.map(\.primitive.name) == ["input", "input", "elementwise"])
    }

    @Test func `operations that change nothing are erased`() {
        var maker = GraphMaker()
        let x = maker.input(4, 4, 2)
        var y = maker.convolution(x, 2)
        y = maker.activation(y, .linear)
        y = maker.reshape(y, 2, 2, 2)
        y = maker.add(.pooling(Pooling(.maximum, window: .one, strides: .one)), y)
        y = maker.add(.channelGather([0, 1]), y)
        y = maker.add(.permutation([0, 1, 2]), y)
        y = maker.add(.slice(axis: 0, start: 0, count: 2), y)
        y = maker.add(.concatenation(axis: 1), y)
        y = maker.add(.padding(.zero), y)
        y = maker.add(.upsampling(Upsampling(.bilinear, factor: .one)), y)
        #expect(kinds(run("remove-identities", maker.finish(y))) == ["convolution"])
    }

    @Test func `what changes something stays`() {
        var maker = GraphMaker()
        let x = maker.input(4, 4, 2)
        var y = maker.add(.pooling(Pooling(.maximum, window: .one, strides: Extent(2, 2))), x)
        y = maker.add(.channelGather([1, 0]), y)
        y = maker.add(.permutation([1, 0, 2]), y)
        let graph = run("remove-identities", maker.finish(y))
        #expect(kinds(graph) == ["pooling", "channel_gather", "permutation"])
    }

    @Test func `outputs are results of operations of their own`() {
        var maker = GraphMaker()
        let x = maker.input(4)
        let y = maker.dense(x, 3)
        let graph = optimized(maker.finish(x, y, y))
        #expect(Set(graph.outputs).count == 3)
        #expect(kinds(graph) == ["matrix_product", "elementwise", "elementwise"])
    }

    @Test func `equal operations are computed once, different weights are not`() {
        var maker = GraphMaker()
        let x = maker.input(4, 4, 2)
        let first = maker.convolution(x, 3)
        let again = maker.add(maker.graph.operations.last!.primitive, x)
        let other = maker.convolution(x, 3)
        let sum = maker.sum(maker.sum(maker.activation(first), maker.activation(again)), other)
        let graph = run("remove-common-subexpressions", maker.finish(sum))
        #expect(kinds(graph) == ["convolution", "convolution", "elementwise", "elementwise", "elementwise"])
    }

    @Test func `a constant operand becomes scale or shift`() {
        var maker = GraphMaker()
        let x = maker.input(3, 2, 4)
        let c = maker.add(.constant(maker.constant(4)), [])
        let d = maker.add(.constant(maker.constant(1, 1, 4)), [])
        let difference = maker.add(.elementwise(Elementwise(combine: .subtract, activation: .relu)), c, x)
        let product = maker.add(.elementwise(Elementwise(combine: .multiply)), difference, d)
        let graph = run("fold-constants", maker.finish(product))
        #expect(kinds(graph) == ["elementwise", "elementwise"])
    }

    /// A normalisation in pieces, as converters write it: (x − mean) / √(variance + 0.001).
    @Test func `parts of a normalisation become one scale and shift of the product before them`() {
        var maker = GraphMaker()
        var y = maker.convolution(maker.input(5, 5, 2), 4)
        let mean = maker.add(.constant(maker.constant(4)), [])
        let variance = maker.add(.constant(Constant(shape: [4], values: [0.5, 1, 2, 4])), [])
        let shift = Constant(shape: [1], values: [0.001])
        let root = maker.add(
            .elementwise(Elementwise(activation: .elementary(.sqrt))),
            maker.add(.elementwise(Elementwise(shift: shift)), variance))
        y = maker.add(.elementwise(Elementwise(combine: .subtract)), y, mean)
        y = maker.add(.elementwise(Elementwise(combine: .divide)), y, root)
        #expect(kinds(optimized(maker.finish(y))) == ["convolution"])
    }

    @Test func `a constant matrix becomes weights`() {
        var maker = GraphMaker()
        let x = maker.input(5, 3)
        let b = maker.add(.constant(maker.constant(3, 4)), [])
        let product = maker.add(.matmul, x, b)
        #expect(kinds(run("fold-constants", maker.finish(product))) == ["matrix_product"])
        let a = maker.add(.constant(maker.constant(2, 5)), [])
        #expect(kinds(run("fold-constants", maker.finish(maker.add(.matmul, a, x)))) == ["constant", "matmul"])
    }

    @Test func `a constant for each element stays`() {
        var maker = GraphMaker()
        let x = maker.input(3, 4)
        let c = maker.add(.constant(maker.constant(3, 4)), [])
        let graph = run("fold-constants", maker.finish(maker.sum(x, c)))
        #expect(kinds(graph) == ["constant", "elementwise"])
    }

    @Test func `what depends on constants alone is computed`() {
        var maker = GraphMaker()
        let x = maker.input(3, 4)
        var c = maker.add(.constant(maker.constant(4, 6)), [])
        c = maker.add(.permutation([1, 0]), c)
        c = maker.add(.slice(axis: 0, start: 1, count: 3), c)
        c = maker.add(.channelGather([3, 1, 0, 0]), maker.affine(c))
        let graph = run("fold-constants", maker.finish(maker.sum(x, c)))
        #expect(kinds(graph) == ["constant", "elementwise"])
    }

    @Test func `the Keras idiom is a channel shuffle`() {
        var maker = GraphMaker()
        let x = maker.input(3, 2, 6)
        let graph = run("recognize-shuffle", maker.finish(maker.keras(shuffle: x, groups: 2)))
        // (2, 3) to (3, 2): output 2n + g is input 3g + n.
        #expect(graph.only("channel_gather").primitive == .channelGather([0, 3, 1, 4, 2, 5]))
    }

    @Test func `a shuffle with the positions made one axis is recognised too`() {
        var maker = GraphMaker()
        let x = maker.input(3, 2, 6)
        let split = maker.reshape(x, 6, 3, 2)
        let y = maker.reshape(maker.add(.permutation([0, 2, 1]), split), 3, 2, 6)
        #expect(kinds(run("recognize-shuffle", maker.finish(y))) == ["channel_gather"])
    }

    @Test func `permutations of positions are no shuffle`() {
        var maker = GraphMaker()
        let x = maker.input(4, 4, 4)
        let split = maker.reshape(x, 4, 4, 2, 2)
        let y = maker.reshape(maker.add(.permutation([1, 0, 3, 2]), split), 4, 4, 4)
        #expect(kinds(run("recognize-shuffle", maker.finish(y))) == ["reshape", "permutation", "reshape"])
    }

    @Test func `addressing in a row is one operation`() {
        var maker = GraphMaker()
        let x = maker.input(4, 4, 4)
        let gathered = maker.add(.channelGather([1, 3]), maker.add(.channelGather([3, 2, 1, 0]), x))
        let gather = run("compose-addressing", maker.finish(gathered)).only("channel_gather").primitive
        #expect(gather == .channelGather([2, 0]))
        let sliced = maker.add(.slice(axis: 0, start: 1, count: 2), maker.add(.slice(axis: 0, start: 1, count: 3), x))
        let slice = run("compose-addressing", maker.finish(sliced)).only("slice").primitive
        #expect(slice == .slice(axis: 0, start: 2, count: 2))
        let there = maker.add(.permutation([2, 0, 1]), x)
        let back = maker.activation(maker.add(.permutation([1, 2, 0]), there))
        #expect(kinds(run("compose-addressing", maker.finish(back))) == ["elementwise"])
        let padded = maker.add(.padding(.around(1)), maker.add(.padding(.around(2)), x))
        let padding = run("compose-addressing", maker.finish(padded)).only("padding").primitive
        #expect(padding == .padding(.around(3)))
        let flat = maker.activation(maker.reshape(maker.reshape(x, 16, 4), 64))
        #expect(kinds(run("compose-addressing", maker.finish(flat))) == ["reshape", "elementwise"])
    }

    @Test func `padding after cropping stays`() {
        var maker = GraphMaker()
        let x = maker.input(4, 4, 4)
        let y = maker.add(.padding(.around(1)), maker.add(.padding(.around(-1)), x))
        #expect(kinds(run("compose-addressing", maker.finish(y))) == ["padding", "padding"])
    }

    @Test func `a split of a concatenation is its part, and parts concatenated are a gather`() {
        var maker = GraphMaker()
        let a = maker.input(2, 2, 3)
        let b = maker.input(2, 2, 2)
        let both = maker.add(.concatenation(axis: 2), a, b)
        let second = maker.activation(maker.add(.channelGather([3, 4]), both))
        #expect(kinds(run("compose-addressing", maker.finish(second))) == ["elementwise"])
        let mixed = maker.add(.channelGather([2, 3]), both)
        #expect(kinds(run("compose-addressing", maker.finish(mixed))) == ["concatenation", "channel_gather"])
        let swapped = maker.add(
            .concatenation(axis: 2), maker.add(.channelGather([1, 2]), a), maker.add(.channelGather([0]), a))
        let gather = run("compose-addressing", maker.finish(swapped)).only("channel_gather")
        #expect(gather.primitive == .channelGather([1, 2, 0]))
    }

    @Test func `products take the form that fits their rows`() {
        var maker = GraphMaker()
        let x = maker.input(3, 3, 2)
        let whole = maker.convolution(x, 5)
        #expect(kinds(run("simplify-products", maker.finish(whole))) == ["reshape", "matrix_product"])
        let rows = maker.dense(x, 5)
        #expect(kinds(run("simplify-products", maker.finish(rows))) == ["convolution"])
        let sequence = maker.dense(maker.reshape(x, 9, 2), 5)
        #expect(
            kinds(run("simplify-products", maker.finish(sequence))) == ["reshape", "reshape", "convolution", "reshape"])
        let mean = maker.add(.pooling(Pooling(.average, window: Extent(3, 3), strides: .one)), x)
        #expect(kinds(run("simplify-products", maker.finish(mean))) == ["reduction", "reshape"])
        let padding = Margins(top: 1, bottom: 0, left: 1, right: 0)
        let corner = maker.convolution(x, 4, kernel: Extent(4, 4), padding: padding)
        #expect(kinds(run("simplify-products", maker.finish(corner))) == ["reshape", "matrix_product"])
        let part = maker.convolution(x, 4, kernel: Extent(2, 2), strides: Extent(2, 2))
        #expect(kinds(run("simplify-products", maker.finish(part))) == ["convolution"])
        let grouped = maker.convolution(x, 4, groups: 2)
        #expect(kinds(run("simplify-products", maker.finish(grouped))) == ["convolution"])
    }

    @Test func `one-dimensional layers meet their normalisation`() {
        var maker = GraphMaker()
        let x = maker.input(9, 4)
        var y = maker.convolution(maker.reshape(x, 1, 9, 4), 6, kernel: Extent(1, 3))
        y = maker.activation(maker.affine(maker.reshape(y, 7, 6)))
        y = maker.convolution(maker.reshape(y, 1, 7, 6), 2, kernel: Extent(1, 3))
        let graph = optimized(maker.finish(maker.reshape(y, 5, 2)))
        #expect(kinds(graph) == ["reshape", "convolution", "convolution", "reshape"])
    }

    @Test func `normalisation moves before a shuffle, not before a split`() {
        var maker = GraphMaker()
        let x = maker.input(3, 3, 4)
        let shuffled = maker.affine(maker.add(.channelGather([2, 0, 3, 1]), x))
        #expect(kinds(run("sink-addressing", maker.finish(shuffled))) == ["elementwise", "channel_gather"])
        let part = maker.affine(maker.add(.channelGather([2, 0]), x))
        #expect(kinds(run("sink-addressing", maker.finish(part))) == ["channel_gather", "elementwise"])
    }
}
