import IR

extension Constant {
    /// Elements computed in double precision, rounded once.
    init(shape: [Int], rounding elements: [Double]) {
        self.init(shape: shape, values: elements.map { Float($0) })
    }

    /// The constant with the element at each position multiplied by `factors[channel]`, where channels follow each other every `stride` elements
    /// and begin again after the last.
    func multiplied(by factors: [Double], stride: Int = 1) -> Constant {
        var result = self
        result.values.withUnsafeMutableBufferPointer { elements in
            var position = 0
            while position < elements.count {
                for factor in factors {
                    for i in position..<position + stride { elements[i] = Float(Double(elements[i]) * factor) }
                    position += stride
                }
            }
        }
        return result
    }
}

/// `scale·x + shift` for each channel, in double precision while passes compute with it.
struct Affine {
    var scale: [Double]
    var shift: [Double]

    /// What a later one makes of this one's result.
    func followed(by other: Affine) -> Affine {
        let channels = max(scale.count, other.scale.count)
        let a = expanded(to: channels)
        let b = other.expanded(to: channels)
        return Affine(
            scale: zip(a.scale, b.scale).map { $0 * $1 },
            shift: (0..<channels).map { a.shift[$0] * b.scale[$0] + b.shift[$0] })
    }

    /// For that many channels: the few it has, repeated.
    func expanded(to channels: Int) -> Affine {
        precondition(channels % scale.count == 0)
        let repeats = channels / scale.count
        return Affine(
            scale: Array(repeatElement(scale, count: repeats).joined()),
            shift: Array(repeatElement(shift, count: repeats).joined()))
    }

    var hasShift: Bool { shift.contains { $0 != 0 } }

    /// `scale and shift`, for remarks.
    var summary: String {
        let scales = scale.contains { $0 != 1 }
        return scales && hasShift ? "scale and shift" : scales ? "scale" : "shift"
    }
}
