"""oracle.py NETC [FILE.net…]: Keras as the judge, and ONNX Runtime as a second witness.

Without files everything is judged: the goldens of Tests/KerasTests are computed anew and compared, then the example networks and
those of the tests. A network that is Python as it stands runs as Python; what is netc's own syntax is translated first.
Parameters must agree with `netc summary`; then netc and Keras get the same random weights and the same inputs, and the outputs must
agree. The weights are what Keras saves (`.weights.h5`, which knows layers by class and order); where models are nested they go by name.

ONNX's own backend cases are imported and run (`onnx_cases.py`).

Every convolutional model of keras.applications is saved by Keras and imported (`imported.py`), and so is every case of every layer.

ONNX Runtime gets what `netc export` writes: every case of every layer, to be compared with the goldens, and the example networks,
to be compared with `netc run`. One tolerance serves both judges: the bounds of the numeric contract belong to each element, are
computed from the reference in double precision, and leave the compiler in `netc verify` alone; and Keras and ONNX Runtime err in
float32 as we do, which those bounds don't count. The networks' last sums are scaled to unit variance, so that the outputs are
not saturated, and another input must move them ten times farther.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import keras
import numpy as np

import goldens
import imported
import in_keras
import in_onnxruntime
import onnx_cases

ROOT = pathlib.Path(__file__).resolve().parent.parent
NETWORKS = ["Examples/nets/*.net", *(f"Tests/ElaborationTests/{kind}/*.net" for kind in ("Pasted", "Samples"))]

# Shares of an output's largest value: how far netc may lie from its judges, and how far two inputs' outputs must lie apart.
TOLERANCE, SENSITIVITY = 1e-4, 1e-3
# The same for a single layer.
LAYER_TOLERANCE = 1e-5


def draw_inputs(model, seed):
    """One sample for each input of a model; a model that scales pictures down gets bytes' range."""
    random = np.random.default_rng(seed)
    scales = [1 / layer.scale for layer in model.layers if type(layer).__name__ == "Rescaling" and np.ndim(layer.scale) == 0]
    return [(random.normal(size=(1, *t.shape[1:])) * max([1, *scales])).astype("f4") for t in model.inputs]


def compare(netc, path, folder):
    """What was found, and whether it is right."""
    model, is_python = in_keras.load(path)
    summary = json.loads(subprocess.check_output([netc, "summary", path, "--json"], stderr=subprocess.DEVNULL))
    if summary["parameters"] != model.count_params():
        return f"{summary['parameters']} parameters, in Keras {model.count_params()}", False

    inputs = draw_inputs(model, 1)
    in_keras.weigh(model)
    in_keras.soften(model, inputs)
    np.savez(f"{folder}/weights.npz", **in_keras.weights(model))
    arguments = ["--weights", f"{folder}/weights.npz"]
    if not any(isinstance(layer, keras.Model) for layer in model.layers):
        arguments = ["--weights", f"{folder}/model.weights.h5"]
        model.save_weights(arguments[1])
    for i, x in enumerate(inputs):
        np.save(f"{folder}/x{i}.npy", x)
        arguments += ["--input", f"{folder}/x{i}.npy"]
    for i in range(len(model.outputs)):
        arguments += ["--output", f"{folder}/y{i}.npy"]
    result = subprocess.run([netc, "run", path, *arguments], capture_output=True, text=True)
    if result.returncode:
        return f"netc run ended with {result.returncode}: {result.stderr}", False

    found = [np.load(f"{folder}/y{i}.npy") for i in range(len(model.outputs))]
    expected = in_keras.outputs(model, inputs)
    worst = max(map(distance, found, expected))
    least = min(map(distance, in_keras.outputs(model, draw_inputs(model, 2)), expected))
    form = "as Python" if is_python else "translated"
    text = f"{form}, {len(found)} outputs, error {worst:.1e}, another input changes them by {least:.1e}"
    is_right = worst < TOLERANCE and least > SENSITIVITY
    if path.startswith("Examples/"):
        witness = in_onnxruntime.Network(netc, path, f"{folder}/weights.npz")
        apart = max(map(distance, found, witness.outputs(inputs)))
        text += f", {apart:.1e} from ONNX Runtime"
        is_right &= apart < TOLERANCE
    return text, bool(is_right)


def distance(found, expected):
    """The largest difference as a share of the largest value that is expected; infinite where the shapes differ."""
    if found.shape != expected.shape or not np.isfinite(found).all():
        return np.inf
    return np.abs(found - expected).max() / max(np.abs(expected).max(), 1e-3)


def layers_in_onnxruntime(netc):
    """Every case of every layer, exported in both layouts, against Keras' numbers. Returns lines about what differs."""
    wrong, count = [], 0
    for file in sorted((goldens.FOLDER / "Cases").glob("*.net")):
        arrays = dict(np.load(goldens.FOLDER / "Goldens" / f"{file.stem}.npz"))
        text, cases = goldens.program(file)
        count += len(cases)
        with tempfile.TemporaryDirectory() as folder:
            path, weights = f"{folder}/cases.net", f"{folder}/weights.npz"
            pathlib.Path(path).write_text(text)
            np.savez(weights, **{name: arrays[name] for name in arrays if "/" in name and name not in cases})
            for layout in ("nchw", "nhwc"):
                try:
                    network = in_onnxruntime.Network(netc, path, weights, layout)
                except in_onnxruntime.Refused as refusal:
                    wrong.append(f"{file.name}: {refusal}")
                    continue
                found = network.outputs([arrays[name][None] for name in network.inputs])
                for case, y in zip(cases, found, strict=True):
                    if not (error := distance(y[0], arrays[case])) < LAYER_TOLERANCE:
                        wrong.append(f"{file.name}: {case} as {layout} in ONNX Runtime: error {error:.1e}")
    print(f"{count} cases of layers compared in ONNX Runtime", flush=True)
    return wrong


def judged(netc):
    """What is wrong with layers, and with models that others wrote."""
    return goldens.check(write=False) + layers_in_onnxruntime(netc) + imported.check(netc) + onnx_cases.oracle(netc)


def main():
    netc, files = os.path.abspath(sys.argv[1]), sys.argv[2:]
    wrong = [] if files else judged(netc)
    files = files or [str(p.relative_to(ROOT)) for pattern in NETWORKS for p in sorted(ROOT.glob(pattern))]
    os.chdir(ROOT)
    for path in files:
        start = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            try:
                text, is_right = compare(netc, path, folder)
            except in_onnxruntime.Refused as refusal:
                text, is_right = str(refusal), False
        print(f"{path}: {text}, {time.monotonic() - start:.0f} s", flush=True)
        if not is_right:
            wrong.append(f"{path}: {text}")
    print("\n".join(["", "wrong:", *wrong] if wrong else ["right: Keras and ONNX Runtime agree"]))
    sys.exit(bool(wrong))


main()
