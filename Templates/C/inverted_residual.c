/* Inverted residual: a pointwise convolution, the depthwise one that reads it and the pointwise one behind that, a block of rows at a time.

   An item is ROWS output rows. See expanded_depthwise.c for the first two; the depthwise result goes to scratch memory too, as in
   separable.c. Weights: those of the three in their order. */
#include "expanded_depthwise.c"
/* netc: kernel */
static NOINLINE void inverted_residual(IN x, IN x2, IN weights, OUT y, OUT scratch, int first, int last) {
    /* netc: constants */
    enum { ROWS = 7, EXPANSION_WEIGHTS = 1088 };
    const row_buffer buffer = {
        .height = 14, .rows = 9, .step = 7, .kept = 2, .above = 1, .left = VL, .right = VL, .row = 16 * VL, .vectors = 2,
    };
    const convolution_shape expansion = {
        .lines = 1, .line = 14, .width = 14, .tile = 7, .tiles = 2, .big_tiles = 0, .block = 0, .k_block = 2,
        .panel = 2, .panels = 1, .big_panels = 0, .last_lanes = 0, .split = 0, .clusters = 1, .x_cluster = 0, .cluster_vectors = 0,
        .x = {.origin = 0, .row = 14 * VL, .pixel = VL},
        .x2 = {.origin = 0, .row = 14 * VL, .pixel = VL, .vector = 196 * VL},
        .y = {.origin = 0, .row = 16 * VL, .pixel = VL, .vector = 144 * VL},
        .sum = {.kernel_height = 1, .kernel_width = 1, .tap_row = 0, .tap_column = 0, .vectors = 2, .tail = 0, .vector = 196 * VL, .is_indexed = 0, .prefetch = 0},
        .epilogue = {.first = RELU, .first_a = 0, .first_b = 0, .first_c = 0, .last = LINEAR, .last_a = 0, .last_b = 0, .last_c = 0, .adds = 0, .slopes = 0},
    };
    static const int EXPANSION_OFFSETS[] = {0};
    const depthwise_shape depthwise = {
        .height = 7, .vectors = 2, .last_lanes = 0, .tile = 7, .tiles = 2, .big_tiles = 0,
        .kernel_height = 3, .kernel_width = 3, .dilation = 1, .stride = 1, .tap_row = 16 * VL, .is_gathered = 0, .group = 1,
        .x = {.origin = -1 * VL, .row = 16 * VL, .pixel = VL, .vector = 144 * VL},
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
    const float *depthwise_weights = weights + EXPANSION_WEIGHTS;
    const float *pointwise_weights = depthwise_weights + depthwise.vectors * (long)(taps * VL);
    float *between = scratch + buffer.vectors * (long)(buffer.rows * buffer.row);
    for (int item = first; item < last; item++) {
        const float *x2_rows = x2 + item * (long)(ROWS * pointwise.x2.row);
        float *y_rows = y + item * (long)(ROWS * pointwise.y.row);
        expansion_rows(buffer, expansion, x, weights, scratch, EXPANSION_OFFSETS, item, item == first);
        depthwise_items(depthwise, scratch + buffer.left, scratch, depthwise_weights, between, DEPTHWISE_OFFSETS, 0,
                        depthwise.vectors * ROWS);
        convolution_items(pointwise, between, x2_rows, pointwise_weights, 0, y_rows, POINTWISE_OFFSETS, 0, tiles);
    }
}
