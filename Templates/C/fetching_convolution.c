/* convolution.c, whose tiles fetch what a later step reads once, such as the weights of a dense layer: memory delivers them while this one
   multiplies. */
#include "convolution.c"
/* netc: kernel */
static NOINLINE void fetching_convolution(IN x, IN x2, IN weights, const float *ahead, OUT y, int first, int last) {
    /* netc: constants */
    const convolution_shape shape = {
        .lines = 1, .line = 196, .width = 14, .tile = 14, .tiles = 14, .big_tiles = 0, .block = 0, .k_block = 2, .ahead = 4096,
        .panel = 2, .panels = 1, .big_panels = 0, .last_lanes = 0, .split = 0, .clusters = 1, .x_cluster = 0, .cluster_vectors = 0,
        .x = {.origin = 0, .row = 14 * VL, .pixel = VL},
        .x2 = {.origin = 0, .row = 14 * VL, .pixel = VL, .vector = 196 * VL},
        .y = {.origin = 0, .row = 14 * VL, .pixel = VL, .vector = 196 * VL},
        .sum = {.kernel_height = 1, .kernel_width = 1, .tap_row = 0, .tap_column = 0, .vectors = 2, .tail = 0, .vector = 196 * VL, .is_indexed = 0, .prefetch = 0, .ahead = 4},
        .epilogue = {.first = LINEAR, .first_a = 0, .first_b = 0, .first_c = 0, .last = LINEAR, .last_a = 0, .last_b = 0, .last_c = 0, .adds = 0, .slopes = 0},
    };
    static const int OFFSETS[] = {0};
    /* netc: end */
    convolution_items(shape, x, x2, weights, ahead, y, OFFSETS, first, last);
}
