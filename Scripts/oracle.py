"""oracle.py NETC [FILE.net…]: Keras as the judge.

Without files everything is judged: the goldens of Tests/KerasTests are computed anew and compared, then the example networks and
those of the tests. A network that is Python as it stands runs as Python; what is netc's own syntax is translated first.
Parameters must agree with `netc summary`; then netc and Keras get the same random weights, by Keras' names, and the same
inputs, and the outputs must agree.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np

import goldens
import in_keras

ROOT = pathlib.Path(__file__).resolve().parent.parent
NETWORKS = ["Examples/nets/*.net", *(f"Tests/ElaborationTests/{kind}/*.net" for kind in ("Pasted", "Samples"))]

# Shares of an output's largest value: how far netc may lie from Keras, and how far two inputs' outputs must lie apart.
TOLERANCE, SENSITIVITY = 1e-4, 1e-3


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
    for i, x in enumerate(inputs):
        np.save(f"{folder}/x{i}.npy", x)
        arguments += ["--input", f"{folder}/x{i}.npy"]
    for i in range(len(model.outputs)):
        arguments += ["--output", f"{folder}/y{i}.npy"]
    result = subprocess.run([netc, "run", path, *arguments], capture_output=True, text=True)
    if result.returncode:
        return f"netc run ended with {result.returncode}: {result.stderr}", False

    worst, least, others = 0, np.inf, draw_inputs(model, 2)
    for i, (expected, other) in enumerate(zip(in_keras.outputs(model, inputs), in_keras.outputs(model, others))):
        found = np.load(f"{folder}/y{i}.npy")
        if expected.shape != found.shape:
            return f"output {i} has shape {found.shape}, in Keras {expected.shape}", False
        largest = np.abs(expected).max()
        worst = max(worst, np.abs(expected - found).max() / largest)
        least = min(least, np.abs(expected - other).max() / largest)
    form = "as Python" if is_python else "translated"
    text = f"{form}, {len(model.outputs)} outputs, error {worst:.1e}, another input changes them by {least:.1e}"
    return text, bool(worst < TOLERANCE and least > SENSITIVITY)


def main():
    netc, files = os.path.abspath(sys.argv[1]), sys.argv[2:]
    wrong = [] if files else goldens.check(write=False)
    files = files or [str(p.relative_to(ROOT)) for pattern in NETWORKS for p in sorted(ROOT.glob(pattern))]
    os.chdir(ROOT)
    for path in files:
        start = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            text, is_right = compare(netc, path, folder)
        print(f"{path}: {text}, {time.monotonic() - start:.0f} s", flush=True)
        if not is_right:
            wrong.append(f"{path}: {text}")
    print("\n".join(["", "wrong:", *wrong] if wrong else ["right: Keras agrees"]))
    sys.exit(bool(wrong))


main()
