/// How much of the network's input one element of a tensor sees.
public enum ReceptiveField: Hashable, Sendable {
    /// Pixels along height and width.
    case pixels(height: Int, width: Int)
    /// The whole input.
    case all
}

/// The receptive field as it grows from layer to layer. Per axis: the field grows by (window − 1) jumps, the jump being the distance
/// in input pixels between neighbouring cells; then strides multiply the jump. Upsampling and transposed convolution divide the
/// jump first, and what they add is rounded up to whole pixels.
struct Reach: Equatable {
    /// Height and width; `nil` where an element sees everything.
    private var axes: [(size: Rational, jump: Rational)]?

    /// One cell of an input.
    static let pixel = Reach(axes: [(Rational(1), Rational(1)), (Rational(1), Rational(1))])
    static let all = Reach(axes: nil)

    private init(axes: [(size: Rational, jump: Rational)]?) { self.axes = axes }

    static func == (a: Reach, b: Reach) -> Bool { a.field == b.field }

    /// The field in whole pixels.
    var field: ReceptiveField {
        guard let axes else { return .all }
        return .pixels(height: axes[0].size.roundedUp, width: axes[1].size.roundedUp)
    }

    /// What an element sees that depends on elements of both.
    func joined(with other: Reach) -> Reach {
        guard let axes, let others = other.axes else { return .all }
        return Reach(
            axes: zip(axes, others).map { (Rational.max($0.size, $1.size), Rational.max($0.jump, $1.jump)) })
    }

    /// The reach through one more layer.
    func through(_ view: FieldOfView) -> Reach {
        switch view {
        case .point: return self
        case .all: return .all
        case .window(let size, let stride, let divisor):
            guard var axes else { return .all }
            for axis in axes.indices {
                axes[axis].jump = axes[axis].jump * Rational(1, divisor[axis])
                let growth = Rational(size[axis] - 1) * axes[axis].jump
                axes[axis].size = axes[axis].size + (divisor[axis] == 1 ? growth : Rational(growth.roundedUp))
                axes[axis].jump = axes[axis].jump * Rational(stride[axis])
            }
            return Reach(axes: axes)
        }
    }
}
