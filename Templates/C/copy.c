/* y = x where the vectors of both hold the same slots: between blocked and interleaved order, from and to any border,
   parts of images.

   An item is a run of vectors in one row, as in elementwise.c. Of a vector that is partial, X_LANES are read, and
   Y_LANES written with zeros behind those read. The copied rectangles begin X_START and Y_START floats from the
   operands' first elements. */
#include "vector.c"
/* netc: kernel */
static NOINLINE void copy(const float *restrict x, float *restrict y, int first, int last) {
    /* netc: constants */
    enum {
        HEIGHT = 14, OUTER = 2, OUTER_FULL = 2, RUN = 14, RUN_FULL = 14,
        X_START = 0, X_ROW = 14 * 24, X_OUTER = VL, X_STEP = 24, X_LANES = VL,
        Y_START = 0, Y_ROW = 14 * VL, Y_OUTER = 14 * 14 * VL, Y_STEP = VL, Y_LANES = VL,
    };
    /* netc: end */
    for (int item = first; item < last; item++) {
        const int row = item % HEIGHT, outer = item / HEIGHT;
        const int full = OUTER_FULL == OUTER || outer < OUTER_FULL ? RUN_FULL : 0;
        const float *from = x + X_START + row * X_ROW + outer * X_OUTER;
        float *to = y + Y_START + row * Y_ROW + outer * Y_OUTER;
        for (int i = 0; i < full; i++) store(to + i * Y_STEP, load(from + i * X_STEP));
        for (int i = full; i < RUN; i++)
            store_partial(to + i * Y_STEP, Y_LANES, load_partial(from + i * X_STEP, X_LANES));
    }
}
