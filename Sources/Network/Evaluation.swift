// How far a float32 evaluation of a layer may lie from its exact value: the bounds of the numeric contract (DESIGN.md),
// layer by layer, and the rules for the common kinds of layer. A layer of another kind states its own rule in its file.

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Half the distance from 1 to the next float32: the relative error of one rounding.
public let unitRoundoff = 0x1p-24

/// The smallest normal float32: below it, results may be flushed to zero.
public let smallestNormal = 0x1p-126

/// The error of a sum of `terms` products in float32, relative to the sum of their magnitudes: `c·u·(√K + 2)` with c =
/// 2.
public func accumulationError(terms: Int) -> Double { 2 * unitRoundoff * (Double(terms).squareRoot() + 2) }

/// The bound through a function applied to an element z known to within `bound`: what the function makes of the ends of
/// the interval, and rounding.
@inlinable
public func pointwiseBound(_ z: Double, _ bound: Double, _ function: (Double) -> Double) -> Double {
    let y = function(z)
    let rounding = 8 * unitRoundoff * abs(y) + smallestNormal
    if bound == 0 { return rounding }
    return max(abs(function(z + bound) - y), abs(function(z - bound) - y)) + rounding
}

extension RealTensor {
    /// The magnitudes of the elements.
    public var magnitude: RealTensor { map(abs) }

    /// No element differs from zero.
    public var isZero: Bool { values.allSatisfy { $0 == 0 } }

    /// The elements of two tensors of one shape under a function.
    public func zip(_ other: RealTensor, _ transform: (Double, Double) -> Double) -> RealTensor {
        precondition(shape == other.shape)
        var result = self
        for i in values.indices { result.values[i] = transform(values[i], other.values[i]) }
        return result
    }

    /// `|x|·relative + bound`: the magnitudes weighted by an error, with the bound that came in. Under a linear layer
    /// with the magnitudes of its weights this gives the whole bound in one evaluation.
    public func errorSource(_ bound: RealTensor, relative: Double) -> RealTensor {
        zip(bound) { abs($0) * relative + $1 }
    }
}

/// The elements of an image that a fast algorithm computes together. Winograd's: of each channel `height × width` pixels of those whose rows and
/// columns agree modulo the dilation. Strassen's: runs of pixels in row-major order, of all channels that agree modulo a number.
public struct OutputTile: Hashable, Sendable {
    private enum Kind: Hashable {
        case window(rows: Axis, columns: Axis)
        case runs(pixels: Int, channels: Int, inputs: Int)
    }

    private var kind: Kind

    public init(height: Int, width: Int, dilationHeight: Int = 1, dilationWidth: Int = 1) {
        kind = .window(
            rows: Axis(side: height, dilation: dilationHeight), columns: Axis(side: width, dilation: dilationWidth))
    }

    public init(runsOf pixels: Int, channelsModulo channels: Int, inputsModulo inputs: Int) {
        kind = .runs(pixels: pixels, channels: channels, inputs: inputs)
    }

    /// The tiles along an axis, counted phase by phase.
    private struct Axis: Hashable {
        var side, dilation: Int

        func count(_ size: Int) -> Int { dilation * (((size + dilation - 1) / dilation + side - 1) / side) }

        /// The number of the tile of a pixel.
        func number(of pixel: Int, _ size: Int) -> Int {
            pixel % dilation * (count(size) / dilation) + pixel / dilation / side
        }
    }

    /// The magnitudes of weights `[…, input channel, channel]` by which inputs enter the error. Strassen's algorithm multiplies sums of inputs by sums of
    /// weights: the largest weight among those that are added up counts for all of them.
    public func magnitudes(ofWeights weights: RealTensor) -> RealTensor {
        guard case .runs(_, let channels, let inputs) = kind else { return weights.magnitude }
        let (count, width) = (weights.shape.dimensions[weights.shape.rank - 2], weights.shape.dimensions.last!)
        var largest = [Double](repeating: 0, count: inputs * channels)
        func forEach(_ body: (_ element: Int, _ number: Int) -> Void) {
            for element in weights.values.indices {
                body(element, element / width % count % inputs * channels + element % width % channels)
            }
        }
        forEach { largest[$1] = max(largest[$1], abs(weights.values[$0])) }
        var result = weights
        forEach { result.values[$0] = largest[$1] }
        return result
    }

    /// How many numbers the elements of a tensor have, and the number that each shares with those of its tile, in order.
    fileprivate func forEach(_ shape: Shape, _ body: (_ element: Int, _ number: Int) -> Void) -> Int {
        let sizes = Array(repeating: 1, count: max(0, 3 - shape.rank)) + shape.dimensions
        let channels = sizes.last!
        switch kind {
        case .window(let rows, let columns):
            let (height, width) = (sizes[0], sizes[1])
            let across = columns.count(width)
            for h in 0..<height {
                let row = rows.number(of: h, height) * across
                for w in 0..<width {
                    let element = (h * width + w) * channels
                    let place = (row + columns.number(of: w, width)) * channels
                    for c in 0..<channels { body(element + c, place + c) }
                }
            }
            return rows.count(height) * across * channels
        case .runs(let pixels, let modulus, _):
            let positions = shape.elementCount / max(1, channels)
            for position in 0..<positions {
                for c in 0..<channels { body(position * channels + c, position / pixels * modulus + c % modulus) }
            }
            return (positions + pixels - 1) / pixels * modulus
        }
    }
}

extension RealTensor {
    /// For each element of an image, or of a sequence as one of height 1, the largest in the tile that it lies in.
    public func maximumOverTiles(_ tile: OutputTile) -> RealTensor {
        var largest = [Double](repeating: 0, count: tile.forEach(shape) { _, _ in })
        _ = tile.forEach(shape) { largest[$1] = max(largest[$1], values[$0]) }
        var result = self
        _ = tile.forEach(shape) { result.values[$0] = largest[$1] }
        return result
    }
}

/// A layer of one product and a constant to each element: batch normalisation, rescaling. Compilers start the sum that feeds such a layer from
/// its constant, which then takes part in every rounding of that sum.
public protocol AffineLayer: Layer {}

extension AffineLayer {
    /// The bounds where the layer follows a sum of that many products: `c·u·(√K + 2)` of the constant instead of `c·u·(√1 + 2)`.
    public func evaluate(
        _ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor], afterSumOf terms: Int
    ) -> Evaluation {
        var result = evaluate(inputs, bounds: bounds, parameters)
        let constant = reference([RealTensor(inputs[0].shape)], parameters)[0]
        let more = accumulationError(terms: max(terms, 1)) - accumulationError(terms: 1)
        result.bounds[0] = constant.errorSource(result.bounds[0], relative: more)
        return result
    }
}

/// A layer of two tensors that is an affine function of one where the other is constant, as compilers then see it.
public protocol AffineMergingLayer: Layer {}

extension AffineMergingLayer {
    /// The bounds where the input at a position, the only one that is not constant, is a sum of that many products.
    public func evaluate(
        _ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor], varying position: Int,
        afterSumOf terms: Int
    ) -> Evaluation {
        var result = evaluate(inputs, bounds: bounds, parameters)
        var still = inputs
        still[position] = RealTensor(inputs[position].shape)
        let more = accumulationError(terms: max(terms, 1)) - accumulationError(terms: 1)
        result.bounds[0] = reference(still, parameters)[0].errorSource(result.bounds[0], relative: more)
        return result
    }
}

/// A layer that only moves or selects elements, so that bounds take the same way: reshape, concatenation, maximum
/// pooling. (The largest of several elements moves by no more than the largest of their bounds.)
public protocol CarryingLayer: Layer {}

extension CarryingLayer {
    public func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        Evaluation(outputs: reference(inputs, parameters), bounds: reference(bounds, parameters))
    }
}

/// A layer of weighted sums whose weights are fixed and not negative: averages, interpolation.
public protocol AveragingLayer: Layer {
    /// How many elements one output is the sum of, at most.
    func terms(for inputs: [Shape]) -> Int
}

extension AveragingLayer {
    public func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        let relative = accumulationError(terms: terms(for: inputs.map(\.shape)))
        let sources = Swift.zip(inputs, bounds).map { $0.errorSource($1, relative: relative) }
        return Evaluation(outputs: reference(inputs, parameters), bounds: reference(sources, parameters))
    }
}
