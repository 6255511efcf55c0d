"""Writes onnx_resize.txt: what ONNX says of its operator Resize, from the cases that come with the package `onnx`.

Each line: the layer, the shape of the input (channels last), its elements, the elements of the output. Crops, and the coordinates that `.net` has no
word for, are left out. Run it in this folder: python3 onnx_resize.py
"""

import pathlib

import numpy as np
import onnx
from onnx import numpy_helper

CASES = pathlib.Path(onnx.__file__).parent / "backend" / "test" / "data" / "node"
MODES = {"linear": "bilinear", "cubic": "bicubic", "nearest": "nearest"}


def tensors(folder):
    """Inputs and outputs of a case by their names."""
    model = onnx.load(folder / "model.onnx")
    result = {}
    for kind, infos in (("input", model.graph.input), ("output", model.graph.output)):
        for index, info in enumerate(infos):
            tensor = onnx.load_tensor(folder / "test_data_set_0" / f"{kind}_{index}.pb")
            result[info.name] = numpy_helper.to_array(tensor)
    node = model.graph.node[0]
    return node, {name: result[value] for name, value in zip(("X", "roi", "scales", "sizes"), node.input) if value}, result[node.output[0]]


def line(folder):
    """The case as a line; None for what is left out."""
    node, inputs, y = tensors(folder)
    given = {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute}
    given = {name: value.decode() if isinstance(value, bytes) else value for name, value in given.items()}
    coordinates = given.get("coordinate_transformation_mode", "half_pixel")
    x = inputs["X"]
    if coordinates in ("tf_crop_and_resize", "half_pixel_symmetric") or x.shape[:2] != (1, 1):
        return None
    scales = dict(zip(given.get("axes", range(4)), inputs.get("scales", [])))
    if "sizes" in inputs:
        sizes = dict(zip(given.get("axes", range(4)), inputs["sizes"]))
        ratios = [sizes[axis] / x.shape[axis] for axis in (2, 3)]
        # What keeps the aspect ratio scales both sides alike; else the sizes decide.
        policy = {"not_larger": min, "not_smaller": max}.get(given.get("keep_aspect_ratio_policy"))
        scales = {axis: policy(ratios) for axis in (2, 3)} if policy else {}
    mode = MODES[given.get("mode", "nearest")]
    arguments = [*y.shape[2:], f"interpolation={mode}", f"coordinates={coordinates}"]
    arguments.append(f"rounding={given.get('nearest_mode', 'round_prefer_floor')}")
    arguments.append(f"cubic_coefficient={given.get('cubic_coeff_a', -0.75)}")
    arguments.append(f"exclude_outside={bool(given.get('exclude_outside', 0))}")
    arguments.append(f"antialias={bool(given.get('antialias', 0))}")
    if scales:
        arguments.append(f"scales=[{scales[2]}, {scales[3]}]")
    fields = [f"Resizing({', '.join(map(str, arguments))})", f"{x.shape[2]} {x.shape[3]} 1"]
    return " | ".join(fields + [" ".join(str(float(v)) for v in array.ravel()) for array in (x, y)])


def main():
    lines = [line(folder) for folder in sorted(CASES.glob("test_resize_*"))]
    pathlib.Path("onnx_resize.txt").write_text("\n".join(filter(None, lines)) + "\n")


main()
