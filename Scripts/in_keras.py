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
        half, c = self.size // 2, x.shape[-1]
        squares = ops.pad(x * x, [(0, 0)] * (len(x.shape) - 1) + [(half, half)])
        total = sum(squares[..., i : i + c] for i in range(self.size))
        return x / (self.k + self.alpha * total) ** self.beta


class Split(layers.Layer):
    def __init__(self, sections, axis=-1, **rest):
        super().__init__(**rest)
        self.sections, self.axis = sections, axis

    def call(self, x):
        return ops.split(x, self.sections, axis=self.axis)


BEYOND = (ChannelShuffle, Clip, Constant, Divide, GELU, LayerScale, LRN, Matmul, Power, Split)
EXTRA = {layer.__name__: layer for layer in BEYOND} | {"TrueDivide": Divide}
NAMES = {name: getattr(layers, name) for name in dir(layers) if not name.startswith("_")} | EXTRA


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
