/* Depthwise convolution: each output channel reads one input channel. x has the zero border that the kernel reaches into.

   An item is one output row of one vector of channels, cut into tiles of TILE or TILE - 1 pixels whose sums stay in registers. Each input
   is loaded once for a row of the kernel and used by all the sums that need it. Where the lanes of an output vector aren't those of an
   input vector (more than one output for each input channel, or interleaved x), they are gathered one by one.
   Weights: for each vector the biases, then [kernel row][kernel column][lane]. */
#include "product.c"
/* netc: shared */
enum { MOST_DEPTHWISE_PIXELS = 8, MOST_DEPTHWISE_COLUMNS = 7 };

typedef struct {
    int kernel_height, kernel_width, dilation, stride; /* of columns */
    int tap_row, x_pixel, x2_pixel, y_pixel;           /* floats */
    int is_gathered;
    product_epilogue epilogue;
} depthwise_shape;

static INLINE vf depthwise_load(const depthwise_shape s, const float *x, const int *offsets) {
    if (!s.is_gathered) return load(x);
    vf result = {0};
    UNROLL for (int i = 0; i < VL; i++) result[i] = x[offsets[i]];
    return result;
}

/* One row of the kernel, its weights in registers. */
static INLINE void depthwise_row(const int PIXELS, const depthwise_shape s, const float *x, const float *weights, vf *sum) {
    vf w[MOST_DEPTHWISE_COLUMNS];
    UNROLL for (int c = 0; c < s.kernel_width; c++) w[c] = load_aligned(weights + c * VL);
    UNROLL for (int i = 0; i < (PIXELS - 1) * s.stride + (s.kernel_width - 1) * s.dilation + 1; i++) {
        const vf value = load(x + i * s.x_pixel);
        UNROLL for (int m = 0; m < PIXELS; m++) {
            const int reach = i - m * s.stride;
            if (reach >= 0 && reach % s.dilation == 0 && reach / s.dilation < s.kernel_width)
                sum[m] += value * w[reach / s.dilation];
        }
    }
}

/* The same for a wide kernel or gathered lanes: tap by tap. */
static INLINE void depthwise_taps(const int PIXELS, const depthwise_shape s, const float *x, const int *offsets,
                                  const float *weights, vf *sum) {
    NO_UNROLL for (int c = 0; c < s.kernel_width; c++) {
        const vf w = load_aligned(weights + c * VL);
        UNROLL for (int m = 0; m < PIXELS; m++)
            sum[m] += w * depthwise_load(s, x + (m * s.stride + c * s.dilation) * (long)s.x_pixel, offsets);
    }
}

static INLINE void depthwise_tile(const int PIXELS, const int LANES, const depthwise_shape s, const float *x, const float *x2,
                                  const int *offsets, const float *weights, float *y) {
    vf sum[MOST_DEPTHWISE_PIXELS];
    UNROLL for (int m = 0; m < PIXELS; m++) sum[m] = load_aligned(weights);
    NO_UNROLL for (int r = 0; r < s.kernel_height; r++) {
        const float *row = x + r * (long)s.tap_row, *w = weights + (1 + r * s.kernel_width) * VL;
        if (s.is_gathered || s.kernel_width > MOST_DEPTHWISE_COLUMNS) depthwise_taps(PIXELS, s, row, offsets, w, sum);
        else depthwise_row(PIXELS, s, row, w, sum);
    }
    UNROLL for (int m = 0; m < PIXELS; m++) {
        const vf residual = s.epilogue.adds ? load_partial(x2 + m * (long)s.x2_pixel, LANES) : (vf){0};
        store_partial(y + m * (long)s.y_pixel, LANES, product_finish(s.epilogue, sum[m], residual));
    }
}
/* netc: kernel */
static NOINLINE void depthwise(const float *restrict x, const float *restrict x2, const float *restrict weights,
                               float *restrict y, int first, int last) {
    /* netc: constants */
    enum {
        HEIGHT = 14,
        TILE = 7,
        TILES = 2,
        BIG_TILES = 2,
        VECTORS = 2,
        LAST_LANES = VL,
        KERNEL_HEIGHT = 3,
        KERNEL_WIDTH = 3,
        DILATION = 1,
        STRIDE = 1,
        IS_GATHERED = 0,
        TAP_ROW = 16 * VL,
        X_ORIGIN = -17 * VL,
        X_ROW = 16 * VL,
        X_PIXEL = VL,
        X2_ROW = 14 * VL,
        X2_PIXEL = VL,
        X2_VECTOR = 196 * VL,
        Y_ROW = 14 * VL,
        Y_PIXEL = VL,
        Y_VECTOR = 196 * VL,
        ADDS = 0,
        FIRST = RELU,
        LAST = LINEAR,
    };
    static const float FIRST_A = 0;
    static const float FIRST_B = 0;
    static const float FIRST_C = 0;
    static const float LAST_A = 0;
    static const float LAST_B = 0;
    static const float LAST_C = 0;
    static const int OFFSETS[] = {0, 256 * VL};
    /* netc: end */
    const depthwise_shape shape = {
        KERNEL_HEIGHT, KERNEL_WIDTH, DILATION, STRIDE, TAP_ROW, X_PIXEL, X2_PIXEL, Y_PIXEL, IS_GATHERED,
        .epilogue = {FIRST, LAST, FIRST_A, FIRST_B, FIRST_C, LAST_A, LAST_B, LAST_C, ADDS},
    };
    for (int item = first; item < last; item++) {
        const int v = item / HEIGHT, row = item % HEIGHT;
        const float *w = weights + v * (long)((1 + KERNEL_HEIGHT * KERNEL_WIDTH) * VL);
        const int *offsets = OFFSETS + (IS_GATHERED ? v * VL : v);
        const float *xr = x + X_ORIGIN + row * (long)X_ROW + (IS_GATHERED ? 0 : *offsets);
        const float *x2r = x2 + v * (long)X2_VECTOR + row * (long)X2_ROW;
        float *yr = y + v * (long)Y_VECTOR + row * (long)Y_ROW;
        NO_UNROLL for (int t = 0; t < TILES; t++) {
            const int start = t * TILE - (t > BIG_TILES ? t - BIG_TILES : 0);
            const float *xt = xr + start * (long)(STRIDE * X_PIXEL), *x2t = x2r + start * (long)X2_PIXEL;
            float *yt = yr + start * (long)Y_PIXEL;
            const int is_whole = BIG_TILES == TILES || t < BIG_TILES;
            if (LAST_LANES < VL && v == VECTORS - 1) {
                if (is_whole) depthwise_tile(TILE, LAST_LANES, shape, xt, x2t, offsets, w, yt);
                else if (BIG_TILES < TILES) depthwise_tile(TILE - 1, LAST_LANES, shape, xt, x2t, offsets, w, yt);
            } else {
                if (is_whole) depthwise_tile(TILE, VL, shape, xt, x2t, offsets, w, yt);
                else if (BIG_TILES < TILES) depthwise_tile(TILE - 1, VL, shape, xt, x2t, offsets, w, yt);
            }
        }
    }
}
