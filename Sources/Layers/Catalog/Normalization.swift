import IR
import Network

/// Preprocessing to mean 0 and variance 1 by statistics that were measured before.
struct Normalization: AffineLayer {
    static let descriptor = LayerDescriptor(
        "Normalization", summary: "Scale and shift by a mean and a variance that are given, or learned from data.",
        attributes: [
            Attribute(
                "axis", .ints(-maximumRank...maximumRank), default: .list([.int(-1)]), optional: true,
                "the axes with statistics of their own; None: one mean and variance for all"),
            Attribute(
                "mean", .array, default: AttributeValue.none, optional: true,
                "the mean, aligned with the last of these axes; None: a weight"),
            Attribute(
                "variance", .array, default: AttributeValue.none, optional: true,
                "the variance, of the same shape; None: a weight"),
            Attribute("invert", .bool, default: .bool(false), "undo the normalisation"),
        ],
        formula: """
            y = (x − mean) / max(√variance, 1e-7)
            invert: y = mean + x·max(√variance, 1e-7)
            """)

    let axes: [Int]
    /// `nil` where they are weights.
    let given: (mean: NumberArray, variance: NumberArray)?
    let isInverse: Bool

    init(_ attributes: AttributeValues) throws {
        axes = attributes.isNone("axis") ? [] : attributes.ints("axis")
        isInverse = attributes.bool("invert")
        guard attributes.isNone("mean") == attributes.isNone("variance") else {
            let missing = attributes.isNone("mean") ? "mean" : "variance"
            throw LayerError("mean and variance come together, '\(missing)' is missing", attribute: missing)
        }
        if attributes.isNone("mean") {
            given = nil
            return
        }
        let mean = try NumberArray(attributes["mean"], attribute: "mean")
        let variance = try NumberArray(attributes["variance"], attribute: "variance")
        guard mean.shape == variance.shape else {
            throw LayerError("a variance of shape \(variance.shape) for a mean of \(mean.shape)", attribute: "variance")
        }
        guard mean.shape.rank <= axes.count else {
            throw LayerError(
                "a mean of \(mean.shape) has more axes than the \(axes.count) of 'axis'", attribute: "mean")
        }
        guard variance.values.allSatisfy({ $0 >= 0 }) else {
            throw LayerError("a variance below zero", attribute: "variance")
        }
        given = (mean, variance)
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        var resolved: [Int] = []
        for axis in axes { resolved.append(try resolveAxis(axis, of: inputs[0])) }
        guard Set(resolved).count == axes.count else { throw LayerError("an axis is named twice", attribute: "axis") }
        guard let given else { return inputs }
        let kept = Shape(resolved.sorted().map { inputs[0][$0] })
        for (extent, wanted) in zip(given.mean.shape.dimensions.reversed(), kept.dimensions.reversed())
        where extent != 1 && extent != wanted {
            throw LayerError(
                "a mean of shape \(given.mean.shape) for axes of \(kept) of \(inputs[0])", attribute: "mean")
        }
        return inputs
    }

    func parameters(for inputs: [Shape]) -> [Parameter] {
        if given != nil { return [] }
        let shape = Shape(keptAxes(rank: inputs[0].rank).map { inputs[0][$0] })
        return [
            Parameter("mean", shape, .movingMean, initializer: .string("zeros"), isTrainable: false),
            Parameter("variance", shape, .movingVariance, initializer: .string("ones"), isTrainable: false),
            Parameter("count", Shape([]), .state, initializer: .string("zeros"), isTrainable: false),
        ]
    }

    /// The axes with statistics of their own, of a shape that has been checked.
    private func keptAxes(rank: Int) -> [Int] { axes.map { $0 < 0 ? $0 + rank : $0 - 1 }.sorted() }
}

extension Normalization {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        let (mean, deviation) = statistics(parameters, for: inputs[0].shape)
        if isInverse { return [inputs[0].zip(deviation, *).zip(mean, +)] }
        return [inputs[0].zip(mean, -).zip(deviation, /)]
    }

    /// A sum of one product and a constant: with `w` the factor, `B = |w|·B_in + c·u·(√1 + 2)·(|w·x| + |summand|)`.
    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        let (mean, deviation) = statistics(parameters, for: inputs[0].shape)
        let relative = accumulationError(terms: 1)
        let source = inputs[0].errorSource(bounds[0], relative: relative)
        let summand = mean.map { relative * abs($0) }
        let bound = isInverse ? source.zip(deviation, *).zip(summand, +) : source.zip(summand, +).zip(deviation, /)
        return Evaluation(outputs: reference(inputs, parameters), bounds: [bound])
    }

    /// The mean and the deviation of every element.
    private func statistics(_ parameters: [RealTensor], for shape: Shape) -> (mean: RealTensor, deviation: RealTensor) {
        let axes = keptAxes(rank: shape.rank)
        func spread(_ statistic: RealTensor) -> RealTensor {
            let kept = RealTensor(Shape(axes.map { shape[$0] })).broadcasting(statistic) { $1 }
            return kept.spread(along: axes, of: shape)
        }
        let mean = given.map { RealTensor($0.mean.shape, $0.mean.values) } ?? parameters[0]
        let variance = given.map { RealTensor($0.variance.shape, $0.variance.values) } ?? parameters[1]
        return (spread(mean), spread(variance.map { max($0.squareRoot(), 1e-7) }))
    }
}

extension Normalization: LowerableLayer {
    /// Factor and summand are computed in double precision and rounded once. Where more than the channels have
    /// statistics of their own, these axes are brought to the end and made one, then put back.
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let shape = builder.shape(of: inputs[0])
        let axes = keptAxes(rank: shape.count)
        let kept = axes.map { shape[$0] }
        let (mean, variance) =
            given.map { ($0.mean.repeated(to: kept), $0.variance.repeated(to: kept)) }
            ?? (parameters[0].values.map { Double($0) }, parameters[1].values.map { Double($0) })
        let factors = variance.map { isInverse ? max($0.squareRoot(), 1e-7) : 1 / max($0.squareRoot(), 1e-7) }
        let summands = isInverse ? mean : zip(mean, factors).map { -$0 * $1 }
        let affine = Elementwise(
            scale: Constant(shape: [factors.count], values: factors.map { Float($0) }),
            shift: Constant(shape: [summands.count], values: summands.map { Float($0) }))
        if axes.isEmpty { return [builder.appendLike(.elementwise(affine), inputs[0])] }
        let order = shape.indices.filter { !axes.contains($0) } + axes
        let moved = order.map { shape[$0] }
        let flat = builder.reshape(
            builder.permute(inputs[0], order), to: moved.dropLast(axes.count) + [kept.reduce(1, *)])
        let result = builder.reshape(builder.appendLike(.elementwise(affine), flat), to: moved)
        return [builder.permute(result, shape.indices.map { order.firstIndex(of: $0)! })]
    }
}

/// Numbers in rows of equal lengths, as an attribute gives them.
struct NumberArray: Hashable, Sendable {
    var shape: Shape
    var values: [Double]

    /// Throws where rows differ in length.
    init(_ value: AttributeValue, attribute: String) throws(LayerError) {
        guard case .list(let rows) = value else {
            switch value {
            case .float(let number): (shape, values) = (Shape([]), [Double(Float(number))])
            case .int(let number): (shape, values) = (Shape([]), [Double(number)])
            default: throw LayerError("expected a number or an array of numbers", attribute: attribute)
            }
            return
        }
        var parts: [NumberArray] = []
        for row in rows { parts.append(try NumberArray(row, attribute: attribute)) }
        guard let first = parts.first, parts.allSatisfy({ $0.shape == first.shape }) else {
            throw LayerError("the rows of the array differ in length", attribute: attribute)
        }
        shape = Shape([parts.count] + first.shape.dimensions)
        values = parts.flatMap(\.values)
    }

    /// The elements under a shape with more axes in front, an extent of 1 repeated.
    func repeated(to target: [Int]) -> [Double] {
        let lifted = Array(repeating: 1, count: target.count - shape.rank) + shape.dimensions
        var positions = [0]
        for (extent, wanted) in zip(lifted, target) {
            positions = positions.flatMap { start in (0..<wanted).map { start * extent + (extent == 1 ? 0 : $0) } }
        }
        return positions.map { values[$0] }
    }
}
