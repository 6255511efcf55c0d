/* strassen.c, whose input is first multiplied by a factor for each channel. */
#include "strassen.c"
/* netc: kernel */
static NOINLINE void scaled_strassen(IN x, IN x2, IN factors, IN weights, OUT y, OUT scratch, int first, int last) {
    /* netc: constants */
    const strassen_shape shape = {
        .levels = 1, .pixels = 196, .width = 14, .block = 98, .x_part = 2, .y_part = 2, .x_channels = 4 * VL,
        .y_vectors = 4, .last_lanes = 0, .x_place = 197 * VL, .y_place = 197 * VL,
        .panel = 2, .big_panels = 0, .panels = 1, .group = 11, .big_groups = 8, .groups = 9,
        .x = {.row = 14 * VL, .pixel = VL, .vector = 196 * VL},
        .x2 = {.row = 14 * VL, .pixel = VL, .vector = 196 * VL},
        .y = {.row = 14 * VL, .pixel = VL, .vector = 196 * VL},
        .epilogue = {.first = LINEAR, .first_a = 0, .first_b = 0, .first_c = 0, .last = LINEAR, .last_a = 0, .last_b = 0, .last_c = 0, .adds = 0, .slopes = 0},
    };
    /* netc: end */
    strassen_items(shape, x, x2, factors, weights, y, scratch, first, last);
}
