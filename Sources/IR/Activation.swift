/// A function of one number. Definitions as in Keras 3.
public enum Activation: Hashable, Sendable {
    case linear
    /// x ≤ threshold: slope·(x − threshold); else min(x, maximum). `maximum` is infinity where there is none. Covers ReLU, ReLU6, LeakyReLU.
    case rectifier(maximum: Float, slope: Float, threshold: Float)
    case elu(alpha: Float)
    case selu
    case celu(alpha: Float)
    case gelu
    case geluTanh
    case sigmoid
    case logSigmoid
    case silu
    /// 256·x / (1 + 2⁻ˣ), so that `silu(x) = ln 2 / 256 · binarySilu(x / ln 2)`: it needs neither a logarithm's digits nor a quotient scaled twice.
    case binarySilu
    /// clip(x/6 + 1/2, 0, 1)
    case hardSigmoid
    /// x · hardSigmoid(x)
    case hardSilu
    /// x · clip(x + 3, 0, 6), six times the hard SiLU.
    case sixfoldHardSilu
    case hardTanh
    case tanh
    case softplus
    case softsign
    case exponential
    case mish
    /// x where |x| > 1/2, else 0
    case hardShrink
    /// x − clip(x, −1/2, 1/2)
    case softShrink
    /// x − tanh x
    case tanhShrink
    /// (x + 1)²/4 between 0 up to −1 and x from 1 on
    case sparsePlus
    /// clip((x + 1)/2, 0, 1)
    case sparseSigmoid
    /// (x + √(x² + 4))/2
    case squareplus
    /// min(max(x, minimum), maximum); a bound that is infinite is none.
    case clip(minimum: Float, maximum: Float)
    /// x to a constant power: of a negative number whole powers alone.
    case power(Float)
    case elementary(ElementaryFunction)

    public static let relu = Activation.rectifier(maximum: .infinity, slope: 0, threshold: 0)
    public static let relu6 = Activation.rectifier(maximum: 6, slope: 0, threshold: 0)
}
