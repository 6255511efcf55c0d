"""oracle.py NETC FILE.net...: Keras as the judge of networks.

A `.net` file is Python but for bare words and bare layer lines, so it is run here with Keras' own layers. Parameters and
shapes must agree with `netc summary`; then both get the same random weights, by Keras' names, and the same input, and the
outputs must agree.
"""

import ast
import builtins
import json
import os
import subprocess
import sys
import tempfile

import keras
import numpy as np
from keras import layers, ops


class ChannelShuffle(layers.Layer):
    def __init__(self, groups, **rest):
        super().__init__(**rest)
        self.groups = groups

    def call(self, x):
        h, w, c = x.shape[1:]
        x = ops.reshape(x, (-1, h, w, self.groups, c // self.groups))
        return ops.reshape(ops.transpose(x, (0, 1, 2, 4, 3)), (-1, h, w, c))


class LRN(layers.Layer):
    def __init__(self, size=5, alpha=1e-4, beta=0.75, k=2.0, **rest):
        super().__init__(**rest)
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def call(self, x):
        half, c = self.size // 2, x.shape[-1]
        squares = ops.pad(x * x, [(0, 0)] * 3 + [(half, half)])
        total = sum(squares[..., i : i + c] for i in range(self.size))
        return x / (self.k + self.alpha * total) ** self.beta


class Split(layers.Layer):
    def __init__(self, sections, axis=-1, **rest):
        super().__init__(**rest)
        self.sections, self.axis = sections, axis

    def call(self, x):
        return ops.split(x, self.sections, axis=self.axis)


class Translation(ast.NodeTransformer):
    """Bare words become strings, and bare layer lines are applied to the current tensor."""

    def __init__(self, tree):
        stores = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        arguments = {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
        functions = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
        self.known = stores | arguments | functions | set(dir(builtins))

    def visit_keyword(self, node):
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id not in self.known:
            node.value = ast.Constant(node.value.id)
        return node

    def visit_Expr(self, node):
        self.generic_visit(node)
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            name = call.func.id
            if name != "Input" and isinstance(getattr(layers, name, EXTRA.get(name)), type):
                node.value = ast.Call(ast.Name("apply_to_current", ast.Load()), [call], [])
        return node


EXTRA = {"ChannelShuffle": ChannelShuffle, "LRN": LRN, "Split": Split}


def load(path):
    """The Keras model of a `.net` file."""
    state = {}

    def make_input(*shape, **rest):
        shape = rest.pop("shape", shape[0] if len(shape) == 1 else shape)
        state["current"] = state["input"] = keras.Input(shape, **rest)
        return state["current"]

    def apply_to_current(layer):
        state["current"] = layer(state["current"])

    def make_model(*arguments, **rest):
        state["model"] = keras.Model(*arguments, **rest)
        return state["model"]

    keras.backend.clear_session()
    names = {name: getattr(layers, name) for name in dir(layers)} | EXTRA
    names |= {"Input": make_input, "Model": make_model, "apply_to_current": apply_to_current}
    tree = ast.parse(open(path).read())
    exec(compile(ast.fix_missing_locations(Translation(tree).visit(tree)), path, "exec"), names)
    return state.get("model") or keras.Model(state["input"], state["current"])


def draw(name, shape, random):
    """Weights under which every layer matters: Keras' own make deep networks constant."""
    if name == "kernel" or name.endswith("_kernel"):
        fan_in = np.prod(shape[:2]) if name == "depthwise_kernel" or shape[-1] == 1 else np.prod(shape[:-1])
        return random.normal(0, np.sqrt(2 / fan_in), shape)
    if name in ("gamma", "moving_variance"):
        return random.uniform(0.5, 1.5, shape)
    return random.uniform(-0.2, 0.2, shape)


def compare(netc, path, folder):
    """A line about what differs, or `None`."""
    model = load(path)
    summary = json.loads(subprocess.check_output([netc, "summary", path, "--json"]))
    if summary["parameters"] != model.count_params():
        return f"{summary['parameters']} parameters, in Keras {model.count_params()}"

    random = np.random.default_rng(1)
    weights = {v.path: draw(v.name, v.shape, random).astype("f4") for v in model.weights}
    for variable in model.weights:
        variable.assign(weights[variable.path])
    np.savez(f"{folder}/w.npz", **weights)
    x = random.normal(size=(1, *model.inputs[0].shape[1:])).astype("f4")
    np.save(f"{folder}/x.npy", x)
    outputs = {t._keras_history.operation.name: f"{folder}/y{i}.npy" for i, t in enumerate(model.outputs)}
    arguments = [a for name, file in outputs.items() for a in ("--output", f"{name}={file}")]
    subprocess.check_call(
        [netc, "run", path, "--weights", f"{folder}/w.npz", "--input", f"{folder}/x.npy", *arguments],
        stdout=subprocess.DEVNULL,
    )
    for expected, (name, file) in zip(model(x) if len(outputs) > 1 else [model(x)], outputs.items()):
        expected, found = np.asarray(expected), np.load(file)
        if expected.shape != found.shape:
            return f"{name} has shape {found.shape}, in Keras {expected.shape}"
        error = np.abs(expected - found).max() / np.abs(expected).max()
        print(f"{path}: {name}: largest difference {error:.1e} of the largest value")
        if not error < 1e-3:
            return f"{name} differs"
    return None


def main():
    netc, failed = os.path.abspath(sys.argv[1]), False
    for path in sys.argv[2:]:
        with tempfile.TemporaryDirectory() as folder:
            difference = compare(netc, path, folder)
        if difference:
            print(f"{path}: {difference}")
            failed = True
    sys.exit(failed)


main()
