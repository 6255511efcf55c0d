"""goldens.py [--write] [LAYER…]: Keras' numbers and names for the tests in Tests/KerasTests.

Cases/LAYER.net holds a layer's cases, one a line, after the inputs they share. Goldens/LAYER.npz holds what Keras makes of
them: the inputs by their variables, the weights by Keras' names, each output by the text of its line. Names/*.net are
programs, and Names/names.json holds the names and shapes that Keras gives their layers.

Without --write everything, or what is named, is computed anew and compared with the files that there are.
"""

import ast
import io
import json
import pathlib
import sys
import zipfile
import zlib

import keras
import numpy as np

import in_keras

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "KerasTests"


def build(path):
    """The model of a layer's cases: the inputs by their variables, the outputs by the texts of their lines."""
    run = in_keras.Run()
    text = path.read_text()
    inputs, outputs = {}, {}
    for statement in ast.parse(text).body:
        source = ast.get_source_segment(text, statement)
        if isinstance(statement, ast.Expr):
            assert statement.lineno == statement.end_lineno, f"{path}:{statement.lineno}: a case is one line"
            assert text.splitlines()[statement.lineno - 1] == source, f"{path}:{statement.lineno}: more than a case"
            assert source not in outputs, f"{path}:{statement.lineno}: the same case again"
            outputs[source] = eval(source, run.names)
        else:
            exec(source, run.names)
            variable = statement.targets[0].id
            if run.names[variable] is run.inputs[-1]:
                inputs[variable] = run.inputs[-1]
    # An input that a case makes for itself is called by its layer.
    for tensor in run.inputs:
        if not any(tensor is known for known in inputs.values()):
            inputs[tensor._keras_history.operation.name] = tensor
    return keras.Model(list(inputs.values()), list(outputs.values())), inputs, outputs


def compute(path):
    """The arrays of a layer's golden, from its cases."""
    model, inputs, outputs = build(path)
    in_keras.weigh(model)
    arrays = in_keras.weights(model)
    for name, tensor in inputs.items():
        random = np.random.default_rng(zlib.crc32(name.encode()))
        arrays[name] = random.normal(0, 2, tensor.shape[1:]).astype("f4")
    values = in_keras.outputs(model, [arrays[name][None] for name in inputs])
    for source, value in zip(outputs, values):
        value = value[0]
        assert np.isfinite(value).all(), f"{path.name}: {source} is not finite"
        arrays[source] = value
    return arrays


def program(path):
    """A layer's cases as one program with an output for each, and the texts of the cases in that order."""
    text = path.read_text()
    lines, cases = [], []
    for statement in ast.parse(text).body:
        source = ast.get_source_segment(text, statement)
        if isinstance(statement, ast.Expr):
            lines.append(f"case{len(cases)} = {source}")
            cases.append(source)
        else:
            lines.append(source)
    lines.append(f"Output({', '.join(f'case{i}' for i in range(len(cases)))})")
    return "\n".join(lines) + "\n", cases


def names(path):
    """Name and output shape of each layer of a program."""
    model, _ = in_keras.load(str(path))
    found = {}

    def visit(model, is_called=False):
        functional = model._functional if isinstance(model, keras.Sequential) else model
        for operation in functional.operations:
            if isinstance(operation, keras.Model):
                visit(operation, True)
            elif not (is_called and isinstance(operation, keras.layers.InputLayer)):
                found[operation.name] = [list(t.shape[1:]) for t in operation._inbound_nodes[0].output_tensors]

    visit(model)
    return dict(sorted(found.items()))


def save(path, arrays):
    """An .npz of the same bytes every time."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.save(content, array)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), content.getvalue(), zipfile.ZIP_DEFLATED)


def differences(found, expected):
    """Lines about what differs between two sets of arrays."""
    for name in sorted(found.keys() ^ expected.keys()):
        yield f"'{name}' is {'missing' if name in found else 'left over'}"
    for name in found.keys() & expected.keys():
        a, b = found[name], expected[name]
        if a.shape != b.shape:
            yield f"'{name}' has shape {b.shape}, now {a.shape}"
        elif not (error := np.abs(a - b).max()) <= 1e-5 * np.abs(a).max():
            yield f"'{name}' differs by {error:.1e}"


def check(write, only=()):
    """Compares all goldens with Keras; rewrites those that differ. Returns lines about what differs."""
    wrong = []
    goldens = FOLDER / "Goldens"
    goldens.mkdir(exist_ok=True)
    cases = [p for p in sorted((FOLDER / "Cases").glob("*.net")) if not only or p.stem in only]
    for path in cases:
        arrays, file = compute(path), goldens / f"{path.stem}.npz"
        expected = dict(np.load(file)) if file.exists() else {}
        found = [f"{file.name}: {line}" for line in differences(arrays, expected)]
        if found and write:
            save(file, arrays)
        wrong += found
    for file in goldens.glob("*.npz"):
        if not (FOLDER / "Cases" / f"{file.stem}.net").exists():
            wrong.append(f"{file.name} has no cases")
            if write:
                file.unlink()
    programs = sorted((FOLDER / "Names").glob("*.net"))
    found = {path.stem: names(path) for path in programs}
    file = FOLDER / "Names" / "names.json"
    expected = json.loads(file.read_text()) if file.exists() else {}
    keys = sorted(found.keys() | expected.keys())
    wrong += [f"names.json: {key} differs" for key in keys if found.get(key) != expected.get(key)]
    if write:
        lines = [f" {json.dumps(key)}: {json.dumps(layers)}" for key, layers in found.items()]
        file.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"goldens: {len(cases)} layers, {len(programs)} programs' names", "written" if write else "compared")
    return wrong


if __name__ == "__main__":
    write = "--write" in sys.argv
    wrong = check(write, [argument for argument in sys.argv[1:] if argument != "--write"])
    print("\n".join(wrong))
    sys.exit(bool(wrong) and not write)
