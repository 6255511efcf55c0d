#include "elementary.c"
/* Kinds of activation, with their parameters a, b, c: what a kernel applies to each element before it stores it. */
enum {
    LINEAR,
    RELU,
    CLIPPED_RELU, /* min(max(x, 0), a) */
    LEAKY_RELU,   /* x <= c: b·(x - c); else x */
    RECTIFIER,    /* x <= c: b·(x - c); else min(x, a) */
    ELU,          /* x < 0: a·(e^x - 1) */
    SELU,
    CELU, /* x < 0: a·(e^(x/a) - 1) */
    GELU,
    GELU_TANH,
    SIGMOID,
    LOG_SIGMOID,
    SILU,
    BINARY_SILU, /* 256·x / (1 + 2^-x) */
    HARD_SIGMOID,
    HARD_SILU,
    SIXFOLD_HARD_SILU,
    HARD_TANH,
    TANH,
    SOFTPLUS,
    SOFTSIGN,
    EXPONENTIAL,
    MISH,
    HARD_SHRINK, /* 0 between -1/2 and 1/2 */
    SOFT_SHRINK, /* 1/2 nearer to 0 */
    TANH_SHRINK,
    SPARSE_PLUS, /* (x + 1)^2/4 between 0 up to -1 and x from 1 on */
    SPARSE_SIGMOID,
    SQUAREPLUS,
    CLIP, /* min(max(x, a), b) */
    AT_LEAST, /* max(x, a) */
    AT_MOST, /* min(x, a) */
    POWER, /* x^a */
    ABS,
    SQUARE,
    SQRT,
    RSQRT,
    RECIPROCAL,
    NEGATIVE,
    LOG,
    LOG1P,
    EXPM1,
    FLOOR,
    CEIL,
    ROUND,
    SIGN,
    SIN,
    COS,
    TAN,
    ARCSIN,
    ARCCOS,
    ARCTAN,
    SINH,
    COSH,
    ARCSINH,
    ARCCOSH,
    ARCTANH,
    ERF
};

static INLINE vf rectifier(const float maximum, const float slope, const float threshold, vf x) {
    vf limit = broadcast(threshold);
    return choose((vi)(x <= limit), slope == 0 ? (vf){0} : slope * (x - limit), at_most(x, broadcast(maximum)));
}

/* x > 0: scale·x; else scale·alpha·(e^x - 1). */
static INLINE vf exponential_unit(vf scale, vf alpha, vf x, vf argument) {
    return scale * choose((vi)(x > 0.0f), x, alpha * expm1_of_negative(at_most(argument, (vf){0})));
}

static INLINE vf activate(const int kind, const float a, const float b, const float c, vf x) {
    (void)a, (void)b, (void)c;
    switch (kind) {
    case RELU: return relu(x);
    case CLIPPED_RELU: return at_most(relu(x), broadcast(a));
    case LEAKY_RELU: return rectifier(__builtin_inff(), b, c, x);
    case RECTIFIER: return rectifier(a, b, c, x);
    case ELU: return exponential_unit(broadcast(1.0f), broadcast(a), x, x);
    case SELU: return exponential_unit(broadcast(1.05070099f), broadcast(1.67326324f), x, x);
    case CELU: return exponential_unit(broadcast(1.0f), broadcast(a), x, x / broadcast(a));
    case GELU: return gelu(x);
    case GELU_TANH: return gelu_tanh(x);
    case SIGMOID: return sigmoid(x);
    case LOG_SIGMOID: return -softplus(-x);
    case SILU: return silu(x);
    case BINARY_SILU: return binary_silu(x);
    case HARD_SIGMOID: return hard_sigmoid(x);
    case HARD_SILU: return x * hard_sigmoid(x);
    case SIXFOLD_HARD_SILU: return x * at_most(at_least(x + 3.0f, (vf){0}), broadcast(6.0f));
    case HARD_TANH: return at_most(at_least(x, broadcast(-1.0f)), broadcast(1.0f));
    case TANH: return hyperbolic_tangent(x);
    case SOFTPLUS: return softplus(x);
    case SOFTSIGN: return x / (absolute(x) + 1.0f);
    case EXPONENTIAL: return exponential(x);
    case MISH: return mish(x);
    case HARD_SHRINK: return choose((vi)(absolute(x) <= 0.5f), (vf){0}, x);
    case SOFT_SHRINK: return x - at_most(at_least(x, broadcast(-0.5f)), broadcast(0.5f));
    case TANH_SHRINK: return tanh_shrink(x);
    case SPARSE_PLUS: return choose((vi)(x < 1.0f), 0.25f * relu(x + 1.0f) * relu(x + 1.0f), x);
    case SPARSE_SIGMOID: return at_most(at_least((x + 1.0f) * 0.5f, (vf){0}), broadcast(1.0f));
    case SQUAREPLUS: return squareplus(x);
    case CLIP: return at_most(at_least(x, broadcast(a)), broadcast(b));
    case AT_LEAST: return at_least(x, broadcast(a));
    case AT_MOST: return at_most(x, broadcast(a));
    case POWER: return real_power(x, broadcast(a));
    case ABS: return absolute(x);
    case SQUARE: return x * x;
    case SQRT: return square_root(x);
    case RSQRT: return reciprocal_square_root(x);
    case RECIPROCAL: return 1.0f / x;
    case NEGATIVE: return -x;
    case LOG: return narrowed(wide_logarithm(widened(x)));
    case LOG1P: return logarithm_of_successor(x);
    case EXPM1: return exponential_less_one(x);
    case FLOOR: return rounded_down(x);
    case CEIL: return -rounded_down(-x);
    case ROUND: return rounded(x);
    case SIGN: return sign(x);
    case SIN: return sine(x);
    case COS: return cosine(x);
    case TAN: return tangent(x);
    case ARCSIN: return arcsine(x);
    case ARCCOS: return arccosine(x);
    case ARCTAN: return narrowed(wide_arctangent(widened(x)));
    case SINH: return hyperbolic_sine(x);
    case COSH: return hyperbolic_cosine(x);
    case ARCSINH: return hyperbolic_arcsine(x);
    case ARCCOSH: return hyperbolic_arccosine(x);
    case ARCTANH: return hyperbolic_arctangent(x);
    case ERF: return error_function(x);
    default: return x;
    }
}
