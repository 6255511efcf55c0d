import Kernels

/// What generated C files define for themselves, besides kernels that are called after their shapes: the type that a model is known by can't be
/// called so.
package let generatedNames: Set<String> = templateTexts.reduce(into: skeletonNames) { names, template in
    let hasShapes = template.text.contains("/* netc: constants */")
    names.formUnion(fileScopeNames(ofC: template.text).subtracting(hasShapes ? [template.name] : []))
}

/// Those of them that no template has. A test holds them against a generated file.
private let skeletonNames: Set<String> = [
    "ALL_STEPS", "BATCH", "CALLS", "PLANE", "PRODUCTS", "ROW", "SCRATCH", "SHARE", "STEPS", "TENSOR", "WORKSPACE",
    "allocate", "check", "create_any", "destroy_any", "end",
    "in_lengths", "info", "meetings",
    "inputs", "invoke_all", "invoke_steps", "locate_sample", "meet", "meeting", "member", "netc_info", "netc_step",
    "netc_tensor",
    "out_lengths", "outputs", "packed_weights", "processor_is_supported", "products", "run_any", "run_step",
    "run_steps",
    "share", "step_table", "take_part", "tensors", "work",
]

/// The identifiers of declarations at file scope, those of their types among them, and macros. In generated code and templates they stand
/// at the beginning of a line.
package func fileScopeNames(ofC text: String) -> Set<String> {
    var names: Set<String> = []
    for line in text.split(separator: "\n") {
        if line.hasPrefix("#define ") {
            names.formUnion(identifiers(in: line.dropFirst("#define ".count)).prefix(1))
        } else if let first = line.first, !" \t/*{#".contains(first) {
            let isWhole = first == "}" || line.hasPrefix("enum {")
            names.formUnion(identifiers(in: isWhole ? line : line.prefix { !"(=[{".contains($0) }))
        }
    }
    return names
}

private func identifiers(in text: Substring) -> [String] {
    text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) }.filter { !$0.first!.isNumber }.map(
        String.init)
}
