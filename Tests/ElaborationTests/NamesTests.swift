import Layers
import Testing

@Suite struct NamesTests {
    /// From `keras.src.utils.naming.to_snake_case`, run on each name.
    @Test(arguments: [
        ("Conv2D", "conv2d"), ("ReLU", "re_lu"), ("PReLU", "p_re_lu"), ("LeakyReLU", "leaky_re_lu"), ("ELU", "elu"),
        ("BatchNormalization", "batch_normalization"), ("MaxPooling2D", "max_pooling2d"),
        ("GlobalAveragePooling2D", "global_average_pooling2d"), ("DepthwiseConv2D", "depthwise_conv2d"),
        ("Conv2DTranspose", "conv2d_transpose"), ("UpSampling2D", "up_sampling2d"), ("ZeroPadding2D", "zero_padding2d"),
        ("InputLayer", "input_layer"), ("SpatialDropout2D", "spatial_dropout2d"), ("XAbCd", "x_ab_cd"),
    ])
    func `a class in snake case is named as Keras names it`(type: String, name: String) {
        #expect(snakeCase(type) == name)
    }

    @Test func `the registry names every layer once`() {
        let index = LayerIndex()
        #expect(Set(index.names).count == index.names.count)
        #expect(index["Convolution2D"]?.descriptor.name == "Conv2D")
    }
}
