"""Writes the weights files of WeightsTests.swift with NumPy: the network is the `weighed` of that file."""
import numpy as np

kernel = np.arange(1, 9, dtype=np.float32).reshape(2, 2, 1, 2)
bias = np.array([100, -100], np.float32)
right = {"sum/kernel": kernel, "sum/bias": bias}


def write(name, arrays, save=np.savez):
    save(name, **arrays)


write("stored.npz", right)
write("deflated.npz", right, np.savez_compressed)
write("half.npz", {name: value.astype(np.float16) for name, value in right.items()})
write("double.npz", {name: value.astype(np.float64) for name, value in right.items()})
write("missing.npz", {"sum/kernel": kernel})
write("extra.npz", right | {"sum/gamma": bias, "conv2d/kernel": kernel})
write("wrong.npz", right | {"sum/kernel": kernel.reshape(1, 4, 1, 2)})
write("nan.npz", right | {"sum/kernel": np.where(kernel == 6, np.nan, kernel)})
write("overflow.npz", right | {"sum/bias": np.array([0, 1e39])})
write("state.npz", right | {"sum/count": np.array(3), "optimizer/learning_rate": np.array(0.1)})
with open("stored.npz", "rb") as file:
    whole = file.read()
with open("truncated.npz", "wb") as file:
    file.write(whole[: len(whole) // 2])
