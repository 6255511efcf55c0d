/* Softmax over the channels of every pixel, or its logarithm. The maximum is subtracted first, so that nothing
   overflows.

   An item is one row. Lanes of x that hold no channel (VALID, a bit each) don't count, and are zero in y. */
#include "vector.c"
/* netc: shared */
/* Lanes that don't count are minus infinity. */
static INLINE vf softmax_load(const int lanes, const unsigned valid, const float *x) {
    vf nothing = (vf)(~(vi)keep_lanes(valid, (vf)~(vi){0}) & (vi)broadcast(-__builtin_inff()));
    return (vf)((vi)keep_lanes(valid, load_partial(x, lanes)) | (vi)nothing);
}

/* Keeps NaN. */
static INLINE vf softmax_larger(vf a, vf b) { return choose((vi)(a < b) | (vi)(b != b), b, a); }

/* y = e^(x - maximum), or x - maximum; returns e^(x - maximum). */
static INLINE vf softmax_element(
    const int is_logarithmic, const int x_lanes, const int y_lanes, const unsigned valid, const vf maximum,
    const float *x, float *y) {
    vf shifted = softmax_load(x_lanes, valid, x) - maximum, power = keep_lanes(valid, exponential(shifted));
    store_partial(y, y_lanes, is_logarithmic ? keep_lanes(valid, shifted) : power);
    return power;
}

/* The last step: times 1 / sum, or less ln sum. */
static INLINE void softmax_finish(
    const int is_logarithmic, const int lanes, const unsigned valid, const vf factor, float *y) {
    vf x = load_partial(y, lanes);
    store_partial(y, lanes, is_logarithmic ? keep_lanes(valid, x - factor) : x * factor);
}
/* netc: kernel */
static NOINLINE void softmax(IN x, OUT y, int first, int last) {
    /* netc: constants */
    enum {
        IS_LOGARITHMIC = 0, WIDTH = 1, VECTORS = 63, VECTORS_FULL = 62,
        X_ROW = 1000, X_PIXEL = 1000, X_VECTOR = VL, X_LANES = 8 % VL,
        Y_ROW = 1000, Y_PIXEL = 1000, Y_VECTOR = VL, Y_LANES = 8 % VL,
    };
    static const int VALID[63] = {-1};
    /* netc: end */
    for (int row = first; row < last; row++)
        for (int column = 0; column < WIDTH; column++) {
            const float *from = x + row * X_ROW + column * X_PIXEL;
            float *to = y + row * Y_ROW + column * Y_PIXEL;
            vf largest = broadcast(-__builtin_inff()), sum = {0};
            for (int v = 0; v < VECTORS_FULL; v++)
                largest = softmax_larger(largest, softmax_load(VL, (unsigned)VALID[v], from + v * X_VECTOR));
            for (int v = VECTORS_FULL; v < VECTORS; v++)
                largest = softmax_larger(largest, softmax_load(X_LANES, (unsigned)VALID[v], from + v * X_VECTOR));
            const vf maximum = broadcast(maximum_of_lanes(largest));
            for (int v = 0; v < VECTORS_FULL; v++)
                sum += softmax_element(
                    IS_LOGARITHMIC, VL, VL, (unsigned)VALID[v], maximum, from + v * X_VECTOR, to + v * Y_VECTOR);
            for (int v = VECTORS_FULL; v < VECTORS; v++)
                sum += softmax_element(
                    IS_LOGARITHMIC, X_LANES, Y_LANES, (unsigned)VALID[v], maximum, from + v * X_VECTOR,
                    to + v * Y_VECTOR);
            const vf total = broadcast(sum_of_lanes(sum)), factor = IS_LOGARITHMIC ? logarithm(total) : 1.0f / total;
            for (int v = 0; v < VECTORS_FULL; v++)
                softmax_finish(IS_LOGARITHMIC, VL, (unsigned)VALID[v], factor, to + v * Y_VECTOR);
            for (int v = VECTORS_FULL; v < VECTORS; v++)
                softmax_finish(IS_LOGARITHMIC, Y_LANES, (unsigned)VALID[v], factor, to + v * Y_VECTOR);
        }
}
