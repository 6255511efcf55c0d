import CNetABI

/// A tensor that a library describes: an input, an output, or a value inside the workspace.
public struct NetTensor: Hashable, Sendable {
    public let name: String
    /// With the batch in front: `[1, 224, 224, 3]`.
    public let shape: [Int]
    /// Bytes from the start of the workspace to its first element.
    public let offset: Int
    /// Channel c, row h, column w lies at `c / block · plane + h · row + w · block + c % block` floats from `offset`.
    public let block, plane, row: Int
    /// It holds its values after the first step and until the last has begun.
    public let steps: ClosedRange<Int>

    /// The number of floats.
    public var count: Int { shape.reduce(1, *) }

    init(_ tensor: netc_tensor) {
        name = String(cString: tensor.name)
        var extents = tensor.shape
        shape = withUnsafeBytes(of: &extents) { raw in
            raw.bindMemory(to: Int64.self).prefix(Int(max(0, min(tensor.rank, 8)))).map(Int.init)
        }
        (offset, block) = (Int(tensor.offset), Int(tensor.block))
        (plane, row) = (Int(tensor.plane), Int(tensor.row))
        steps = Int(tensor.first_step)...max(Int(tensor.first_step), Int(tensor.last_step))
    }

    /// Rows, columns and channels; a vector is an image of one pixel, a sequence an image of one row.
    var image: (height: Int, width: Int, channels: Int) {
        let extents = Array(shape.dropFirst())
        let channels = extents.last ?? 1
        let width = extents.count > 1 ? extents[extents.count - 2] : 1
        return (extents.dropLast(2).reduce(1, *), width, channels)
    }
}

/// A step of the generated code: one or several layers by one kernel.
public struct NetStep: Hashable, Sendable {
    /// The names of the layers, joined by " + ".
    public let layers: String
    public let kernel: String
    /// Multiply-adds of the layers, a convolution's as its definition has them.
    public let macs: Int
    /// Multiplications by which they are computed: fewer under an algorithm that saves some.
    public let products: Int
    /// Bytes that must at least be moved: inputs, weights and outputs, each once.
    public let bytes: Int

    init(_ step: netc_step, products: UInt64?) {
        (layers, kernel) = (String(cString: step.layers), String(cString: step.kernel))
        (macs, bytes) = (Int(step.macs), Int(step.bytes))
        self.products = products.map(Int.init) ?? macs
    }
}
