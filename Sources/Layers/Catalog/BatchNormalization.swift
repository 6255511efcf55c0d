import IR
import Network

/// Normalisation by the statistics of training: a scale and shift to each channel.
struct BatchNormalization: AffineLayer {
    static let descriptor = LayerDescriptor(
        "BatchNormalization",
        summary: "Scale and shift of each channel by moving statistics and learned gamma and beta.",
        attributes: [
            Attribute(
                "axis", .int(-maximumRank...maximumRank), default: .int(-1), "the axis of the channels; the batch is 0"),
            Attribute("momentum", .ignored, default: .float(0.99), "for training only"),
            Attribute("epsilon", .float(0...1e30), default: .float(0.001), "added to the variance"),
            Attribute("center", .bool, default: .bool(true), "add beta"),
            Attribute("scale", .bool, default: .bool(true), "multiply by gamma"),
            .initializer("beta_initializer", "zeros"), .initializer("gamma_initializer", "ones"),
            .initializer("moving_mean_initializer", "zeros"), .initializer("moving_variance_initializer", "ones"),
            Attribute("renorm", .bool, default: .bool(false), "keep the statistics of renormalised training too"),
        ],
        ignored: [
            "beta_regularizer", "gamma_regularizer", "beta_constraint", "gamma_constraint", "renorm_clipping",
            "renorm_momentum", "synchronized", "fused",
        ],
        formula: "y = gamma·(x − moving_mean) / √(moving_variance + epsilon) + beta")

    let axis: Int
    let epsilon: Double
    let hasBeta: Bool
    let hasGamma: Bool
    let keepsRenormalization: Bool
    /// Of gamma, beta, the mean and the variance.
    let initializers: [AttributeValue]

    init(_ attributes: AttributeValues) throws {
        axis = attributes.int("axis")
        epsilon = attributes.float("epsilon")
        hasBeta = attributes.bool("center")
        hasGamma = attributes.bool("scale")
        keepsRenormalization = attributes.bool("renorm")
        initializers = ["gamma", "beta", "moving_mean", "moving_variance"].map { attributes["\($0)_initializer"] }
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        _ = try resolveAxis(axis, of: inputs[0])
        return inputs
    }

    /// The axis of a shape that has been checked.
    private func channelAxis(rank: Int) -> Int { axis < 0 ? axis + rank : axis - 1 }

    func parameters(for inputs: [Shape]) -> [Parameter] {
        let shape = Shape([inputs[0][channelAxis(rank: inputs[0].rank)]])
        let gamma = Parameter("gamma", shape, .gamma, initializer: initializers[0])
        let beta = Parameter("beta", shape, .beta, initializer: initializers[1])
        let statistics = [
            Parameter("moving_mean", shape, .movingMean, initializer: initializers[2], isTrainable: false),
            Parameter("moving_variance", shape, .movingVariance, initializer: initializers[3], isTrainable: false),
        ]
        let renormalization = ["moving_stddev", "renorm_mean", "renorm_stddev"].map {
            Parameter($0, shape, .state, initializer: .string("zeros"), isTrainable: false)
        }
        return (hasGamma ? [gamma] : []) + (hasBeta ? [beta] : []) + statistics
            + (keepsRenormalization ? renormalization : [])
    }
}

extension BatchNormalization {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        normalize(inputs[0], parameters) { x, gamma, mean, deviation, beta in gamma * (x - mean) / deviation + beta }
    }

    /// A weighted sum of one product and two constants: with w = gamma/√(variance + epsilon), `B = |w|·B_in + c·u·(√1 +
    /// 2)·S` where `S = |w·x| + |w·mean| + |beta|`. That also covers w folded into a neighbouring convolution.
    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        let relative = accumulationError(terms: 1)
        let source = inputs[0].errorSource(bounds[0], relative: relative)
        let bound = normalize(source, parameters) { e, gamma, mean, deviation, beta in
            abs(gamma) / deviation * (e + relative * abs(mean)) + relative * abs(beta)
        }
        return Evaluation(outputs: reference(inputs, parameters), bounds: bound)
    }

    private func normalize(
        _ x: RealTensor, _ parameters: [RealTensor], _ formula: (Double, Double, Double, Double, Double) -> Double
    ) -> [RealTensor] {
        let axis = channelAxis(rank: x.shape.rank)
        let channels = x.shape[axis]
        let inner = x.shape.dimensions[(axis + 1)...].reduce(1, *)
        var rest = parameters[...]
        let gamma = hasGamma ? rest.removeFirst().values : Array(repeating: 1, count: channels)
        let beta = hasBeta ? rest.removeFirst().values : Array(repeating: 0, count: channels)
        let mean = rest.removeFirst().values
        let deviation = rest.removeFirst().values.map { ($0 + epsilon).squareRoot() }
        var y = x
        var i = 0
        while i < y.values.count {
            for c in 0..<channels {
                for _ in 0..<inner {
                    y.values[i] = formula(x.values[i], gamma[c], mean[c], deviation[c], beta[c])
                    i += 1
                }
            }
        }
        return [y]
    }
}

extension BatchNormalization: LowerableLayer {
    /// Scale and shift are computed in double precision and rounded once. Another axis than the last is brought to the
    /// end.
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let rank = builder.shape(of: inputs[0]).count
        let axis = channelAxis(rank: rank)
        let order = (0..<rank).filter { $0 != axis } + [axis]
        let last = builder.permute(inputs[0], order)
        let (scale, shift) = folded(parameters)
        let y = builder.appendLike(.elementwise(Elementwise(scale: scale, shift: shift)), last)
        return [builder.permute(y, (0..<rank).map { order.firstIndex(of: $0)! })]
    }

    private func folded(_ parameters: [Constant]) -> (scale: Constant, shift: Constant) {
        var rest = parameters[...]
        let gamma = hasGamma ? rest.removeFirst().values : nil
        let beta = hasBeta ? rest.removeFirst().values : nil
        let mean = rest.removeFirst().values
        let variance = rest.removeFirst().values
        let scale = variance.indices.map { c in
            Double(gamma?[c] ?? 1) / (Double(variance[c]) + epsilon).squareRoot()
        }
        let shift = scale.indices.map { c in Double(beta?[c] ?? 0) - Double(mean[c]) * scale[c] }
        return (
            Constant(shape: [scale.count], values: scale.map { Float($0) }),
            Constant(shape: [scale.count], values: shift.map { Float($0) })
        )
    }
}
