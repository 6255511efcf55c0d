// Classifies with any library that netc built, through the product NetRuntime:
//
//     .package(url: "…/netc", exact: "…")  …  .product(name: "NetRuntime", package: "netc")
//
// From the root of this repository:
//     netc build Examples/nets/mnist_separable.net
//     swift run -c release classify generated/libmnist_separable.so

import NetRuntime

guard CommandLine.arguments.count == 2 else {
    print("usage: classify LIBRARY.so")
    throw NetError.wrongInput("one library was expected")
}
let library = try NetLibrary(path: CommandLine.arguments[1])
for tensor in library.inputs + library.outputs { print("\(tensor.name): \(tensor.shape)") }

/// A ring of the input's height and width, which looks like a zero.
let shape = library.inputs[0].shape
let (height, width, channels) = (shape[1], shape[2], shape[3])
let ring = (0..<height * width * channels).map { i -> Float in
    let (h, w) = (i / channels / width, i / channels % width)
    let (y, x) = ((Float(h) + 0.5) / Float(height) - 0.5, (Float(w) + 0.5) / Float(width) - 0.5)
    let r = x * x * 2 + y * y
    return r > 0.07 && r < 0.15 ? 1 : 0
}

// With a team of threads; `library.invoke` does the same on this thread.
let probabilities = try NetModel(library).run([ring])[0]
let best = probabilities.indices.max { probabilities[$0] < probabilities[$1] }!
print("class \(best) (\(probabilities[best]))")
