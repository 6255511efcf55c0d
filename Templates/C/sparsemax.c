/* Sparsemax over the channels of every pixel: max(x - t, 0), with the t that makes the sum 1 (Martins & Astudillo
   2016).

   Michelot's iteration: t lies in [maximum - 1, maximum). Of the elements above it, which are those above maximum - 1 at
   first, t is (sum - 1) / number, and those no longer above it are dropped, until none is. As each round but the last
   drops one at least, it ends; mostly after a few. Sums are in double precision: in single, their roundings would
   be magnified by the number of elements next to t. NaN is above any t and makes t NaN, as an infinite maximum does.

   An item is one row. Lanes of x that hold no channel (VALID, a bit each) don't count, and are zero in y. */
#include "softmax.c"
/* netc: shared */
typedef double vd __attribute__((vector_size(VL * 8)));
typedef __INT64_TYPE__ vl __attribute__((vector_size(VL * 8)));

/* x - maximum, exact but for the rounding of a double. */
static INLINE void sparsemax_shifted(
    const int lanes, const unsigned valid, const double maximum, const float *x, vd *shifted) {
    *shifted = __builtin_convertvector(softmax_load(lanes, valid, x), vd) - maximum;
}

/* Adds the elements above the threshold to the sums, each in its lane, and counts them. */
static INLINE void sparsemax_add(
    const int lanes, const unsigned valid, const double maximum, const double threshold, const float *x, vd *sum,
    vl *number) {
    vd shifted;
    sparsemax_shifted(lanes, valid, maximum, x, &shifted);
    vl above = ~(vl)(shifted <= threshold);
    *sum += (vd)((vl)shifted & above);
    *number -= above;
}

static INLINE void sparsemax_finish(
    const int x_lanes, const int y_lanes, const unsigned valid, const double maximum, const double threshold,
    const float *x, float *y) {
    vd shifted;
    sparsemax_shifted(x_lanes, valid, maximum, x, &shifted);
    store_partial(y, y_lanes, keep_lanes(valid, relu(__builtin_convertvector(shifted - threshold, vf))));
}
/* netc: kernel */
static NOINLINE void sparsemax(IN x, OUT y, int first, int last) {
    /* netc: constants */
    enum {
        WIDTH = 1,
        VECTORS = 63,
        VECTORS_FULL = 62,
        X_ROW = 1000,
        X_PIXEL = 1000,
        X_VECTOR = VL,
        X_LANES = 8 % VL,
        Y_ROW = 1000,
        Y_PIXEL = 1000,
        Y_VECTOR = VL,
        Y_LANES = 8 % VL,
    };
    static const int VALID[63] = {-1};
    /* netc: end */
    for (int row = first; row < last; row++)
        for (int column = 0; column < WIDTH; column++) {
            const float *from = x + row * X_ROW + column * X_PIXEL;
            float *to = y + row * Y_ROW + column * Y_PIXEL;
            vf largest = broadcast(-__builtin_inff());
            for (int v = 0; v < VECTORS_FULL; v++)
                largest = softmax_larger(largest, softmax_load(VL, (unsigned)VALID[v], from + v * X_VECTOR));
            for (int v = VECTORS_FULL; v < VECTORS; v++)
                largest = softmax_larger(largest, softmax_load(X_LANES, (unsigned)VALID[v], from + v * X_VECTOR));
            const double maximum = maximum_of_lanes(largest);
            double threshold = -1;
            int number = VECTORS * VL + 1, previous;
            do {
                vd sums = {0};
                vl numbers = {0};
                for (int v = 0; v < VECTORS_FULL; v++)
                    sparsemax_add(
                        VL, (unsigned)VALID[v], maximum, threshold, from + v * X_VECTOR, &sums, &numbers);
                for (int v = VECTORS_FULL; v < VECTORS; v++)
                    sparsemax_add(
                        X_LANES, (unsigned)VALID[v], maximum, threshold, from + v * X_VECTOR, &sums, &numbers);
                previous = number;
                number = 0;
                double sum = 0;
                UNROLL for (int i = 0; i < VL; i++) {
                    number += (int)numbers[i];
                    sum += sums[i];
                }
                threshold = (sum - 1) / number;
            } while (number < previous);
            for (int v = 0; v < VECTORS_FULL; v++)
                sparsemax_finish(
                    VL, VL, (unsigned)VALID[v], maximum, threshold, from + v * X_VECTOR, to + v * Y_VECTOR);
            for (int v = VECTORS_FULL; v < VECTORS; v++)
                sparsemax_finish(
                    X_LANES, Y_LANES, (unsigned)VALID[v], maximum, threshold, from + v * X_VECTOR, to + v * Y_VECTOR);
        }
}
