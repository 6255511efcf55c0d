import Network

/// Every layer there is, in the order in which `netc layers` lists them. One row a layer; nothing else knows them by name.
public let layerRegistry: [any LowerableLayer.Type] = [
    InputLayer.self, ConstantLayer.self,
    // Sums of products.
    Conv1D.self, Conv2D.self, DepthwiseConv1D.self, DepthwiseConv2D.self, SeparableConv1D.self, SeparableConv2D.self,
    Conv1DTranspose.self, Conv2DTranspose.self, Dense.self,
    // Element by element.
    BatchNormalization.self, LayerNormalization.self, GroupNormalization.self, RMSNormalization.self,
    UnitNormalization.self, Normalization.self, LayerScale.self, ActivationLayer.self, ReLU.self, LeakyReLU.self,
    PReLU.self, ELU.self, GELU.self,
    Softmax.self, Rescaling.self, Clip.self, LRN.self,
    // Windows.
    MaxPooling1D.self, MaxPooling2D.self, AveragePooling1D.self, AveragePooling2D.self, GlobalAveragePooling1D.self,
    GlobalAveragePooling2D.self, GlobalMaxPooling1D.self, GlobalMaxPooling2D.self,
    // Several tensors.
    Add.self, Subtract.self, Multiply.self, Divide.self, Power.self, Matmul.self, Average.self, Maximum.self,
    Minimum.self, Concatenate.self,
    // Addressing.
    ZeroPadding1D.self, ZeroPadding2D.self, Cropping1D.self, Cropping2D.self, UpSampling1D.self, UpSampling2D.self,
    Resizing.self,
    Flatten.self, Reshape.self, Permute.self, RepeatVector.self,
    ChannelShuffle.self, Split.self,
    // Training only.
    Dropout.self, SpatialDropout1D.self, SpatialDropout2D.self, AlphaDropout.self, GaussianDropout.self,
    GaussianNoise.self,
    ActivityRegularization.self,
]

/// The layers by all their names.
public struct LayerIndex: Sendable {
    /// Canonical names and aliases, in the registry's order.
    public let names: [String]
    private let types: [String: any LowerableLayer.Type]

    /// The index of a list of layers; a name that occurs twice is a programming error.
    public init(_ layers: [any LowerableLayer.Type] = layerRegistry) {
        var names: [String] = []
        var types: [String: any LowerableLayer.Type] = [:]
        for layer in layers {
            for name in [layer.descriptor.name] + layer.descriptor.aliases {
                precondition(types.updateValue(layer, forKey: name) == nil, "two layers are called '\(name)'")
                names.append(name)
            }
        }
        self.names = names
        self.types = types
    }

    /// The layer of a canonical name or an alias.
    public subscript(name: String) -> (any LowerableLayer.Type)? { types[name] }
}
