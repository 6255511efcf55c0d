import IR
import Network

/// All elements in one row.
struct Flatten: LowerableLayer, CarryingLayer {
    static let descriptor = LayerDescriptor(
        "Flatten", summary: "All elements in one vector, in row-major order.", attributes: [.dataFormat],
        formula: "y = the elements of x, rows, then columns, then channels")

    init(_ attributes: AttributeValues) throws { try attributes.requireChannelsLast() }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] { [Shape([inputs[0].elementCount])] }

    var fieldOfView: FieldOfView { .all }
}

extension Flatten {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        [RealTensor(Shape([inputs[0].values.count]), inputs[0].values)]
    }
}

extension Flatten {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        [builder.reshape(inputs[0], to: [builder.shape(of: inputs[0]).reduce(1, *)])]
    }
}
