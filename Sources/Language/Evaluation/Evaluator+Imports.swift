import Diagnostics

extension Evaluator {
    /// Names that stand for modules even where the file imports nothing.
    static let modules: Set<String> = [
        "keras", "tf", "tensorflow", "layers", "models", "activations", "initializers", "regularizers", "constraints",
        "nn",
        "backend", "K", "np", "numpy",
    ]

    /// Components of a dotted name under which nothing changes the network.
    private static let ignoredModules: Set<String> = [
        "optimizers", "losses", "metrics", "callbacks", "utils", "random", "config", "mixed_precision",
    ]

    /// Components under which names that are layers' mean functions instead: `tf.nn.softmax`, `keras.activations.relu`.
    private static let otherModules: Set<String> = [
        "activations", "initializers", "regularizers", "constraints", "nn", "applications", "datasets", "ops", "math",
        "np",
        "numpy",
    ]

    func isIgnored(path: String) -> Bool {
        let components = path.split(separator: ".").map(String.init)
        return components.dropLast().contains(where: Self.ignoredModules.contains)
            || ["clear_session", "set_image_data_format", "set_floatx", "enable_eager_execution"].contains(
                components.last!)
    }

    func isOutsideLayers(_ path: String) -> Bool {
        path.split(separator: ".").dropLast().contains { Self.otherModules.contains(String($0)) }
    }

    /// `import` of Keras, TensorFlow or NumPy binds names to dotted paths; anything else is an error.
    mutating func execute(_ item: Import) {
        let root = String(item.path.prefix { $0 != "." })
        guard ["keras", "tensorflow", "tf_keras", "numpy", "__future__"].contains(root) else {
            let name = item.path.split(separator: ".").dropLast().joined(separator: ".")
            _ = fail(
                "cannot import '\(name.isEmpty ? item.path : name)': only keras, tensorflow and numpy may be imported",
                at: item.range)
            if let name = item.name { scope.variables[name] = .error }
            return
        }
        guard let name = item.name else { return }
        let last = item.path.split(separator: ".").last.map(String.init) ?? item.path
        // `from keras.layers import Conv2D` brings in what is known by that name already.
        if last == name, elaborator.isLayer(name) || isBuiltin(name) || callableNames.contains(name), find(name) == nil
        {
            return
        }
        scope.variables[name] = .symbol(item.path)
    }
}
