/* What elementwise kernels do to a run of vectors, shared by those of one operand and of two. */
#include "vector.c"

/* The vectors of a run: `lanes` floats of memory each, or one float for all lanes. */
typedef struct {
    const float *at;
    int step, lanes, is_splat;
} element_operand;

static INLINE vf element_load(const element_operand x, int i) {
    return x.is_splat ? broadcast(x.at[i * x.step]) : load_partial(x.at + i * x.step, x.lanes);
}

enum { NOTHING, ADD, SUBTRACT, MULTIPLY, MAXIMUM, MINIMUM };

/* Maximum and minimum are NaN where either operand is. */
static INLINE vf combine_elements(const int operator, vf x, vf x2) {
    vi is_nan = (vi)(x2 != x2);
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
