/* y = activation(scale·(x ∘ x2) + shift), negative results times a slope; without an operator, of x alone.

   An item is a run of vectors in one row of the image: the columns of one vector of slots (blocked), the vectors of one
   column or those of a whole row (interleaved). Partial in memory is the last vector of a run, or every vector of the
   last run. Weights: a record of scale, shift and slope for each vector of slots, or for each element. An operand may
   repeat along rows, columns or channels, and may be y. */
#include "activation.c"
/* netc: shared */
/* The vectors of a run: `lanes` floats of memory each, or one float for all lanes. */
typedef struct {
    const float *at;
    int step, lanes, is_splat;
} element_operand;

static INLINE vf element_load(const element_operand x, int i) {
    return x.is_splat ? broadcast(x.at[i * x.step]) : load_partial(x.at + i * x.step, x.lanes);
}

enum { NOTHING, ADD, SUBTRACT, MULTIPLY, DIVIDE, RAISE, MAXIMUM, MINIMUM };

/* x ∘ vector i of the other operand; maximum and minimum are NaN where either is. */
static INLINE vf element_combine(const int operator, const vf x, const element_operand other, int i) {
    if (operator == NOTHING) return x;
    const vf x2 = element_load(other, i);
    const vi is_nan = (vi)(x2 != x2);
    switch (operator) {
    case ADD: return x + x2;
    case SUBTRACT: return x - x2;
    case MULTIPLY: return x * x2;
    case DIVIDE: return x / x2;
    case RAISE: return real_power(x, x2);
    case MAXIMUM: return choose((vi)(x < x2) | is_nan, x2, x);
    default: return choose((vi)(x2 < x) | is_nan, x2, x);
    }
}

/* A function of the elements: an activation of scale·x + shift, and a factor for negative results. Scale, shift and
   slope are places of vectors in a record, counted from 1, or 0 where there is none. */
typedef struct {
    int scale, shift, slope, activation;
    float activation_a, activation_b, activation_c;
} element_function;

static INLINE vf element_apply(const element_function f, const float *record, vf x) {
    if (f.scale) x *= load_aligned(record + (f.scale - 1) * VL);
    if (f.shift) x += load_aligned(record + (f.shift - 1) * VL);
    x = activate(f.activation, f.activation_a, f.activation_b, f.activation_c, x);
    if (f.slope) x = choose((vi)(x < 0.0f), x * load_aligned(record + (f.slope - 1) * VL), x);
    return x;
}

typedef struct {
    int row, outer, step; /* floats to the next row, run of vectors, vector of a run */
    int lanes, is_splat;  /* floats of a partial vector; one float for all lanes */
} element_image;

typedef struct {
    int height, outer, run;            /* rows, runs in a row, vectors in a run */
    int partial_outer, partial_run;    /* whether the vectors of the last run are partial, or the last one of each run */
    element_image x, x2, y;
    int operator;
    int record_row, record_outer, record_step;
    element_function function;
    int valid_outer, valid_step; /* lanes that hold nothing become zeros: steps in the table of lanes; 0: none hold nothing */
} element_shape;

/* Vectors first ..< last of a run, of that many lanes in memory. */
static INLINE void element_run(
    const element_shape s, const int x_lanes, const int x2_lanes, const int y_lanes, int first, int last, const float *x,
    const float *x2, const float *record, const int *valid, float *y) {
    for (int i = first; i < last; i++) {
        vf value = element_load((element_operand){x, s.x.step, x_lanes, s.x.is_splat}, i);
        value = element_combine(s.operator, value, (element_operand){x2, s.x2.step, x2_lanes, s.x2.is_splat}, i);
        value = element_apply(s.function, record + i * s.record_step, value);
        if (s.valid_outer || s.valid_step) value = keep_lanes((unsigned)valid[i * s.valid_step], value);
        store_partial(y + i * s.y.step, y_lanes, value);
    }
}

static INLINE void element_items(
    const element_shape s, const float *x, const float *x2, const float *weights, float *y, const int *valid, int first,
    int last) {
    for (int item = first; item < last; item++) {
        const int row = item % s.height, outer = item / s.height;
        const int full = s.partial_outer && outer == s.outer - 1 ? 0 : s.run - s.partial_run;
        const float *from = x + row * s.x.row + outer * s.x.outer, *from2 = x2 + row * s.x2.row + outer * s.x2.outer;
        const float *record = weights + row * s.record_row + outer * s.record_outer;
        const int *own = valid + outer * s.valid_outer;
        float *to = y + row * s.y.row + outer * s.y.outer;
        element_run(s, VL, VL, VL, 0, full, from, from2, record, own, to);
        element_run(s, s.x.lanes, s.x2.lanes, s.y.lanes, full, s.run, from, from2, record, own, to);
    }
}

/* netc: kernel */
static NOINLINE void elementwise(const float *x, const float *x2, IN weights, float *y, int first, int last) {
    /* netc: constants */
    const element_shape shape = {
        .height = 14, .outer = 2, .run = 14, .partial_outer = 0, .partial_run = 0, .valid_outer = 0, .valid_step = 0,
        .x = {.row = 14 * VL, .outer = 14 * 14 * VL, .step = VL, .lanes = VL, .is_splat = 0},
        .x2 = {.row = 14 * VL, .outer = 14 * 14 * VL, .step = VL, .lanes = VL, .is_splat = 0},
        .y = {.row = 14 * VL, .outer = 14 * 14 * VL, .step = VL, .lanes = VL},
        .operator = ADD, .record_row = 0, .record_outer = VL, .record_step = 0,
        .function = {.scale = 0, .shift = 1, .slope = 0, .activation = RELU, .activation_a = 0, .activation_b = 0, .activation_c = 0},
    };
    static const int VALID[] = {0};
    /* netc: end */
    element_items(shape, x, x2, weights, y, VALID, first, last);
}
