/* Convolution of an image as it comes, a block of rows at a time: its rows go to scratch memory, by way of a function of their elements where
   there is one, with the border of zeros that the kernel reaches into.

   An item is ROWS output rows, the last one the rest of them. The constants are those of elementwise.c for the rows of a block, and of
   convolution.c for one row. Weights: those of convolution.c, then the records of elementwise.c. */
#include "convolution.c"
#include "elementwise.c"
#include "row_buffer.c"
/* netc: shared */
/* So many lines of the result. While they are computed, memory delivers the part of the image that the next block reads: so many floats from `next` on,
   some cache lines with each tile. */
static INLINE void image_lines(const convolution_shape s, const float *x, const float *weights, float *y, const int *offsets, int lines,
                               const float *next, const int floats) {
    const int fetched = (floats + lines * s.tiles - 1) / (lines * s.tiles);
    x += s.x.origin, y += s.y.origin;
    NO_UNROLL for (int panel = 0; panel < s.panels; panel++)
        for (int k = 0; k == 0 || k < s.sum.vectors; k += s.k_block) {
            const convolution_panel p = convolution_panel_at(s, x, x, weights, 0, y, offsets, panel, k);
            NO_UNROLL for (int tile = 0; tile < lines * s.tiles; tile++) {
                if (panel == 0 && k == 0)
                    for (int i = 0; i < fetched; i += 16) __builtin_prefetch(next + tile * fetched + i, 0, 2);
                convolution_tiles(s, p, (convolution_run){panel, tile, tile + 1});
            }
        }
}
/* netc: kernel */
/* Rows are short, and calls between the tiles would cost these their registers. */
__attribute__((no_builtin("memcpy", "memset")))
static NOINLINE void image_convolution(IN x, IN weights, OUT y, OUT scratch, int first, int last) {
    /* netc: constants */
    enum { ROWS = 7, HEIGHT = 14, RECORDS = 448 };
    const row_buffer buffer = {
        .height = 14, .rows = 9, .step = 7, .kept = 2, .above = 1, .left = 3, .right = 3, .row = 16 * 3, .vectors = 1,
    };
    const element_shape image = {
        .height = 9, .outer = 1, .run = (14 * 3 + VL - 1) / VL, .partial_outer = 0, .partial_run = 1, .valid_outer = 0, .valid_step = 0,
        .x = {.row = 14 * 3, .outer = 0, .step = VL, .lanes = (14 * 3 - 1) % VL + 1, .is_splat = 0},
        .x2 = {.row = 0, .outer = 0, .step = 0, .lanes = 0, .is_splat = 0},
        .y = {.row = 16 * 3, .outer = 0, .step = VL, .lanes = (14 * 3 - 1) % VL + 1},
        .operator = NOTHING, .record_row = 0, .record_outer = 0, .record_step = 0,
        .function = {.scale = 0, .shift = 0, .slope = 0, .activation = LINEAR, .activation_a = 0, .activation_b = 0, .activation_c = 0},
    };
    static const int IMAGE_VALID[] = {0};
    const convolution_shape windows = {
        .lines = 1, .line = 14, .width = 14, .tile = 7, .tiles = 2, .big_tiles = 0, .block = 0, .k_block = 1,
        .panel = 1, .panels = 1, .big_panels = 0, .last_lanes = 0, .split = 0, .clusters = 1, .x_cluster = 0, .cluster_vectors = 0,
        .x = {.origin = -3, .row = 16 * 3, .pixel = 3},
        .x2 = {.origin = 0, .row = 0, .pixel = 0, .vector = 0},
        .y = {.origin = 0, .row = 14 * VL, .pixel = VL, .vector = 196 * VL},
        .sum = {.kernel_height = 3, .kernel_width = 1, .tap_row = 16 * 3, .tap_column = 0, .vectors = 0, .tail = 9, .vector = VL, .is_indexed = 0, .prefetch = 0},
        .epilogue = {.first = RELU, .first_a = 0, .first_b = 0, .first_c = 0, .last = LINEAR, .last_a = 0, .last_b = 0, .last_c = 0, .adds = 0, .slopes = 0},
    };
    static const int WINDOWS_OFFSETS[] = {0};
    /* netc: end */
    for (int item = first; item < last; item++) {
        const row_range rows = row_buffer_advance(buffer, scratch, item, item == first);
        const float *image_rows = x + (rows.top + rows.first) * (long)image.x.row;
        element_items(image, image_rows, image_rows, weights + RECORDS, scratch + buffer.left + rows.first * (long)image.y.row,
                      IMAGE_VALID, 0, rows.last - rows.first);
        image_lines(windows, scratch + buffer.left, weights, y + item * (long)(ROWS * windows.y.row), WINDOWS_OFFSETS,
                    HEIGHT - item * ROWS < ROWS ? HEIGHT - item * ROWS : ROWS, x + (rows.top + buffer.rows) * (long)image.x.row,
                    buffer.step * image.x.row);
    }
}
