"""Runs the backend tests that the package onnx carries through netc: import, C, library, and the files' own outputs.

    onnx_cases.py NETC [--write] [--reference] [NAME…]

Tests/ONNXTests/cases.txt lists every case with `pass`, or the reason why it is out of scope. A case that says something else now is an error; with
--write the table is written anew. Weights and shapes that a case keeps among its inputs become constants of the model: the code has
fixed weights and sizes. Tolerances are those of ONNX's own runner: 1e-3 relative, 1e-7 absolute.
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
import onnx
from onnx import numpy_helper

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "Tests/ONNXTests/cases.txt"
DATA = Path(onnx.__file__).parent / "backend/test/data"
GROUPS = ["node", "pytorch-converted", "pytorch-operator", "simple", "light"]
# float64 is computed in float32, and compared with the same tolerance.
FLOATS = {onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE}


def cases():
    """The folder or file of each case, under its name."""
    found = {}
    for group in GROUPS:
        for path in sorted((DATA / group).iterdir()):
            if group == "light":
                if path.suffix == ".onnx":
                    found[f"light/{path.stem}"] = path
            elif (path / "model.onnx").exists():
                found[f"{group}/{path.name}"] = path / "model.onnx"
    return found


def tensors(path, kind):
    """The tensors of a case's inputs or outputs."""
    if path.name != "model.onnx":
        return [numpy_helper.to_array(read(Path(f"{path.with_suffix('')}_output_0.pb")))] if kind == "output" else []
    folder = path.parent / "test_data_set_0"
    count = len(list(folder.glob(f"{kind}_*.pb")))
    return [numpy_helper.to_array(read(folder / f"{kind}_{index}.pb")) for index in range(count)]


def read(path):
    tensor = onnx.TensorProto()
    tensor.ParseFromString(path.read_bytes())
    return tensor


def kind_of(value):
    return value.type.tensor_type.elem_type if value.type.HasField("tensor_type") else None


def out_of_scope(model):
    """Why a case can't be one of a network that computes in float32, if so."""
    weights = {tensor.name for tensor in model.graph.initializer}
    for value in model.graph.output:
        if kind_of(value) is None:
            return "a sequence, map or optional value"
        if kind_of(value) not in FLOATS:
            return "its output is no floating-point tensor"
    for value in model.graph.input:
        if value.name not in weights and kind_of(value) is None:
            return "a sequence, map or optional value"
    return None


def bound(model, names, values):
    """The model with these inputs as constants."""
    bound = onnx.ModelProto()
    bound.CopyFrom(model)
    for name in names:
        bound.graph.initializer.append(numpy_helper.from_array(values[name], name))
    kept = [value for value in bound.graph.input if value.name not in names]
    del bound.graph.input[:]
    bound.graph.input.extend(kept)
    return bound


def run(netc, arguments, limit=300):
    result = subprocess.run([netc, *arguments], capture_output=True, text=True, timeout=limit)
    return result.returncode, result.stderr


def check(netc, path, reference):
    """`pass`, or one line of what is in the way."""
    model = onnx.load(path)
    reason = out_of_scope(model)
    if reason:
        return reason
    weights = {tensor.name for tensor in model.graph.initializer}
    names = [value.name for value in model.graph.input if value.name not in weights]
    inputs = tensors(path, "input")
    if path.name != "model.onnx":
        # The light models' outputs belong to inputs of ones, scaled; see onnx.backend.test.runner.
        inputs = [light_input(model)]
    values = dict(zip(names, inputs))
    outputs = [value for value in tensors(path, "output") if value.dtype == numpy.float64]
    if any(numpy.abs(value[numpy.isfinite(value)]).max(initial=0) > 3e38 for value in outputs):
        return "its numbers do not fit float32"
    constants = {name for name, value in values.items() if value.dtype not in (numpy.float32, numpy.float64)}
    open_dimensions = set()
    with tempfile.TemporaryDirectory() as folder:
        while True:
            onnx.save(bound(model, constants, values), f"{folder}/case.onnx")
            dimensions = [part for definition in sorted(open_dimensions) for part in ("-D", definition)]
            arguments = ["import", f"{folder}/case.onnx", "-o", f"{folder}/case.net", "--layout", "nchw"]
            code, text = run(netc, arguments + dimensions)
            if code == 0:
                break
            if code != 65:
                return f"FAILED with exit code {code}: {text.strip().splitlines()[-1] if text.strip() else ''}"
            open_axes = re.findall(r"dimension (\d+) of input '([^']*)' is open: give it with -D ([^=]*)=", text)
            if open_axes and not open_dimensions:
                open_dimensions = {f"{name}={values[value].shape[int(axis)]}" for axis, value, name in open_axes}
                continue
            wanted = set(re.findall(r"needs '([^']*)' to be a constant", text)) & set(names) - constants
            if not wanted:
                return reason_of(text)
            constants |= wanted
        batch = re.search(r"with '--batch (\d+)'", text)
        batch = int(batch[1]) if batch else 1
        arguments = ["run", f"{folder}/case.net", "--batch", str(batch)] + (["--reference"] if reference else [])
        network = Path(f"{folder}/case.net").read_text()
        shapes = re.findall(r"= Input\(\(([\d, ]*)\)|^Input\(\(([\d, ]*)\)", network, re.M)
        left_out = re.findall(r"input '([^']*)' is left out", text)
        used = [name for name in names if name not in constants and name not in left_out]
        for index, (name, shape) in enumerate(zip(used, shapes)):
            shape = [int(extent) for extent in (shape[0] or shape[1]).split(",") if extent.strip()]
            numpy.save(f"{folder}/in{index}.npy", values[name].astype(numpy.float32).reshape([batch] + shape))
            arguments += ["--input", f"{folder}/in{index}.npy"]
        expected = tensors(path, "output")
        for index in range(len(expected)):
            arguments += ["--output", f"{folder}/out{index}.npy"]
        code, text = run(netc, arguments)
        if code != 0:
            return f"FAILED: {error_of(text)}"
        for index, wanted in enumerate(expected):
            got = numpy.load(f"{folder}/out{index}.npy").reshape(-1)
            wanted = wanted.reshape(-1)
            if got.size != wanted.size:
                return f"FAILED: {got.size} elements instead of {wanted.size}"
            if not numpy.allclose(got, wanted, rtol=1e-3, atol=1e-7, equal_nan=True):
                return f"FAILED: differs by {numpy.abs(got - wanted).max():.2g} of {numpy.abs(wanted).max():.2g}"
    return "pass"


def light_input(model):
    shape = [dimension.dim_value for dimension in model.graph.input[0].type.tensor_type.shape.dim]
    name = model.graph.input[0].name
    weights = {tensor.name for tensor in model.graph.initializer}
    if name in weights:
        value = next(value for value in model.graph.input if value.name not in weights)
        shape = [dimension.dim_value for dimension in value.type.tensor_type.shape.dim]
    count = int(numpy.prod(shape))
    return (numpy.arange(count).reshape(shape) / count).astype(numpy.float32)


def error_of(text):
    lines = [line for line in text.splitlines() if "error:" in line]
    return lines[0].split("error:", 1)[1].strip()[:160] if lines else (text.strip().splitlines() or ["?"])[-1][:160]


def reason_of(text):
    """What the importer says, without what differs from case to case."""
    lines = [line.split("error: ", 1)[1] for line in text.splitlines() if "error: " in line]
    unsupported = sorted(re.sub(r"; it occurs.*", "", line) for line in lines if " is not supported; it occurs" in line)
    if unsupported:
        return unsupported[0]
    return re.sub(r"^(\w+) (\(node \d+\)|'[^']*')", r"\1", lines[0])[:160] if lines else "?"


def results(netc, names=(), reference=False):
    """What each case comes to, by its name."""
    found = {name: path for name, path in cases().items() if not names or any(part in name for part in names)}

    def guarded(path):
        try:
            return check(netc, path, reference)
        except subprocess.TimeoutExpired:
            return "FAILED: takes too long"

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(found, pool.map(guarded, found.values())))


def disagreements(found):
    """Where results differ from the table, and what fails."""
    known = dict(line.split(": ", 1) for line in TABLE.read_text().splitlines())
    changed = [f"{name}: {found.get(name, 'is missing')}, but the table says {known.get(name, 'nothing')}"
               for name in sorted(set(known) | set(found)) if found.get(name) != known.get(name)]
    return changed + [f"{name}: {result}" for name, result in found.items() if result.startswith("FAILED")]


def totals(found):
    """How many cases of each group pass."""
    groups = {}
    for name, result in found.items():
        groups.setdefault(name.split("/")[0], []).append(result == "pass")
    return [f"{group}: {sum(passes)} of {len(passes)} pass" for group, passes in groups.items()]


def oracle(netc):
    """All cases, for the oracle."""
    found = results(netc)
    print("ONNX's own cases:", *totals(found), sep="\n  ", flush=True)
    return disagreements(found)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("netc")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--reference", action="store_true", help="evaluate the layers instead of the generated code")
    parser.add_argument("names", nargs="*")
    options = parser.parse_intermixed_args()
    found = results(os.path.abspath(options.netc), options.names, options.reference)
    print(*totals(found), sep="\n")
    if options.names:
        print(*(f"{name}: {result}" for name, result in found.items()), sep="\n")
        return 0
    if options.write:
        TABLE.write_text("".join(f"{name}: {result}\n" for name, result in found.items()))
    wrong = disagreements(found)
    print(*wrong, sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
