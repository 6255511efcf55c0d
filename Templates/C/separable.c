/* Depthwise convolution and the pointwise one that reads it, a block of rows at a time: what lies between them never leaves the cache.

   An item is ROWS output rows. The depthwise result of these rows goes to scratch memory, laid out as [vector of channels][pixel]; then the
   pointwise product reads it as one line of pixels. The constants are those of depthwise.c and convolution.c, for one block of rows.
   Weights: those of depthwise.c, then those of convolution.c. */
#include "convolution.c"
#include "depthwise.c"
/* netc: kernel */
static NOINLINE void separable(const float *restrict x, const float *restrict x2, const float *restrict weights,
                               float *restrict y, float *restrict scratch, int first, int last) {
    /* netc: constants */
    enum {
        ROWS = 7,
        DEPTHWISE_HEIGHT = 7,
        DEPTHWISE_TILE = 7,
        DEPTHWISE_TILES = 2,
        DEPTHWISE_BIG_TILES = 2,
        DEPTHWISE_VECTORS = 2,
        DEPTHWISE_LAST_LANES = VL,
        DEPTHWISE_KERNEL_HEIGHT = 3,
        DEPTHWISE_KERNEL_WIDTH = 3,
        DEPTHWISE_DILATION = 1,
        DEPTHWISE_STRIDE = 1,
        DEPTHWISE_IS_GATHERED = 0,
        DEPTHWISE_TAP_ROW = 16 * VL,
        DEPTHWISE_X_ORIGIN = -17 * VL,
        DEPTHWISE_X_ROW = 16 * VL,
        DEPTHWISE_X_PIXEL = VL,
        DEPTHWISE_X2_ROW = 0,
        DEPTHWISE_X2_PIXEL = 0,
        DEPTHWISE_X2_VECTOR = 0,
        DEPTHWISE_Y_ROW = 14 * VL,
        DEPTHWISE_Y_PIXEL = VL,
        DEPTHWISE_Y_VECTOR = 98 * VL,
        DEPTHWISE_ADDS = 0,
        DEPTHWISE_FIRST = RELU,
        DEPTHWISE_LAST = LINEAR,
        POINTWISE_LINES = 1,
        POINTWISE_LINE = 98,
        POINTWISE_WIDTH = 14,
        POINTWISE_TILE = 6,
        POINTWISE_TILES = 17,
        POINTWISE_BIG_TILES = 13,
        POINTWISE_PANEL = 2,
        POINTWISE_PANELS = 1,
        POINTWISE_BIG_PANELS = 1,
        POINTWISE_LAST_LANES = VL,
        POINTWISE_CLUSTERS = 1,
        POINTWISE_X_CLUSTER = 0,
        POINTWISE_CLUSTER_VECTORS = 2,
        POINTWISE_BLOCK = 17,
        POINTWISE_K_BLOCK = 2,
        POINTWISE_KERNEL_HEIGHT = 1,
        POINTWISE_KERNEL_WIDTH = 1,
        POINTWISE_TAP_ROW = 14 * VL,
        POINTWISE_TAP_COLUMN = VL,
        POINTWISE_K_VECTORS = 2,
        POINTWISE_K_TAIL = 0,
        POINTWISE_IS_INDEXED = 0,
        POINTWISE_PREFETCH = 0,
        POINTWISE_X_ORIGIN = 0,
        POINTWISE_X_ROW = 14 * VL,
        POINTWISE_X_PIXEL = VL,
        POINTWISE_X_VECTOR = 98 * VL,
        POINTWISE_X_IS_FLAT = 1,
        POINTWISE_X2_ORIGIN = 0,
        POINTWISE_X2_ROW = 14 * VL,
        POINTWISE_X2_PIXEL = VL,
        POINTWISE_X2_VECTOR = 196 * VL,
        POINTWISE_X2_IS_FLAT = 1,
        POINTWISE_Y_ORIGIN = 0,
        POINTWISE_Y_ROW = 14 * VL,
        POINTWISE_Y_PIXEL = VL,
        POINTWISE_Y_VECTOR = 196 * VL,
        POINTWISE_Y_IS_FLAT = 1,
        POINTWISE_ADDS = 0,
        POINTWISE_FIRST = LINEAR,
        POINTWISE_LAST = RELU,
    };
    static const float DEPTHWISE_FIRST_A = 0;
    static const float DEPTHWISE_FIRST_B = 0;
    static const float DEPTHWISE_FIRST_C = 0;
    static const float DEPTHWISE_LAST_A = 0;
    static const float DEPTHWISE_LAST_B = 0;
    static const float DEPTHWISE_LAST_C = 0;
    static const float POINTWISE_FIRST_A = 0;
    static const float POINTWISE_FIRST_B = 0;
    static const float POINTWISE_FIRST_C = 0;
    static const float POINTWISE_LAST_A = 0;
    static const float POINTWISE_LAST_B = 0;
    static const float POINTWISE_LAST_C = 0;
    static const int DEPTHWISE_OFFSETS[] = {0, 256 * VL};
    static const int POINTWISE_OFFSETS[] = {0};
    /* netc: end */
    const depthwise_shape depthwise = {
        DEPTHWISE_HEIGHT, DEPTHWISE_VECTORS, DEPTHWISE_LAST_LANES, DEPTHWISE_TILE, DEPTHWISE_TILES, DEPTHWISE_BIG_TILES,
        DEPTHWISE_KERNEL_HEIGHT, DEPTHWISE_KERNEL_WIDTH, DEPTHWISE_DILATION, DEPTHWISE_STRIDE, DEPTHWISE_TAP_ROW,
        DEPTHWISE_IS_GATHERED,
        .x = {DEPTHWISE_X_ROW, DEPTHWISE_X_PIXEL, 0},
        .x2 = {DEPTHWISE_X2_ROW, DEPTHWISE_X2_PIXEL, DEPTHWISE_X2_VECTOR},
        .y = {DEPTHWISE_Y_ROW, DEPTHWISE_Y_PIXEL, DEPTHWISE_Y_VECTOR},
        .epilogue = {DEPTHWISE_FIRST, DEPTHWISE_LAST, DEPTHWISE_FIRST_A, DEPTHWISE_FIRST_B, DEPTHWISE_FIRST_C,
                     DEPTHWISE_LAST_A, DEPTHWISE_LAST_B, DEPTHWISE_LAST_C, DEPTHWISE_ADDS},
    };
    const convolution_shape pointwise = {
        POINTWISE_LINES, POINTWISE_LINE, POINTWISE_WIDTH, POINTWISE_TILE, POINTWISE_TILES, POINTWISE_BIG_TILES,
        POINTWISE_PANEL, POINTWISE_PANELS, POINTWISE_BIG_PANELS, POINTWISE_LAST_LANES, POINTWISE_CLUSTERS,
        POINTWISE_X_CLUSTER, POINTWISE_CLUSTER_VECTORS, POINTWISE_BLOCK, POINTWISE_K_BLOCK,
        .x = {POINTWISE_X_ROW, POINTWISE_X_PIXEL, POINTWISE_X_VECTOR, POINTWISE_X_IS_FLAT},
        .x2 = {POINTWISE_X2_ROW, POINTWISE_X2_PIXEL, POINTWISE_X2_VECTOR, POINTWISE_X2_IS_FLAT},
        .y = {POINTWISE_Y_ROW, POINTWISE_Y_PIXEL, POINTWISE_Y_VECTOR, POINTWISE_Y_IS_FLAT},
        .sum = {POINTWISE_KERNEL_HEIGHT, POINTWISE_KERNEL_WIDTH, POINTWISE_TAP_ROW, POINTWISE_TAP_COLUMN,
                POINTWISE_K_VECTORS, POINTWISE_K_TAIL, POINTWISE_X_VECTOR, POINTWISE_IS_INDEXED, POINTWISE_PREFETCH},
        .epilogue = {POINTWISE_FIRST, POINTWISE_LAST, POINTWISE_FIRST_A, POINTWISE_FIRST_B, POINTWISE_FIRST_C,
                     POINTWISE_LAST_A, POINTWISE_LAST_B, POINTWISE_LAST_C, POINTWISE_ADDS},
    };
    const int TAPS = 1 + DEPTHWISE_KERNEL_HEIGHT * DEPTHWISE_KERNEL_WIDTH;
    const int TILES = POINTWISE_LINES * POINTWISE_TILES * POINTWISE_PANELS;
    const float *pointwise_weights = weights + DEPTHWISE_VECTORS * (long)(TAPS * VL);
    for (int item = first; item < last; item++) {
        const float *rows = x + DEPTHWISE_X_ORIGIN + item * (long)(ROWS * DEPTHWISE_X_ROW);
        const float *x2_rows = x2 + POINTWISE_X2_ORIGIN + item * (long)(ROWS * POINTWISE_X2_ROW);
        float *y_rows = y + POINTWISE_Y_ORIGIN + item * (long)(ROWS * POINTWISE_Y_ROW);
        depthwise_items(depthwise, rows, rows, weights, scratch, DEPTHWISE_OFFSETS, 0, DEPTHWISE_VECTORS * ROWS);
        convolution_items(pointwise, scratch + POINTWISE_X_ORIGIN, x2_rows, pointwise_weights, y_rows, POINTWISE_OFFSETS, 0, TILES);
    }
}
