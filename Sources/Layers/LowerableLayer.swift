import IR
import Network

/// A layer that can be written as primitives.
public protocol LowerableLayer: Layer {
    /// Appends the primitives of one application to the graph and returns the values of its outputs.
    ///
    /// `inputs` have the shapes the layer was given; `parameters` stand in the order of `parameters(for:)`.
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID]
}
