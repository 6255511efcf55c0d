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
        DEPTHWISE_TILE = 7,
        DEPTHWISE_TILES = 2,
        DEPTHWISE_BIG_TILES = 2,
        DEPTHWISE_VECTORS = 2,
        DEPTHWISE_KERNEL_HEIGHT = 3,
        DEPTHWISE_KERNEL_WIDTH = 3,
        DEPTHWISE_DILATION = 1,
        DEPTHWISE_STRIDE = 1,
        DEPTHWISE_IS_GATHERED = 0,
        DEPTHWISE_TAP_ROW = 16 * VL,
        DEPTHWISE_X_ORIGIN = -17 * VL,
        DEPTHWISE_X_ROW = 16 * VL,
        DEPTHWISE_X_PIXEL = VL,
        DEPTHWISE_X2_PIXEL = VL,
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
        DEPTHWISE_KERNEL_HEIGHT, DEPTHWISE_KERNEL_WIDTH, DEPTHWISE_DILATION, DEPTHWISE_STRIDE, DEPTHWISE_TAP_ROW,
        DEPTHWISE_X_PIXEL, DEPTHWISE_X2_PIXEL, DEPTHWISE_Y_PIXEL, DEPTHWISE_IS_GATHERED,
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
    const float *pointwise_weights = weights + DEPTHWISE_VECTORS * (long)(TAPS * VL);
    for (int item = first; item < last; item++) {
        NO_UNROLL for (int row = 0; row < DEPTHWISE_VECTORS * ROWS; row++) {
            const int v = row / ROWS, r = row % ROWS;
            const int *offsets = DEPTHWISE_OFFSETS + (DEPTHWISE_IS_GATHERED ? v * VL : v);
            const float *xr = x + DEPTHWISE_X_ORIGIN + (item * ROWS + r) * (long)DEPTHWISE_X_ROW + (DEPTHWISE_IS_GATHERED ? 0 : *offsets);
            float *yr = scratch + v * (long)DEPTHWISE_Y_VECTOR + r * (long)DEPTHWISE_Y_ROW;
            NO_UNROLL for (int t = 0; t < DEPTHWISE_TILES; t++) {
                const int start = t * DEPTHWISE_TILE - (t > DEPTHWISE_BIG_TILES ? t - DEPTHWISE_BIG_TILES : 0);
                const float *xt = xr + start * (long)(DEPTHWISE_STRIDE * DEPTHWISE_X_PIXEL), *w = weights + v * (long)(TAPS * VL);
                float *yt = yr + start * (long)DEPTHWISE_Y_PIXEL;
                if (DEPTHWISE_BIG_TILES == DEPTHWISE_TILES || t < DEPTHWISE_BIG_TILES)
                    depthwise_tile(DEPTHWISE_TILE, VL, depthwise, xt, xt, offsets, w, yt);
                else if (DEPTHWISE_BIG_TILES < DEPTHWISE_TILES)
                    depthwise_tile(DEPTHWISE_TILE - 1, VL, depthwise, xt, xt, offsets, w, yt);
            }
        }
        const float *x2_rows = x2 + POINTWISE_X2_ORIGIN + item * (long)(ROWS * POINTWISE_X2_ROW);
        float *y_rows = y + POINTWISE_Y_ORIGIN + item * (long)(ROWS * POINTWISE_Y_ROW);
        NO_UNROLL for (int p = 0; p < POINTWISE_PANELS; p++) {
            const convolution_panel panel = convolution_panel_at(pointwise, scratch + POINTWISE_X_ORIGIN, x2_rows, pointwise_weights,
                                                                 y_rows, POINTWISE_OFFSETS, p, 0);
            const int is_end = p == POINTWISE_PANELS - 1;
            const int is_big = is_big_piece(POINTWISE_PANELS, POINTWISE_BIG_PANELS, p);
            NO_UNROLL for (int tile = 0; tile < POINTWISE_TILES * POINTWISE_LINES; tile++) {
                const int line = tile / POINTWISE_TILES, t = tile % POINTWISE_TILES;
                const int start = t * POINTWISE_TILE - (t > POINTWISE_BIG_TILES ? t - POINTWISE_BIG_TILES : 0);
                const int is_whole = is_big_piece(POINTWISE_TILES, POINTWISE_BIG_TILES, t);
                enum { TILE = POINTWISE_TILE, SMALL = POINTWISE_TILE - 1, PANEL = POINTWISE_PANEL };
                if (POINTWISE_LAST_LANES < VL && is_end) {
                    enum { VECTORS = POINTWISE_BIG_PANELS == POINTWISE_PANELS ? PANEL : PANEL - 1 };
                    if (is_whole) convolution_tile(TILE, VECTORS, POINTWISE_LAST_LANES, pointwise, panel, line, start);
                    else if (POINTWISE_BIG_TILES < POINTWISE_TILES)
                        convolution_tile(SMALL, VECTORS, POINTWISE_LAST_LANES, pointwise, panel, line, start);
                } else if (POINTWISE_BIG_PANELS == POINTWISE_PANELS || is_big) {
                    if (is_whole) convolution_tile(TILE, PANEL, VL, pointwise, panel, line, start);
                    else if (POINTWISE_BIG_TILES < POINTWISE_TILES) convolution_tile(SMALL, PANEL, VL, pointwise, panel, line, start);
                } else {
                    if (is_whole) convolution_tile(TILE, PANEL - 1, VL, pointwise, panel, line, start);
                    else if (POINTWISE_BIG_TILES < POINTWISE_TILES) convolution_tile(SMALL, PANEL - 1, VL, pointwise, panel, line, start);
                }
            }
        }
    }
}
