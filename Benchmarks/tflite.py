"""What `netc export` writes as a model of TensorFlow Lite: the same graph with channels last, activations fused where the format can.

An ONNX value of four axes is an image, (N, C, H, W) there and (N, H, W, C) here, unless its order says that it has been transposed: such a
value is `natural`, the same in both. Five axes are an image whose channels are split into groups, (N, G, C/G, H, W) and (N, H, W, G, C/G).
"""

import flatbuffers
import numpy as np
import onnx
from ai_edge_litert import schema_py_generated as schema

Operator, Options = schema.BuiltinOperator, schema.BuiltinOptions
SAME, VALID = schema.Padding.SAME, schema.Padding.VALID
FUSED = schema.ActivationFunctionType
# Of (N, C, H, W) and (N, G, C, H, W): where each axis here lies there.
ORDERS = {4: [0, 2, 3, 1], 5: [0, 3, 4, 1, 2]}


class Unsupported(Exception):
    """What this has no counterpart for."""


class Converter:
    def __init__(self, model):
        self.onnx = onnx.shape_inference.infer_shapes(model).graph
        self.constants = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in self.onnx.initializer}
        values = [*self.onnx.input, *self.onnx.value_info, *self.onnx.output]
        self.shapes = {v.name: [extent.dim_value for extent in v.type.tensor_type.shape.dim] for v in values}
        self.consumers = {}
        for node in self.onnx.node:
            for name in node.input:
                self.consumers.setdefault(name, []).append(node)
        self.graph, self.model = schema.SubGraphT(), schema.ModelT()
        self.graph.tensors, self.graph.operators = [], []
        self.model.version, self.model.operatorCodes, self.model.buffers = 3, [], [schema.BufferT()]
        self.tensors, self.natural, self.done = {}, set(), set()

    def convert(self):
        self.graph.inputs = [self.tensor(value.name) for value in self.onnx.input]
        for node in self.onnx.node:
            if node.output[0] in self.done:
                continue
            self.attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            handler = getattr(self, node.op_type, None)
            if handler is None:
                raise Unsupported(f"{node.op_type} is not converted")
            handler(node, *node.input)
        self.graph.outputs = [self.tensors[value.name] for value in self.onnx.output]
        self.model.subgraphs = [self.graph]
        builder = flatbuffers.Builder(1024)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return builder.Output()

    # Tensors and operators

    def add(self, shape, name="", data=None, kind=schema.TensorType.FLOAT32):
        """A new tensor, constant if it has data."""
        tensor = schema.TensorT()
        tensor.name, tensor.shape, tensor.type, tensor.buffer = name, list(shape), kind, 0
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(data).tobytes(), np.uint8)
            tensor.buffer = len(self.model.buffers)
            self.model.buffers.append(buffer)
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def constant(self, values):
        return self.add(np.shape(values), "", np.asarray(values, "f4"))

    def integers(self, values):
        return self.add(np.shape(values), "", np.asarray(values, "i4"), schema.TensorType.INT32)

    def here(self, name):
        """The shape here of an ONNX value."""
        shape = self.shapes[name]
        return shape if name in self.natural else [shape[axis] for axis in ORDERS.get(len(shape), range(len(shape)))]

    def tensor(self, name):
        if name not in self.tensors:
            self.tensors[name] = self.add(self.here(name), name)
        return self.tensors[name]

    def operand(self, name, beside):
        """An operand of arithmetic: a tensor, or a constant that broadcasts beside a value."""
        if name not in self.constants:
            return self.tensor(name)
        values = self.constants[name]
        is_image = len(self.shapes[beside]) == 4 and beside not in self.natural
        return self.constant(values.transpose(1, 2, 0) if is_image and values.ndim == 3 else values)

    def emit(self, code, inputs, output, options=None, version=1, **fields):
        """An operator; `options` is the name of the table that takes the fields."""
        operator, entry = schema.OperatorT(), schema.OperatorCodeT()
        entry.builtinCode, entry.deprecatedBuiltinCode, entry.version = code, min(code, 127), version
        known = [(c.builtinCode, c.version) for c in self.model.operatorCodes]
        if (code, version) not in known:
            self.model.operatorCodes.append(entry)
            known.append((code, version))
        operator.opcodeIndex = known.index((code, version))
        operator.inputs, operator.outputs = inputs, [output]
        if options:
            table = getattr(schema, options + "T")()
            for name, value in fields.items():
                setattr(table, name, value)
            operator.builtinOptionsType, operator.builtinOptions = getattr(Options, options), table
        self.graph.operators.append(operator)
        return output

    def between(self, shape, code, inputs, options=None, **fields):
        """An operator whose result has no name in ONNX."""
        return self.emit(code, inputs, self.add(shape), options, **fields)

    def same_order(self, node, *inputs):
        """Marks a result as natural where its operands are; returns its tensor."""
        if any(name in self.natural for name in inputs):
            self.natural.add(node.output[0])
        return self.tensor(node.output[0])

    def only_consumer(self, name, *types):
        following = self.consumers.get(name, [])
        return following[0] if len(following) == 1 and following[0].op_type in types else None

    def activated(self, node):
        """The tensor that a sum of products writes, behind the activation that can be fused, and this activation."""
        following = self.only_consumer(node.output[0], "Relu", "Clip")
        fused = following is not None and self.bounded(following)
        if not fused:
            return self.tensor(node.output[0]), FUSED.NONE
        self.done.add(following.output[0])
        return self.tensor(following.output[0]), fused

    def bounded(self, node):
        """The activation that fits a ReLU or a clipping; `None` if none does."""
        if node.op_type == "Relu":
            return FUSED.RELU
        bounds = tuple(float(self.constants[name]) for name in node.input[1:])
        return {(0, 6): FUSED.RELU6, (-1, 1): FUSED.RELU_N1_TO_1}.get(bounds)

    # Products

    def padded(self, name, kernel, value=0.0):
        """The tensor that a window reads, and the name of its padding: zeros of its own where neither name fits."""
        (_, height, width, channels), pads = self.here(name), self.attributes["pads"]
        if not any(pads):
            return self.tensor(name), VALID
        strides, dilations = self.attributes["strides"], self.attributes.get("dilations", [1, 1])
        usual = []
        for extent, stride, dilation, taps in zip((height, width), strides, dilations, kernel):
            total = max(0, (-(-extent // stride) - 1) * stride + (taps - 1) * dilation + 1 - extent)
            usual.append((total // 2, total - total // 2))
        if [usual[0][0], usual[1][0], usual[0][1], usual[1][1]] == list(pads):
            return self.tensor(name), SAME
        top, left, bottom, right = pads
        shape = [1, height + top + bottom, width + left + right, channels]
        return self.pad(self.tensor(name), pads, self.add(shape), value), VALID

    def pad(self, x, pads, output, value=0.0):
        top, left, bottom, right = pads
        margins = self.integers([[0, 0], [top, bottom], [left, right], [0, 0]])
        if value == 0:
            return self.emit(Operator.PAD, [x, margins], output, "PadOptions")
        return self.emit(Operator.PADV2, [x, margins, self.constant([value])], output, "PadV2Options")

    def Conv(self, node, x, kernel, bias=None):
        weights, group = self.constants[kernel], self.attributes["group"]
        filters, depth, *taps = weights.shape
        channels = self.here(x)[3]
        given, padding = self.padded(x, taps)
        offsets = self.constants[bias] if bias else np.zeros(filters, "f4")
        output, activation = self.activated(node)
        (down, across), (rows, columns) = self.attributes["strides"], self.attributes["dilations"]
        fields = dict(
            padding=padding, strideH=down, strideW=across, dilationHFactor=rows, dilationWFactor=columns,
            fusedActivationFunction=activation)
        if depth == 1 and group == channels > 1:
            order = self.constant(weights.transpose(1, 2, 3, 0))
            self.emit(
                Operator.DEPTHWISE_CONV_2D, [given, order, self.constant(offsets)], output, "DepthwiseConv2DOptions",
                version=2, depthMultiplier=filters // channels, **fields)
        else:
            order = self.constant(weights.transpose(0, 2, 3, 1))
            self.emit(Operator.CONV_2D, [given, order, self.constant(offsets)], output, "Conv2DOptions", **fields)

    def ConvTranspose(self, node, x, kernel, bias=None):
        if any(self.attributes["pads"]) or any(self.attributes["output_padding"]) or max(self.attributes["dilations"]) > 1:
            raise Unsupported("ConvTranspose with padding or dilation is not converted")
        weights = self.constants[kernel]
        offsets = self.constants[bias] if bias else np.zeros(weights.shape[1], "f4")
        output, activation = self.activated(node)
        down, across = self.attributes["strides"]
        inputs = [
            self.integers(self.here(node.output[0])), self.constant(weights.transpose(1, 2, 3, 0)), self.tensor(x),
            self.constant(offsets)]
        self.emit(
            Operator.TRANSPOSE_CONV, inputs, output, "TransposeConvOptions", version=4, padding=VALID, strideH=down,
            strideW=across, fusedActivationFunction=activation)

    def Gemm(self, node, x, kernel, bias=None):
        weights = self.constants[kernel]
        offsets = self.constants[bias] if bias else np.zeros(weights.shape[1], "f4")
        output, activation = self.activated(node)
        inputs = [self.tensor(x), self.constant(weights.T), self.constant(offsets)]
        self.emit(
            Operator.FULLY_CONNECTED, inputs, output, "FullyConnectedOptions", fusedActivationFunction=activation)

    # Windows and normalisation

    def pool(self, node, x, code, value):
        taps = self.attributes["kernel_shape"]
        given, padding = self.padded(x, taps, value)
        down, across = self.attributes["strides"]
        self.emit(
            code, [given], self.tensor(node.output[0]), "Pool2DOptions", padding=padding, strideH=down, strideW=across,
            filterHeight=taps[0], filterWidth=taps[1])

    def MaxPool(self, node, x):
        self.pool(node, x, Operator.MAX_POOL_2D, float(np.finfo("f4").min))

    def AveragePool(self, node, x):
        self.pool(node, x, Operator.AVERAGE_POOL_2D, 0.0)
        if any(self.attributes["pads"]) and self.graph.operators[-1].builtinOptions.padding == VALID:
            raise Unsupported("AveragePool with uncommon padding is not converted")

    def GlobalAveragePool(self, node, x):
        inputs = [self.tensor(x), self.integers([1, 2])]
        self.emit(Operator.MEAN, inputs, self.tensor(node.output[0]), "ReducerOptions", keepDims=True)

    def LRN(self, node, x):
        size = self.attributes["size"]
        self.emit(
            Operator.LOCAL_RESPONSE_NORMALIZATION, [self.tensor(x)], self.tensor(node.output[0]),
            "LocalResponseNormalizationOptions", radius=size // 2, bias=self.attributes["bias"],
            alpha=self.attributes["alpha"] / size, beta=self.attributes["beta"])

    def LayerNormalization(self, node, x, scale, shift=None):
        self.natural.update([x] if len(self.shapes[x]) == 4 else [])
        output = self.same_order(node, x)
        shape, last = self.here(x), self.integers([len(self.here(x)) - 1])
        one = [*shape[:-1], 1]
        mean = self.between(one, Operator.MEAN, [self.tensor(x), last], "ReducerOptions", keepDims=True)
        centred = self.between(shape, Operator.SUB, [self.tensor(x), mean], "SubOptions")
        squares = self.between(shape, Operator.MUL, [centred, centred], "MulOptions")
        variance = self.between(one, Operator.MEAN, [squares, last], "ReducerOptions", keepDims=True)
        safe = self.between(one, Operator.ADD, [variance, self.constant(self.attributes["epsilon"])], "AddOptions")
        normal = self.between(shape, Operator.MUL, [centred, self.between(one, Operator.RSQRT, [safe])], "MulOptions")
        if shift is None:
            self.emit(Operator.MUL, [normal, self.constant(self.constants[scale])], output, "MulOptions")
            return
        scaled = self.between(shape, Operator.MUL, [normal, self.constant(self.constants[scale])], "MulOptions")
        self.emit(Operator.ADD, [scaled, self.constant(self.constants[shift])], output, "AddOptions")

    # Element by element

    def elementwise(self, node, code, *inputs):
        tensors = [name for name in inputs if name not in self.constants]
        output = self.same_order(node, *tensors)
        return [self.operand(name, tensors[0]) for name in inputs], output, code

    def arithmetic(self, node, inputs, code, options):
        given, output, code = self.elementwise(node, code, *inputs)
        self.emit(code, given, output, options)

    def Add(self, node, *inputs):
        self.arithmetic(node, inputs, Operator.ADD, "AddOptions")

    def Sub(self, node, *inputs):
        self.arithmetic(node, inputs, Operator.SUB, "SubOptions")

    def Mul(self, node, *inputs):
        self.arithmetic(node, inputs, Operator.MUL, "MulOptions")

    def Div(self, node, *inputs):
        """By √2 it begins a GELU: x · (1 + erf(x / √2)) · ½."""
        erf = self.only_consumer(node.output[0], "Erf")
        if erf is None:
            return self.arithmetic(node, inputs, Operator.DIV, "DivOptions")
        chain = [erf]
        for kind in ("Add", "Mul", "Mul"):
            chain.append(self.only_consumer(chain[-1].output[0], kind))
            if chain[-1] is None:
                raise Unsupported("Erf is not converted")
        self.done |= {part.output[0] for part in chain}
        output = self.same_order(chain[-1], inputs[0])
        self.emit(Operator.GELU, [self.tensor(inputs[0])], output, "GeluOptions", approximate=False)

    def unary(self, node, x, code, options=None, **fields):
        self.emit(code, [self.tensor(x)], self.same_order(node, x), options, **fields)

    def Relu(self, node, x):
        self.unary(node, x, Operator.RELU)

    def Sigmoid(self, node, x):
        self.unary(node, x, Operator.LOGISTIC)

    def HardSwish(self, node, x):
        self.unary(node, x, Operator.HARD_SWISH, "HardSwishOptions")

    def Softmax(self, node, x):
        self.unary(node, x, Operator.SOFTMAX, "SoftmaxOptions", beta=1.0)

    def Clip(self, node, x, low, high):
        fused = self.bounded(node)
        if fused:
            return self.unary(node, x, {FUSED.RELU6: Operator.RELU6}.get(fused, Operator.RELU_N1_TO_1))
        output = self.same_order(node, x)
        inputs = [self.tensor(x), self.constant(self.constants[low])]
        above = self.between(self.here(x), Operator.MAXIMUM, inputs, "MaximumMinimumOptions")
        self.emit(Operator.MINIMUM, [above, self.constant(self.constants[high])], output, "MaximumMinimumOptions")

    def PRelu(self, node, x, slope):
        self.emit(Operator.PRELU, [self.tensor(x), self.operand(slope, x)], self.same_order(node, x))

    # The moving of elements

    def alias(self, node, x):
        self.tensors[node.output[0]] = self.tensor(x)
        if x in self.natural:
            self.natural.add(node.output[0])

    Identity = alias

    def axis(self, name, axis):
        """Where an axis of an ONNX value lies here."""
        rank = len(self.shapes[name])
        return axis if name in self.natural or rank not in ORDERS else ORDERS[rank].index(axis)

    def Transpose(self, node, x):
        order = list(self.attributes["perm"])
        if x not in self.natural and order == [0, 2, 3, 1]:
            self.tensors[node.output[0]] = self.tensor(x)
            self.natural.add(node.output[0])
        elif x in self.natural and order == [0, 3, 1, 2]:
            self.tensors[node.output[0]] = self.tensor(x)
        elif order == [0, 2, 1, 3, 4]:
            inputs = [self.tensor(x), self.integers([0, 1, 2, 4, 3])]
            self.emit(Operator.TRANSPOSE, inputs, self.tensor(node.output[0]), "TransposeOptions")
        else:
            raise Unsupported(f"Transpose {order} is not converted")

    def Reshape(self, node, x, shape):
        """Of memory, so an image must be natural, of one pixel or of one channel, unless its channels are split or joined."""
        output = node.output[0]
        (source, target) = (self.shapes[x], self.shapes[output])
        splits = {len(source), len(target)} == {4, 5}
        if len(source) == 4 and not splits and x not in self.natural and source[1] > 1 and source[2] * source[3] > 1:
            raise Unsupported("Reshape of an image is not converted")
        if len(target) == 4 and not splits and target[1] == target[2] == 1 and target[3] > 1:
            self.natural.add(output)
        extents = self.here(output)
        self.emit(
            Operator.RESHAPE, [self.tensor(x), self.integers(extents)], self.tensor(output), "ReshapeOptions",
            newShape=extents)

    def Concat(self, node, *inputs):
        output = self.same_order(node, *inputs)
        axis = self.axis(node.output[0], self.attributes["axis"])
        self.emit(
            Operator.CONCATENATION, [self.tensor(name) for name in inputs], output, "ConcatenationOptions", axis=axis)

    def Slice(self, node, x, start, end, axes):
        output = self.same_order(node, x)
        begin = [0] * len(self.shapes[x])
        for axis, first in zip(self.constants[axes], self.constants[start]):
            begin[self.axis(x, int(axis))] = int(first)
        inputs = [self.tensor(x), self.integers(begin), self.integers(self.here(node.output[0]))]
        self.emit(Operator.SLICE, inputs, output, "SliceOptions")

    def Gather(self, node, x, indices):
        inputs = [self.tensor(x), self.integers(self.constants[indices])]
        axis = self.axis(x, self.attributes["axis"])
        self.emit(Operator.GATHER, inputs, self.same_order(node, x), "GatherOptions", axis=axis)

    def Pad(self, node, x, pads):
        _, _, top, left, _, _, bottom, right = map(int, self.constants[pads])
        self.pad(self.tensor(x), (top, left, bottom, right), self.tensor(node.output[0]))

    def Resize(self, node, x, _, scales):
        inputs = [self.tensor(x), self.integers(self.here(node.output[0])[1:3])]
        if self.attributes["mode"] == b"nearest":
            self.emit(
                Operator.RESIZE_NEAREST_NEIGHBOR, inputs, self.tensor(node.output[0]), "ResizeNearestNeighborOptions")
        else:
            self.emit(
                Operator.RESIZE_BILINEAR, inputs, self.tensor(node.output[0]), "ResizeBilinearOptions", version=3,
                halfPixelCenters=True)
