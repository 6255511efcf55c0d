import IR
import Network

/// The axes over which a layer's windows move: those of a tensor beside its channels.
///
/// A layer over sequences is the one over images of height 1: windows and shapes are lifted to height and width, so that the arithmetic of
/// both stands in one file.
protocol Space: Sendable {
    /// The number of these axes.
    static var rank: Int { get }
    /// What the layer takes, with its article.
    static var noun: String { get }
    /// Its axes.
    static var axes: String { get }
}

/// The steps of a sequence.
enum Line: Space {
    static let rank = 1
    static let noun = "a sequence"
    static let axes = "steps×channels"
}

/// The height and width of an image.
enum Plane: Space {
    static let rank = 2
    static let noun = "an image"
    static let axes = "height×width×channels"
}

// MARK: - Shapes

extension Space {
    /// A number for each axis as numbers for height and width; `filler` is that of the height which a sequence lacks.
    static func lift(_ numbers: [Int], filler: Int = 1) -> [Int] {
        Array(repeating: filler, count: 2 - rank) + numbers
    }

    /// The shape as height, width and channels.
    static func image(_ shape: Shape) -> Shape { Shape(lift(shape.dimensions)) }

    /// The shape that has these height, width and channels.
    static func shape(ofImage dimensions: [Int]) -> Shape { Shape(Array(dimensions.suffix(rank + 1))) }

    /// The tensor as an image.
    static func image(_ tensor: RealTensor) -> RealTensor { RealTensor(image(tensor.shape), tensor.values) }

    /// The tensor that is this image.
    static func tensor(ofImage image: RealTensor) -> RealTensor {
        RealTensor(shape(ofImage: image.shape.dimensions), image.values)
    }

    /// Throws unless the only input has these axes and channels; `layer` is the name to report.
    static func require(_ inputs: [Shape], _ layer: String) throws(LayerError) {
        guard inputs[0].rank != rank + 1 else { return }
        throw LayerError("\(layer) expects \(noun) (\(axes)), found \(inputs[0])")
    }

    /// Throws unless the window, lifted to an image, fits the input.
    static func requireFit(_ window: ConvolutionWindow, _ input: Shape, attribute: String) throws(LayerError) {
        guard window.padding == .valid, window.explicitMargins == nil else { return }
        let spans = [0, 1].map { effectiveKernel(window.kernel[$0], dilation: window.dilation[$0]) }
        guard zip(spans, image(input).dimensions).contains(where: { $0 > $1 }) else { return }
        let isDilated = window.dilation != [1, 1]
        throw LayerError(
            "a window of \(text(spans))\(isDilated ? " (dilation included)" : "") is larger than its input \(input)",
            attribute: attribute, hint: "padding='same' adds zeros around the input")
    }

    /// The numbers of height and width that it has, `3×5`.
    static func text(_ numbers: [Int], separator: String = "×") -> String {
        numbers.suffix(rank).map(String.init).joined(separator: separator)
    }
}

extension GraphBuilder {
    /// The value as height, width and channels.
    mutating func image(_ value: ValueID, of space: any Space.Type) -> ValueID {
        reshape(value, to: space.lift(shape(of: value)))
    }

    /// The value that is this image.
    mutating func tensor(ofImage image: ValueID, of space: any Space.Type) -> ValueID {
        reshape(image, to: Array(shape(of: image).suffix(space.rank + 1)))
    }
}

// MARK: - Attributes

extension Space {
    /// `1D` or `2D`, as Keras' names end.
    static var suffix: String { "\(rank)D" }

    /// A whole number for each axis.
    static func numbers(_ bounds: ClosedRange<Int>) -> AttributeType {
        rank == 1 ? .single(bounds) : .pair(bounds)
    }

    /// The same number for each axis, as a default.
    static func repeated(_ number: Int) -> AttributeValue { rank == 1 ? .int(number) : .pair(number, number) }

    static var extentWords: String { rank == 1 ? "the length" : "the height and width" }

    static var kernelSize: Attribute { Attribute("kernel_size", numbers(extents), "\(extentWords) of the kernel") }

    static var strides: Attribute {
        Attribute(
            "strides", numbers(extents), default: repeated(1),
            rank == 1 ? "the step of the window" : "the steps of the window along height and width")
    }

    static var dilation: Attribute {
        Attribute("dilation_rate", numbers(extents), default: repeated(1), "the distance between the kernel's taps")
    }

    /// How the edges are treated; `causal` exists for Conv1D alone.
    static func padding(hasCausal: Bool = false) -> Attribute {
        let causal = hasCausal ? "; 'causal' adds them before the first step, so that no output sees later steps" : ""
        return Attribute(
            "padding", .choice(["valid", "same"] + (hasCausal ? ["causal"] : [])), default: .string("valid"),
            "'valid' keeps the window inside the \(rank == 1 ? "sequence" : "image"); "
                + "'same' adds zeros for an output of ⌈input / stride⌉\(causal)")
    }

    /// How a pooling treats the edges: as `padding`, or by numbers of cells.
    static var poolingPadding: Attribute {
        Attribute(
            "padding", .windowPadding(axes: rank), default: .string("valid"),
            "'valid' keeps the window inside the \(rank == 1 ? "sequence" : "image"); 'same' lets it reach beyond for an "
                + "output of ⌈input / stride⌉; \(marginWords) cells beyond, which never count")
    }

    /// Numbers of cells before and after each axis.
    static var margins: AttributeType { rank == 1 ? .ends : .margins }

    static func margins(_ number: Int) -> AttributeValue {
        .list(Array(repeating: .int(number), count: 2 * rank))
    }

    static var marginWords: String {
        rank == 1 ? "n or (before, after)" : "n, (vertical, horizontal) or ((top, bottom), (left, right))"
    }

    /// The subscripts of a formula: those for an image, or for a sequence.
    static func formula(line: String, plane: String) -> String { rank == 1 ? line : plane }
}

extension AttributeValues {
    /// The window that `kernel_size`, `strides`, `padding` and `dilation_rate` describe, lifted to an image.
    func window(over space: any Space.Type) -> ConvolutionWindow {
        ConvolutionWindow(
            kernel: space.lift(ints("kernel_size")), strides: space.lift(ints("strides")),
            dilation: space.lift(ints("dilation_rate")), padding: padding)
    }

    /// Cells around an image: top, bottom, left, right.
    func margins(_ name: String, over space: any Space.Type) -> [Int] {
        Array(repeating: 0, count: 4 - 2 * space.rank) + ints(name)
    }
}
