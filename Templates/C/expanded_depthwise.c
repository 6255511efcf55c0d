/* Pointwise convolution and the depthwise one that reads it, a block of rows at a time: what lies between them never leaves the cache.

   An item is ROWS output rows. The rows of the pointwise result that they read go to scratch memory, laid out as [vector of
   channels][row][pixel] with the border of zeros that the depthwise kernel reaches into; rows that the next block needs too are moved to the
   front. The constants are those of convolution.c for one row, and of depthwise.c for one block of rows.
   Weights: those of convolution.c, then those of depthwise.c. */
#include "convolution.c"
#include "depthwise.c"
#include "row_buffer.c"
/* netc: shared */
/* Fills the buffer with the rows that a block reads. */
static INLINE void expansion_rows(const row_buffer b, const convolution_shape s, const float *x, const float *weights,
                                  float *buffer, const int *offsets, int item, int is_first) {
    const row_range rows = row_buffer_advance(b, buffer, item, is_first);
    convolution_lines(s, x + (rows.top + rows.first) * (long)s.x.row, weights, buffer + b.left + rows.first * (long)s.y.row, offsets,
                      rows.last - rows.first);
}
/* netc: kernel */
static NOINLINE void expanded_depthwise(IN x, IN weights, OUT y, OUT scratch, int first, int last) {
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
        .y = {.row = 14 * VL, .pixel = VL, .vector = 196 * VL},
        .epilogue = {.first = RELU, .first_a = 0, .first_b = 0, .first_c = 0, .last = LINEAR, .last_a = 0, .last_b = 0, .last_c = 0, .adds = 0, .slopes = 0},
    };
    static const int DEPTHWISE_OFFSETS[] = {0};
    /* netc: end */
    for (int item = first; item < last; item++) {
        float *y_rows = y + item * (long)(ROWS * depthwise.y.row);
        expansion_rows(buffer, expansion, x, weights, scratch, EXPANSION_OFFSETS, item, item == first);
        depthwise_items(depthwise, scratch + buffer.left, scratch, weights + EXPANSION_WEIGHTS, y_rows, DEPTHWISE_OFFSETS, 0,
                        depthwise.vectors * ROWS);
    }
}
