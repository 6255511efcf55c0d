import Network

/// An activation by its name: Keras' `Activation`. (The IR's `Activation` is the function alone.)
struct ActivationLayer: ActivatingLayer {
    static let descriptor = LayerDescriptor(
        "Activation", summary: "An activation function, by name.",
        attributes: [Attribute("activation", .activation, "the function")],
        formula: "y = activation(x)")

    let activation: ActivationFunction

    init(_ attributes: AttributeValues) throws { activation = try ActivationFunction(attributes["activation"]) }
}
