/* y = activation(scale·x + shift), negative results times a slope.

   An item is a run of vectors in one row of the image: the columns of one vector of slots (blocked), the vectors of one
   column or those of a whole row (interleaved). Partial in memory is the last vector of a run, or every vector of the
   last run. Weights: a record of scale, shift and slope for each vector of slots, or for each element. x may be y. */
#include "element.c"
/* netc: kernel */
static NOINLINE void elementwise(
    const float *x, const float *restrict weights, float *y, int first, int last) {
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
        Y_ROW = 14 * VL,
        Y_OUTER = 14 * 14 * VL,
        Y_STEP = VL,
        Y_LANES = VL,
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
        float *to = y + row * Y_ROW + outer * Y_OUTER;
        const float *from = x + row * X_ROW + outer * X_OUTER;
        for (int i = 0; i < full; i++) {
            vf value = element_load((element_operand){from, X_STEP, VL, X_IS_SPLAT}, i);
            value = element_apply(function, record + i * RECORD_STEP, value);
            if (IS_MASKED) value = keep_lanes((unsigned)valid[i * VALID_STEP], value);
            store(to + i * Y_STEP, value);
        }
        for (int i = full; i < RUN; i++) {
            vf value = element_load((element_operand){from, X_STEP, X_LANES, X_IS_SPLAT}, i);
            value = element_apply(function, record + i * RECORD_STEP, value);
            if (IS_MASKED) value = keep_lanes((unsigned)valid[i * VALID_STEP], value);
            store_partial(to + i * Y_STEP, Y_LANES, value);
        }
    }
}
