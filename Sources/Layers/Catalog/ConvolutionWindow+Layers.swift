import IR
import Network

/// Keyword arguments of convolutions and Dense that matter in training only.
let convolutionTrainingAttributes = [
    "kernel_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint", "bias_constraint",
]

extension ConvolutionWindow {
    /// Its positions along height and width of an image.
    func outputExtents(of image: Shape) -> [Int] { [0, 1].map { outputExtent($0, of: image[$0]) } }

    /// What one output sees of the input.
    var fieldOfView: FieldOfView {
        .window(
            size: [0, 1].map { effectiveKernel(kernel[$0], dilation: dilation[$0]) }, stride: strides, divisor: [1, 1])
    }

    /// The zeros around an input of the given shape, as the IR writes them.
    func loweredMargins(for input: [Int]) -> Margins {
        let (top, bottom) = margins(0, of: input[0])
        let (left, right) = margins(1, of: input[1])
        return Margins(top: top, bottom: bottom, left: left, right: right)
    }
}
