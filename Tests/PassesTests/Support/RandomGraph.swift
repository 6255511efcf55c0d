import IR

/// A random valid graph over all primitives: small, and rich in what passes look for.
func randomGraph(seed: UInt64) -> Graph {
    var maker = GraphMaker(seed: seed)
    var values: [ValueID] = []
    for _ in 0..<maker.random.integer(1...2) {
        values.append(
            maker.input(maker.random.integer(3...6), maker.random.integer(3...6), maker.random.pick([1, 2, 4, 6])))
    }
    let target = maker.random.integer(4...16)
    var attempts = 0
    while values.count < target + 2, attempts < 200 {
        attempts += 1
        // Mostly the newest value, so that chains arise.
        let x = maker.random.chance(3, in: 4) ? values[values.count - 1] : maker.random.pick(values)
        if let y = maker.randomOperation(on: x, among: values) { values.append(y) }
    }
    let read = Set(maker.graph.operations.flatMap(\.inputs))
    var outputs = values.filter { !read.contains($0) }
    if maker.random.chance(1, in: 3) { outputs.append(maker.random.pick(values)) }
    if maker.random.chance(1, in: 4), outputs.count > 1 { outputs.removeFirst() }
    var graph = maker.finish(outputs)
    graph.operations = maker.graph.operations
    return graph
}

extension GraphMaker {
    /// One of the operations that the value's shape allows; `nil` where the choice does not fit it.
    fileprivate mutating func randomOperation(on x: ValueID, among values: [ValueID]) -> ValueID? {
        switch random.integer(0...11) {
        case 10, 11: return shape(x).count == 3 ? randomIdiom(x, among: values) : nil
        case 0...2: return shape(x).count == 3 ? randomImageOperation(x) : randomProduct(x)
        case 3: return randomProduct(x)
        case 4...6: return randomElementwise(x, among: values)
        default: return randomAddressing(x, among: values)
        }
    }

    private mutating func randomImageOperation(_ x: ValueID) -> ValueID? {
        let (h, w, c) = (shape(x)[0], shape(x)[1], shape(x)[2])
        switch random.integer(0...12) {
        case 11:
            return add(.momentNormalization(MomentNormalization(.position, epsilon: 0.5, scale: constant(c))), x)
        case 12:
            let groups = random.pick([1, c])
            return add(.momentNormalization(MomentNormalization(.groups(groups), epsilon: 0.5, shift: constant(c))), x)
        case 0...3: return randomConvolution(x)
        case 4:
            return transposed(x, random.integer(1...4), kernel: random.integer(1...3), stride: random.integer(1...2))
        case 5, 6:
            let window = random.chance(1, in: 4) ? Extent(h, w) : Extent(min(h, random.integer(1...3)), min(w, 2))
            let padding =
                window.height > 1 && random.chance(1, in: 2)
                ? Margins(top: 1, bottom: 1, left: 0, right: 0) : .zero
            let strides = Extent(random.integer(1...2), random.integer(1...2))
            return add(
                .pooling(
                    Pooling(random.pick([.maximum, .average]), window: window, strides: strides, padding: padding)), x)
        case 7: return add(.reduction(Reduction(random.pick([.mean, .maximum, .minimum, .sum]))), x)
        case 8:
            guard h * w <= 30 else { return nil }
            return add(
                .upsampling(Upsampling(random.pick([.nearest, .bilinear]), factor: Extent(random.integer(1...2), 2))), x
            )
        case 9 where random.chance(1, in: 3): return resampled(x)
        case 9: return add(.localResponse(LocalResponse(size: 3, alpha: 0.5, beta: 0.75, bias: 2)), x)
        default:
            guard h > 2, w > 2, c > 0 else { return nil }
            let margins = Margins(
                top: random.integer(-1...1), bottom: random.integer(0...1), left: random.integer(0...2),
                right: random.integer(-1...0))
            return add(.padding(margins), x)
        }
    }

    /// Two rows and three columns, each of two neighbouring cells at most; the last column lies partly outside.
    private mutating func resampled(_ x: ValueID) -> ValueID {
        let (h, w) = (shape(x)[0], shape(x)[1])
        let rows = Resampling.Axis(starts: [0, h - 1], weights: [[1], [0.5]], outside: [0, 0.5])
        let columns = Resampling.Axis(
            starts: [0, w / 2, w - 1], weights: [[0.25], [1], [1]], outside: [0, 0, 0])
        return add(.resampling(Resampling(rows: rows, columns: columns, fill: 3)), x)
    }

    /// A few operations as networks have them in a row.
    private mutating func randomIdiom(_ x: ValueID, among values: [ValueID]) -> ValueID? {
        let (h, w, c) = (shape(x)[0], shape(x)[1], shape(x)[2])
        switch random.integer(0...4) {
        case 4:
            guard h * w <= 30 else { return nil }
            let enlarged = add(.upsampling(Upsampling(.nearest, factor: Extent(2, random.integer(1...2)))), x)
            let padding = Margins(top: random.integer(0...1), bottom: 1, left: 0, right: 1)
            return convolution(enlarged, 2, kernel: Extent(2, random.integer(1...2)), padding: padding)
        case 0:
            let y = convolution(x, c, padding: .around(1))
            let end = sum(random.chance(1, in: 2) ? affine(y) : activation(y), random.chance(1, in: 3) ? affine(x) : x)
            return random.chance(1, in: 2) ? activation(end) : end
        case 1:
            let padded = add(.padding(.around(1)), random.chance(1, in: 2) ? activation(x) : x)
            if random.chance(1, in: 2) { return convolution(padded, 3, kernel: Extent(min(3, h), min(3, w))) }
            return add(.pooling(Pooling(.maximum, window: Extent(2, 2), strides: Extent(2, 2))), padded)
        case 2:
            let parts = [convolution(x, 2, padding: .around(1)), depthwise(x)]
            let whole = add(.concatenation(axis: 2), parts)
            return activation(random.chance(1, in: 2) ? affine(whole) : whole)
        default:
            let sequence = add(.reshape, [x], shape: [h * w, c])
            let end = activation(affine(sequence))
            return add(.reshape, [end], shape: [h, w, c])
        }
    }

    private mutating func randomConvolution(_ x: ValueID) -> ValueID? {
        let (h, w, c) = (shape(x)[0], shape(x)[1], shape(x)[2])
        if random.chance(1, in: 4), h > 2, w > 2 {
            let y = depthwise(x, multiplier: random.integer(1...2), padding: random.pick([.zero, .around(1)]))
            if random.chance(1, in: 3) {
                let factors = add(.reduction(Reduction(.mean)), y)
                let product = add(.elementwise(Elementwise(combine: .multiply)), y, factors)
                return convolution(product, random.integer(1...6), kernel: .one)
            }
            return random.chance(1, in: 2) ? convolution(y, random.integer(1...6), kernel: .one) : y
        }
        if random.chance(1, in: 8), h > 1, w > 1 {
            let y = convolution(x, random.integer(1...6), kernel: .one, bias: true)
            return add(.pooling(Pooling(.average, window: Extent(2, 2), strides: Extent(2, 2))), y)
        }
        let groups = random.pick([1, 1, 2, c].filter { c % $0 == 0 })
        let kernel = Extent(min(h, random.integer(1...3)), min(w, random.integer(1...3)))
        let padding = Margins(
            top: random.integer(0...1), bottom: random.integer(0...1), left: random.integer(0...1),
            right: random.integer(0...1))
        let epilogue = Epilogue(first: random.chance(1, in: 4) ? .relu6 : .linear)
        let filters = groups * random.integer(1...2)
        return convolution(
            x, filters, kernel: kernel, strides: Extent(random.integer(1...2), random.integer(1...2)),
            padding: random.chance(1, in: 2) ? .zero : padding, groups: groups, bias: random.chance(1, in: 2),
            epilogue: epilogue)
    }

    private mutating func randomProduct(_ x: ValueID) -> ValueID? {
        guard graph[x].channels <= 200 else { return nil }
        let shape = shape(x)
        if shape.count > 1, random.chance(1, in: 6) {
            let exchanged = Array(shape.indices.dropLast(2)) + [shape.count - 1, shape.count - 2]
            return add(.matmul, activation(x, .tanh), add(.permutation(exchanged), x))
        }
        return dense(x, random.integer(1...6), bias: random.chance(1, in: 2))
    }

    private mutating func randomElementwise(_ x: ValueID, among values: [ValueID]) -> ValueID? {
        let channels = graph[x].channels
        switch random.integer(0...8) {
        case 0, 1: return affine(x, shift: random.chance(2, in: 3))
        case 2, 3:
            let choices: [Activation] = [
                .relu, .relu6, .sigmoid, .silu, .hardSilu, .tanh, .linear, .softsign, .elu(alpha: 1),
            ]
            return activation(x, random.pick(choices))
        case 4:
            return add(.elementwise(Elementwise(scale: constant(1), activation: .relu, negativeSlope: nil)), x)
        case 5:
            let slope = random.chance(1, in: 2) ? constant(channels) : constant(shape(x))
            return add(.elementwise(Elementwise(negativeSlope: slope)), x)
        case 6:
            let c = add(.constant(constant(random.pick([[1], [channels]]))), [])
            let operation = Elementwise(combine: random.pick([.add, .subtract, .multiply, .maximum]))
            return random.chance(1, in: 2) ? add(.elementwise(operation), x, c) : add(.elementwise(operation), c, x)
        default:
            let partners = values.filter { shape($0) == shape(x) || shape($0) == [channels] }
            let combine: Elementwise.Operator = random.pick([.add, .add, .add, .multiply, .subtract, .maximum])
            return add(.elementwise(Elementwise(combine: combine)), x, random.pick(partners))
        }
    }

    private mutating func randomAddressing(_ x: ValueID, among values: [ValueID]) -> ValueID? {
        let shape = shape(x)
        let channels = graph[x].channels
        switch random.integer(0...8) {
        case 0:
            let partners = values.filter { self.shape($0).dropLast() == shape.dropLast() && graph[$0].channels <= 8 }
            guard channels <= 8, let partner = partners.isEmpty ? nil : random.pick(partners) else { return nil }
            return add(.concatenation(axis: shape.count - 1), x, partner)
        case 1: return add(.reshape, [x], shape: [graph[x].elementCount])
        case 2:
            let width = shape.dropLast().last ?? 1
            return add(.reshape, [x], shape: [1, width, graph[x].elementCount / width])
        case 3: return shape.count == 3 && channels % 2 == 0 ? keras(shuffle: x, groups: 2) : nil
        case 4:
            let map = (0..<channels).map { _ in random.integer(0...channels - 1) }
            return add(.channelGather(random.chance(1, in: 2) ? map : Array((0..<channels).reversed())), x)
        case 5 where random.chance(1, in: 3):
            let axis = random.integer(0...shape.count - 1)
            let indices = (0..<random.integer(1...4)).map { _ in random.integer(-1...shape[axis] - 1) }
            let fill: Float = axis == shape.count - 1 ? 0 : random.pick([0, 0.5, -1])
            return add(.gather(Gather(axis: axis, indices: indices, fill: fill)), x)
        case 5:
            guard shape.count > 1, shape[0] > 1 else { return nil }
            let start = random.integer(0...shape[0] - 1)
            return add(.slice(axis: 0, start: start, count: random.integer(1...shape[0] - start)), x)
        case 6: return add(.permutation(random.chance(1, in: 2) ? Array(shape.indices) : shape.indices.reversed()), x)
        case 7 where random.chance(1, in: 3): return add(.sparsemax, x)
        case 7: return add(.softmax(axis: shape.count - 1, isLogarithmic: random.chance(1, in: 2)), x)
        default:
            // Something that is there already, once more.
            let old = graph.operations.filter { $0.inputs == [x] }
            return old.isEmpty ? nil : add(random.pick(old).primitive, [x], shape: graph[random.pick(old).output].shape)
        }
    }
}
