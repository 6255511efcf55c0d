/* y = activation(scale·(x ∘ x2) + shift), negative results times a slope; without an operator, of x alone.

   An item is a run of vectors in one row of the image: the columns of one vector of slots (blocked), the vectors of one
   column or those of a whole row (interleaved). Partial in memory is the last vector of a run, or every vector of the
   last run. Weights: a record of scale, shift and slope for each vector of slots, or for each element. An operand may
   repeat along rows, columns or channels, and may be y. */
#include "vector.c"
/* netc: shared */
/* The vectors of a run: `lanes` floats of memory each, or one float for all lanes. */
typedef struct {
    const float *at;
    int step, lanes, is_splat;
} element_operand;

static INLINE vf element_load(const element_operand x, int i) {
    return x.is_splat ? broadcast(x.at[i * x.step]) : load_partial(x.at + i * x.step, x.lanes);
}

enum { NOTHING, ADD, SUBTRACT, MULTIPLY, MAXIMUM, MINIMUM };

/* x ∘ vector i of the other operand; maximum and minimum are NaN where either is. */
static INLINE vf element_combine(const int operator, const vf x, const element_operand other, int i) {
    if (operator == NOTHING) return x;
    const vf x2 = element_load(other, i);
    const vi is_nan = (vi)(x2 != x2);
    switch (operator) {
    case ADD: return x + x2;
    case SUBTRACT: return x - x2;
    case MULTIPLY: return x * x2;
    case MAXIMUM: return choose((vi)(x < x2) | is_nan, x2, x);
    default: return choose((vi)(x2 < x) | is_nan, x2, x);
    }
}

/* A function of the elements: an activation of scale·x + shift, and a factor for negative results. Scale, shift and
   slope are positions of vectors in a record, or -1 where there is none. */
typedef struct {
    int scale, shift, slope, activation;
    float a, b, c;
} element_function;

static INLINE vf element_apply(const element_function f, const float *record, vf x) {
    if (f.scale >= 0) x *= load_aligned(record + f.scale * VL);
    if (f.shift >= 0) x += load_aligned(record + f.shift * VL);
    x = activate(f.activation, f.a, f.b, f.c, x);
    if (f.slope >= 0) x = choose((vi)(x < 0.0f), x * load_aligned(record + f.slope * VL), x);
    return x;
}
/* netc: kernel */
static NOINLINE void elementwise(
    const float *x, const float *x2, const float *restrict weights, float *y, int first, int last) {
    /* netc: constants */
    enum {
        HEIGHT = 14,
        OUTER = 2,
        OUTER_FULL = 2,
        RUN = 14,
        RUN_FULL = 14,
        X_ROW = 14 * VL,
        X_OUTER = 14 * 14 * VL,
        X_STEP = VL,
        X_LANES = VL,
        X_IS_SPLAT = 0,
        X2_ROW = 14 * VL,
        X2_OUTER = 14 * 14 * VL,
        X2_STEP = VL,
        X2_LANES = VL,
        X2_IS_SPLAT = 0,
        Y_ROW = 14 * VL,
        Y_OUTER = 14 * 14 * VL,
        Y_STEP = VL,
        Y_LANES = VL,
        OPERATOR = ADD,
        RECORD_ROW = 0,
        RECORD_OUTER = 2 * VL,
        RECORD_STEP = 0,
        SCALE = 0,
        SHIFT = 1,
        SLOPE = -1,
        IS_MASKED = 0,
        VALID_OUTER = 0,
        VALID_STEP = 0,
        ACTIVATION = RELU,
    };
    static const float ACTIVATION_A = 0.0f;
    static const float ACTIVATION_B = 0.0f;
    static const float ACTIVATION_C = 0.0f;
    static const int VALID[] = {0};
    /* netc: end */
    const element_function function = {SCALE, SHIFT, SLOPE, ACTIVATION, ACTIVATION_A, ACTIVATION_B, ACTIVATION_C};
    for (int item = first; item < last; item++) {
        const int row = item % HEIGHT, outer = item / HEIGHT;
        const int full = OUTER_FULL == OUTER || outer < OUTER_FULL ? RUN_FULL : 0;
        const int *valid = VALID + outer * VALID_OUTER;
        const float *record = weights + row * RECORD_ROW + outer * RECORD_OUTER;
        const float *from = x + row * X_ROW + outer * X_OUTER, *from2 = x2 + row * X2_ROW + outer * X2_OUTER;
        float *to = y + row * Y_ROW + outer * Y_OUTER;
        for (int i = 0; i < full; i++) {
            vf value = element_load((element_operand){from, X_STEP, VL, X_IS_SPLAT}, i);
            value = element_combine(OPERATOR, value, (element_operand){from2, X2_STEP, VL, X2_IS_SPLAT}, i);
            value = element_apply(function, record + i * RECORD_STEP, value);
            if (IS_MASKED) value = keep_lanes((unsigned)valid[i * VALID_STEP], value);
            store(to + i * Y_STEP, value);
        }
        for (int i = full; i < RUN; i++) {
            vf value = element_load((element_operand){from, X_STEP, X_LANES, X_IS_SPLAT}, i);
            value = element_combine(OPERATOR, value, (element_operand){from2, X2_STEP, X2_LANES, X2_IS_SPLAT}, i);
            value = element_apply(function, record + i * RECORD_STEP, value);
            if (IS_MASKED) value = keep_lanes((unsigned)valid[i * VALID_STEP], value);
            store_partial(to + i * Y_STEP, Y_LANES, value);
        }
    }
}
