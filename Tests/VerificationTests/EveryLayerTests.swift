import Compiler
import Layers
import Target
import Testing
import Toolchain
import Verification

/// Instances of one layer, each applied by itself; the inputs stand below; `q`, `r`, `p` and `w` are of rank 4.
struct LayerInstances: Sendable {
    var layer: String
    var applications: [String]

    init(_ layer: String, _ applications: String...) { (self.layer, self.applications) = (layer, applications) }
}

/// A row for every layer: the test fails for one without.
let layerInstances = [
    LayerInstances("Input", "ReLU()(v)"),
    LayerInstances(
        "Conv2D", "Conv2D(18, 3, padding=same, activation=relu)(x)", "Conv2D(7, (3, 2), strides=(2, 1))(x)",
        "Conv2D(12, 3, dilation_rate=2, padding=same, use_bias=False)(x)", "Conv2D(12, 3, groups=2)(x)",
        "Conv2D(6, 3, groups=6, strides=2)(x)", "Conv2D(33, 1, activation=gelu)(x)", "Conv2D(5, (9, 10))(x)"),
    LayerInstances(
        "Conv1D", "Conv1D(18, 3, padding=same, activation=relu)(s)", "Conv1D(7, 4, strides=3)(s)",
        "Conv1D(12, 3, dilation_rate=2, padding=causal, use_bias=False)(s)", "Conv1D(12, 3, groups=2)(s)",
        "Conv1D(6, 5, groups=6, strides=2, padding=causal)(s)", "Conv1D(33, 1, activation=softmax)(s)",
        "Add()([Conv1D(6, 3, padding=same)(ReLU()(BatchNormalization()(Conv1D(6, 3, padding=same)(s)))), s])"),
    LayerInstances(
        "DepthwiseConv1D", "DepthwiseConv1D(3, padding=same, activation=relu6)(s)", "DepthwiseConv1D(5, strides=2)(s)",
        "DepthwiseConv1D(3, depth_multiplier=3, dilation_rate=2)(s)"),
    LayerInstances(
        "SeparableConv1D", "SeparableConv1D(20, 3, padding=same, activation=relu)(s)",
        "SeparableConv1D(9, 3, strides=2, depth_multiplier=2, use_bias=False)(s)"),
    LayerInstances(
        "Conv1DTranspose", "Conv1DTranspose(5, 2, strides=2)(s)", "Conv1DTranspose(17, 3, strides=2, padding=same)(s)",
        "Conv1DTranspose(4, 4, strides=3, padding=same, output_padding=1, activation=relu)(s)",
        "Conv1DTranspose(3, 3, dilation_rate=2)(s)", "Conv1DTranspose(5, 140, strides=70, padding=same)(s)"),
    LayerInstances(
        "DepthwiseConv2D", "DepthwiseConv2D(3, padding=same, activation=relu6)(x)", "DepthwiseConv2D(5, strides=2)(x)",
        "DepthwiseConv2D((2, 3), depth_multiplier=3)(x)", "DepthwiseConv2D(3, dilation_rate=2)(x)"),
    LayerInstances(
        "SeparableConv2D", "SeparableConv2D(20, 3, padding=same, activation=relu)(x)",
        "SeparableConv2D(9, 3, strides=2, depth_multiplier=2)(x)", "SeparableConv2D(8, (1, 5), use_bias=False)(x)"),
    LayerInstances(
        "Conv2DTranspose", "Conv2DTranspose(5, 2, strides=2)(x)", "Conv2DTranspose(17, 3, strides=2, padding=same)(x)",
        "Conv2DTranspose(4, (3, 4), strides=(1, 3), activation=relu)(x)", "Conv2DTranspose(3, 3, dilation_rate=2)(x)",
        "Conv2DTranspose(4, 3, strides=2, padding=same, output_padding=0)(x)", "Conv2DTranspose(3, 9, strides=9)(a)",
        "Conv2DTranspose(5, (16, 3), strides=(8, 9), padding=same, activation=relu)(a)"),
    LayerInstances(
        "Dense", "Dense(19, activation=relu)(v)", "Dense(5, use_bias=False)(x)", "Dense(4, activation=softmax)(v)",
        "Dense(18)(s)", "Dense(18, activation=relu)(q)"),
    LayerInstances(
        "BatchNormalization", "BatchNormalization()(x)", "BatchNormalization(scale=False)(v)",
        "BatchNormalization(axis=1, center=False, epsilon=0.1)(x)",
        "BatchNormalization(axis=2)(q)", "BatchNormalization(renorm=True)(x)"),
    LayerInstances(
        "LayerNormalization", "LayerNormalization()(x)", "LayerNormalization(scale=False)(v)",
        "LayerNormalization(axis=[1, 2], epsilon=0.1)(x)", "LayerNormalization(axis=[1, 2, 3], center=False)(x)",
        "LayerNormalization(rms_scaling=True)(x)", "LayerNormalization(epsilon=1e-6)(Conv2D(40, 1)(x))",
        "Conv2D(4, 3, padding=same)(LayerNormalization()(Conv2D(16, 3, padding=same)(x)))",
        "LayerNormalization()(ChannelShuffle(3)(Conv2D(18, 1)(x)))", "LayerNormalization(axis=[1, 3])(q)"),
    LayerInstances(
        "GroupNormalization", "GroupNormalization(3)(x)", "GroupNormalization(-1)(x)", "GroupNormalization(1)(v)",
        "GroupNormalization(2, axis=2, scale=False)(a)", "GroupNormalization(4, center=False)(Conv2D(36, 1)(x))",
        "Conv2D(4, 3, padding=same)(GroupNormalization(4, epsilon=1e-5)(Conv2D(48, 3, padding=same)(x)))",
        "GroupNormalization(2)(ChannelShuffle(3)(Conv2D(18, 1)(x)))", "GroupNormalization(2, axis=3)(q)"),
    LayerInstances("RMSNormalization", "RMSNormalization()(x)", "RMSNormalization(axis=[2, 3], epsilon=0.1)(a)"),
    LayerInstances("UnitNormalization", "UnitNormalization()(x)", "UnitNormalization(axis=[1, 2])(a)"),
    LayerInstances(
        "Normalization", "Normalization()(x)", "Normalization(axis=None)(x)", "Normalization(axis=[1, 3])(x)",
        "Normalization(mean=0.5, variance=2.0, invert=True)(x)"),
    LayerInstances("LayerScale", "LayerScale(1e-6)(x)", "LayerScale(0.5, 4)(Dense(4)(x))"),
    LayerInstances(
        "Activation", "Activation('sigmoid')(x)", "Activation('tanh')(x)", "Activation('hard_swish')(x)",
        "Activation('hard_sigmoid')(x)", "Activation('softplus')(x)", "Activation('swish')(v)", "Activation('selu')(v)",
        "Activation('exponential')(v)", "Activation('softsign')(x)", "Activation('mish')(x)",
        "Activation('hard_shrink')(x)", "Activation('soft_shrink')(x)", "Activation('tanh_shrink')(x)",
        "Activation('sparse_plus')(x)", "Activation('sparse_sigmoid')(x)", "Activation('squareplus')(x)",
        "Activation(abs)(x)", "Activation('square')(v)", "Activation('sqrt')(Activation(abs)(x))",
        "Activation('rsqrt')(x + 9)", "Activation('reciprocal')(x + 9)", "Activation('negative')(v)",
        "Activation('log')(x + 9)", "Activation('log1p')(Activation(abs)(v))", "Activation('expm1')(x)",
        "Activation('floor')(x * 4)", "Activation('ceil')(x * 4)", "Activation(round)(v * 4)", "Activation('sign')(v)",
        "Activation('sin')(x * 9)", "Activation('cos')(x * 9)", "Activation('tan')(x)",
        "Activation('arcsin')(Activation(tanh)(x))", "Activation('arccos')(Activation(tanh)(v))",
        "Activation('arctan')(x)", "Activation('sinh')(v)", "Activation('cosh')(x)", "Activation('arcsinh')(x)",
        "Activation('arccosh')(x + 9)", "Activation('arctanh')(Activation(tanh)(v))", "Activation('erf')(x)",
        "Conv2D(5, 3, activation=abs)(x)", "Conv2D(5, 3, activation=reciprocal)(x)",
        "Conv2D(4, 1)(Activation('log')(Conv2D(5, 1, activation=square)(x) + 1))",
        "Conv2D(4, 1)(Activation('cos')(ChannelShuffle(3)(Conv2D(18, 1)(x))))",
        "Activation('sparsemax')(x)", "Activation('sparsemax')(v)", "Conv1D(33, 1, activation=sparsemax)(s)",
        "Activation('sparsemax')(ChannelShuffle(3)(Conv2D(18, 1)(x)))"),
    LayerInstances(
        "Clip", "Clip(-0.5, 0.5)(x)", "Clip(None, 0.25)(v)", "Clip(x_min=0.1, x_max=None)(x)",
        "Conv2D(4, 1)(Clip(0, 6)(Conv2D(5, 3)(x)))"),
    LayerInstances(
        "Power", "Power(2)(x)", "Power(0.5)(x + 9)", "Power(-1.5)(x * x + 0.5)", "Power(3)(Conv2D(5, 1)(x))",
        "Power()([a * a + 0.5, b])", "Power()([row * row + 1, a])", "a ** 2", "Conv2D(4, 1)((x + 9) ** -1)"),
    LayerInstances(
        "Divide", "Divide()([a, b + 9])", "a / (c * c + 1)", "1 / (a + 9)", "a / Constant((8,))",
        "Divide()([r, q + 9])", "Conv2D(3, 2)(Conv2D(5, 3, padding=same)(x) / Constant((5,)))"),
    LayerInstances(
        "Constant", "a + Constant((8,))", "Constant((5, 6, 8)) * a", "Conv2D(5, 3)(x) - Constant((1,))",
        "Concatenate(axis=1)([Constant((1, 6)), s])", "Dense(4)(v * Constant((23,)) + Constant((23,)))",
        "Conv2D(7, 3, padding=same)(Conv2D(5, 3, padding=same)(x) + Constant((9, 10, 5)))",
        "ReLU()(DepthwiseConv2D(3)(x) * (Constant((6,)) / (Constant((6,)) + 0.001) ** 0.5))"),
    LayerInstances(
        "Matmul", "Matmul()([a, Permute((1, 3, 2))(b)])", "Matmul()([s, Constant((6, 19))])",
        "Matmul()([Constant((7, 13)), ReLU()(s)])", "Matmul()([q, Permute((1, 2, 4, 3))(r)])",
        "Matmul()([Softmax()(Matmul()([s, Permute((2, 1))(s)]) * 0.25), Dense(33)(s)])",
        "Matmul()([p, Permute((1, 2, 4, 3))(r)])", "Conv2D(4, 3, padding=same)(Matmul()([a, Constant((8, 5))]))"),
    LayerInstances("ReLU", "ReLU()(x)", "ReLU(max_value=0.5, negative_slope=0.25, threshold=0.1)(x)"),
    LayerInstances("LeakyReLU", "LeakyReLU()(x)", "LeakyReLU(0.1)(v)"),
    LayerInstances(
        "PReLU", "PReLU()(x)", "PReLU(shared_axes=[1, 2])(x)", "PReLU()(p)", "PReLU(shared_axes=[1])(q)",
        "PReLU(shared_axes=[1, 2])(Conv2D(19, 5)(x))", "PReLU(shared_axes=[1, 2])(DepthwiseConv2D(3)(x))",
        "PReLU(shared_axes=[1, 2])(Conv2D(17, 3, padding=same)(Conv2D(16, 1)(x)))",
        "PReLU(shared_axes=[1, 2, 3])(ReLU()(Conv2DTranspose(18, 3, strides=2, padding=same)(x)) - 0.5)",
        "PReLU(shared_axes=[1, 2])(Conv2DTranspose(5, 3, strides=2)(x))", "PReLU()(Dense(21)(v))",
        "PReLU(shared_axes=[1])(Dense(18)(s))", "PReLU(shared_axes=[1, 2])(SeparableConv2D(18, 3)(x))",
        "PReLU(shared_axes=[1, 2])(Conv2D(6, 1)(x) + x)"),
    LayerInstances("ELU", "ELU()(x)", "ELU(0.5)(v)"),
    LayerInstances("GELU", "GELU()(x)", "GELU(approximate=True)(x)"),
    LayerInstances(
        "Softmax", "Softmax()(x)", "Softmax(axis=1)(x)", "Softmax()(v)",
        "Softmax(axis=1)(s)", "Softmax(axis=1)(q)", "Softmax(axis=2)(q)", "Softmax(axis=3)(q)", "Softmax()(q)",
        "Softmax(axis=[3, 1])(q)"),
    LayerInstances("Rescaling", "Rescaling(0.5, offset=-1.0)(x)", "Rescaling([1, 2, 3, 4, 5, 6])(x)"),
    LayerInstances("LRN", "LRN()(x)", "LRN(size=3, alpha=0.5, beta=0.6, k=1.0)(x)", "LRN(size=4, alpha=0.5)(x)"),
    LayerInstances(
        "MaxPooling2D", "MaxPooling2D(2)(x)", "MaxPooling2D(3, strides=2, padding=same)(x)", "MaxPooling2D((1, 4))(x)",
        "MaxPooling2D(3, strides=2, padding=((1, 2), (0, 1)))(x)",
        "MaxPooling2D((3, 2), strides=(1, 2), padding=((1, 2), (0, 1)), dilation_rate=(2, 3))(x)"),
    LayerInstances(
        "AveragePooling2D", "AveragePooling2D(2)(x)", "AveragePooling2D(3, strides=2, padding=same)(x)",
        "AveragePooling2D((4, 1), strides=1)(x)",
        "AveragePooling2D((3, 5), strides=(2, 3), padding=((0, 2), (4, 1)))(x)"),
    LayerInstances(
        "MaxPooling1D", "MaxPooling1D()(s)", "MaxPooling1D(3, strides=2, padding=same)(s)",
        "MaxPooling1D(3, strides=4)(s)", "MaxPooling1D(4, strides=3, padding=(1, 3))(s)"),
    LayerInstances(
        "AveragePooling1D", "AveragePooling1D(2)(s)", "AveragePooling1D(4, strides=3, padding=same)(s)",
        "AveragePooling1D(3, padding=2)(s)"),
    LayerInstances("GlobalAveragePooling1D", "GlobalAveragePooling1D()(s)", "GlobalAveragePooling1D(keepdims=True)(s)"),
    LayerInstances("GlobalMaxPooling1D", "GlobalMaxPooling1D()(s)", "GlobalMaxPooling1D(keepdims=True)(s)"),
    LayerInstances("GlobalAveragePooling2D", "GlobalAveragePooling2D()(x)", "GlobalAveragePooling2D(keepdims=True)(x)"),
    LayerInstances("GlobalMaxPooling2D", "GlobalMaxPooling2D()(x)", "GlobalMaxPooling2D(keepdims=True)(x)"),
    LayerInstances(
        "Sum", "Sum()(v)", "Sum(axis=(1, 2))(x)", "Sum(axis=3)(x)", "Sum(axis=1)(x)", "Sum(axis=(2, 4))(q)",
        "Sum(axis=-1, keepdims=True)(ReLU(negative_slope=0.5)(s))", "Add()([a, Sum(axis=(1, 2), keepdims=True)(a)])"),
    LayerInstances(
        "Mean", "Mean()(v)", "Mean(axis=(1, 2))(x)", "Mean(axis=3)(x)", "Mean(axis=1)(x)", "Mean(axis=(2, 4))(q)",
        "Mean(axis=-1, keepdims=True)(ReLU(negative_slope=0.5)(s))", "Add()([a, Mean(axis=(1, 2), keepdims=True)(a)])"),
    LayerInstances(
        "Max", "Max()(v)", "Max(axis=(1, 2))(x)", "Max(axis=3)(x)", "Max(axis=1)(x)", "Max(axis=(2, 4))(q)",
        "Max(axis=-1, keepdims=True)(ReLU(negative_slope=0.5)(s))", "Add()([a, Max(axis=(1, 2), keepdims=True)(a)])"),
    LayerInstances(
        "Min", "Min()(v)", "Min(axis=(1, 2))(x)", "Min(axis=3)(x)", "Min(axis=1)(x)", "Min(axis=(2, 4))(q)",
        "Min(axis=-1, keepdims=True)(ReLU(negative_slope=0.5)(s))", "Add()([a, Min(axis=(1, 2), keepdims=True)(a)])"),
    LayerInstances(
        "Prod", "Prod()(v)", "Prod(axis=(1, 2))(a)", "Prod(axis=3)(x)", "Prod(axis=1)(x)", "Prod(axis=(2, 4))(q)",
        "Prod(axis=-1, keepdims=True)(ReLU(negative_slope=0.5)(s))", "Add()([a, Prod(axis=1, keepdims=True)(a)])"),
    LayerInstances("Add", "Add()([a, b])", "Add()([a, b, row])", "a + c", "Add()([q, r])", "Add()([p, r])"),
    LayerInstances("Subtract", "Subtract()([a, b])", "Subtract()([row, a])", "Subtract()([r, q])"),
    LayerInstances(
        "Multiply", "Multiply()([a, b])", "Multiply()([a, row])", "Multiply()([a, c])", "Multiply()([q, p])",
        "Multiply()([q, GlobalAveragePooling1D()(Reshape((24, 5))(q))])", "Conv2D(5, 1)(Multiply()([a, c]))",
        "Conv2D(8, 1)(Multiply()([c, a])) + a", "Conv2D(7, 1, activation=silu)(Multiply()([ChannelShuffle(2)(a), c]))",
        "Conv2D(21, 1)(Multiply()([Conv2D(37, 1)(a), Dense(37, activation=sigmoid)(c)])) + Conv2D(21, 3, padding=same)(a)",
        "PReLU(shared_axes=[1, 2])(Conv2D(5, 1)(Multiply()([a, c])))", "Conv2D(35, 1)(Multiply()([a, c]))"),
    LayerInstances("Average", "Average()([a, b])", "Average()([a, b, row])", "Average()([q, p, r])"),
    LayerInstances("Maximum", "Maximum()([a, b])", "Maximum()([a, c])", "Maximum()([r, p])"),
    LayerInstances("Minimum", "Minimum()([a, b])", "Minimum()([row, b])", "Minimum()([w, r])"),
    LayerInstances(
        "Concatenate", "Concatenate()([a, b])", "Concatenate(axis=1)([a, b])", "Concatenate(axis=2)([ReLU()(a), b, a])",
        "Concatenate(axis=1)([s, s])", "Concatenate()([v, c])", "Concatenate(axis=1)([q, ReLU()(q)])",
        "Concatenate(axis=2)([q, p, q])", "Concatenate(axis=3)([q, q])", "Concatenate(axis=4)([q, ReLU()(q)])",
        "Concatenate()([Permute((1, 3, 2, 4))(q), Permute((1, 3, 2, 4))(ReLU()(q))])"),
    LayerInstances("ZeroPadding1D", "ZeroPadding1D(2)(s)", "Conv1D(9, 4, strides=2)(ZeroPadding1D((3, 1))(s))"),
    LayerInstances("Cropping1D", "Cropping1D()(s)", "Conv1D(9, 3, padding=same)(Cropping1D((4, 0))(s))"),
    LayerInstances("UpSampling1D", "UpSampling1D()(s)", "Conv1D(7, 3, padding=same)(UpSampling1D(3)(s))"),
    LayerInstances("ZeroPadding2D", "ZeroPadding2D(1)(x)", "ZeroPadding2D(((0, 1), (3, 2)))(x)"),
    LayerInstances("Cropping2D", "Cropping2D(1)(x)", "Cropping2D(((1, 0), (2, 3)))(x)"),
    LayerInstances(
        "UpSampling2D", "UpSampling2D()(x)", "UpSampling2D((1, 3))(x)",
        "UpSampling2D((2, 3), interpolation=bilinear)(x)", "UpSampling2D((2, 1), interpolation=bicubic)(x)"),
    LayerInstances(
        "Resizing", "Resizing(7, 13)(x)", "Resizing(18, 5, interpolation=nearest)(x)",
        "Resizing(4, 17, interpolation=bicubic, antialias=True)(x)", "Resizing(5, 5, interpolation=lanczos3)(x)",
        "Conv2D(5, 3, padding=same)(Resizing(12, 3, 'lanczos5', crop_to_aspect_ratio=True)(x))",
        "Resizing(6, 20, pad_to_aspect_ratio=True, fill_value=2.5)(x)", "Resizing(3, 3, antialias=True)(x)",
        "Resizing(5, 20, coordinates=align_corners)(x)", "Resizing(4, 16, scales=(0.5, 1.6), exclude_outside=False)(x)",
        "Resizing(18, 7, nearest, coordinates=asymmetric, rounding=floor)(x)",
        "Resizing(12, 12, bicubic, cubic_coefficient=-0.75, exclude_outside=False)(x)"),
    LayerInstances("Flatten", "Flatten()(x)", "Flatten()(q)", "Dense(7)(Flatten()(ReLU()(q)))"),
    LayerInstances(
        "Reshape", "Reshape((-1, 12))(x)", "Reshape((10, 6, 9))(x)", "Reshape((6, 20))(q)",
        "Reshape((5, 4, 3, 2))(ReLU()(q))", "Conv2D(4, 2)(Reshape((3, 8, 5))(q))",
        "Conv2D(7, 3, padding=same)(Reshape((1, 1, 17))(Dense(17)(v)))"),
    LayerInstances("RepeatVector", "RepeatVector(5)(v)", "Conv2D(3, 1)(Reshape((3, 4, 23))(RepeatVector(12)(v)))"),
    LayerInstances(
        "Permute", "Permute((3, 1, 2))(x)", "Permute((2, 1, 3))(x)", "Permute((2, 1))(s)",
        "Permute((4, 2, 1, 3))(q)", "Permute((1, 3, 2, 4))(ReLU()(q))"),
    LayerInstances("ChannelShuffle", "ChannelShuffle(3)(x)", "Conv2D(4, 1)(ChannelShuffle(2)(ReLU()(x)))"),
    LayerInstances(
        "Split", "Split(3)(x)[1]", "Split(3, axis=1)(x)[2]",
        "Split(13, axis=1)(s)[4]", "Split(2, axis=1)(q)[1]", "Split(3, axis=2)(q)[2]", "Split(2, axis=3)(ReLU()(q))[1]",
        "Split(5)(q)[3]", "x * Split(6)(x)[4]", "Split(6)(ReLU()(x))[1] - x"),
    LayerInstances(
        "Slice", "Slice((1, 2, 0), (7, 5, 4))(x)", "Slice((0, 0, 2), (9, 10, 3))(x)", "Slice((3, 0), (10, 6))(s)",
        "Slice((0, 1, 1, 1), (2, 2, 2, 4))(q)", "Conv2D(5, 3)(Slice((2, 0, 0), (7, 10, 6))(LeakyReLU(0.5)(x)))",
        "Maximum()([Slice((1,), (1,))(v), v])"),
    LayerInstances(
        "Take", "Take((8, 0, 0, 3), axis=1)(x)", "Take((9, 1, -2), axis=2)(x)", "Take((5, 0, 0), axis=3)(x)",
        "Take(0, axis=1)(s)", "Take(2, axis=-1)(LeakyReLU(0.5)(x))", "Take((1, 0), axis=1)(q)",
        "Take(((2, 0), (1, 1)), axis=2)(q)", "Take((3, 1), axis=3)(q)", "Take((7, 22), axis=1)(v)"),
    LayerInstances(
        "Pad", "Pad(((1, 0), (2, 3), (0, 0)))(x)", "Pad(((1, 0), (2, 3), (0, 2)), constant_values=0.5)(x)",
        "Pad(((0, 0), (0, 0), (3, 11)))(LeakyReLU(0.5)(x))", "Pad(((8, 1), (0, 9), (0, 0)), mode=reflect)(x)",
        "Conv2D(5, 3)(Pad(((1, 1), (1, 1), (0, 0)), mode=edge)(LeakyReLU(0.5)(x)))", "Pad(3, mode=symmetric)(s)",
        "Pad(((1, 0), (2, 1), (0, 3), (0, 0)), mode=edge)(q)", "Pad(((2, 5),), mode=reflect)(v)"),
    LayerInstances("Dropout", "Dropout(0.5)(x)"), LayerInstances("SpatialDropout1D", "SpatialDropout1D(0.5)(s)"),
    LayerInstances("SpatialDropout2D", "SpatialDropout2D(0.5)(x)"),
    LayerInstances("AlphaDropout", "AlphaDropout(0.5)(v)"),
    LayerInstances("GaussianDropout", "GaussianDropout(0.5)(v)"),
    LayerInstances("GaussianNoise", "GaussianNoise(0.1)(v)"),
    LayerInstances("ActivityRegularization", "ActivityRegularization()(v)"),
]

/// Generated code against the reference for every layer there is, by the numeric contract, at every width.
@Suite struct `Every layer` {
    #if arch(x86_64)
        static let cpus = ["x86-64-v4", "x86-64-v3", "x86-64", "scalar"]
    #else
        static let cpus = ["aarch64", "scalar"]
    #endif
    private static let inputs = [
        "x": "(9, 10, 6)", "s": "(13, 6)", "v": "(23,)", "a": "(5, 6, 8)", "b": "(5, 6, 8)", "c": "(8,)",
        "row": "(1, 6, 1)",
        "q": "(2, 3, 4, 5)", "r": "(1, 3, 1, 5)", "p": "(2, 1, 4, 5)", "w": "(3, 1, 1, 1)",
    ]

    @Test func `has a row of instances`() {
        let missing = layerRegistry.map { $0.descriptor.name }.filter { name in
            !layerInstances.contains { $0.layer == name }
        }
        #expect(missing.isEmpty, "add a row to layerInstances")
        for row in layerInstances where row.layer != "Input" {
            #expect(row.applications.contains { $0.contains(row.layer + "(") })
        }
    }

    /// The network of all instances.
    static let network: String = {
        let applications = layerInstances.flatMap(\.applications)
        var text = inputs.keys.sorted().map { "\($0) = Input(\(inputs[$0]!))\n" }.joined()
        for (index, application) in applications.enumerated() { text += "y\(index) = \(application)\n" }
        return text + "Output(\(applications.indices.map { "y\($0)" }.joined(separator: ", ")))\n"
    }()

    /// Factors whose buffer has a border for another reader do not lie as the scaled weights do.
    @Test(arguments: cpus) func `scales weights by a vector with a border`(cpu: String) throws {
        let (model, options) = try read(
            """
            x = Input((9, 10, 20))
            g = GlobalMaxPooling2D(keepdims=True)(x)
            y = Conv2D(21, 1)(Multiply()([ReLU()(x), g]))
            Output(y, DepthwiseConv2D(3, padding=same)(g))

            """)
        var build = BuildOptions()
        build.cpu = cpu
        guard Target.native().lanes >= (try Target(specification: cpu)).lanes else { return }
        let report = try verify(model, options, build, VerificationSettings())
        #expect(report.isRight)
    }

    /// Strassen's algorithm scales its input instead, whose last vector isn't whole here.
    @Test(arguments: cpus.filter { $0 != "scalar" }) func `scales the input of sums of blocks`(cpu: String) throws {
        let (model, options) = try read(
            """
            x = Input((16, 16, 250))
            g = Dense(250, activation=sigmoid)(GlobalAveragePooling2D(keepdims=True)(x))
            Conv2D(192, 1, name=c)(Multiply()([ReLU()(x), g]))

            """)
        var build = BuildOptions()
        build.cpu = cpu
        guard Target.native().lanes >= (try Target(specification: cpu)).lanes else { return }
        var templates: [String] = []
        var hooks = CompilerHooks()
        hooks.mutate = { plan in templates = plan.steps.flatMap { $0.calls.map(\.instance.template) } }
        let report = try verify(model, options, build, VerificationSettings(), hooks: hooks)
        #expect(templates.contains("scaled_strassen") && report.isRight)
    }

    /// All instances are one network with an output for each: one C file, one clang.
    @Test(arguments: cpus) func `computes what the reference says`(cpu: String) throws {
        let (model, options) = try read(Self.network)
        var build = BuildOptions()
        build.cpu = cpu
        guard Target.native().lanes >= (try Target(specification: cpu)).lanes else { return }
        let report = try verify(model, options, build, VerificationSettings())
        for (output, application) in zip(report.outputs, layerInstances.flatMap(\.applications)) {
            #expect(output.isRight, "\(application): error \(output.boundRatio) of the bound")
            #expect(
                output.sensitivity >= VerificationReport.leastSensitivity, "\(application) does not depend on its input"
            )
        }
        #expect(
            report.tensors.allSatisfy { $0.isRight },
            "\(report.firstWrong?.layer ?? ""): \(report.firstWrong?.worst ?? "")"
        )
    }
}
