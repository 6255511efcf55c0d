/// Cells around an image, in elements: added when positive, cut off when negative.
public struct Margins: Hashable, Sendable {
    public var top, bottom, left, right: Int
    public init(top: Int, bottom: Int, left: Int, right: Int) {
        self.top = top
        self.bottom = bottom
        self.left = left
        self.right = right
    }
    public static let zero = Margins(top: 0, bottom: 0, left: 0, right: 0)
}

/// Height and width of something.
public struct Extent: Hashable, Sendable {
    public var height, width: Int
    public init(_ height: Int, _ width: Int) {
        self.height = height
        self.width = width
    }
    public static let one = Extent(1, 1)
}

/// What happens to an accumulated element before it is stored: `last(first(acc) + residual)`, the residual being the operation's last input;
/// below zero times a slope.
public struct Epilogue: Hashable, Sendable {
    public var first: Activation
    public var addsResidual: Bool
    public var last: Activation
    /// `[channels]`: a negative result is multiplied by its channel's (PReLU). Only where no residual is added.
    public var negativeSlope: Constant?

    public init(
        first: Activation = .linear, addsResidual: Bool = false, last: Activation = .linear,
        negativeSlope: Constant? = nil
    ) {
        self.first = first
        self.addsResidual = addsResidual
        self.last = last
        self.negativeSlope = negativeSlope
    }
}

/// A 2-D convolution over an image; `groups == channels` is depthwise. One-dimensional ones have height 1.
public struct Convolution: Hashable, Sendable {
    public var kernel: Extent
    public var strides: Extent
    public var dilation: Extent
    /// Zeros around the input.
    public var padding: Margins
    public var groups: Int
    public var filters: Int
    /// `[kernel height, kernel width, input channels / groups, filters]`; group g makes filters `g·filters/groups ..<`.
    /// A depthwise kernel has shape `[height, width, 1, channels·multiplier]` in this form, output `c·multiplier + m`.
    public var weights: Constant
    /// `[filters]`.
    public var bias: Constant?
    public var epilogue: Epilogue
    /// Whether the second input, a factor for each channel, multiplies the first one.
    public var scalesInput = false
    /// What happens to each element of the image before it is read: padding is zero behind that. Of one input.
    public var prologue: Elementwise?
    /// What happens to the map behind the epilogue, whose residual has the map's shape.
    public var pooling: Pooling?

    public init(
        kernel: Extent, strides: Extent = .one, dilation: Extent = .one, padding: Margins = .zero, groups: Int = 1,
        filters: Int,
        weights: Constant, bias: Constant? = nil, epilogue: Epilogue = Epilogue(), pooling: Pooling? = nil
    ) {
        self.kernel = kernel
        self.strides = strides
        self.dilation = dilation
        self.padding = padding
        self.groups = groups
        self.filters = filters
        self.weights = weights
        self.bias = bias
        self.epilogue = epilogue
        self.pooling = pooling
    }

    /// The rows of the padded input that so many rows of the result read.
    public func inputRows(for rows: Int) -> Int {
        (rows - 1) * strides.height + (kernel.height - 1) * dilation.height + 1
    }

    /// The columns of the padded input that so many columns of the result read.
    public func inputColumns(for columns: Int) -> Int {
        (columns - 1) * strides.width + (kernel.width - 1) * dilation.width + 1
    }

    /// A depthwise convolution: one input channel to a group.
    public func isDepthwise(inputChannels: Int) -> Bool { groups == inputChannels && groups > 1 }

    /// One pixel to one pixel, all channels.
    public var isPointwise: Bool { kernel == .one && strides == .one && padding == .zero && groups == 1 }
}

/// The gradient of a convolution: input (i, j) adds `weights·x` at output `(i·stride + r·dilation − crop)`.
public struct TransposedConvolution: Hashable, Sendable {
    public var kernel: Extent
    public var strides: Extent
    public var dilation: Extent
    /// Cells cut off the start of the full result (top, left); the end is cut to the output's shape, or zero-filled (bias only)
    /// beyond the full result.
    public var cropTop: Int
    public var cropLeft: Int
    public var filters: Int
    /// `[kernel height, kernel width, filters, input channels]`, as in Keras.
    public var weights: Constant
    public var bias: Constant?
    public var epilogue: Epilogue

    public init(
        kernel: Extent, strides: Extent, dilation: Extent = .one, cropTop: Int, cropLeft: Int, filters: Int,
        weights: Constant,
        bias: Constant? = nil, epilogue: Epilogue = Epilogue()
    ) {
        self.kernel = kernel
        self.strides = strides
        self.dilation = dilation
        self.cropTop = cropTop
        self.cropLeft = cropLeft
        self.filters = filters
        self.weights = weights
        self.bias = bias
        self.epilogue = epilogue
    }
}

/// `y[…, n] = Σ_k x[…, k]·weights[k, n] + bias[n]`.
public struct MatrixProduct: Hashable, Sendable {
    /// `[inputs, units]`.
    public var weights: Constant
    public var bias: Constant?
    public var epilogue: Epilogue

    public init(weights: Constant, bias: Constant? = nil, epilogue: Epilogue = Epilogue()) {
        self.weights = weights
        self.bias = bias
        self.epilogue = epilogue
    }
}

/// Maximum or mean over windows of an image. Cells outside the image never count: not as zero, not in the divisor.
public struct Pooling: Hashable, Sendable {
    public enum Kind: Hashable, Sendable { case maximum, average }
    public var kind: Kind
    public var window: Extent
    public var strides: Extent
    public var padding: Margins

    public init(_ kind: Kind, window: Extent, strides: Extent, padding: Margins = .zero) {
        self.kind = kind
        self.window = window
        self.strides = strides
        self.padding = padding
    }
}

/// Mean, maximum, minimum, sum or product over all positions of an image, to one vector of channels.
public struct Reduction: Hashable, Sendable {
    public enum Kind: Hashable, Sendable, CaseIterable { case mean, maximum, minimum, sum, product }
    public var kind: Kind
    public init(_ kind: Kind) { self.kind = kind }
}

/// `activation(scale[c]·(a ∘ b) + shift[c])`. Inputs broadcast as in NumPy; with one input there is no `∘`.
public struct Elementwise: Hashable, Sendable {
    public enum Operator: Hashable, Sendable { case add, subtract, multiply, divide, power, maximum, minimum }
    /// `nil` with one input.
    public var combine: Operator?
    /// `[channels]` or `[1]`.
    public var scale: Constant?
    public var shift: Constant?
    public var activation: Activation
    /// `[channels]` or of the shape of the value: y < 0 is multiplied by it (PReLU), after the activation.
    public var negativeSlope: Constant?

    public init(
        combine: Operator? = nil, scale: Constant? = nil, shift: Constant? = nil, activation: Activation = .linear,
        negativeSlope: Constant? = nil
    ) {
        self.combine = combine
        self.scale = scale
        self.shift = shift
        self.activation = activation
        self.negativeSlope = negativeSlope
    }
}

/// Enlargement of an image by whole factors.
public struct Upsampling: Hashable, Sendable {
    public enum Method: Hashable, Sendable { case nearest, bilinear }
    public var method: Method
    public var factor: Extent

    public init(_ method: Method, factor: Extent) {
        self.method = method
        self.factor = factor
    }
}

/// Cells chosen along one axis: cell i of the result is cell `indices[i]` of the input, or holds `fill` where that is `Gather.outside`.
public struct Gather: Hashable, Sendable {
    /// Counted from 0.
    public var axis: Int
    public var indices: [Int]
    /// Zero where the axis is that of the channels.
    public var fill: Float

    /// The index of no cell.
    public static let outside = -1

    public init(axis: Int, indices: [Int], fill: Float = 0) {
        self.axis = axis
        self.indices = indices
        self.fill = fill
    }
}

/// Weighted sums of the cells of an image, along height and width apart: a change of its size by interpolation.
///
/// `y[h, w] = Σ rows.weights[h][i]·columns.weights[w][j]·x[rows.starts[h] + i, columns.starts[w] + j] + fill·(rows.outside[h] + columns.outside[w])`
public struct Resampling: Hashable, Sendable {
    /// What the cells along one axis of the result are made of.
    public struct Axis: Hashable, Sendable {
        /// The first cell of the input that counts for each cell of the result.
        public var starts: [Int]
        /// The weights of that cell and those behind it; none for a cell of the result that sees no cell of the input.
        public var weights: [[Float]]
        /// The weight of what lies outside the input.
        public var outside: [Float]

        public init(starts: [Int], weights: [[Float]], outside: [Float]) {
            self.starts = starts
            self.weights = weights
            self.outside = outside
        }
    }
    public var rows: Axis
    public var columns: Axis
    /// What lies outside the input; along one axis at most.
    public var fill: Float

    public init(rows: Axis, columns: Axis, fill: Float = 0) {
        self.rows = rows
        self.columns = columns
        self.fill = fill
    }
}

/// `x / (bias + alpha·Σ x²)^beta` over `size` neighbouring channels, cut off at the ends (Krizhevsky 2012; alpha is not divided by size).
/// An even window reaches one channel further behind than before, as ONNX's LRN does.
public struct LocalResponse: Hashable, Sendable {
    public var size: Int
    public var alpha, beta, bias: Float

    /// The channels of the window before an element's own.
    package var before: Int { (size - 1) / 2 }
    /// The channels of the window behind an element's own.
    package var behind: Int { size / 2 }

    public init(size: Int, alpha: Float, beta: Float, bias: Float) {
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.bias = bias
    }
}

/// `(x − mean) / √(variance + epsilon)·scale[c] + shift[c]`, mean and variance being those of the elements around x itself.
public struct MomentNormalization: Hashable, Sendable {
    /// The elements that share moments.
    public enum Span: Hashable, Sendable {
        /// The channels of one position.
        case position
        /// The channels of one of that many groups of neighbours, at all positions.
        case groups(Int)
    }
    public var span: Span
    public var epsilon: Float
    /// The least that `variance + epsilon` counts as.
    public var least: Float
    /// Whether the variance is that around the mean; otherwise the mean of the squares.
    public var centresVariance: Bool
    /// Whether the mean is taken off the result.
    public var centresResult: Bool
    /// `[channels]`.
    public var scale: Constant?
    public var shift: Constant?

    public init(
        _ span: Span, epsilon: Float, least: Float = 0, centresVariance: Bool = true, centresResult: Bool = true,
        scale: Constant? = nil, shift: Constant? = nil
    ) {
        self.span = span
        self.epsilon = epsilon
        self.least = least
        self.centresVariance = centresVariance
        self.centresResult = centresResult
        self.scale = scale
        self.shift = shift
    }
}

/// A depthwise convolution with the pointwise one that alone reads it, with the one that it alone reads, or with both (the inverted
/// residual of MobileNet v2, Sandler et al. 2018), as one kernel: what lies between them stays in cache.
public struct Separable: Hashable, Sendable {
    public var expansion: Convolution?
    public var depthwise: Convolution
    public var pointwise: Convolution?

    public init(expansion: Convolution? = nil, depthwise: Convolution, pointwise: Convolution?) {
        self.expansion = expansion
        self.depthwise = depthwise
        self.pointwise = pointwise
    }

    /// The convolutions in their order.
    public var stages: [Convolution] { [expansion, depthwise, pointwise].compactMap { $0 } }

    /// The epilogue of the last one.
    public var epilogue: Epilogue {
        get { pointwise?.epilogue ?? depthwise.epilogue }
        set { if pointwise == nil { depthwise.epilogue = newValue } else { pointwise!.epilogue = newValue } }
    }
}

/// What passes and kernels reason about: a dozen kinds of arithmetic and addressing, whatever the layers that were written.
public enum Primitive: Hashable, Sendable {
    /// The public input of that position; no inputs.
    case input(Int)
    case constant(Constant)
    /// One input, the factors that scale it where there are some, and the residual where the epilogue adds one.
    case convolution(Convolution)
    case transposedConvolution(TransposedConvolution)
    case matrixProduct(MatrixProduct)
    /// The product of the matrices of two tensors, `[…, M, K]` by `[…, K, N]`; the axes before are alike, or all 1 or missing in one of them.
    case matmul
    case separable(Separable)
    case pooling(Pooling)
    case reduction(Reduction)
    case elementwise(Elementwise)
    /// Over the given axis (counted from 0).
    case softmax(axis: Int, isLogarithmic: Bool)
    /// The nearest point whose elements along the last axis are not negative and have the sum 1.
    case sparsemax
    case concatenation(axis: Int)
    /// Zeros around an image, or its edges cut off.
    case padding(Margins)
    /// Output channel `c` is input channel `map[c]`: channel shuffle, split along channels.
    case channelGather([Int])
    case gather(Gather)
    /// `start ..< start + count` along an axis other than the channels.
    case slice(axis: Int, start: Int, count: Int)
    case permutation([Int])
    case reshape
    case upsampling(Upsampling)
    case resampling(Resampling)
    case localResponse(LocalResponse)
    case momentNormalization(MomentNormalization)
}
