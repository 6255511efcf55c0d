"""Networks in Keras: what the text of a `.net` file means there, and weights under which every layer matters."""

import ast
import builtins
import re
import sys
import types
import unittest.mock
import zlib

import keras
import numpy as np
import onnx
import onnx.reference
from keras import layers, ops



def sparsemax(x, axis=-1):
    """By algorithm 1 of Martins & Astudillo 2016, along the last axis."""
    assert axis == -1
    z = ops.flip(ops.sort(x, axis=-1), axis=-1)
    support = ops.cast(1 + ops.arange(1, x.shape[-1] + 1, dtype=x.dtype) * z > ops.cumsum(z, axis=-1), x.dtype)
    threshold = (ops.sum(support * z, axis=-1, keepdims=True) - 1) / ops.sum(support, axis=-1, keepdims=True)
    return ops.maximum(x - threshold, 0)


# Up to version 3.15.1 the sum of Keras' own is not 1 (keras-team/keras#23425, mended by #23469).
if not np.isclose(np.sum(keras.activations.sparsemax(np.array([[0, 0.5, 1]], "f4"))), 1):
    keras.src.backend.nn.sparsemax = sparsemax

# Layers beyond Keras, by their definitions.


class ChannelShuffle(layers.Layer):
    def __init__(self, groups, **rest):
        super().__init__(**rest)
        self.groups = groups

    def call(self, x):
        *rest, c = x.shape[1:]
        x = ops.reshape(x, (-1, *rest, self.groups, c // self.groups))
        return ops.reshape(ops.swapaxes(x, -1, -2), (-1, *rest, c))


class Clip(layers.Layer):
    def __init__(self, x_min, x_max, **rest):
        super().__init__(**rest)
        self.x_min = -np.inf if x_min is None else x_min
        self.x_max = np.inf if x_max is None else x_max

    def call(self, x):
        return ops.clip(x, self.x_min, self.x_max)


class ConstantLayer(layers.Layer):
    def __init__(self, shape, initializer="zeros", **rest):
        super().__init__(**rest)
        self.shape, self.initializer = shape, initializer

    def build(self, _):
        self.value = self.add_weight(shape=self.shape, initializer=self.initializer, name="value")

    def call(self, _):
        return self.value[None]


def Constant(shape, initializer="zeros", **rest):
    """A layer's weight as a tensor: Keras' graphs begin at inputs, so that any of these is asked for it."""
    shape = shape if isinstance(shape, (tuple, list)) else (shape,)
    return ConstantLayer(shape, initializer, **{"name": keras.src.utils.naming.auto_name("constant")} | rest)(Run.active.inputs[0])


class Divide(layers.Layer):
    def call(self, tensors):
        return ops.divide(*tensors)


class Matmul(layers.Layer):
    def call(self, tensors):
        return ops.matmul(*tensors)


class Power(layers.Layer):
    def __init__(self, exponent=None, **rest):
        super().__init__(**rest)
        self.exponent = exponent

    def call(self, x):
        return ops.power(*x) if self.exponent is None else ops.power(x, self.exponent)


class GELU(layers.Layer):
    def __init__(self, approximate=False, **rest):
        super().__init__(**rest)
        self.approximate = approximate

    def call(self, x):
        return keras.activations.gelu(x, approximate=self.approximate)


class LayerScale(layers.Layer):
    """As in keras.applications.convnext."""

    def __init__(self, init_values, projection_dim=None, **rest):
        super().__init__(**rest)
        self.init_values = init_values

    def build(self, shape):
        start = keras.initializers.Constant(self.init_values)
        self.gamma = self.add_weight(shape=(shape[-1],), initializer=start, name="gamma")

    def call(self, x):
        return x * self.gamma


class LRN(layers.Layer):
    """Local response normalisation as in AlexNet's paper."""

    def __init__(self, size=5, alpha=1e-4, beta=0.75, k=2.0, **rest):
        super().__init__(**rest)
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def call(self, x):
        c = x.shape[-1]
        squares = ops.pad(x * x, [(0, 0)] * (len(x.shape) - 1) + [((self.size - 1) // 2, self.size // 2)])
        total = sum(squares[..., i : i + c] for i in range(self.size))
        return x / (self.k + self.alpha * total) ** self.beta


class Split(layers.Layer):
    def __init__(self, sections, axis=-1, **rest):
        super().__init__(**rest)
        self.sections, self.axis = sections, axis

    def call(self, x):
        return ops.split(x, self.sections, axis=self.axis)


def reduction(function):
    """The layer of a function that reduces axes, all but the batch where none is named; without axes left, a vector of one element."""

    class Reduction(layers.Layer):
        def __init__(self, axis=None, keepdims=False, **rest):
            super().__init__(**rest)
            self.axis, self.keepdims = axis, keepdims

        def call(self, x):
            axis = tuple(range(1, len(x.shape))) if self.axis is None else self.axis
            y = function(x, axis=axis, keepdims=self.keepdims)
            return y if len(y.shape) > 1 else ops.reshape(y, (-1, 1))

    Reduction.__name__ = function.__name__.capitalize()
    return Reduction


def with_margins(pooling):
    """A pooling layer that takes margins, too: cells outside count neither as a value nor in a mean's divisor. The largest
    may be sought among cells that lie apart."""

    class Pooling(layers.Layer):
        def __init__(self, *arguments, padding="valid", dilation_rate=1, **rest):
            self.dilation = dilation_rate
            self.margins = arguments[2] if len(arguments) > 2 else padding
            options = {name: rest.pop(name) for name in ("pool_size", "strides", "data_format") if name in rest}
            super().__init__(**rest)
            mode = self.margins if isinstance(self.margins, str) else "valid"
            self.pooling = pooling(*arguments[:2], padding=mode, name="inner", **options)

        def dilated(self, x):
            """The largest of the image moved by each tap, as ONNX defines it; margins of 'same' are those of a convolution."""
            rank = len(x.shape) - 2
            size, steps, apart = (np.broadcast_to(v, rank).tolist() for v in (self.pooling.pool_size, self.pooling.strides, self.dilation))
            reach = [(k - 1) * d + 1 for k, d in zip(size, apart)]
            width = [(0, 0)] * rank
            if self.margins == "same":
                total = [max((-(-n // s) - 1) * s + r - n, 0) for n, s, r in zip(x.shape[1:], steps, reach)]
                width = [(t // 2, t - t // 2) for t in total]
            elif not isinstance(self.margins, str):
                width = self.width(rank)
            x = ops.pad(x, [(0, 0), *width, (0, 0)], constant_values=-np.inf)
            counts = [(n - r) // s + 1 for n, s, r in zip(x.shape[1:], steps, reach)]
            moved = [
                x[(slice(None), *(slice(t * d, t * d + (n - 1) * s + 1, s) for t, d, n, s in zip(taps, apart, counts, steps)))]
                for taps in np.ndindex(*size)
            ]
            return ops.max(ops.stack(moved), axis=0)

        def width(self, rank):
            sides = np.array(self.margins)
            # A number is for all sides, one an axis for both of its ends.
            if rank == 2 and sides.ndim == 1:
                sides = sides[:, None]
            return np.broadcast_to(sides, (rank, 2)).tolist()

        def call(self, x):
            if np.max(self.dilation) > 1:
                return self.dilated(x)
            if isinstance(self.margins, str):
                return self.pooling(x)
            width = [(0, 0), *self.width(len(x.shape) - 2), (0, 0)]
            if "Max" in pooling.__name__:
                return self.pooling(ops.pad(x, width, constant_values=-np.inf))
            return self.pooling(ops.pad(x, width)) / self.pooling(ops.pad(ops.ones_like(x), width))

    def make(*arguments, padding="valid", dilation_rate=1, **rest):
        margins = arguments[2] if len(arguments) > 2 else padding
        if not isinstance(margins, str) or np.max(dilation_rate) > 1:
            return Pooling(*arguments, padding=padding, dilation_rate=dilation_rate, **rest)
        return pooling(*arguments[:2], padding=margins, **rest)

    Pooling.__name__ = pooling.__name__
    return make


class Resizing(layers.Resizing):
    """Keras' own where its arguments suffice; else the products with the matrices that ONNX's Resize is along each axis."""

    CHOICES = {
        "coordinates": "half_pixel", "rounding": "round_prefer_ceil", "cubic_coefficient": -0.5, "exclude_outside": True,
        "scales": None,
    }

    def __init__(self, *arguments, **rest):
        self.choices = {name: rest.pop(name, standard) for name, standard in self.CHOICES.items()}
        super().__init__(*arguments, **rest)

    def matrix(self, axis, cells, count):
        """What the operator makes of each cell alone."""
        mode = {"bilinear": "linear", "bicubic": "cubic", "nearest": "nearest"}[self.interpolation]
        scales = self.choices["scales"]
        node = onnx.helper.make_node(
            "Resize", ["x", "", "", "size"] if scales is None else ["x", "", "size"], ["y"], mode=mode,
            coordinate_transformation_mode=self.choices["coordinates"], nearest_mode=self.choices["rounding"],
            cubic_coeff_a=float(self.choices["cubic_coefficient"]), exclude_outside=int(self.choices["exclude_outside"] and mode != "nearest"),
            antialias=int(self.antialias))
        size = np.array([count, cells]) if scales is None else np.array([np.ravel(scales)[-1 if axis else 0], 1], "f4")
        kind = onnx.helper.np_dtype_to_tensor_dtype(size.dtype)
        x, size_info, y = [
            onnx.helper.make_tensor_value_info(name, element, None)
            for name, element in (("x", onnx.TensorProto.FLOAT), ("size", kind), ("y", onnx.TensorProto.FLOAT))
        ]
        graph = onnx.helper.make_graph([node], "resize", [x, size_info], [y])
        model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 19)])
        run = onnx.reference.ReferenceEvaluator(model).run(None, {"x": np.eye(cells, dtype="f4"), "size": size})[0]
        assert run.shape == (count, cells)
        return run

    def call(self, x):
        if self.choices == self.CHOICES:
            return super().call(x)
        rows, columns = (self.matrix(axis, x.shape[axis + 1], n) for axis, n in enumerate((self.height, self.width)))
        return ops.einsum("hi,wj,bijc->bhwc", rows, columns, x)


class Slice(layers.Layer):
    """`keras.ops.slice` of one sample; numbers without the batch."""

    def __init__(self, start_indices, shape, **rest):
        super().__init__(**rest)
        self.start_indices, self.shape = np.ravel(start_indices), np.ravel(shape)

    def call(self, x):
        return ops.slice(x, (0, *self.start_indices.tolist()), (1, *self.shape.tolist()))


class Take(layers.Layer):
    """`keras.ops.take`; one element alone is a vector of one."""

    def __init__(self, indices, axis, **rest):
        super().__init__(**rest)
        self.indices, self.axis = indices, axis

    def call(self, x):
        y = ops.take(x, np.array(self.indices), axis=self.axis)
        return y if len(y.shape) > 1 else ops.reshape(y, (-1, 1))


class Pad(layers.Layer):
    """`keras.ops.pad` of one sample; pairs without the batch."""

    def __init__(self, pad_width, mode="constant", constant_values=0, **rest):
        super().__init__(**rest)
        self.pad_width, self.mode, self.constant_values = pad_width, mode, constant_values

    def call(self, x):
        width = [(0, 0), *np.broadcast_to(self.pad_width, (len(x.shape) - 1, 2)).tolist()]
        return ops.pad(x, width, self.mode, self.constant_values if self.mode == "constant" else None)


BEYOND = (
    ChannelShuffle, Clip, Constant, Divide, GELU, LayerScale, LRN, Matmul, Pad, Power, Resizing, Slice, Split, Take,
)
EXTRA = {layer.__name__: layer for layer in BEYOND} | {"TrueDivide": Divide}
EXTRA |= {layer.__name__: layer for layer in map(reduction, (ops.sum, ops.mean, ops.max, ops.min, ops.prod))}
NAMES = {name: getattr(layers, name) for name in dir(layers) if not name.startswith("_")} | EXTRA
NAMES |= {
    name: with_margins(layer) for name, layer in NAMES.items() if re.fullmatch("(Max|Average|Avg)Pool(ing)?[12]D", name)
}


class Run:
    """One run of a program: the names that it may use, and what it made."""

    active = None

    def __init__(self):
        keras.backend.clear_session()
        Run.active = self
        self.current, self.inputs, self.outputs, self.model = None, [], None, None
        self.names = NAMES | {
            "Input": make_input, "Output": self.output, "Model": self.make(keras.Model),
            "Sequential": self.make(keras.Sequential), "apply_to_current": lambda layer: layer(self.current),
            "keras": keras, "layers": layers, "__name__": "net",
        }

    def output(self, *tensors):
        self.outputs = list(tensors)

    def make(self, kind):
        def construct(*arguments, **rest):
            self.model = kind(*arguments, **rest)
            return self.model

        return construct

    def result(self):
        """The model: that of the name `model`, else the one made last, else from the inputs to the current tensor."""
        model = self.names.get("model", self.model)
        if model is None or self.outputs is not None:
            model = keras.Model(self.inputs, self.outputs or self.current)
        return model


def make_input(*shape, **rest):
    """`Input` with the shape's extents as loose numbers, too."""
    if shape:
        rest["shape"] = shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape
    return keras.Input(**rest)


def note_results():
    """Lets the active run see each input and, as its current tensor, the result of each operation on tensors."""
    call, construct = keras.Operation.__call__, layers.InputLayer.__init__

    def noted_call(operation, *arguments, **rest):
        Run.active.current = call(operation, *arguments, **rest)
        return Run.active.current

    def noted_construct(layer, *arguments, **rest):
        construct(layer, *arguments, **rest)
        Run.active.current = layer.output
        Run.active.inputs.append(layer.output)

    keras.Operation.__call__, layers.InputLayer.__init__ = noted_call, noted_construct


note_results()


# What a `.net` file accepts and ignores.
TRAINING = {"compile", "evaluate", "fit", "predict", "save", "save_weights", "summary"}


class Translation(ast.NodeTransformer):
    """What a `.net` file has beyond Python: bare words become strings, bare layer lines are applied to the current tensor."""

    def __init__(self, tree):
        stores = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        arguments = {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
        functions = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
        modules = {a.asname or a.name for n in ast.walk(tree) if isinstance(n, (ast.Import, ast.ImportFrom)) for a in n.names}
        self.known = stores | arguments | functions | modules | set(dir(builtins))
        self.changes = 0

    def visit_keyword(self, node):
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id not in self.known:
            node.value = ast.Constant(node.value.id)
            self.changes += 1
        return node

    def visit_Assign(self, node):
        return self.visit_Expr(node)

    def visit_Expr(self, node):
        self.generic_visit(node)
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in TRAINING:
            return ast.Pass()
        if isinstance(node, ast.Expr) and isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            if call.func.id != "Input" and isinstance(NAMES.get(call.func.id), type):
                node.value = ast.Call(ast.Name("apply_to_current", ast.Load()), [call], [])
                self.changes += 1
        return node


def tensorflow():
    """Modules for code that imports Keras through tensorflow."""
    module = types.ModuleType("tensorflow")
    module.keras, module.nn = keras, keras.activations
    return {"tensorflow": module, **{f"tensorflow.{name}": sys.modules[name] for name in ("keras", "keras.layers", "keras.models")}}


def load(path):
    """The Keras model of a `.net` file, and whether the file is Python as it stands."""
    run = Run()
    tree = ast.parse(open(path, encoding="utf-8").read())
    translation = Translation(tree)
    tree = ast.fix_missing_locations(translation.visit(tree))
    with unittest.mock.patch.dict(sys.modules, tensorflow()):
        exec(compile(tree, path, "exec"), run.names)
    return run.result(), translation.changes == 0


def draw(variable):
    """Weights under which every layer matters: Keras' own make deep networks constant. Named alike, they are drawn alike."""
    random = np.random.default_rng(zlib.crc32(variable.path.encode()))
    name, shape = variable.name, variable.shape
    if name == "kernel" or name.endswith("_kernel"):
        fan_in = np.prod(shape[:-2]) if name == "depthwise_kernel" or shape[-1] == 1 else np.prod(shape[:-1])
        values = random.normal(0, np.sqrt(2 / fan_in), shape)
    elif name in ("gamma", "scale", "moving_variance", "variance"):
        values = random.uniform(0.5, 1.5, shape)
    elif name == "alpha":
        values = random.uniform(0.1, 0.3, shape)
    else:
        values = random.uniform(-0.2, 0.2, shape)
    return values.astype("f4")


def weigh(model):
    """Gives a model drawn weights; what Keras only counts is left as it is."""
    for variable in model.weights:
        if not re.match("u?int", variable.dtype):
            variable.assign(draw(variable))
    for layer in model.layers:
        if isinstance(layer, layers.Normalization):
            layer.finalize_state()  # It computes with copies of its weights.


def weights(model):
    """A model's weights by Keras' names."""
    return {variable.path: np.asarray(variable, "f4") for variable in model.weights}


def outputs(model, inputs):
    """A list of a model's outputs, one or several."""
    given = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    return [np.asarray(y) for y in (given if isinstance(given, (list, tuple)) else [given])]


def soften(model, inputs):
    """Scales the last sum of products before each output to unit variance: saturated outputs would agree whatever their sums."""
    last = {}
    for tensor in model.outputs:
        layer = tensor._keras_history.operation
        while not hasattr(layer, "activation") or not layer.weights:
            sources = layer._inbound_nodes[-1].input_tensors
            if not sources or isinstance(layer, keras.Model):
                break
            layer = sources[0]._keras_history.operation
        else:
            last[layer.name] = layer
    features = keras.Model(model.inputs, [layer._inbound_nodes[-1].input_tensors[0] for layer in last.values()])
    for layer, x in zip(last.values(), outputs(features, inputs)):
        activation, layer.activation = layer.activation, keras.activations.linear
        spread = np.std(np.asarray(layer(x)))
        layer.activation = activation
        for variable in layer.weights:
            if variable.name != "depthwise_kernel":
                variable.assign(variable / spread)
