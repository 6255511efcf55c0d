"""imported.py NETC [NAME…]: what Keras saves, imported, beside Keras itself.

Every convolutional model of keras.applications is compiled, as Keras saves it and as jax2onnx makes ONNX of it. Weights are drawn, the statistics of batch normalisation among them;
pictures are small where that is allowed. Outputs must agree to 10⁻⁴ of the largest, and another picture must move them ten times
farther. Every case of every layer (Tests/KerasTests) is evaluated by the reference and compared with its golden to 10⁻⁵.

A NAME is that of a model, or of a layer.
"""

import json
import os
import subprocess
import sys
import tempfile
import time

import jax2onnx
import keras
import numpy as np
import onnx

import goldens
import in_keras

# Shares of an output's largest value, as in oracle.py.
TOLERANCE, SENSITIVITY, LAYER_TOLERANCE = 1e-4, 1e-3, 1e-5

# The least extent that each family of models takes, where that is more than 64.
SIZES = {"Xception": 71, "InceptionV3": 75, "InceptionResNetV2": 75, "NASNetMobile": 224, "NASNetLarge": 331}

NAMES = [
    "VGG16", "VGG19", "Xception", "InceptionV3", "InceptionResNetV2", "MobileNet", "MobileNetV2", "MobileNetV3Small",
    "MobileNetV3Large", "NASNetMobile", "NASNetLarge",
    *[f"ResNet{depth}{version}" for depth in (50, 101, 152) for version in ("", "V2")],
    *[f"DenseNet{depth}" for depth in (121, 169, 201)],
    *[f"EfficientNetB{width}" for width in range(8)],
    *[f"EfficientNetV2{width}" for width in ("B0", "B1", "B2", "B3", "S", "M", "L")],
    *[f"ConvNeXt{size}" for size in ("Tiny", "Small", "Base", "Large", "XLarge")],
]


def operations(tensor):
    """The operations that a tensor is made by."""
    found, open_tensors = set(), [tensor]
    while open_tensors:
        history = open_tensors.pop()._keras_history
        if (key := (history.operation, history.node_index)) not in found:
            found.add(key)
            open_tensors += history.operation._inbound_nodes[history.node_index].input_tensors
    return {operation for operation, _ in found}


def is_saved(operation):
    """Whether Keras saves an operation so that it could load it: one of its own, whose arguments are no functions by mere names."""
    if not type(operation).__module__.startswith("keras."):
        return False
    return '"module": "builtins"' not in json.dumps(operation.get_config(), default=str)


def compare_layer(netc, layer, folder):
    """What was found of a layer's cases, and whether it is right."""
    file = goldens.FOLDER / "Cases" / f"{layer}.net"
    arrays = dict(np.load(goldens.FOLDER / "Goldens" / f"{layer}.npz"))
    model, inputs, outputs = goldens.build(file)
    in_keras.weigh(model)
    made_by = {case: operations(tensor) for case, tensor in outputs.items()}
    outputs = {case: tensor for case, tensor in outputs.items() if all(map(is_saved, made_by[case]))}
    if len(outputs) < 12:
        return f"{len(outputs)} of its cases can be saved", False
    used = set().union(*(made_by[case] for case in outputs))
    inputs = {name: tensor for name, tensor in inputs.items() if tensor._keras_history.operation in used}
    keras.Model(list(inputs.values()), list(outputs.values())).save(f"{folder}/model.keras")
    arguments = []
    for name in inputs:
        np.save(f"{folder}/{name}.npy", arrays[name][None])
        arguments += ["--input", f"{folder}/{name}.npy"]
    for i in range(len(outputs)):
        arguments += ["--output", f"{folder}/y{i}.npy"]
    result = subprocess.run([netc, "run", f"{folder}/model.keras", "--reference", *arguments], capture_output=True, text=True)
    if result.returncode:
        return f"netc run ended with {result.returncode}: {result.stderr}", False
    worst = 0
    for i, case in enumerate(outputs):
        found = np.load(f"{folder}/y{i}.npy")[0]
        if not (error := np.abs(found - arrays[case]).max() / max(np.abs(arrays[case]).max(), 1e-3)) < LAYER_TOLERANCE:
            return f"{case}: error {error:.1e}", False
        worst = max(worst, error)
    return f"{len(outputs)} cases, error {worst:.1e}", True


# By how much the scales of what blocks add are divided: with 4, EfficientNetV2L's 73 blocks still make 1.4e-4 of a picture's last bit; with 8, 2e-6.
CALM = {"EfficientNetV2L": 8}


def calm(model, divisor):
    """Lets what blocks add to their inputs be small: else the deepest models multiply rounding errors until Keras itself, given a
    picture that differs in the last bit, answers something else."""
    for layer in model.layers:
        sources = layer._inbound_nodes[0].input_tensors if type(layer).__name__ in ("Add", "CustomScaleLayer") else []
        for tensor in sources:
            source = tensor._keras_history.operation
            while type(source).__name__ in ("Dropout", "StochasticDepth"):
                source = source._inbound_nodes[0].input_tensors[0]._keras_history.operation
            is_branch = len(source._outbound_nodes) == 1  # What is added to has other uses, or did before.
            for variable in getattr(source, "weights", []) if is_branch else []:
                if variable.name in ("gamma", "variable"):
                    variable.assign(variable / divisor)


def compare(netc, name, folder):
    """What was found of a model, and whether it is right."""
    in_keras.Run()
    size = SIZES.get(name, 64)
    model = getattr(keras.applications, name)(weights=None, input_shape=(size, size, 3), classes=100)
    in_keras.weigh(model)
    calm(model, CALM.get(name, 4))
    random = np.random.default_rng(1)
    pictures = [random.uniform(0, 255, (1, size, size, 3)).astype("f4") for _ in range(2)]
    in_keras.soften(model, pictures[:1])
    np.save(f"{folder}/x.npy", pictures[0])
    expected, other = (in_keras.outputs(model, [picture])[0] for picture in pictures)
    change = np.abs(other - expected).max() / np.abs(expected).max()
    model.save(f"{folder}/model.keras")
    texts, is_right = [f"{size}×{size}, another picture changes it by {change:.1e}"], bool(change > SENSITIVITY)
    text, is_same = agrees(netc, "model.keras", folder, expected)
    texts.append(text)
    is_right = is_right and is_same
    onnx.save(jax2onnx.to_onnx(lambda x: model(x, training=False), [pictures[0].shape]), f"{folder}/model.onnx")
    text, is_same = agrees(netc, "model.onnx", folder, expected)
    texts.append(text)
    is_right = is_right and is_same
    return "; ".join(texts), is_right


def agrees(netc, file, folder, expected):
    """How far a file's outputs lie from what is expected, and whether that is near enough."""
    start = time.monotonic()
    arguments = ["--input", f"{folder}/x.npy", "--output", f"{folder}/y.npy"]
    result = subprocess.run([netc, "run", f"{folder}/{file}", *arguments], capture_output=True, text=True)
    if result.returncode:
        return f"netc run {file} ended with {result.returncode}: {result.stderr}", False
    found = np.load(f"{folder}/y.npy").reshape(expected.shape)
    error = np.abs(found - expected).max() / np.abs(expected).max()
    return f"{file}: error {error:.1e}, {time.monotonic() - start:.0f} s", bool(error < TOLERANCE)


def check(netc, names=()):
    """Compares what is named, or everything, and returns lines about what is wrong."""
    wrong = []
    files = sorted((goldens.FOLDER / "Cases").glob("*.net"))
    for name in names or [*(file.stem for file in files if file.stem not in in_keras.EXTRA), *NAMES]:
        with tempfile.TemporaryDirectory() as folder:
            text, is_right = (compare if name in NAMES else compare_layer)(netc, name, folder)
        print(f"{name}, saved and imported: {text}", flush=True)
        if not is_right:
            wrong.append(f"{name}, saved and imported: {text}")
    return wrong


if __name__ == "__main__":
    wrong = check(os.path.abspath(sys.argv[1]), sys.argv[2:])
    print("\n".join(["", "wrong:", *wrong] if wrong else ["right: Keras agrees"]))
    sys.exit(bool(wrong))
