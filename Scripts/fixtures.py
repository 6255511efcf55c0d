"""fixtures.py [NAME…]: the models of Tests/KerasFilesTests/Fixtures, as Keras saves them, with inputs and outputs.

Each function is a model; its name is the file's. Beside `NAME.keras` or `NAME.h5` lies `NAME.outputs.npz` with the inputs x0, x1, … and what
Keras makes of them, y0, y1, … Archives are deflated, so that they take a few KB; Keras itself stores them.
"""

import io
import pathlib
import sys
import zipfile

import keras
import numpy as np
from keras import layers, ops

import goldens
import in_keras

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "KerasFilesTests" / "Fixtures"


def sequential():
    """Automatic names alone: bare layer lines."""
    return keras.Sequential([
        keras.Input((8, 8, 1)),
        layers.SeparableConv2D(6, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(5, 3, strides=2, use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(6.0),
        layers.Dropout(0.5),
        layers.Flatten(),
        layers.Dense(4, activation="softmax"),
    ])


def branches():
    """Two inputs, two outputs, branches, operators, layers by name, and some that matter in training only."""
    image, mask = keras.Input((9, 8, 3), name="image"), keras.Input((9, 8, 1), name="mask")
    x = layers.RandomFlip()(image)
    x = layers.Rescaling(1 / 127.5, offset=-1, name="to_unit")(x)
    x = layers.Conv2D(8, (3, 5), padding="same", name="stem")(x * mask)
    skip = x
    x = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="mix")(x)
    x = layers.BatchNormalization(axis=3, epsilon=1e-4, name="mix_bn")(x)
    x = layers.LeakyReLU(0.1)(x)
    gate = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gate = layers.ReLU(6.0)(layers.Conv2D(8, 1, activation="swish")(gate) + 3.0) * (1.0 / 6.0)
    x = layers.Multiply()([x, gate])
    x = x + skip
    left = layers.ZeroPadding2D(((0, 1), (1, 0)))(layers.PReLU(shared_axes=[1, 2])(x))
    left = layers.AveragePooling2D(2, strides=1)(left)
    right = layers.LayerNormalization(epsilon=1e-6)(ops.relu(x) - 0.5)
    x = layers.Concatenate(name="both")([left, right])
    mean = layers.GlobalAveragePooling2D()(x)
    return keras.Model(
        [image, mask],
        [layers.Conv2D(2, 1, activation="sigmoid", name="map")(x), layers.Dense(3, name="scores")(mean)],
        name="branches")


def nested():
    """An encoder within the model, applied twice, with layers called as those outside; a layer of its own applied twice."""
    inner = keras.Input((8, 8, 2))
    x = layers.Conv2D(4, 3, name="conv")(inner)
    x = layers.BatchNormalization(name="norm")(x)
    encoder = keras.Model(inner, layers.Add(name="sum")([x, layers.Conv2D(4, 3, name="other")(inner)]), name="encoder")
    head = keras.Sequential([layers.Conv2D(3, 1, name="conv"), layers.GlobalMaxPooling2D(), layers.Dense(3)], name="head")
    a, b = keras.Input((8, 8, 2), name="a"), keras.Input((8, 8, 2), name="b")
    shared = layers.Conv2D(4, 1, name="shared")
    x = layers.Subtract()([shared(encoder(a)), shared(encoder(b))])
    return keras.Model([a, b], head(x), name="siamese")


def operations():
    """Functions of keras.ops instead of layers."""
    x = keras.Input((6, 6, 4), name="x")
    y = ops.maximum(ops.sigmoid(x) * x, ops.gelu(x))
    parts = [y, ops.leaky_relu(x, 0.3), 1.0 - x, 2.0 * x, x / 4.0, -x, ops.relu6(x), ops.hard_silu(x), ops.squareplus(x)]
    y = ops.softmax(ops.concatenate(parts, axis=-1))
    return keras.Model(x, layers.Conv2D(2, 1, name="scores")(y))


def former():
    """The same kinds of model in HDF5, as before Keras 3."""
    inner = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, name="conv")(inner)
    block = keras.Model(inner, layers.BatchNormalization(name="norm")(x), name="block")
    image = keras.Input((8, 8, 3), name="image")
    x = layers.SeparableConv2D(6, 3, name="conv")(image)
    y = layers.Conv2D(6, 1, strides=1, name="join")(block(image))
    x = layers.Activation("tanh")(layers.Add()([x, y]))
    return keras.Model(image, layers.Dense(2, name="scores")(layers.Flatten()(x)), name="former")


def refused():
    """What has no counterpart, several times."""
    image = keras.Input((8, 6), name="steps")
    x = layers.LSTM(4, return_sequences=True)(image)
    x = layers.LSTM(4, return_sequences=True, name="second")(x)
    x = layers.MultiHeadAttention(2, 2)(x, x)
    return keras.Model(image, layers.Flatten()(ops.cumsum(x, axis=1)))


FORMER = {"former"}
MODELS = [sequential, branches, nested, operations, former, refused]


def deflated(path):
    """An archive of the same members with fixed dates, deflated."""
    members = [(n, zipfile.ZipFile(path).read(n)) for n in ("config.json", "model.weights.h5")]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED, 9)
    path.write_bytes(content.getvalue())


def write(make):
    in_keras.Run()
    keras.utils.set_random_seed(1)
    model = make()
    in_keras.weigh(model)
    name = make.__name__
    path = FOLDER / f"{name}.{'h5' if name in FORMER else 'keras'}"
    model.save(path)
    if name not in FORMER:
        deflated(path)
    if name == "refused":
        return
    random = np.random.default_rng(2)
    inputs = [random.normal(size=(1, *t.shape[1:])).astype("f4") for t in model.inputs]
    arrays = {f"x{i}": x for i, x in enumerate(inputs)}
    arrays |= {f"y{i}": y for i, y in enumerate(in_keras.outputs(model, inputs))}
    goldens.save(FOLDER / f"{name}.outputs.npz", arrays)
    if name == "branches":
        model.save_weights(FOLDER / f"{name}.weights.h5")


def main():
    FOLDER.mkdir(exist_ok=True)
    for make in MODELS:
        if not sys.argv[1:] or make.__name__ in sys.argv[1:]:
            write(make)


if __name__ == "__main__":
    main()
