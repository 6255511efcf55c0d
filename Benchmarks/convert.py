"""convert.py ENGINE MODEL.onnx FILE: makes an engine's own file of a model, in a process of its own, for converters may crash."""

import pathlib
import sys

import engines

name, model, path = sys.argv[1:]
try:
    engines.ENGINES[name].prepare(model, pathlib.Path(path))
except engines.Missing as reason:
    sys.exit(str(reason))
