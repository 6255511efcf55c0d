// Classifies with a network that is linked into the program: its header is a Swift module, found through `-I`.
//
// From this folder:
//     netc build ../../nets/mnist_separable.net
//     swiftc -O main.swift -o linked -I generated -L generated -Xlinker -rpath -Xlinker '$ORIGIN/generated'
//     ./linked

import mnist_separable

/// A ring, which looks like a zero.
func ring(side: Int) -> [Float] {
    (0..<side * side).map { i in
        let (y, x) = ((Float(i / side) + 0.5) / Float(side) - 0.5, (Float(i % side) + 0.5) / Float(side) - 0.5)
        let r = x * x * 2 + y * y
        return r > 0.07 && r < 0.15 ? 1 : 0
    }
}

var probabilities = [Float](repeating: 0, count: Int(MNIST_SEPARABLE_PROBS_LENGTH))
guard let model = mnist_separable_create(0) else { fatalError("can't create the model") }
let status = mnist_separable_run(model, ring(side: 28), &probabilities)
mnist_separable_destroy(model)
guard status == 0 else { fatalError("the model returned \(status)") }

let best = probabilities.indices.max { probabilities[$0] < probabilities[$1] }!
print("class \(best) (\(probabilities[best]))")
