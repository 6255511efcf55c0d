/* Normalisation of every pixel by the mean and variance of its own channels: scale·(x - mean) / sqrt(variance +
   epsilon) + shift, in two passes over the pixel (Ba, Kiros & Hinton 2016).

   An item is up to VL neighbouring pixels of a line: their sums become the lanes of one vector. Weights: for each vector
   of slots its scale, then its shift, where there are any. Slots that hold nothing (VALID, a bit each) don't count, and
   are zero in y. Sums are of blocks of vectors, so that the error grows with the root of their number. x may be y. */
#include "vector.c"
/* netc: shared */
/* The vectors of a pixel, the first `full` of them whole, and what is done to them. */
typedef struct {
    int channels, vectors, full, block, is_masked;
    int x_step, x_vector, x_lanes, y_step, y_vector, y_lanes;
    int centres_variance, centres_result, has_scale, has_shift;
    float epsilon, least;
} layer_rule;

/* Lane p: the sum of the lanes of sums[p]. Each step makes one vector of two, with half as many parts of each sum. */
static INLINE vf layer_sums_of_lanes(vf *sums) {
    UNROLL for (int half = VL / 2; half > 0; half /= 2)
        UNROLL for (int i = 0; i < half; i++) {
            vf kept = {0}, crossed = {0};
            UNROLL for (int lane = 0; lane < VL; lane++) {
                kept[lane] = lane & half ? sums[i + half][lane] : sums[i][lane];
                crossed[lane] = lane & half ? sums[i + half][lane ^ half] : sums[i][lane ^ half];
            }
            sums[i] = kept + crossed;
        }
    return sums[0];
}

/* Adds a vector of each pixel to its sums, or the squares of its distances from the pixel's centre. */
static INLINE void layer_add(
    const layer_rule r, const int count, const int lanes, const int valid, const float *centres, const float *x,
    vf *sums) {
    UNROLL for (int p = 0; p < count; p++) {
        vf value = load_partial(x + p * r.x_step, lanes);
        if (centres) value -= broadcast(centres[p]);
        if (r.is_masked) value = keep_lanes((unsigned)valid, value);
        sums[p] += centres ? value * value : value;
    }
}

/* The mean over the channels of each pixel, a lane a pixel: of x, or of the squares of x - centre. */
static INLINE vf layer_means(
    const layer_rule r, const int count, const int *valid, const float *centres, const float *x) {
    vf total[VL];
    UNROLL for (int p = 0; p < VL; p++) total[p] = broadcast(0.0f);
    for (int block = 0; block < r.full; block += r.block) {
        const int end = r.full - block < r.block ? r.full : block + r.block;
        vf part[VL];
        UNROLL for (int p = 0; p < VL; p++) part[p] = broadcast(0.0f);
        for (int v = block; v < end; v++) layer_add(r, count, VL, valid[v], centres, x + v * r.x_vector, part);
        UNROLL for (int p = 0; p < VL; p++) total[p] += part[p];
    }
    for (int v = r.full; v < r.vectors; v++)
        layer_add(r, count, r.x_lanes, valid[v], centres, x + v * r.x_vector, total);
    return layer_sums_of_lanes(total) / broadcast((float)r.channels);
}

static INLINE void layer_write(
    const layer_rule r, const int count, const int x_lanes, const int y_lanes, const int valid, const float *centres,
    const float *factors, const float *record, const float *x, float *y) {
    UNROLL for (int p = 0; p < count; p++) {
        vf value = load_partial(x + p * r.x_step, x_lanes);
        if (r.centres_result) value -= broadcast(centres[p]);
        value *= broadcast(factors[p]);
        if (r.has_scale) value *= load_aligned(record);
        if (r.has_shift) value += load_aligned(record + r.has_scale * VL);
        if (r.is_masked) value = keep_lanes((unsigned)valid, value);
        store_partial(y + p * r.y_step, y_lanes, value);
    }
}

/* `count` neighbouring pixels. */
static INLINE void layer_pixels(
    const layer_rule r, const int count, const int *valid, const float *weights, const float *x, float *y) {
    float centres[VL] = {0}, zeros[VL] = {0}, factors[VL];
    const int record = (r.has_scale + r.has_shift) * VL;
    if (r.centres_variance || r.centres_result) store(centres, layer_means(r, count, valid, 0, x));
    vf variance = layer_means(r, count, valid, r.centres_variance ? centres : zeros, x);
    store(factors, reciprocal_root(at_least(variance + r.epsilon, broadcast(r.least))));
    for (int v = 0; v < r.full; v++)
        layer_write(
            r, count, VL, VL, valid[v], centres, factors, weights + v * record, x + v * r.x_vector, y + v * r.y_vector);
    for (int v = r.full; v < r.vectors; v++)
        layer_write(
            r, count, r.x_lanes, r.y_lanes, valid[v], centres, factors, weights + v * record, x + v * r.x_vector,
            y + v * r.y_vector);
}
/* netc: kernel */
static NOINLINE void layer_normalization(const float *x, IN weights, float *y, int first, int last) {
    /* netc: constants */
    enum {
        CHANNELS = 96, LENGTH = 56, VECTORS = 6, VECTORS_FULL = 6, BLOCK = 6, IS_MASKED = 0,
        X_LINE = 56 * VL, X_PIXEL = VL, X_VECTOR = 56 * 56 * VL, X_LANES = VL,
        Y_LINE = 56 * VL, Y_PIXEL = VL, Y_VECTOR = 56 * 56 * VL, Y_LANES = VL,
        CENTRES_VARIANCE = 1, CENTRES_RESULT = 1, HAS_SCALE = 1, HAS_SHIFT = 1,
    };
    static const float EPSILON = 1e-6f;
    static const float LEAST = 0.0f;
    static const int VALID[] = {-1, -1, -1, -1, -1, -1};
    /* netc: end */
    enum { PIECES = (LENGTH + VL - 1) / VL, TAIL = LENGTH - (PIECES - 1) * VL };
    const layer_rule rule = {
        CHANNELS, VECTORS, VECTORS_FULL, BLOCK, IS_MASKED, X_PIXEL, X_VECTOR, X_LANES, Y_PIXEL, Y_VECTOR, Y_LANES,
        CENTRES_VARIANCE, CENTRES_RESULT, HAS_SCALE, HAS_SHIFT, EPSILON, LEAST};
    for (int item = first; item < last; item++) {
        const int line = item / PIECES, piece = item % PIECES;
        const float *from = x + line * X_LINE + piece * VL * X_PIXEL;
        float *to = y + line * Y_LINE + piece * VL * Y_PIXEL;
        if (piece < PIECES - 1) layer_pixels(rule, VL, VALID, weights, from, to);
        else layer_pixels(rule, TAIL, VALID, weights, from, to);
    }
}
