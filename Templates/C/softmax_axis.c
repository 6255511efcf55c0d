/* Softmax over the rows or the columns of an image, or its logarithm, every channel and every position along the other
   axis by itself.

   An item is one vector of slots at one position of the other axis. Slots that hold nothing (VALID, a bit each) are
   zero in y. */
#include "vector.c"
/* netc: shared */
/* Keeps NaN. */
static INLINE vf softmax_axis_larger(vf a, vf b) { return choose((vi)(a < b) | (vi)(b != b), b, a); }

static INLINE void softmax_along(
    const int is_logarithmic, const int length, const int x_step, const int x_lanes, const int y_step,
    const int y_lanes, const unsigned valid, const float *x, float *y) {
    vf maximum = broadcast(-__builtin_inff()), sum = {0};
    for (int i = 0; i < length; i++)
        maximum = softmax_axis_larger(maximum, keep_lanes(valid, load_partial(x + i * x_step, x_lanes)));
    for (int i = 0; i < length; i++) {
        vf shifted = keep_lanes(valid, load_partial(x + i * x_step, x_lanes)) - maximum, power = exponential(shifted);
        store_partial(y + i * y_step, y_lanes, is_logarithmic ? shifted : power);
        sum += power;
    }
    const vf factor = is_logarithmic ? logarithm(sum) : 1.0f / sum;
    for (int i = 0; i < length; i++) {
        vf value = load_partial(y + i * y_step, y_lanes);
        store_partial(y + i * y_step, y_lanes, keep_lanes(valid, is_logarithmic ? value - factor : value * factor));
    }
}
/* netc: kernel */
static NOINLINE void softmax_axis(IN x, OUT y, int first, int last) {
    /* netc: constants */
    enum {
        IS_LOGARITHMIC = 0, LENGTH = 7, OTHERS = 7,
        X_STEP = VL, X_OTHER = 7 * VL, X_VECTOR = 49 * VL, X_LANES = VL,
        Y_STEP = VL, Y_OTHER = 7 * VL, Y_VECTOR = 49 * VL, Y_LANES = VL,
        VECTORS = 1, VECTORS_FULL = 1,
    };
    static const int VALID[] = {-1};
    /* netc: end */
    for (int item = first; item < last; item++) {
        const int vector = item / OTHERS, other = item % OTHERS;
        const float *from = x + vector * X_VECTOR + other * X_OTHER;
        float *to = y + vector * Y_VECTOR + other * Y_OTHER;
        const unsigned valid = (unsigned)VALID[vector];
        if (VECTORS_FULL == VECTORS || vector < VECTORS_FULL)
            softmax_along(IS_LOGARITHMIC, LENGTH, X_STEP, VL, Y_STEP, VL, valid, from, to);
        else softmax_along(IS_LOGARITHMIC, LENGTH, X_STEP, X_LANES, Y_STEP, Y_LANES, valid, from, to);
    }
}
