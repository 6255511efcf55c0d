"""compare.py LIBRARY: the pictures of test.npz through the library that netc built, by its C interface; needs no Keras."""

import ctypes
import pathlib
import sys

import numpy as np

library = ctypes.CDLL(str(pathlib.Path(sys.argv[1]).resolve()))
library.digits_create.restype = ctypes.c_void_p
library.digits_run.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
library.digits_destroy.argtypes = [ctypes.c_void_p]

test = np.load(pathlib.Path(__file__).parent / "test.npz")
network = library.digits_create(1)
found, probabilities = [], np.empty(10, "float32")
for picture in test["images"]:
    picture = np.ascontiguousarray(picture)
    assert library.digits_run(network, picture.ctypes.data, probabilities.ctypes.data) == 0
    found.append(probabilities.argmax())
library.digits_destroy(network)

same = np.array(found) == test["predictions"]
right = np.array(found) == test["digits"]
print(f"{same.sum()} of {len(same)} predictions are Keras'; {right.mean():.1%} are right")
sys.exit(not same.all())
