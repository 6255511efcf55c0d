/* A convolution of 1×1 whose weights are first multiplied by a factor for each input channel: the same as if its input were, for fewer products.

   Each thread scales all weights, in its scratch memory, and then takes its items as those of convolution.c are. */
#include "convolution.c"
/* netc: shared */
/* Each panel's biases as they are, then the weights of one channel after the other, with a split vector behind those of its channels. */
static INLINE void scaled_weights(const convolution_shape s, const float *factors, const float *weights, float *scaled) {
    const int channels = s.sum.vectors * VL + s.sum.tail;
    NO_UNROLL for (int panel = 0; panel < s.panels; panel++) {
        const int vectors = is_big_piece(s.big_panels, panel) ? s.panel : s.panel - 1;
        const int split = s.split && panel == s.panels - 1 ? s.split : 1, whole = channels / split * split;
        for (int n = 0; n < vectors; n++, weights += VL, scaled += VL) store(scaled, load_aligned(weights));
        NO_UNROLL for (int k = 0; k < channels; k++) {
            const vf factor = broadcast(factors[k]);
            const int plain = split > 1 && k < whole ? vectors - 1 : vectors;
            for (int n = 0; n < plain; n++, weights += VL, scaled += VL) store(scaled, load_aligned(weights) * factor);
            if (s.split && split > 1 && k < whole && k % split == split - 1) {
                store(scaled, load_aligned(weights) * product_repeat(s.split, factors + k + 1 - split));
                weights += VL, scaled += VL;
            }
        }
    }
}
/* netc: kernel */
static NOINLINE void scaled_convolution(IN x, IN x2, IN factors, IN weights, OUT y, OUT scratch, int first, int last) {
    /* netc: constants */
    const convolution_shape shape = {
        .lines = 1, .line = 196, .width = 14, .tile = 14, .tiles = 14, .big_tiles = 0, .block = 0, .k_block = 2,
        .panel = 2, .panels = 1, .big_panels = 0, .last_lanes = 0, .split = 0, .clusters = 1, .x_cluster = 0, .cluster_vectors = 0,
        .x = {.origin = 0, .row = 14 * VL, .pixel = VL},
        .x2 = {.origin = 0, .row = 14 * VL, .pixel = VL, .vector = 196 * VL},
        .y = {.origin = 0, .row = 14 * VL, .pixel = VL, .vector = 196 * VL},
        .sum = {.kernel_height = 1, .kernel_width = 1, .tap_row = 0, .tap_column = 0, .vectors = 2, .tail = 0, .vector = 196 * VL, .is_indexed = 0, .prefetch = 0},
        .epilogue = {.first = LINEAR, .first_a = 0, .first_b = 0, .first_c = 0, .last = LINEAR, .last_a = 0, .last_b = 0, .last_c = 0, .adds = 0, .slopes = 0},
    };
    static const int OFFSETS[] = {0};
    /* netc: end */
    if (first == last) return;
    scaled_weights(shape, factors, weights, scratch);
    convolution_items(shape, x, x2, scratch, 0, y, OFFSETS, first, last);
}
