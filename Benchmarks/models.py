"""Networks made ready for the engines, and kept below .build/bench as long as what they are made of stays the same."""

import hashlib
import json
import pathlib
import shutil
import subprocess
import sys

import numpy as np

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
        has_file = any(self.path.with_suffix(suffix).exists() for suffix in (".safetensors", ".npz"))
        weights = [] if has_file else ["--test-weights"]
        run = lambda *arguments: subprocess.run([netc, *arguments], check=True, stdout=subprocess.PIPE).stdout
        run("build", self.path, *weights, *options, "-o", folder)
        run("export", self.path, *weights, "-o", folder / "model.onnx")
        (folder / "summary.json").write_bytes(run("summary", self.path, "--json"))

    def draw_inputs(self):
        import onnx

        random = np.random.default_rng(1)
        inputs = {}
        for tensor in onnx.load(self.folder / "model.onnx").graph.input:
            shape = [extent.dim_value for extent in tensor.type.tensor_type.shape.dim]
            inputs[tensor.name] = engines.channels_last(random.normal(size=shape).astype("f4"))
        np.savez(self.folder / "inputs.npz", **inputs)

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
