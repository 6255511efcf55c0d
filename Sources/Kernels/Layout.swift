/// How an image lies in memory.
///
/// Channels live in *slots*. The element of slot s, row h, column w is at
/// `(s / lanes)·vector + h·row + w·pixel + s % lanes` floats from the interior's first element, where `lanes` is the vector width. Blocked (NCHWc): `pixel = lanes`, `vector`
/// is a whole plane. Interleaved (NHWC): `vector = lanes`, `pixel` is the number of channels. Vectors are seen as images of 1×1, sequences as
/// images of height 1.
public struct Layout: Hashable, Sendable {
    public enum Order: Hashable, Sendable { case blocked, interleaved }
    public var order: Order
    /// The vector width in floats.
    public var lanes: Int
    public var height, width: Int
    /// The channel that each slot holds, or -1 for a slot that holds nothing of interest (to be given no weight). Blocked: a multiple of `lanes`.
    /// A channel shuffle is another order of the same slots; a concatenation is slots in a row.
    public var slots: [Int]
    /// Cells around the interior that belong to the buffer and hold zeros when a step reads them.
    public var top, bottom, left, right: Int

    public init(
        _ order: Order, lanes: Int, height: Int, width: Int, slots: [Int], top: Int = 0, bottom: Int = 0, left: Int = 0,
        right: Int = 0
    ) {
        self.order = order
        self.lanes = lanes
        self.height = height
        self.width = width
        self.slots = slots
        self.top = top
        self.bottom = bottom
        self.left = left
        self.right = right
    }

    /// Floats from one column to the next.
    public var pixel: Int { order == .blocked ? lanes : slots.count }
    /// Floats from one row to the next.
    public var row: Int { (left + width + right) * pixel }
    /// Floats from one vector of slots to the next.
    public var vector: Int { order == .blocked ? (top + height + bottom) * row : lanes }
    /// Floats from the buffer's start to the interior's first element.
    public var origin: Int { top * row + left * pixel }
    /// Floats of the whole buffer, borders included.
    public var count: Int {
        order == .blocked ? slots.count / lanes * vector : (top + height + bottom) * row
    }
    /// Vectors of slots; the last one of an interleaved layout may be partial.
    public var vectors: Int { (slots.count + lanes - 1) / lanes }

    /// Floats from the interior's first element to that of a slot.
    public func offset(slot: Int) -> Int { slot / lanes * vector + slot % lanes }

    /// Channels in order, padded to whole vectors.
    public static func blocked(lanes: Int, height: Int, width: Int, channels: Int) -> Layout {
        let slots = (channels + lanes - 1) / lanes * lanes
        return Layout(
            .blocked, lanes: lanes, height: height, width: width, slots: (0..<slots).map { $0 < channels ? $0 : -1 })
    }

    /// Keras' NHWC without borders: the layout of public inputs and outputs.
    public static func interleaved(lanes: Int, height: Int, width: Int, channels: Int) -> Layout {
        Layout(.interleaved, lanes: lanes, height: height, width: width, slots: Array(0..<channels))
    }
}
