"""Networks made ready for the engines, and kept below .build/bench as long as what they are made of stays the same."""

import hashlib
import json
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime

import engines

HERE = pathlib.Path(__file__).resolve().parent
CACHE = HERE.parent / ".build" / "bench"


def kept(kind, stem, content, make):
    """The folder that `make` fills from some content; older ones of the same network go."""
    folder = CACHE / kind / stem / hashlib.sha256(content).hexdigest()[:16]
    if not folder.exists():
        shutil.rmtree(folder.parent, ignore_errors=True)
        new = folder.with_suffix(".new")
        new.mkdir(parents=True)
        make(new)
        new.rename(folder)
    return folder


def draw_inputs(graph):
    """Random inputs for an ONNX graph, channels first."""
    random = np.random.default_rng(1)
    shapes = {value.name: [extent.dim_value for extent in value.type.tensor_type.shape.dim] for value in graph.input}
    return {name: random.normal(size=shape).astype("f4") for name, shape in shapes.items()}


def softened_weights(model):
    """The weights, by Keras' names, of the last sums before a softmax or sigmoid, scaled to unit variance: saturated outputs would agree
    whatever their sums."""
    graph = model.graph
    makers = {node.output[0]: node for node in graph.node}
    constants = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    sums = []
    for output in graph.output:
        node, is_saturating = makers.get(output.name), False
        while node and node.op_type in ("Identity", "Reshape", "Transpose", "Softmax", "Sigmoid"):
            is_saturating |= node.op_type in ("Softmax", "Sigmoid")
            node = makers.get(node.input[0])
        if is_saturating and node and node.op_type in ("Conv", "Gemm"):
            sums.append(node)
    wider = onnx.ModelProto()
    wider.CopyFrom(model)
    wider.graph.output.extend(onnx.ValueInfoProto(name=node.output[0]) for node in sums)
    session = onnxruntime.InferenceSession(wider.SerializeToString(), providers=["CPUExecutionProvider"])
    found = session.run([node.output[0] for node in sums], draw_inputs(graph)) if sums else []
    result = {}
    for node, values in zip(sums, found):
        for name in node.input[1:]:
            order = (2, 3, 1, 0) if constants[name].ndim == 4 else range(constants[name].ndim)
            result[name] = constants[name].transpose(order) / max(values.std(), 1e-3)
    return result


class Network:
    """A network: our library, its ONNX model, random inputs, and its multiply-adds."""

    def __init__(self, netc, path, options):
        self.path, self.stem = pathlib.Path(path), pathlib.Path(path).stem
        weights = [file for suffix in (".safetensors", ".npz") if (file := self.path.with_suffix(suffix)).exists()]
        content = b"".join(pathlib.Path(file).read_bytes() for file in (netc, self.path, *weights))
        self.build = kept("built", self.stem, content + repr(options).encode(), lambda folder: self.make(netc, options, folder))
        self.library = str(next(self.build.glob("*.so")))
        model = (self.build / "model.onnx").read_bytes()
        self.folder = kept("models", self.stem, model, lambda folder: (folder / "model.onnx").write_bytes(model))
        self.macs = json.loads((self.build / "summary.json").read_text())["macs"]
        self.draw_inputs()

    def make(self, netc, options, folder):
        """The library and the ONNX model of the same weights, which are drawn where there is no file."""

        def run(*arguments):
            result = subprocess.run([netc, *arguments], capture_output=True)
            if result.returncode:
                sys.exit(result.stderr.decode() or f"netc ended with {result.returncode}")
            return result.stdout

        weights, model = [], folder / "model.onnx"
        if not any(self.path.with_suffix(suffix).exists() for suffix in (".safetensors", ".npz")):
            weights = ["--test-weights"]
            run("export", self.path, *weights, "-o", model)
            softened = softened_weights(onnx.load(model))
            if softened:
                np.savez(folder / "softened.npz", **softened)
                weights += ["--allow-missing", "--weights", folder / "softened.npz"]
        run("export", self.path, *weights, "-o", model)
        run("build", self.path, *weights, *options, "-o", folder)
        (folder / "summary.json").write_bytes(run("summary", self.path, "--json"))

    def draw_inputs(self):
        inputs = draw_inputs(onnx.load(self.folder / "model.onnx").graph)
        np.savez(self.folder / "inputs.npz", **{name: engines.channels_last(x) for name, x in inputs.items()})

    def model(self, name):
        """The file that an engine loads, made where there is none yet."""
        engine = engines.ENGINES[name]
        if engine is engines.Netc:
            return self.library
        if engine.suffix is None:
            return str(self.folder / "model.onnx")
        path = self.folder / f"model{engine.suffix}"
        if not path.exists():
            command = [sys.executable, HERE / "convert.py", name, self.folder / "model.onnx", path]
            result = subprocess.run(command, capture_output=True, text=True, timeout=600)
            if result.returncode or not path.exists():
                path.unlink(missing_ok=True)
                lines = result.stderr.strip().splitlines()
                raise engines.Missing(lines[-1] if lines else f"its converter ended with {result.returncode}")
        return str(path)
