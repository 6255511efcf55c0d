import IR
import Network

/// A rectifier whose slopes below zero are learned.
struct PReLU: LowerableLayer {
    static let descriptor = LayerDescriptor(
        "PReLU", summary: "Rectified linear unit with learned slopes below zero.",
        attributes: [
            .initializer("alpha_initializer", "zeros"),
            Attribute("alpha_regularizer", .ignored, default: AttributeValue.none, "for training only"),
            Attribute("alpha_constraint", .ignored, default: AttributeValue.none, "for training only"),
            Attribute(
                "shared_axes", .ints(-maximumRank...maximumRank), default: AttributeValue.none, optional: true,
                "axes along which one slope serves, counted from 1; [1, 2] keeps one to a channel of an image"),
        ],
        formula: "y = x where x ≥ 0; alpha·x elsewhere")

    let initializer: AttributeValue
    let sharedAxes: [Int]

    init(_ attributes: AttributeValues) throws {
        initializer = attributes["alpha_initializer"]
        sharedAxes = attributes.isNone("shared_axes") ? [] : attributes.ints("shared_axes")
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        for axis in sharedAxes where !(1 - inputs[0].rank...inputs[0].rank).contains(axis) {
            throw LayerError(
                "axis \(axis) does not exist in \(inputs[0]), whose axes are 1 to \(inputs[0].rank)",
                attribute: "shared_axes")
        }
        return inputs
    }

    func parameters(for inputs: [Shape]) -> [Parameter] {
        [Parameter("alpha", slopeShape(for: inputs[0]), .alpha, initializer: initializer)]
    }

    /// Keras takes 1 off an axis before it counts from the end, so that 0 is the last one and −1 that before it.
    private func slopeShape(for input: Shape) -> Shape {
        var shape = input
        for axis in sharedAxes { shape.dimensions[axis < 1 ? axis - 1 + input.rank : axis - 1] = 1 }
        return shape
    }
}

extension PReLU {
    /// The slope of every element.
    private func slopes(_ alpha: RealTensor, for shape: Shape) -> RealTensor {
        RealTensor(shape, repeating: 0).broadcasting(alpha) { $1 }
    }

    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        [inputs[0].zip(slopes(parameters[0], for: inputs[0].shape)) { $0 < 0 ? $0 * $1 : $0 }]
    }

    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        let slopes = slopes(parameters[0], for: inputs[0].shape)
        var bound = bounds[0]
        for i in bound.values.indices {
            let slope = slopes.values[i]
            bound.values[i] = pointwiseBound(inputs[0].values[i], bound.values[i]) { $0 < 0 ? $0 * slope : $0 }
        }
        return Evaluation(outputs: reference(inputs, parameters), bounds: [bound])
    }
}

extension PReLU {
    /// The IR knows slopes by channel or by element: others are spread over the elements.
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let shape = builder.shape(of: inputs[0])
        let alpha = parameters[0]
        let channels = shape[shape.count - 1]
        let slope: Constant
        if alpha.shape == shape || alpha.values.count == 1 {
            slope = Constant(shape: alpha.shape == shape ? shape : [1], values: alpha.values)
        } else if alpha.values.count == channels && alpha.shape.last == channels {
            slope = Constant(shape: [channels], values: alpha.values)
        } else {
            slope = alpha.spread(over: shape)
        }
        return [builder.appendLike(.elementwise(Elementwise(negativeSlope: slope)), inputs[0])]
    }
}

extension Constant {
    /// The constant, whose extents are the shape's or 1, repeated along the latter.
    func spread(over target: [Int]) -> Constant {
        var values = self.values
        var inner = 1
        for axis in target.indices.reversed() {
            if shape[axis] != target[axis] {
                values = stride(from: 0, to: values.count, by: inner).flatMap { start in
                    (0..<target[axis]).flatMap { _ in values[start..<start + inner] }
                }
            }
            inner *= target[axis]
        }
        return Constant(shape: target, values: values)
    }
}
