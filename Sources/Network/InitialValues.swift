/// Values for parameters that no weights file gives: what training would start from, or test weights under which mistakes show.

/// Where values come from when there is no weights file.
public enum InitialValueStyle: Hashable, Sendable {
    /// Each parameter's own initialiser: Keras' distribution, not its numbers.
    case layerDefaults
    /// The test weights of the numeric contract: Keras' initialisers make deep networks constant and hide every mistake.
    case test
}

/// Values for every parameter of a network, deterministic in the seed. A parameter's values depend on its name and the seed alone.
public func initialValues(for network: Network, seed: UInt64, style: InitialValueStyle) -> ParameterValues {
    var values: ParameterValues = [:]
    for named in network.parameterInventory() {
        values[named.name] = initialValues(of: named, seed: seed, style: style)
    }
    return values
}

/// Values for one parameter.
public func initialValues(of named: NamedParameter, seed: UInt64, style: InitialValueStyle) -> [Float] {
    var stream = RandomStream(seed: seed, name: named.name)
    let shape = named.parameter.shape
    switch style {
    case .test: return testDistribution(of: named.parameter.role).draw(shape, from: &stream)
    case .layerDefaults: return initialDistribution(of: named.parameter).draw(shape, from: &stream)
    }
}

/// DESIGN.md's test weights: deviations that keep activations of one size through any depth, and nothing that is zero or one.
private func testDistribution(of role: ParameterRole) -> Distribution {
    switch role {
    case .kernel(let fanIn, _): .normal(mean: 0, deviation: (2 / Double(max(fanIn, 1))).squareRoot())
    case .bias, .beta, .movingMean: .uniform(-0.2, 0.2)
    case .gamma, .movingVariance, .scale: .uniform(0.5, 1.5)
    case .alpha: .uniform(0.1, 0.3)
    case .state: .constant(0)
    }
}

/// The distribution of a parameter's own initialiser.
private func initialDistribution(of parameter: Parameter) -> Distribution {
    switch parameter.initializer {
    case .string(let name): return distribution(name, [:], parameter.shape)
    case .call(let name, let arguments): return distribution(name, arguments, parameter.shape)
    case .float(let value): return .constant(value)
    case .int(let value): return .constant(Double(value))
    default: return .constant(0)
    }
}

/// Keras' initialiser of that name and those arguments for a shape.
private func distribution(_ name: String, _ arguments: [String: AttributeValue], _ shape: Shape) -> Distribution {
    guard let descriptor = findInitializer(name) else { preconditionFailure("no initializer '\(name)'") }
    func number(_ argument: String) -> Double {
        switch arguments[argument] {
        case .float(let value)?: value
        case .int(let value)?: Double(value)
        default: descriptor.arguments.first { $0.name == argument }!.value
        }
    }
    func word(_ argument: String) -> String {
        if case .string(let value)? = arguments[argument] { return value }
        return descriptor.words.first { $0.name == argument }!.values[0]
    }
    func scaled(_ scale: Double, _ mode: String, _ shapeOfDistribution: String) -> Distribution {
        varianceScaling(scale, mode: mode, distribution: shapeOfDistribution, shape)
    }
    switch descriptor.name {
    case "zeros": return .constant(0)
    case "ones": return .constant(1)
    case "constant": return .constant(number("value"))
    case "random_normal": return .normal(mean: number("mean"), deviation: number("stddev"))
    case "random_uniform": return .uniform(number("minval"), number("maxval"))
    case "truncated_normal": return .truncatedNormal(mean: number("mean"), deviation: number("stddev"))
    case "variance_scaling": return scaled(number("scale"), word("mode"), word("distribution"))
    case "glorot_uniform": return scaled(1, "fan_avg", "uniform")
    case "glorot_normal": return scaled(1, "fan_avg", "truncated_normal")
    case "he_uniform": return scaled(2, "fan_in", "uniform")
    case "he_normal": return scaled(2, "fan_in", "truncated_normal")
    case "lecun_uniform": return scaled(1, "fan_in", "uniform")
    case "lecun_normal": return scaled(1, "fan_in", "truncated_normal")
    case "orthogonal": return .orthogonal(gain: number("gain"))
    case "identity": return .identity(gain: number("gain"))
    default: preconditionFailure("no distribution for '\(name)'")
    }
}

/// Keras' VarianceScaling. A normal that is cut at two deviations is widened first, so that its variance is as asked.
private func varianceScaling(_ scale: Double, mode: String, distribution: String, _ shape: Shape) -> Distribution {
    let (fanIn, fanOut) = fans(of: shape)
    let fan = mode == "fan_in" ? fanIn : mode == "fan_out" ? fanOut : (fanIn + fanOut) / 2
    let variance = scale / max(fan, 1)
    switch distribution {
    case "uniform":
        let limit = (3 * variance).squareRoot()
        return .uniform(-limit, limit)
    case "untruncated_normal": return .normal(mean: 0, deviation: variance.squareRoot())
    default: return .truncatedNormal(mean: 0, deviation: variance.squareRoot() / 0.87962566103423978)
    }
}

/// Keras' `compute_fans`: by the shape alone, whatever the layer makes of it.
private func fans(of shape: Shape) -> (fanIn: Double, fanOut: Double) {
    let extents = shape.dimensions.map(Double.init)
    switch extents.count {
    case 0: return (1, 1)
    case 1: return (extents[0], extents[0])
    default:
        let area = extents.dropLast(2).reduce(1, *)
        return (extents[extents.count - 2] * area, extents[extents.count - 1] * area)
    }
}
