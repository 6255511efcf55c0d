import Foundation
import IR
import Kernels

/// A tensor in Keras' order, height × width × channels.
struct Image {
    var height, width, channels: Int
    var values: [Float]

    /// A tensor in the memory of a layout, borders included.
    struct InMemory {
        var layout: Layout
        var memory: [Float]
    }

    init(_ height: Int, _ width: Int, _ channels: Int, values: [Float]) {
        precondition(values.count == height * width * channels)
        (self.height, self.width, self.channels, self.values) = (height, width, channels, values)
    }

    /// Numbers between -2 and 2 that look random.
    init(_ height: Int, _ width: Int, _ channels: Int, seed: Int = 1) {
        var generator = Mixer(state: UInt64(truncatingIfNeeded: seed &* 7919 &+ 13))
        self.init(
            height, width, channels,
            values: (0..<(height * width * channels)).map { _ in
                Float(Int(generator.next() >> 40) - (1 << 23)) / Float(1 << 22)
            })
    }

    init(_ height: Int, _ width: Int, _ channels: Int, _ element: (Int, Int, Int) -> Double) {
        var values: [Float] = []
        for row in 0..<height {
            for column in 0..<width {
                for channel in 0..<channels { values.append(Float(element(row, column, channel))) }
            }
        }
        self.init(height, width, channels, values: values)
    }

    /// What the memory of a layout holds.
    init(unpacking memory: [Float], _ layout: Layout) {
        let slots = layout.slotOfChannel.map { $0! }
        self.init(layout.height, layout.width, slots.count) { row, column, channel in
            Double(
                memory[layout.origin + layout.offset(slot: slots[channel]) + row * layout.row + column * layout.pixel])
        }
    }

    subscript(row: Int, column: Int, channel: Int) -> Double {
        Double(values[(row * width + column) * channels + channel])
    }

    /// In memory, with `border` in border cells and large numbers in empty slots.
    func packed(_ layout: Layout, border: Float = .nan) -> InMemory {
        precondition(layout.height == height && layout.width == width)
        var memory = [Float](repeating: border, count: layout.count)
        for (slot, channel) in layout.slots.enumerated() {
            for row in 0..<height {
                for column in 0..<width {
                    memory[layout.origin + layout.offset(slot: slot) + row * layout.row + column * layout.pixel] =
                        channel < 0 ? 3e37 : channel < channels ? Float(self[row, column, channel]) : .nan
                }
            }
        }
        return InMemory(layout: layout, memory: memory)
    }
}

/// SplitMix64.
private struct Mixer {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// Layouts of an image that differ in order, borders and slots.
func layouts(lanes: Int, _ height: Int, _ width: Int, _ channels: Int) -> [Layout] {
    var bordered = Layout.blocked(lanes: lanes, height: height, width: width, channels: channels)
    (bordered.top, bordered.bottom, bordered.left, bordered.right) = (1, 2, 3, 1)
    var interleaved = Layout.interleaved(lanes: lanes, height: height, width: width, channels: channels)
    let plain = interleaved
    (interleaved.top, interleaved.bottom, interleaved.left, interleaved.right) = (2, 0, 1, 2)
    return [
        Layout.blocked(lanes: lanes, height: height, width: width, channels: channels), bordered, plain, interleaved,
    ]
}

/// The blocked layout with channels in another order, about every `stride`th, and empty slots between them.
func shuffled(_ layout: Layout, stride: Int) -> Layout {
    let channels = layout.channels
    let stride = (stride...).first { candidate in
        !(2...max(2, channels)).contains { candidate % $0 == 0 && channels % $0 == 0 }
    }!
    var result = layout
    var slots = (0..<channels).map { $0 * stride % channels }
    slots.insert(-1, at: channels / 2)
    slots += Array(repeating: -1, count: (layout.lanes - slots.count % layout.lanes) % layout.lanes)
    result.slots = slots
    return result
}

let channelCounts = [1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 64]

/// A constant of random-looking numbers.
func vector(_ count: Int, seed: Int) -> Constant {
    Constant(shape: [count], values: Image(1, 1, count, seed: seed).values)
}

func exponential(_ x: Double) -> Double { exp(x) }

func complementaryErrorFunction(_ x: Double) -> Double { erfc(x) }
