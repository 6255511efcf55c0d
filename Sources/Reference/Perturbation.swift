// Deterministic noise within bounds, for the end-to-end part of the numeric contract.

import Network

extension RealTensor {
    /// The elements moved by amounts drawn uniformly from ±bound: the same for the same seed and name (of the tensor),
    /// on every platform.
    public func perturbed(within bound: RealTensor, seed: UInt64, name: String) -> RealTensor {
        var stream = RandomStream(seed: seed, name: name)
        return zip(bound) { value, bound in
            let share = stream.uniform(-1, 1)
            return bound == 0 ? value : value + share * bound
        }
    }
}
