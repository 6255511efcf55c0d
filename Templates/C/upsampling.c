/* Every pixel FACTOR_HEIGHT × FACTOR_WIDTH times. An item is one row of one vector of slots of x. */
#include "vector.c"
/* netc: shared */
static INLINE void upsampling_pixel(
    const int height, const int width, const int row, const int pixel, const int lanes, const vf x, float *y) {
    for (int i = 0; i < height; i++)
        for (int j = 0; j < width; j++) store_partial(y + i * row + j * pixel, lanes, x);
}
/* netc: kernel */
static NOINLINE void upsampling(IN x, OUT y, int first, int last) {
    /* netc: constants */
    enum {
        FACTOR_HEIGHT = 2, FACTOR_WIDTH = 2,
        X_HEIGHT = 7, X_WIDTH = 7, X_ROW = 7 * VL, X_PIXEL = VL, X_VECTOR = 7 * 7 * VL, X_LANES = VL,
        Y_ROW = 14 * VL, Y_PIXEL = VL, Y_VECTOR = 14 * 14 * VL, Y_LANES = VL,
        VECTORS = 1, VECTORS_FULL = 1,
    };
    static const int VALID[] = {-1};
    /* netc: end */
    for (int item = first; item < last; item++) {
        const int vector = item / X_HEIGHT, row = item % X_HEIGHT;
        const unsigned valid = (unsigned)VALID[vector];
        const float *from = x + vector * X_VECTOR + row * X_ROW;
        float *to = y + vector * Y_VECTOR + row * FACTOR_HEIGHT * Y_ROW;
        for (int w = 0; w < X_WIDTH; w++, from += X_PIXEL, to += FACTOR_WIDTH * Y_PIXEL) {
            if (VECTORS_FULL == VECTORS || vector < VECTORS_FULL)
                upsampling_pixel(FACTOR_HEIGHT, FACTOR_WIDTH, Y_ROW, Y_PIXEL, VL, keep_lanes(valid, load(from)), to);
            else
                upsampling_pixel(
                    FACTOR_HEIGHT, FACTOR_WIDTH, Y_ROW, Y_PIXEL, Y_LANES,
                    keep_lanes(valid, load_partial(from, X_LANES)), to);
        }
    }
}
