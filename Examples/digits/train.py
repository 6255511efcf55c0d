"""train.py: trains a small network on scikit-learn's handwritten digits, in seconds, and saves it as digits.keras.

Beside it lies test.npz: the pictures that were held back, their digits, and what Keras takes them for.
"""

import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(1)
digits = load_digits()
images = digits.images[..., None].astype("float32")
train_images, test_images, train_digits, test_digits = train_test_split(
    images, digits.target, test_size=0.2, random_state=1, stratify=digits.target)

image = keras.Input((8, 8, 1), name="image")
x = layers.Rescaling(1 / 16)(image)
x = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
for filters in (32, 64):
    skip = layers.Conv2D(filters, 1, strides=2, padding="same")(x)
    x = layers.SeparableConv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.SeparableConv2D(filters, 3, strides=2, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(layers.Add()([x, skip]))
x = layers.Dropout(0.3)(layers.GlobalAveragePooling2D()(x))
probabilities = layers.Dense(10, activation="softmax", name="probabilities")(x)
model = keras.Model(image, probabilities, name="digits")

model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train_images, train_digits, batch_size=32, epochs=15, verbose=0)

predictions = model.predict(test_images, verbose=0).argmax(axis=-1)
print(f"{(predictions == test_digits).mean():.1%} of {len(test_digits)} pictures that it had not seen")
folder = pathlib.Path(__file__).parent
model.save(folder / "digits.keras")
np.savez(folder / "test.npz", images=test_images, digits=test_digits, predictions=predictions)
