/* Normalisation of groups of channels by their mean and variance over all positions: scale·(x - mean) / sqrt(variance +
   epsilon) + shift (Wu & He 2018). Slots are the channels in order.

   An item is CLUSTER vectors of slots, the fewest that hold whole groups of SIZE channels. Scratch holds the sum of each
   of an item's slots, which becomes the mean of its group, and the same of the squares of distances. Weights: for each
   vector of slots its scale, then its shift, where there are any. x may be y. */
#include "reduction.c"
/* netc: shared */
/* The sums of `channels` neighbouring slots become the means of their groups of `size`, over `positions` each. */
static INLINE void group_means(const int channels, const int size, const int positions, float *sums) {
    for (int start = 0; start < channels; start += size) {
        double total = 0;
        for (int c = start; c < start + size; c++) total += sums[c];
        for (int c = start; c < start + size; c++) sums[c] = (float)(total / ((double)positions * size));
    }
}

/* y = scale·(x - mean) + shift for all positions of a vector of slots. */
static INLINE void group_write(
    const int height, const int width, const int x_row, const int x_pixel, const int x_lanes, const int y_row,
    const int y_pixel, const int y_lanes, const unsigned valid, const vf mean, const vf scale, const vf shift,
    const float *x, float *y) {
    for (int row = 0; row < height; row++)
        for (int column = 0; column < width; column++) {
            const vf value = load_partial(x + row * x_row + column * x_pixel, x_lanes) - mean;
            store_partial(y + row * y_row + column * y_pixel, y_lanes, keep_lanes(valid, value * scale + shift));
        }
}
/* netc: kernel */
static NOINLINE void group_normalization(const float *x, IN weights, float *y, OUT scratch, int first, int last) {
    /* netc: constants */
    enum {
        CHANNELS = 32, SIZE = 4, CLUSTER = 1, HEIGHT = 14, WIDTH = 14, LINES = 14, LENGTH = 14, BLOCK = 14,
        X_LINE = 14 * VL, X_STEP = VL, X_ROW = 14 * VL, X_PIXEL = VL, X_VECTOR = 14 * 14 * VL, X_LANES = VL,
        Y_ROW = 14 * VL, Y_PIXEL = VL, Y_VECTOR = 14 * 14 * VL, Y_LANES = VL,
        VECTORS = 32 / VL, VECTORS_FULL = 32 / VL, HAS_SCALE = 1, HAS_SHIFT = 1,
    };
    static const float EPSILON = 1e-3f;
    static const int VALID[32 / VL] = {-1};
    /* netc: end */
    enum { RECORD = (HAS_SCALE + HAS_SHIFT) * VL };
    float *means = scratch, *variances = scratch + CLUSTER * VL;
    for (int item = first; item < last; item++) {
        const int start = item * CLUSTER, end = VECTORS - start < CLUSTER ? VECTORS : start + CLUSTER;
        const int slots = (end - start) * VL, left = CHANNELS - start * VL, channels = left < slots ? left : slots;
        for (int v = start; v < end; v++) {
            const float *from = x + v * X_VECTOR;
            const vf none = broadcast(0.0f);
            store(
                means + (v - start) * VL,
                VECTORS_FULL == VECTORS || v < VECTORS_FULL
                    ? reduction_image(SUM, VL, LINES, X_LINE, LENGTH, X_STEP, BLOCK, none, from)
                    : reduction_image(SUM, X_LANES, LINES, X_LINE, LENGTH, X_STEP, BLOCK, none, from));
        }
        group_means(channels, SIZE, HEIGHT * WIDTH, means);
        for (int v = start; v < end; v++) {
            const float *from = x + v * X_VECTOR;
            const vf mean = load(means + (v - start) * VL);
            store(
                variances + (v - start) * VL,
                VECTORS_FULL == VECTORS || v < VECTORS_FULL
                    ? reduction_image(SQUARES, VL, LINES, X_LINE, LENGTH, X_STEP, BLOCK, mean, from)
                    : reduction_image(SQUARES, X_LANES, LINES, X_LINE, LENGTH, X_STEP, BLOCK, mean, from));
        }
        group_means(channels, SIZE, HEIGHT * WIDTH, variances);
        for (int v = start; v < end; v++) {
            const float *from = x + v * X_VECTOR, *record = weights + v * RECORD;
            float *to = y + v * Y_VECTOR;
            const vf mean = load(means + (v - start) * VL);
            vf scale = reciprocal_root(load(variances + (v - start) * VL) + EPSILON), shift = broadcast(0.0f);
            if (HAS_SCALE) scale *= load_aligned(record);
            if (HAS_SHIFT) shift = load_aligned(record + HAS_SCALE * VL);
            const unsigned valid = (unsigned)VALID[v];
            if (VECTORS_FULL == VECTORS || v < VECTORS_FULL)
                group_write(HEIGHT, WIDTH, X_ROW, X_PIXEL, VL, Y_ROW, Y_PIXEL, VL, valid, mean, scale, shift, from, to);
            else
                group_write(
                    HEIGHT, WIDTH, X_ROW, X_PIXEL, X_LANES, Y_ROW, Y_PIXEL, Y_LANES, valid, mean, scale, shift, from,
                    to);
        }
    }
}
