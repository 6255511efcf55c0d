/// Networks of the literature, as users write them.
let samples: [String: String] = [
    "mobilenet_v1": #"""
    # MobileNetV1 -- sequential style: every bare line feeds the next one.
    alpha      = 1.0      # width multiplier        netc build ... -D alpha=0.5
    resolution = 224      # input height and width   netc build ... -D resolution=160
    classes    = 1000

    def ch(c):                        # Keras' own rule for V1: plain truncation
        return int(c * alpha)

    def separable(filters, stride=1): # a block with no tensor argument works on the current tensor
        DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)
        BatchNormalization()
        ReLU(6)
        Conv2D(ch(filters), 1, use_bias=False)
        BatchNormalization()
        ReLU(6)

    Input((resolution, resolution, 3), name="image")

    Conv2D(ch(32), 3, strides=2, padding="same", use_bias=False)
    BatchNormalization()
    ReLU(6)

    separable(64)
    for f in [128, 256]:
        separable(f, stride=2)
        separable(f)
    separable(512, stride=2)
    for i in range(5):
        separable(512)
    separable(1024, stride=2)
    separable(1024)

    GlobalAveragePooling2D()
    Dropout(1e-3)                     # inference: a no-op, dropped with a note
    Dense(classes, activation="softmax", name="probs")
    """#,
    "mobilenet_v2": #"""
    # MobileNetV2 -- functional style, one reusable block.
    alpha = 1.0
    classes = 1000

    def make_divisible(v, d=8):
        n = max(d, int(v + d / 2) // d * d)
        if n < 0.9 * v:
            n = n + d
        return n

    def conv_bn(x, filters, kernel, stride=1, relu=True):
        x = Conv2D(filters, kernel, strides=stride, padding="same", use_bias=False)(x)
        x = BatchNormalization(epsilon=1e-3, momentum=0.999)(x)
        if relu:
            x = ReLU(6.0)(x)
        return x

    def inverted_residual(x, filters, stride, expansion, name):
        c_in = x.shape[-1]
        y = x
        if expansion != 1:
            y = conv_bn(y, expansion * c_in, 1)
        y = DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(y)
        y = BatchNormalization(epsilon=1e-3, momentum=0.999)(y)
        y = ReLU(6.0)(y)
        y = conv_bn(y, make_divisible(filters * alpha), 1, relu=False)
        if stride == 1 and c_in == y.shape[-1]:
            y = Add(name=f"{name}_add")([x, y])
        return y

    inputs = Input(shape=(224, 224, 3))
    x = conv_bn(inputs, make_divisible(32 * alpha), 3, stride=2)

    #                expansion, filters, repeats, first stride
    for t, c, n, s in [(1,  16, 1, 1),
                       (6,  24, 2, 2),
                       (6,  32, 3, 2),
                       (6,  64, 4, 2),
                       (6,  96, 3, 1),
                       (6, 160, 3, 2),
                       (6, 320, 1, 1)]:
        for i in range(n):
            x = inverted_residual(x, c, s if i == 0 else 1, t, name=f"b{c}_{i}")

    x = conv_bn(x, make_divisible(1280 * alpha) if alpha > 1.0 else 1280, 1)
    x = GlobalAveragePooling2D()(x)
    outputs = Dense(classes, activation="softmax")(x)

    model = Model(inputs, outputs, name="mobilenet_v2")
    """#,
    "unet": #"""
    # U-Net with a dilated bridge: the text below is legal Keras, pasted as it is.
    from tensorflow import keras
    from tensorflow.keras import layers

    def double_conv(x, filters, dilation=1):
        for _ in range(2):
            x = layers.Conv2D(filters, 3, padding="same", dilation_rate=dilation,
                              kernel_initializer="he_normal")(x)
            x = layers.BatchNormalization()(x)
            x = layers.Activation("relu")(x)
        return x

    inputs = keras.Input(shape=(256, 256, 1), name="image")

    skips = []
    x = inputs
    for filters in [32, 64, 128, 256]:
        x = double_conv(x, filters)
        skips.append(x)
        x = layers.MaxPooling2D(2)(x)

    for d in (1, 2, 4):                                   # the bridge: growing receptive field
        x = double_conv(x, 512, dilation=d)

    for filters, skip in zip([256, 128, 64, 32], reversed(skips)):
        x = layers.Conv2DTranspose(filters, 2, strides=2, padding="same")(x)
        x = layers.Concatenate()([skip, x])
        x = double_conv(x, filters)

    mask = layers.Conv2D(1, 1, activation="sigmoid", name="mask")(x)
    model = keras.Model(inputs=inputs, outputs=mask, name="unet")
    model.summary()
    """#,
    "inception": #"""
    # Two Inception blocks: four branches, one concatenation, two named outputs.
    def inception(x, b1, b3r, b3, b5r, b5, pool):
        a = Conv2D(b1,  1, padding="same", activation="relu")(x)

        b = Conv2D(b3r, 1, padding="same", activation="relu")(x)
        b = Conv2D(b3,  3, padding="same", activation="relu")(b)

        c = Conv2D(b5r, 1, padding="same", activation="relu")(x)
        c = Conv2D(b5,  5, padding="same", activation="relu")(c)

        d = MaxPooling2D(3, strides=1, padding="same")(x)
        d = Conv2D(pool, 1, padding="same", activation="relu")(d)
        return Concatenate(axis=-1)([a, b, c, d])

    img = Input((28, 28, 192), name="features_in")
    x = inception(img, 64,  96, 128, 16, 32, 32)      # GoogLeNet 3a -> 256 channels
    x = inception(x,  128, 128, 192, 32, 96, 64)      # GoogLeNet 3b -> 480 channels

    logits = Dense(10, name="logits")(GlobalAveragePooling2D()(x))
    probs  = Softmax(name="probs")(logits)

    Model(img, [logits, probs], name="inception_pair")
    """#,
    "shufflenet": #"""
    # ShuffleNetV1 units (g = 3): grouped 1x1 convolution, channel shuffle, depthwise 3x3.
    groups = 3

    def unit(x, c_out, stride):
        c_in = x.shape[-1]
        c_new = c_out - c_in if stride == 2 else c_out
        mid = c_out // 4
        y = Conv2D(mid, 1, groups=1 if c_in == 24 else groups, use_bias=False)(x)
        y = BatchNormalization()(y)
        y = ReLU()(y)
        y = ChannelShuffle(groups)(y)     # the Keras idiom Reshape / Permute / Reshape means the same
        y = DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(y)
        y = BatchNormalization()(y)
        y = Conv2D(c_new, 1, groups=groups, use_bias=False)(y)
        y = BatchNormalization()(y)
        if stride == 2:
            short = AveragePooling2D(3, strides=2, padding="same")(x)
            return ReLU()(Concatenate()([short, y]))
        return ReLU()(Add()([x, y]))

    x = Input((224, 224, 3), name="image")
    x = Conv2D(24, 3, strides=2, padding="same", use_bias=False)(x)
    x = BatchNormalization()(x)
    x = ReLU()(x)
    x = MaxPooling2D(3, strides=2, padding="same")(x)
    for c, n in [(240, 4), (480, 8), (960, 4)]:
        for i in range(n):
            x = unit(x, c, 2 if i == 0 else 1)
    x = GlobalAveragePooling2D()(x)
    Dense(1000, activation="softmax", name="probs")(x)
    """#,
]
