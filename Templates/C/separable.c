/* Depthwise convolution and the pointwise one that reads it, a block of rows at a time: what lies between them never leaves the cache.

   An item is ROWS output rows. The depthwise result of these rows goes to scratch memory, laid out as [vector of channels][pixel]; then the
   pointwise product reads it as one line of pixels. The constants are those of depthwise.c and convolution.c, for one block of rows.
   Weights: those of depthwise.c, then those of convolution.c. */
#include "convolution.c"
#include "depthwise.c"
/* netc: kernel */
static NOINLINE void separable(IN x, IN x2, IN weights, OUT y, OUT scratch, int first, int last) {
    /* netc: constants */
    enum { ROWS = 7 };
    const depthwise_shape depthwise = {
        .height = 7, .vectors = 2, .last_lanes = 0, .tile = 7, .tiles = 2, .big_tiles = 0,
        .kernel_height = 3, .kernel_width = 3, .dilation = 1, .stride = 1, .tap_row = 16 * VL, .is_gathered = 0, .group = 1,
        .x = {.origin = -17 * VL, .row = 16 * VL, .pixel = VL, .vector = 256 * VL},
        .x2 = {.row = 0, .pixel = 0, .vector = 0},
        .y = {.row = 14 * VL, .pixel = VL, .vector = 98 * VL},
        .epilogue = {.first = RELU, .first_a = 0, .first_b = 0, .first_c = 0, .last = LINEAR, .last_a = 0, .last_b = 0, .last_c = 0, .adds = 0, .slopes = 0},
    };
    static const int DEPTHWISE_OFFSETS[] = {0};
    const convolution_shape pointwise = {
        .lines = 1, .line = 98, .width = 14, .tile = 6, .tiles = 17, .big_tiles = 13, .block = 0, .k_block = 2,
        .panel = 2, .panels = 1, .big_panels = 0, .last_lanes = 0, .split = 0, .clusters = 1, .x_cluster = 0, .cluster_vectors = 0,
        .x = {.origin = 0, .row = 14 * VL, .pixel = VL},
        .x2 = {.origin = 0, .row = 14 * VL, .pixel = VL, .vector = 196 * VL},
        .y = {.origin = 0, .row = 14 * VL, .pixel = VL, .vector = 196 * VL},
        .sum = {.kernel_height = 1, .kernel_width = 1, .tap_row = 0, .tap_column = 0, .vectors = 2, .tail = 0, .vector = 98 * VL, .is_indexed = 0, .prefetch = 0},
        .epilogue = {.first = LINEAR, .first_a = 0, .first_b = 0, .first_c = 0, .last = RELU, .last_a = 0, .last_b = 0, .last_c = 0, .adds = 0, .slopes = 0},
    };
    static const int POINTWISE_OFFSETS[] = {0};
    /* netc: end */
    const int taps = 1 + depthwise.kernel_height * depthwise.kernel_width, tiles = pointwise.lines * pointwise.tiles * pointwise.panels;
    const float *pointwise_weights = weights + depthwise.vectors * (long)(taps * VL);
    for (int item = first; item < last; item++) {
        const float *rows = x + item * (long)(ROWS * depthwise.x.row);
        const float *x2_rows = x2 + item * (long)(ROWS * pointwise.x2.row);
        float *y_rows = y + item * (long)(ROWS * pointwise.y.row);
        depthwise_items(depthwise, rows, rows, weights, scratch, DEPTHWISE_OFFSETS, 0, depthwise.vectors * ROWS);
        convolution_items(pointwise, scratch, x2_rows, pointwise_weights, 0, y_rows, POINTWISE_OFFSETS, 0, tiles);
    }
}
