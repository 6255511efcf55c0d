"""in_applications.py NETC [NAME…]: every convolutional model of keras.applications, saved, imported and compiled, beside Keras itself.

Weights are drawn, the statistics of batch normalisation among them; pictures are small where that is allowed. Outputs must agree to 10⁻⁴
of the largest, and another picture must move them ten times farther.
"""

import os
import subprocess
import sys
import tempfile
import time

import keras
import numpy as np

import in_keras

# Shares of an output's largest value, as in oracle.py.
TOLERANCE, SENSITIVITY = 1e-4, 1e-3

# The least extent that each family of models takes, where that is more than 64.
SIZES = {"Xception": 71, "InceptionV3": 75, "InceptionResNetV2": 75, "NASNetMobile": 224, "NASNetLarge": 331}

NAMES = [
    "VGG16", "VGG19", "Xception", "InceptionV3", "InceptionResNetV2", "MobileNet", "MobileNetV2", "MobileNetV3Small",
    "MobileNetV3Large", "NASNetMobile", "NASNetLarge",
    *[f"ResNet{depth}{version}" for depth in (50, 101, 152) for version in ("", "V2")],
    *[f"DenseNet{depth}" for depth in (121, 169, 201)],
    *[f"EfficientNetB{width}" for width in range(8)],
    *[f"EfficientNetV2{width}" for width in ("B0", "B1", "B2", "B3", "S", "M", "L")],
    *[f"ConvNeXt{size}" for size in ("Tiny", "Small", "Base", "Large", "XLarge")],
]


def compare(netc, name, folder):
    """What was found, and whether it is right."""
    in_keras.Run()
    size = SIZES.get(name, 64)
    model = getattr(keras.applications, name)(weights=None, input_shape=(size, size, 3), classes=100)
    in_keras.weigh(model)
    random = np.random.default_rng(1)
    pictures = [random.uniform(0, 255, (1, size, size, 3)).astype("f4") for _ in range(2)]
    in_keras.soften(model, pictures[:1])
    model.save(f"{folder}/model.keras")
    np.save(f"{folder}/x.npy", pictures[0])
    expected, other = (in_keras.outputs(model, [picture])[0] for picture in pictures)
    start = time.monotonic()
    arguments = ["--input", f"{folder}/x.npy", "--output", f"{folder}/y.npy"]
    result = subprocess.run([netc, "run", f"{folder}/model.keras", *arguments], capture_output=True, text=True)
    if result.returncode:
        return f"netc run ended with {result.returncode}: {result.stderr}", False
    found = np.load(f"{folder}/y.npy")
    largest = np.abs(expected).max()
    error, change = np.abs(found - expected).max() / largest, np.abs(other - expected).max() / largest
    seconds = time.monotonic() - start
    text = f"{size}×{size}, error {error:.1e}, another picture changes it by {change:.1e}, {seconds:.0f} s"
    return text, bool(error < TOLERANCE and change > SENSITIVITY)


def check(netc, names=NAMES):
    """Compares the models and returns lines about those that are wrong."""
    wrong = []
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            text, is_right = compare(netc, name, folder)
        print(f"keras.applications.{name}: {text}", flush=True)
        if not is_right:
            wrong.append(f"keras.applications.{name}: {text}")
    return wrong


if __name__ == "__main__":
    wrong = check(os.path.abspath(sys.argv[1]), sys.argv[2:] or NAMES)
    print("\n".join(["", "wrong:", *wrong] if wrong else ["right: Keras agrees"]))
    sys.exit(bool(wrong))
