/* x / (bias + alpha·Σ x²)^beta, the sum over BEFORE channels before and BEHIND channels behind (Krizhevsky 2012). Slots
   are the channels in order; x and y have whole vectors but for the last.

   A pixel's squares lie in scratch memory between zeros, so that a window is the sum of unaligned vectors. An item is
   one row. */
#include "vector.c"
/* netc: shared */
static INLINE vf local_response_vector(
    const int size, const float alpha, const float beta, const float bias, const vf x, const float *squares) {
    vf sum = {0};
    for (int i = 0; i < size; i++) sum += load(squares + i);
    return x * exponential(-beta * logarithm(bias + alpha * sum));
}
/* netc: kernel */
static NOINLINE void local_response(IN x, OUT y, OUT scratch, int first, int last) {
    /* netc: constants */
    enum {
        BEFORE = 2, BEHIND = 2, CHANNELS_LEFT = VL, WIDTH = 27, VECTORS = 6,
        X_ROW = 27 * VL, X_PIXEL = VL, X_VECTOR = 27 * 27 * VL,
        Y_ROW = 27 * VL, Y_PIXEL = VL, Y_VECTOR = 27 * 27 * VL, Y_LANES = VL,
    };
    static const float ALPHA = 1e-4f;
    static const float BETA = 0.75f;
    static const float BIAS = 2.0f;
    /* netc: end */
    enum { SIZE = BEFORE + 1 + BEHIND };
    float *squares = scratch + BEFORE;
    for (int i = 0; i < BEFORE; i++) scratch[i] = 0;
    for (int i = 0; i < BEHIND; i++) squares[VECTORS * VL + i] = 0;
    for (int row = first; row < last; row++)
        for (int column = 0; column < WIDTH; column++) {
            const float *from = x + row * X_ROW + column * X_PIXEL;
            float *to = y + row * Y_ROW + column * Y_PIXEL;
            for (int v = 0; v < VECTORS; v++) {
                vf value = v < VECTORS - 1 ? load(from + v * X_VECTOR)
                                             : load_partial(from + v * X_VECTOR, CHANNELS_LEFT);
                store(squares + v * VL, value * value);
            }
            for (int v = 0; v < VECTORS - 1; v++)
                store(
                    to + v * Y_VECTOR,
                    local_response_vector(SIZE, ALPHA, BETA, BIAS, load(from + v * X_VECTOR), scratch + v * VL));
            enum { LAST = VECTORS - 1 };
            vf value = local_response_vector(
                SIZE, ALPHA, BETA, BIAS, load_partial(from + LAST * X_VECTOR, CHANNELS_LEFT), scratch + LAST * VL);
            store_partial(to + LAST * Y_VECTOR, Y_LANES, keep_lanes((1u << CHANNELS_LEFT) - 1, value));
        }
}
