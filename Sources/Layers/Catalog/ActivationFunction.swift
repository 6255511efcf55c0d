// The activations of Keras 3 and their definitions in double precision. Their forms in the IR stand in
// ActivationFunction+Lowering.swift.

import Network

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What is done to each element of a tensor (or, for softmax and sparsemax, to each vector along its last axis).
enum ActivationFunction: Hashable, Sendable {
    case linear
    case rectifier(maximum: Double = .infinity, slope: Double = 0, threshold: Double = 0)
    case elu(alpha: Double)
    case selu
    case celu(alpha: Double)
    case gelu
    case geluTanh
    case sigmoid
    case logSigmoid
    case silu
    case hardSigmoid
    case hardSilu
    case hardTanh
    case tanh
    case softplus
    case softsign
    case exponential
    case mish
    case hardShrink
    case softShrink
    case tanhShrink
    case sparsePlus
    case sparseSigmoid
    case squareplus
    case clip(minimum: Double, maximum: Double)
    case power(Double)
    case elementary(Elementary)
    case softmax(isLogarithmic: Bool)
    case sparsemax

    /// The functions of `activationNames` with the arguments that a bare name stands for.
    static let named: [String: ActivationFunction] = [
        "linear": .linear, "relu": .rectifier(), "relu6": .rectifier(maximum: 6),
        "leaky_relu": .rectifier(slope: rounded(0.2)), "elu": .elu(alpha: 1), "selu": .selu, "celu": .celu(alpha: 1),
        "gelu": .gelu, "sigmoid": .sigmoid, "log_sigmoid": .logSigmoid, "silu": .silu, "hard_sigmoid": .hardSigmoid,
        "hard_silu": .hardSilu, "hard_tanh": .hardTanh, "tanh": .tanh, "softplus": .softplus, "softsign": .softsign,
        "exponential": .exponential, "mish": .mish,
        "hard_shrink": .hardShrink, "soft_shrink": .softShrink, "tanh_shrink": .tanhShrink, "sparse_plus": .sparsePlus,
        "sparse_sigmoid": .sparseSigmoid, "squareplus": .squareplus, "softmax": .softmax(isLogarithmic: false),
        "log_softmax": .softmax(isLogarithmic: true), "sparsemax": .sparsemax,
    ]

    /// The function that the value of an `activation` attribute stands for.
    init(_ value: AttributeValue) throws(LayerError) {
        switch value {
        case .none: self = .linear
        case .string(let word):
            let name = canonicalActivation(word)
            guard let function = name.flatMap({ Self.named[$0] ?? Elementary(rawValue: $0).map(Self.elementary) })
            else {
                throw LayerError("unknown activation '\(word)'", attribute: "activation")
            }
            self = function
        case .call(let word, let arguments):
            guard let layer = layerRegistry.first(where: { $0.descriptor.name == word }) as? any ActivatingLayer.Type
            else { throw LayerError("\(word) goes on a line of its own, as a layer", attribute: "activation") }
            do {
                self = try layer.init(AttributeValues(arguments)).activation
            } catch {
                throw LayerError((error as? LayerError)?.message ?? "\(error)", attribute: "activation")
            }
        default: throw LayerError("expected the name of an activation", attribute: "activation")
        }
    }

    /// A constant as float32 holds it, which is what Keras computes with.
    static func rounded(_ value: Double) -> Double { Double(Float(value)) }

    /// The function of one element; `nil` for softmax and sparsemax, which are none.
    var function: ((Double) -> Double)? {
        switch self {
        case .linear: return { $0 }
        case .rectifier(let maximum, let slope, let threshold):
            if slope == 0 { return { $0 <= threshold ? 0 : $0 > maximum ? maximum : $0 } }
            return { $0 <= threshold ? slope * ($0 - threshold) : $0 > maximum ? maximum : $0 }
        case .elu(let alpha): return { $0 > 0 ? $0 : alpha * expm1($0) }
        case .selu:
            return { $0 > 0 ? 1.0507009873554805 * $0 : 1.0507009873554805 * 1.6732632423543772 * expm1($0) }
        case .celu(let alpha): return { $0 > 0 ? $0 : alpha * expm1($0 / alpha) }
        case .gelu: return { 0.5 * $0 * erfc(-$0 * 0.5.squareRoot()) }
        case .geluTanh: return tanhGelu
        case .sigmoid: return logistic
        case .logSigmoid: return { -softplusOf(-$0) }
        case .silu: return { $0 * logistic($0) }
        case .hardSigmoid: return { limited($0 / 6 + 0.5, 0, 1) }
        case .hardSilu: return { $0 * limited($0 / 6 + 0.5, 0, 1) }
        case .hardTanh: return { limited($0, -1, 1) }
        case .tanh: return { hyperbolicTangent($0) }
        case .softplus: return softplusOf
        case .softsign: return { $0 / (1 + abs($0)) }
        case .exponential: return { exp($0) }
        case .mish: return { $0 * hyperbolicTangent(softplusOf($0)) }
        case .hardShrink: return { abs($0) <= 0.5 ? 0 : $0 }
        case .softShrink: return { $0 - limited($0, -0.5, 0.5) }
        case .tanhShrink: return lessItsTangent
        case .sparsePlus: return { $0 <= -1 ? 0 : $0 < 1 ? ($0 + 1) * ($0 + 1) / 4 : $0 }
        case .sparseSigmoid: return { limited(($0 + 1) / 2, 0, 1) }
        case .squareplus: return { max($0, 0) + 2 / (abs($0) + ($0 * $0 + 4).squareRoot()) }
        case .clip(let minimum, let maximum): return { limited($0, minimum, maximum) }
        case .power(let exponent): return { realPower($0, exponent) }
        case .elementary(let elementary): return elementary.function
        case .softmax, .sparsemax: return nil
        }
    }

    /// Where the function is defined and steady.
    private var range: FunctionRange {
        switch self {
        case .power(let exponent): FunctionRange(power: exponent)
        case .elementary(let elementary): elementary.range
        default: FunctionRange()
        }
    }

    /// The function of every element of a tensor.
    func apply(_ z: RealTensor) -> RealTensor {
        switch self {
        case .linear: return z
        case .softmax(let isLogarithmic): return referenceSoftmax(z, axes: [z.shape.rank - 1], isLogarithmic)
        case .sparsemax: return referenceSparsemax(z)
        default: return z.map(function!)
        }
    }

    /// The function of a tensor known to within bounds, and the bound of the result.
    func evaluate(_ z: RealTensor, _ bound: RealTensor) -> (value: RealTensor, bound: RealTensor) {
        switch self {
        case .linear: return (z, bound)
        case .softmax(let isLogarithmic):
            return softmaxEvaluation(z, bound, axes: [z.shape.rank - 1], isLogarithmic)
        case .sparsemax: return sparsemaxEvaluation(z, bound)
        default:
            let (function, range) = (function!, range)
            return (z.map(function), z.zip(bound) { range.bound($0, $1, function) })
        }
    }
}

private func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }

private func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

private func softplusOf(_ x: Double) -> Double { (x > 0 ? x : 0) + log1p(exp(-abs(x))) }

/// Both branches keep NaN.
private func limited(_ x: Double, _ low: Double, _ high: Double) -> Double {
    let y = x < low ? low : x
    return y > high ? high : y
}

/// `0.5·x·(1 + tanh t) = x·sigmoid(2t)`, which loses nothing where tanh t is near −1.
private func tanhGelu(_ x: Double) -> Double {
    x * logistic(2 * (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x))
}

/// `x − tanh x`; near zero, where the difference would lose everything, by its series.
private func lessItsTangent(_ x: Double) -> Double {
    guard abs(x) < 0.1 else { return x - hyperbolicTangent(x) }
    let z = x * x
    let series = [1.0 / 3, -2.0 / 15, 17.0 / 315, -62.0 / 2835, 1382.0 / 155_925, -21844.0 / 6_081_075]
    return x * z * series.reversed().reduce(0) { $0 * z + $1 }
}
