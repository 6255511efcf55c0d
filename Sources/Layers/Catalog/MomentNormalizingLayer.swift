// Layers that divide an element by a deviation measured on the elements around it: their definition in double
// precision and its bound. What shares moments, and how the result is scaled, each layer says itself.

import Network

/// How mean and variance of some elements normalise each of them.
struct MomentRule: Hashable, Sendable {
    /// Added to the variance; a number that float32 holds, which is what Keras computes with.
    var epsilon: Double
    /// The least that `variance + epsilon` counts as.
    var least = 0.0
    /// Whether the variance is that around the mean; otherwise the mean of the squares.
    var centresVariance = true
    /// Whether the mean is taken off the result.
    var centresResult = true
}

/// A layer whose output is `gamma·(x − mean) / √(variance + epsilon) + beta`.
protocol MomentNormalizingLayer: Layer {
    var rule: MomentRule { get }

    /// The positions of the elements that share moments.
    func kin(in shape: Shape) -> [[Int]]

    /// The factor and the summand of every element.
    func affine(_ parameters: [RealTensor], for shape: Shape) -> (gamma: RealTensor, beta: RealTensor)
}

extension MomentNormalizingLayer {
    func outputShapes(for inputs: [Shape]) throws -> [Shape] { inputs }

    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        let x = inputs[0].values
        let (gamma, beta) = affine(parameters, for: inputs[0].shape)
        var y = inputs[0]
        for kin in kin(in: inputs[0].shape) {
            let (mean, _, square) = moments(of: x, at: kin)
            let deviation = square.squareRoot()
            for i in kin {
                y.values[i] =
                    gamma.values[i] * (x[i] - (rule.centresResult ? mean : 0)) / deviation + beta.values[i]
            }
        }
        return [y]
    }

    /// The mean, what the variance is taken around, and what the square of the result is divided by.
    private func moments(of x: [Double], at kin: [Int]) -> (mean: Double, centre: Double, square: Double) {
        let count = Double(kin.count)
        let mean = kin.reduce(0) { $0 + x[$1] } / count
        let centre = rule.centresVariance ? mean : 0
        let variance = kin.reduce(0) { $0 + (x[$1] - centre) * (x[$1] - centre) } / count
        return (mean, centre, max(variance + rule.epsilon, rule.least))
    }

    /// The bound of two passes in float32, derived as follows. Let a = `accumulationError(n)` and b_i the incoming bounds.
    ///
    /// - The mean is off by at most `m = mean(b) + a·mean|x|`, every difference d_i = x_i − mean by m and, of its own,
    ///   `r_i = b_i + u·|d_i|`.
    /// - The d_i add up to nothing, so what they have in common moves the variance in second order only: it is off by
    ///   `s = 2·mean(|d|·r) + mean((r + m)²)`, and a times it all for the sum. Around zero there is no m.
    /// - `g(v) = 1/√v` lies between its values at the ends of that interval, and y_i is off by `|gamma|·((r_i + m)·g(v −
    ///   s) + |d_i|·(g(v − s) − g(v)))` and a few roundings.
    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        let (x, b) = (inputs[0].values, bounds[0].values)
        let (gamma, beta) = affine(parameters, for: inputs[0].shape)
        var bound = bounds[0]
        for kin in kin(in: inputs[0].shape) {
            let count = Double(kin.count)
            let relative = accumulationError(terms: kin.count)
            let (mean, centre, square) = moments(of: x, at: kin)
            let drift = kin.reduce(0) { $0 + b[$1] + relative * abs(x[$1]) } / count
            let varianceDrift = rule.centresVariance ? drift : 0
            let resultDrift = rule.centresResult ? drift : 0
            let spread = kin.reduce(0) { sum, i in
                let distance = abs(x[i] - centre)
                let own = b[i] + unitRoundoff * distance
                let moved = 2 * distance * own + (own + varianceDrift) * (own + varianceDrift)
                return sum + moved + relative * (distance * distance + moved)
            }
            let least = max(square - spread / count, rule.least)
            let steepest = least > 0 ? 1 / least.squareRoot() : .infinity
            let bend = steepest - 1 / square.squareRoot()
            for i in kin {
                let distance = abs(x[i] - (rule.centresResult ? mean : 0))
                let own = b[i] + unitRoundoff * distance + resultDrift
                let size = abs(gamma.values[i])
                let moved = size * (own * steepest + (distance == 0 ? 0 : distance * bend))
                let rounding = 8 * unitRoundoff * (size * distance * steepest + abs(beta.values[i]))
                bound.values[i] = moved + (distance == 0 && beta.values[i] == 0 ? 0 : rounding) + smallestNormal
            }
        }
        return Evaluation(outputs: reference(inputs, parameters), bounds: [bound])
    }
}

extension Attribute {
    /// The attributes of gamma and beta that normalising layers share, in Keras' order.
    static let normalizing = [
        Attribute("epsilon", .float(0...1e30), default: .float(0.001), "added to the variance"),
        Attribute("center", .bool, default: .bool(true), "add beta"),
        Attribute("scale", .bool, default: .bool(true), "multiply by gamma"),
        .initializer("beta_initializer", "zeros"), .initializer("gamma_initializer", "ones"),
    ]

    /// The axes that are normalised over together.
    static let normalizedAxes = Attribute(
        "axis", .ints(-maximumRank...maximumRank), default: .list([.int(-1)]),
        "the axis, or a list of axes that share moments; the batch is 0")
}

/// Keyword arguments of gamma and beta that matter in training only.
let normalizingTrainingAttributes = ["beta_regularizer", "gamma_regularizer", "beta_constraint", "gamma_constraint"]

/// The axes that a list names, without the batch and in order; throws where one does not exist or comes twice.
func resolveAxes(_ axes: [Int], of shape: Shape) throws(LayerError) -> [Int] {
    guard !axes.isEmpty else { throw LayerError("no axis to normalize over", attribute: "axis") }
    var resolved: [Int] = []
    for axis in axes { resolved.append(try resolveAxis(axis, of: shape)) }
    guard Set(resolved).count == axes.count else { throw LayerError("an axis is named twice", attribute: "axis") }
    return resolved.sorted()
}

/// The same for axes that have been checked.
func resolvedAxes(_ axes: [Int], rank: Int) -> [Int] { axes.map { $0 < 0 ? $0 + rank : $0 - 1 }.sorted() }

extension RealTensor {
    /// The elements as those of a shape with extents along the given axes only, repeated along the others of `target`.
    func spread(along axes: [Int], of target: Shape) -> RealTensor {
        let kept = target.dimensions.indices.map { axes.contains($0) ? target[$0] : 1 }
        return RealTensor(target).broadcasting(RealTensor(Shape(kept), values)) { $1 }
    }
}
