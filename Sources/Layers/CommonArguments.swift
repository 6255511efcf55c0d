/// The keyword arguments that every layer takes besides those of its table, as `netc layers` shows them.
public let commonArguments: [(name: String, summary: String)] = [
    ("name", "the layer's name: its tensors in a weights file begin with it, and an output is called by it"),
    ("dtype", "'float32' or None: networks compute in float32"),
    ("input_shape", "in the first layer of a sequential model: the input's shape without the batch"),
    ("batch_input_shape", "the same, with the batch in front"),
    ("input_dim", "the same, for vectors: their length"),
    ("trainable", "ignored: it matters in training only"),
    ("autocast", "ignored: it matters in training only"),
    ("activity_regularizer", "ignored: it matters in training only"),
]
