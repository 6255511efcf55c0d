/* Enlargement by whole factors, linear between the centres of pixels; beyond the outermost centres the edge goes on
   (Keras' half pixels).

   Output p of the FACTOR that pixel i becomes lies at i + (2p + 1 - FACTOR) / (2·FACTOR): between i - 1 and i, or
   between i and i + 1. An item is one row of one vector of slots of y. */
#include "vector.c"
/* netc: shared */
typedef struct {
    int factor, width, x_pixel, x_lanes, y_pixel, y_lanes;
} bilinear_shape;

/* How far output p lies from the centre of its pixel, in pixels. */
static INLINE float bilinear_offset(const int p, const int factor) {
    return (float)(2 * p + 1 - factor) / (float)(2 * factor);
}

/* At the centre of a pixel the other one has no part, even if it is infinite. */
static INLINE vf bilinear_blend(const float share, vf a, vf b) {
    return share == 0.0f ? a : (1.0f - share) * a + share * b;
}

/* Column `column` of the image, between the rows x and x + other. */
static INLINE vf bilinear_column(
    const bilinear_shape shape, const float *x, const int other, const float share, const int column) {
    const float *at = x + column * shape.x_pixel;
    return bilinear_blend(share, load_partial(at, shape.x_lanes), load_partial(at + other, shape.x_lanes));
}

static INLINE void bilinear_row(
    const bilinear_shape shape, const float *x, const int other, const float share, const unsigned valid, float *y) {
    vf left = bilinear_column(shape, x, other, share, 0), centre = left;
    for (int w = 0; w < shape.width; w++) {
        const vf right = w + 1 < shape.width ? bilinear_column(shape, x, other, share, w + 1) : centre;
        for (int p = 0; p < shape.factor; p++, y += shape.y_pixel) {
            const float offset = bilinear_offset(p, shape.factor);
            vf value = offset < 0.0f ? bilinear_blend(-offset, centre, left) : bilinear_blend(offset, centre, right);
            store_partial(y, shape.y_lanes, keep_lanes(valid, value));
        }
        left = centre;
        centre = right;
    }
}
/* netc: kernel */
static NOINLINE void upsampling_bilinear(IN x, OUT y, int first, int last) {
    /* netc: constants */
    enum {
        FACTOR_HEIGHT = 2, FACTOR_WIDTH = 2,
        X_HEIGHT = 7, X_WIDTH = 7, X_ROW = 7 * VL, X_PIXEL = VL, X_VECTOR = 7 * 7 * VL, X_LANES = VL,
        Y_ROW = 14 * VL, Y_PIXEL = VL, Y_VECTOR = 14 * 14 * VL, Y_LANES = VL,
        VECTORS = 1, VECTORS_FULL = 1,
    };
    static const int VALID[] = {-1};
    /* netc: end */
    for (int item = first; item < last; item++) {
        const int vector = item / (X_HEIGHT * FACTOR_HEIGHT), row = item % (X_HEIGHT * FACTOR_HEIGHT);
        const int centre = row / FACTOR_HEIGHT;
        const float offset = bilinear_offset(row % FACTOR_HEIGHT, FACTOR_HEIGHT);
        const int neighbour = offset < 0.0f ? centre - 1 : centre + 1;
        const int other = neighbour < 0 || neighbour >= X_HEIGHT ? 0 : (neighbour - centre) * X_ROW;
        const float share = offset < 0.0f ? -offset : offset;
        const unsigned valid = (unsigned)VALID[vector];
        const float *from = x + vector * X_VECTOR + centre * X_ROW;
        float *to = y + vector * Y_VECTOR + row * Y_ROW;
        if (VECTORS_FULL == VECTORS || vector < VECTORS_FULL)
            bilinear_row(
                (bilinear_shape){FACTOR_WIDTH, X_WIDTH, X_PIXEL, VL, Y_PIXEL, VL}, from, other, share, valid, to);
        else
            bilinear_row(
                (bilinear_shape){FACTOR_WIDTH, X_WIDTH, X_PIXEL, X_LANES, Y_PIXEL, Y_LANES}, from, other, share,
                valid, to);
    }
}
