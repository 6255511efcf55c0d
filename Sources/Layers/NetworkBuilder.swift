import Diagnostics
import Language
import Network

/// Builds a network as a program describes it: the layers' side of the language.
///
/// Constructing a layer checks its arguments against its table and names it; applying it runs its shape rule and adds a node. What
/// outputs need is sorted out at the end (`NetworkBuilder+Finish`).
public struct NetworkBuilder: Elaborator {
    let source: SourceFile
    let batch: Int
    let index: LayerIndex

    var layers: [LayerRecord] = []
    var nodes: [Node] = []
    /// The layer of each node.
    var nodeLayers: [Int] = []
    var tensors: [TensorRecord] = []
    /// The tensors of each node's outputs, by number.
    var nodeTensors: [[Int]] = []
    var names = AutomaticNames()
    /// The layer that has each name.
    var owners: [String: Int] = [:]
    /// The inputs of models that were called: no inputs of the network, unless outputs need them.
    var modelInputs: Set<TensorID> = []
    var hasReportedLimit = false
    var network: Network?

    /// A builder for one file; `batch` samples make one call of the generated code.
    public init(source: SourceFile, batch: Int = 1) {
        self.init(source: source, batch: batch, layers: layerRegistry)
    }

    /// The same with layers of one's own: for tests.
    package init(source: SourceFile, batch: Int = 1, layers: [any LowerableLayer.Type]) {
        self.source = source
        self.batch = batch
        index = LayerIndex(layers)
    }

    /// The finished network; `nil` where the description has errors.
    public func makeNetwork() -> Network? { network }

    public func shape(of tensor: TensorHandle) -> [Int] { tensors[tensor.index].shape.dimensions }

    public mutating func bind(_ tensor: TensorHandle, to variable: String) { tensors[tensor.index].variable = variable }

    public mutating func constructModel(kind: String) -> String { names.next(kind) }

    /// Every layer that was constructed, with its attributes: for tests of what has been tried.
    package var constructions: [(layer: LayerDescriptor, attributes: AttributeValues)] {
        layers.map { ($0.descriptor, $0.attributes) }
    }
}

/// The most layers, and the most applications of layers, in a network.
public let maximumLayerCount = 100_000

/// A constructed layer.
struct LayerRecord {
    var layer: any LowerableLayer
    var name: String
    /// `name=` was given.
    var isNamed: Bool
    /// Where it was constructed.
    var site: Site
    var attributes: AttributeValues
    /// Where each attribute's value stands.
    var attributeRanges: [String: SourceRange]
    /// `input_shape=`, without the batch.
    var inputShape: [Int]?
    /// Its first application.
    var firstNode: Int?

    var descriptor: LayerDescriptor { Swift.type(of: layer).descriptor }
}

/// A tensor of the network under construction.
struct TensorRecord {
    var id: TensorID
    var shape: Shape
    /// The variable it was last assigned to.
    var variable: String?
    /// Something reads it, or a model was made of it.
    var isUsed = false
}
