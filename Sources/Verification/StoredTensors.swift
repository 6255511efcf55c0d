import Kernels
import Network

/// A tensor of the network that the generated code stores, and where it may be read.
struct StoredTensor {
    var tensor: TensorID
    /// The step after which it is complete.
    var step: Int
    var shape: [Int]
    var place: Place
    /// What is stored is that many times the tensor.
    var scale: Double

    /// The tensor's elements, read from the interior's first element.
    func elements(from pointer: UnsafePointer<Float>) -> [Double] {
        place.layout.gather(from: pointer).map { Double($0) / scale }
    }
}

extension Plan {
    /// The tensors that equal one of the network's, in the order of execution.
    var storedTensors: [StoredTensor] {
        steps.enumerated().compactMap { index, step in
            guard let result = step.result, let tensor = result.tensor else { return nil }
            return StoredTensor(
                tensor: TensorID(node: tensor.node, output: tensor.output), step: index, shape: result.shape,
                place: result.place, scale: tensor.scale)
        }
    }

    /// Floats from the base's start to the interior's first element of a place, the workspace being the base of a buffer.
    func floatOffset(of place: Place) -> Int {
        guard case .buffer(let index) = place.base else { return place.offset }
        return buffers[index].offset / 4 + place.offset
    }
}

extension Layout {
    /// The elements in row-major order of height, width and channels, read from the interior's first element.
    func gather(from pointer: UnsafePointer<Float>) -> [Float] {
        let channels = slots.reduce(0) { max($0, $1 + 1) }
        var offsets = [Int](repeating: -1, count: channels)
        for (slot, channel) in slots.enumerated() where channel >= 0 { offsets[channel] = offset(slot: slot) }
        precondition(!offsets.contains(-1), "a channel has no slot")
        return Array(unsafeUninitializedCapacity: height * width * channels) { buffer, count in
            for y in 0..<height {
                for x in 0..<width {
                    let pixel = pointer + (y * row + x * self.pixel)
                    for channel in 0..<channels {
                        buffer.initializeElement(at: count, to: pixel[offsets[channel]])
                        count += 1
                    }
                }
            }
        }
    }
}
