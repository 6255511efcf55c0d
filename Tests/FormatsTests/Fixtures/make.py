"""Writes the fixtures beside it with NumPy: python3 make.py (NumPy 2.4)."""

import json
import struct
import zipfile

import numpy as np
from numpy.lib import format as npy

ramp = np.arange(6).reshape(2, 3)
codes = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]
np.savez("types.npz", **{order + code: ramp.astype(order + code) for code in codes for order in "<>"})
np.save("bool.npy", ramp % 2 == 0)
np.save("fortran.npy", np.asfortranarray(np.arange(24, dtype="<f4").reshape(2, 3, 4)))
np.save("scalar.npy", np.float32(2.5))
np.save("empty.npy", np.zeros((0, 3), "<f4"))
np.save("halves.npy", np.array([1.5, -0.0, 65504, 6e-8, np.inf, np.nan], "<f2"))
np.save("overflow.npy", np.array([1.0, 1e300]))
np.save("complex.npy", np.array([1j]))
np.save("records.npy", np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f4")]))
for version in [(2, 0), (3, 0)]:
    with open(f"version{version[0]}.npy", "wb") as file:
        npy.write_array(file, ramp.astype("<f4"), version=version)

arrays = {"conv2d/kernel": np.arange(36, dtype="<f4").reshape(3, 3, 1, 4), "conv2d/bias": np.array([1, 2, 3, 4], "<f8")}
np.savez("stored.npz", **arrays)
# Large enough for several blocks of deflate.
deflated = np.sin(np.arange(200_000, dtype="<f8")).astype("<f4")
np.savez_compressed("deflated.npz", wave=deflated[:20_000], zeros=np.zeros((300, 1000), "<f4"))
with zipfile.ZipFile("zip64.npz", "w") as archive:
    with archive.open("x.npy", "w", force_zip64=True) as member:
        np.save(member, ramp.astype("<f4"))


def safetensors(path, tensors, metadata=None):
    """The format as its specification describes it: header length, JSON, data."""
    header, data = ({"__metadata__": metadata} if metadata else {}), b""
    for name, (kind, array) in tensors.items():
        start, data = len(data), data + array.tobytes()
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [start, len(data)]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


brain = (np.array([1, -2, 3.140625], "<f4").view("<u4") >> 16).astype("<u2")
safetensors(
    "all.safetensors",
    {
        "double": ("F64", np.array([[0.1, -1e30]], "<f8")),
        "single": ("F32", np.array([1.25, -3], "<f4")),
        "größe\"/half": ("F16", np.array([0.5, 65504], "<f2")),
        "brain": ("BF16", brain),
        "pad": ("U8", np.array([1, 255], "u1")),
    },
    {"format": "np"},
)
