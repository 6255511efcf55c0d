import IR
import Network

/// The same elements under another shape.
struct Reshape: LowerableLayer, CarryingLayer {
    static let descriptor = LayerDescriptor(
        "Reshape", summary: "The same elements, in row-major order, under another shape.",
        attributes: [
            Attribute("target_shape", .shape, "the extents, without the batch; one may be -1: what is left over")
        ],
        formula: "y = the elements of x")

    /// −1 stands for what is left over.
    let target: [Int]

    init(_ attributes: AttributeValues) throws {
        target = attributes.ints("target_shape")
        guard (1...maximumRank).contains(target.count) else {
            throw LayerError(
                "expected 1 to \(maximumRank) extents beside the batch, found \(target.count)",
                attribute: "target_shape")
        }
        guard target.allSatisfy({ $0 > 0 || $0 == -1 }) && target.filter({ $0 == -1 }).count <= 1 else {
            throw LayerError("extents must be positive, and one of them may be -1", attribute: "target_shape")
        }
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        let known = saturatingProduct(target.filter { $0 != -1 })
        let count = inputs[0].elementCount
        guard target.contains(-1) ? count % known == 0 : count == known else {
            let wanted = target.map { $0 == -1 ? "?" : String($0) }.joined(separator: "×")
            throw LayerError(
                "the \(count) elements of \(inputs[0]) do not make a shape of \(wanted)", attribute: "target_shape")
        }
        return [Shape(target.map { $0 == -1 ? count / known : $0 })]
    }

    var fieldOfView: FieldOfView { target.count == 1 ? .all : .point }
}

extension Reshape {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        [RealTensor(shapes(for: [inputs[0].shape])[0], inputs[0].values)]
    }
}

extension Reshape {
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        [builder.reshape(inputs[0], to: shapes(for: [Shape(builder.shape(of: inputs[0]))])[0].dimensions)]
    }
}
