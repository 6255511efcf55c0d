import IR
import Network

/// A layer that combines tensors element by element, after lifting them to one rank and broadcasting.
protocol MergingLayer: LowerableLayer {
    static var combine: Elementwise.Operator { get }
}

/// As many tensors as a network may have.
let severalInputs = 2...100_000

extension MergingLayer {
    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        var common = inputs[0]
        for other in inputs.dropFirst() {
            guard let shape = broadcastShape(common, other) else {
                throw LayerError(
                    "\(Self.descriptor.name) cannot combine shapes \(common) and \(other)",
                    hint: "extents must be equal or 1, counted from the last axis")
            }
            common = shape
        }
        return [common]
    }

    /// The tensors merged two by two in order.
    func fold(_ tensors: [RealTensor], _ operation: (Double, Double) -> Double) -> RealTensor {
        tensors.dropFirst().reduce(tensors[0]) { $0.broadcasting($1, operation) }
    }

    /// The bound of a sum or difference: that of a sum of as many terms, on magnitudes.
    func boundOfSum(_ inputs: [RealTensor], _ bounds: [RealTensor]) -> RealTensor {
        let relative = accumulationError(terms: inputs.count)
        return fold(zip(inputs, bounds).map { $0.errorSource($1, relative: relative) }, +)
    }
}

extension MergingLayer {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        [builder.chain(inputs, Self.combine)]
    }
}

extension GraphBuilder {
    /// The values combined two by two in order.
    mutating func chain(_ values: [ValueID], _ operation: Elementwise.Operator) -> ValueID {
        values.dropFirst().reduce(values[0]) { combine($0, $1, Elementwise(combine: operation)) }
    }
}
