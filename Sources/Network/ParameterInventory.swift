/// A parameter of a network under its full name.
public struct NamedParameter: Sendable {
    /// `conv2d/kernel`.
    public var name: String
    public var parameter: Parameter
    /// The first node that uses it; further applications of the same layer share it.
    public var node: Int

    public init(name: String, parameter: Parameter, node: Int) {
        self.name = name
        self.parameter = parameter
        self.node = node
    }
}

extension Node {
    /// The full name of one of its parameters.
    public func fullName(of parameter: Parameter) -> String { "\(name)/\(parameter.name)" }
}

extension Network {
    /// The nodes that are the first application of their layer: those that own parameters.
    func isFirstApplication() -> [Bool] {
        var seen: Set<String> = []
        return nodes.map { seen.insert($0.name).inserted }
    }

    /// Every parameter once, in the order of the layers' first applications and of each layer's own parameters.
    public func parameterInventory() -> [NamedParameter] {
        zip(nodes.indices, isFirstApplication()).flatMap { index, isFirst in
            guard isFirst else { return [NamedParameter]() }
            return nodes[index].parameters.map {
                NamedParameter(name: nodes[index].fullName(of: $0), parameter: $0, node: index)
            }
        }
    }
}
