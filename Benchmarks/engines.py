"""The engines, each with the form of the network, the layout and the options that suit it best.

`prepare` makes an engine's own file of an ONNX model; an object is a network loaded with its inputs, `run` one inference as cheaply
as the engine's interface allows, and `outputs` what the last one gave, channels last. Tensors of images are given channels last.
"""

import ctypes
import importlib.metadata
import os
import pathlib
import subprocess

import numpy as np


class Missing(Exception):
    """Why an engine can't run a network."""


class Engine:
    package = None
    # What `prepare` makes, if not the ONNX model itself.
    suffix = None

    def version(self):
        return importlib.metadata.version(self.package)


def channels_first(tensor):
    return np.ascontiguousarray(np.moveaxis(tensor, -1, 1)) if tensor.ndim == 4 else tensor


def channels_last(tensor):
    return np.moveaxis(tensor, 1, -1) if tensor.ndim == 4 else tensor


class Netc(Engine):
    """The shared library through its C interface."""

    title = "netc"
    suffix = ".so"

    class Tensor(ctypes.Structure):
        _fields_ = [
            ("name", ctypes.c_char_p), ("element", ctypes.c_int32), ("rank", ctypes.c_int32),
            ("shape", ctypes.c_int64 * 8), ("bytes", ctypes.c_uint64), ("offset", ctypes.c_uint64),
            ("block", ctypes.c_int64), ("plane", ctypes.c_int64), ("row", ctypes.c_int64),
            ("first_step", ctypes.c_int32), ("last_step", ctypes.c_int32),
        ]

    class Information(ctypes.Structure):
        _fields_ = [
            ("abi", ctypes.c_uint32), ("size", ctypes.c_uint32), ("name", ctypes.c_char_p), ("version", ctypes.c_char_p),
            ("target", ctypes.c_char_p), ("hash", ctypes.c_char_p),
            *((f"{kind}_count", ctypes.c_uint32) for kind in ("input", "output", "tensor", "step")),
            *((kind, ctypes.c_void_p) for kind in ("inputs", "outputs", "tensors", "steps")),
            ("workspace_bytes", ctypes.c_uint64), ("invoke", ctypes.c_void_p), ("invoke_steps", ctypes.c_void_p),
            ("create", ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_int)),
            ("step", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)),
            ("destroy", ctypes.c_void_p),
        ]

    def __init__(self, path, inputs, threads):
        self.library = ctypes.CDLL(os.path.abspath(path))
        self.library.netc_model.restype = ctypes.POINTER(self.Information)
        self.info = self.library.netc_model().contents
        if self.info.abi != 1:
            raise Missing(f"the library's interface is version {self.info.abi}")
        self.model = self.info.create(threads)
        if not self.model:
            raise Missing("the library refuses this machine")

        def tensors(address, count):
            return ctypes.cast(address, ctypes.POINTER(self.Tensor))[:count]

        names = [tensor.name.decode() for tensor in tensors(self.info.inputs, self.info.input_count)]
        self.given = [np.ascontiguousarray(inputs[name]) for name in names]
        outputs = tensors(self.info.outputs, self.info.output_count)
        self.found = [np.empty(tensor.shape[: tensor.rank], "f4") for tensor in outputs]
        self.pointers = [(ctypes.c_void_p * len(a))(*(x.ctypes.data for x in a)) for a in (self.given, self.found)]
        self.step = self.info.step

    def run(self):
        status = self.step(self.model, *self.pointers)
        assert status == 0, status

    def outputs(self):
        return self.found

    def version(self):
        return f"{self.info.version.decode()} for {self.info.target.decode()}"


class ONNXRuntime(Engine):
    title, package = "ONNX Runtime", "onnxruntime"

    def __init__(self, path, inputs, threads):
        import onnxruntime

        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.binding = self.session.io_binding()
        for tensor in self.session.get_inputs():
            self.binding.bind_cpu_input(tensor.name, channels_first(inputs[tensor.name]))
        for tensor in self.session.get_outputs():
            self.binding.bind_output(tensor.name, "cpu")

    def run(self):
        self.session.run_with_iobinding(self.binding)

    def outputs(self):
        return [channels_last(y) for y in self.binding.copy_outputs_to_cpu()]


class OpenVINO(Engine):
    """In float32, where by itself it would take bfloat16 on some machines; the core is chosen by who starts the process."""

    title, package = "OpenVINO", "openvino"

    def __init__(self, path, inputs, threads):
        import openvino

        options = {
            "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": "f32", "ENABLE_CPU_PINNING": False,
        }
        self.model = openvino.Core().compile_model(path, "CPU", options)
        self.request = self.model.create_infer_request()
        for port in self.model.inputs:
            self.request.set_tensor(port, openvino.Tensor(channels_first(inputs[port.any_name])))

    def run(self):
        self.request.infer(share_outputs=True)

    def outputs(self):
        return [channels_last(self.request.get_tensor(port).data.copy()) for port in self.model.outputs]


class Ncnn(Engine):
    """pnnx makes its model; tensors have no batch there."""

    title, package, suffix = "ncnn", "ncnn", ".ncnn.param"

    @staticmethod
    def prepare(model, path):
        import importlib.util

        folder = path.parent
        converter = pathlib.Path(importlib.util.find_spec("pnnx").origin).parent / "pnnx"
        stem = path.name.removesuffix(Ncnn.suffix)
        kept = {key: f"{folder}/{stem}.ncnn.{key.removeprefix('ncnn')}" for key in ("ncnnparam", "ncnnbin")}
        rest = {key: f"{folder}/waste" for key in ("pnnxparam", "pnnxbin", "pnnxpy", "pnnxonnx", "ncnnpy")}
        options = [f"{key}={value}" for key, value in (kept | rest).items()]
        result = subprocess.run([converter, model, "fp16=0", *options], capture_output=True, text=True, cwd=folder)
        for file in [*folder.glob("waste*"), *folder.glob("*.pnnxsim.onnx")]:
            file.unlink()
        if result.returncode or not path.exists():
            raise Missing(f"pnnx ended with {result.returncode}")
        unknown = {line.split()[0] for line in path.read_text().splitlines()[2:] if "." in line.split()[0] or "::" in line.split()[0]}
        if unknown:
            raise Missing(f"no layer of ncnn for {', '.join(sorted(unknown))}")

    def __init__(self, path, inputs, threads):
        import ncnn

        self.ncnn = ncnn
        self.net = ncnn.Net()
        self.net.opt.num_threads = threads
        self.net.opt.use_vulkan_compute = False
        for kind in ("fp16_packed", "fp16_storage", "fp16_arithmetic", "bf16_storage"):
            setattr(self.net.opt, f"use_{kind}", False)
        if self.net.load_param(path) or self.net.load_model(path.removesuffix("param") + "bin"):
            raise Missing("ncnn does not load the model")
        # A tensor refers to the array that it is made of, and layers may write to it: so it is cloned while the array lives.
        arrays = [channels_first(x)[0] for x in inputs.values()]
        self.given = [ncnn.Mat(x).clone() for x in arrays]

    def run(self):
        with self.net.create_extractor() as extractor:
            for name, x in zip(self.net.input_names(), self.given):
                extractor.input(name, x)
            self.found = [extractor.extract(name) for name in self.net.output_names()]

    def outputs(self):
        if any(status for status, _ in self.found):
            raise Missing("ncnn fails in the network")
        return [channels_last(np.array(y)[None]) for _, y in self.found]


class MNN(Engine):
    """Converted by the function behind its command; the command itself reports on its use."""

    title, package, suffix = "MNN", "MNN", ".mnn"

    @staticmethod
    def prepare(model, path):
        import _tools

        _tools.mnnconvert(["", "-f", "ONNX", "--modelFile", str(model), "--MNNModel", str(path), "--bizCode", "netc"])
        if not path.exists():
            raise Missing("MNN does not convert the model")

    def __init__(self, path, inputs, threads):
        import MNN

        self.engine = MNN
        self.interpreter = MNN.Interpreter(path)
        self.session = self.interpreter.createSession({"backend": "CPU", "numThread": threads, "precision": "high"})
        for name, tensor in self.interpreter.getSessionInputAll(self.session).items():
            tensor.copyFrom(self.tensor(channels_first(inputs[name])))
        self.names = output_names(path)

    def tensor(self, array):
        return self.engine.Tensor(
            array.shape, self.engine.Halide_Type_Float, array, self.engine.Tensor_DimensionType_Caffe)

    def run(self):
        self.interpreter.runSession(self.session)

    def outputs(self):
        found = []
        for name in self.names:
            output = self.interpreter.getSessionOutput(self.session, name)
            copy = self.tensor(np.empty(output.getShape(), "f4"))
            output.copyToHostTensor(copy)
            found.append(channels_last(np.array(copy.getNumpyData()).reshape(output.getShape())))
        return found


def output_names(path):
    """The names of the outputs of the ONNX model beside an engine's own file, in order."""
    import onnx

    model = onnx.load(pathlib.Path(path).parent / "model.onnx", load_external_data=False)
    return [output.name for output in model.graph.output]


class LiteRT(Engine):
    """With its XNNPACK delegate, which it takes by itself; channels last."""

    title, package, suffix = "LiteRT", "ai-edge-litert", ".tflite"

    @staticmethod
    def prepare(model, path):
        import onnx

        import tflite

        try:
            path.write_bytes(tflite.Converter(onnx.load(model)).convert())
        except tflite.Unsupported as reason:
            raise Missing(str(reason)) from reason

    def __init__(self, path, inputs, threads):
        from ai_edge_litert.interpreter import Interpreter

        self.interpreter = Interpreter(model_path=path, num_threads=threads)
        self.interpreter.allocate_tensors()
        for tensor in self.interpreter.get_input_details():
            self.interpreter.set_tensor(tensor["index"], inputs[tensor["name"]])

    def run(self):
        self.interpreter.invoke()

    def outputs(self):
        return [self.interpreter.get_tensor(tensor["index"]) for tensor in self.interpreter.get_output_details()]


ENGINES = {engine.__name__.lower(): engine for engine in (Netc, ONNXRuntime, OpenVINO, LiteRT, Ncnn, MNN)}
