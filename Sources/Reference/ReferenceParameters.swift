import Network

/// The parameters of a network for the reference: each is converted to double precision when a layer needs it and
/// dropped after, so that a large network is never held twice.
public struct ReferenceParameters: Sendable {
    private let values: ParameterValues

    public init(_ values: ParameterValues) { self.values = values }

    /// The parameters of a node in the order of its table; every one must be there.
    public func tensors(of node: Node) -> [RealTensor] {
        node.parameters.map { parameter in
            let name = "\(node.name)/\(parameter.name)"
            guard let floats = values[name] else { preconditionFailure("no value for parameter '\(name)'") }
            return RealTensor(parameter.shape, floats.map { Double($0) })
        }
    }
}
