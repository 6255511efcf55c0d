"""Networks in ONNX Runtime: what `netc export` makes of a `.net` file, accepted by ONNX's own checker and run."""

import subprocess
import tempfile

import numpy as np
import onnx
import onnxruntime


class Refused(Exception):
    """netc did not export a network, or others do not accept what it wrote."""


class Network:
    """A network as others see it: an exported model with its images in `layout`."""

    def __init__(self, netc, path, weights, layout="nchw"):
        self.layout = layout
        with tempfile.TemporaryDirectory() as folder:
            model = f"{folder}/model.onnx"
            arguments = [path, "--weights", weights, "--layout", layout, "-o", model]
            result = subprocess.run([netc, "export", *arguments], capture_output=True, text=True)
            if result.returncode:
                raise Refused(f"netc export ended with {result.returncode}: {result.stderr}")
            try:
                onnx.checker.check_model(model, full_check=True)
                self.session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
            except Exception as error:
                raise Refused(f"the exported model is refused: {error}") from error
        self.inputs = [tensor.name for tensor in self.session.get_inputs()]

    def outputs(self, inputs):
        """The outputs for inputs whose channels come last, as theirs do then."""
        given = [np.moveaxis(x, -1, 1) if self.moves(x) else x for x in inputs]
        found = self.session.run(None, dict(zip(self.inputs, given, strict=True)))
        return [np.moveaxis(y, 1, -1) if self.moves(y) else y for y in found]

    def moves(self, tensor):
        return self.layout == "nchw" and tensor.ndim == 4
