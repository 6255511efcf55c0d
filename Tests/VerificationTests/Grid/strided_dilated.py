"""Writes strided_dilated.txt: convolutions with stride and dilation together, which Keras refuses, computed with NumPy from their definition.

Each line: the layer, the input's shape, the number of the kernel's elements, the output. All numbers are whole, so that every order of summation
gives the same. Run it in this folder: python3 strided_dilated.py
"""

import itertools

import numpy as np


def mixed(shape, seed):
    """Small whole numbers without a pattern: `mixed(_:seed:)` in StridedDilatedTests.swift."""
    i = np.arange(np.prod(shape), dtype=np.int64)
    return ((i * 7919 + i * i * 31 + seed * 104_729) % 1009 % 9 - 4).reshape(shape)


def span(kernel, dilation):
    return (kernel - 1) * dilation + 1


def padded(x, kernel, strides, dilation, padding):
    if padding == "valid":
        return x
    margins = []
    for axis in range(2):
        out = -(-x.shape[axis] // strides[axis])
        total = max((out - 1) * strides[axis] + span(kernel[axis], dilation[axis]) - x.shape[axis], 0)
        margins.append((total // 2, total - total // 2))
    return np.pad(x, margins + [(0, 0)])


def convolution(x, w, strides, dilation, padding, groups):
    """`w` is [height, width, channels of a group, filters]."""
    x = padded(x, w.shape[:2], strides, dilation, padding)
    size = [(x.shape[a] - span(w.shape[a], dilation[a])) // strides[a] + 1 for a in range(2)]
    depth, filters = w.shape[2], w.shape[3]
    y = np.zeros(size + [filters], np.int64)
    for r, s in itertools.product(range(w.shape[0]), range(w.shape[1])):
        top, left = r * dilation[0], s * dilation[1]
        taken = x[top :: strides[0], left :: strides[1]][: size[0], : size[1]]
        for group in range(groups):
            outputs = slice(group * filters // groups, (group + 1) * filters // groups)
            inputs = slice(group * depth, (group + 1) * depth)
            y[:, :, outputs] += taken[:, :, inputs] @ w[r, s, :, outputs]
    return y


def transposed(x, w, strides, dilation, padding):
    """`w` is [height, width, filters, channels]."""
    full = [(x.shape[a] - 1) * strides[a] + span(w.shape[a], dilation[a]) for a in range(2)]
    y = np.zeros([max(full[a], x.shape[a] * strides[a]) for a in range(2)] + [w.shape[2]], np.int64)
    for i, j, r, s in itertools.product(*(range(n) for n in x.shape[:2] + w.shape[:2])):
        y[i * strides[0] + r * dilation[0], j * strides[1] + s * dilation[1]] += w[r, s] @ x[i, j]
    if padding == "valid":
        return y
    out = [x.shape[a] * strides[a] for a in range(2)]
    crop = [max(full[a] - out[a], 0) // 2 for a in range(2)]
    return y[crop[0] : crop[0] + out[0], crop[1] : crop[1] + out[1]]


def line(layer, x, w, y):
    numbers = " ".join(str(v) for v in y.ravel())
    return f"{layer} | {' '.join(map(str, x.shape))} | {w.size} | {numbers}\n"


def main():
    with open("strided_dilated.txt", "w") as file:
        settings = [((2, 2), (2, 2)), ((2, 1), (3, 2)), ((3, 2), (2, 3)), ((3, 3), (3, 3))]
        for (strides, dilation), padding in itertools.product(settings, ["valid", "same"]):
            common = f"strides={strides}, dilation_rate={dilation}, padding={padding}, use_bias=False"
            for kernel, groups, depth, filters in [((3, 3), 1, 3, 5), ((2, 3), 2, 4, 6), ((3, 2), 5, 5, 5)]:
                x = mixed((9, 10, depth), 2)
                w = mixed(kernel + (depth // groups, filters), 1)
                y = convolution(x, w, strides, dilation, padding, groups)
                file.write(line(f"Conv2D({filters}, {kernel}, groups={groups}, {common})", x, w, y))
            x, w = mixed((9, 10, 6), 2), mixed((3, 3, 6, 2), 1)
            y = convolution(x, w.reshape(3, 3, 1, 12), strides, dilation, padding, 6)
            file.write(line(f"DepthwiseConv2D(3, depth_multiplier=2, {common})", x, w, y))
            for kernel in [(3, 3), (2, 3)]:
                x, w = mixed((4, 5, 3), 2), mixed(kernel + (4, 3), 1)
                y = transposed(x, w, strides, dilation, padding)
                file.write(line(f"Conv2DTranspose(4, {kernel}, {common})", x, w, y))


main()
