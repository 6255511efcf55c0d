/* Depthwise convolution: each output channel reads one input channel; or all GROUP channels of its group, where whole groups fill a vector: for
   each channel of a group, one vector holds it in all lanes of the group. x has the zero border that the kernel reaches into.

   An item is one output row of one vector of channels, cut into tiles of TILE or TILE - 1 pixels whose sums stay in registers. Each input
   is loaded once for a row of the kernel and used by all the sums that need it. Where the lanes of an output vector aren't those of an
   input vector (more than one output for each input channel, or interleaved x), they are gathered one by one.
   Weights: for each vector the biases, then [kernel row][channel of the group][kernel column][lane]; behind all of them the slopes of
   negative results, if there are any. */
#include "product.c"
/* netc: shared */
enum { MOST_DEPTHWISE_PIXELS = 8, MOST_DEPTHWISE_COLUMNS = 7 };

typedef struct {
    int origin, row, pixel, vector; /* floats to the first element, then to the next row, pixel or vector of channels; x may have a table instead */
} depthwise_image;

typedef struct {
    int height, vectors, last_lanes;                   /* of y; lanes of its last vector, 0 where it is whole */
    int tile, tiles, big_tiles;                        /* pixels, tiles in a row, how many of them are of full size; 0: all */
    int kernel_height, kernel_width, dilation, stride; /* of columns */
    int tap_row;                                       /* floats of x from one kernel row to the next */
    int is_gathered, group;
    depthwise_image x, x2, y;
    product_epilogue epilogue;
} depthwise_shape;

static INLINE vf depthwise_load(const depthwise_shape s, const float *x, const int *offsets) {
    if (!s.is_gathered) return load(x);
    vf result = {0};
    UNROLL for (int i = 0; i < VL; i++) result[i] = x[offsets[i]];
    return result;
}

/* Channel k of each group in all its lanes. */
static INLINE vf depthwise_spread(const depthwise_shape s, const int k, vf x) {
    vf result = x;
    UNROLL for (int i = 0; i < VL; i++) result[i] = x[i / s.group * s.group + k];
    return result;
}

/* One row of the kernel for channel k of each group, its weights in registers. */
static INLINE void depthwise_row(
    const int PIXELS, const depthwise_shape s, const int k, const float *x, const float *weights, vf *sum) {
    vf w[MOST_DEPTHWISE_COLUMNS];
    UNROLL for (int c = 0; c < s.kernel_width; c++) w[c] = load_aligned(weights + c * VL);
    UNROLL for (int i = 0; i < (PIXELS - 1) * s.stride + (s.kernel_width - 1) * s.dilation + 1; i++) {
        const vf value = depthwise_spread(s, k, load(x + i * s.x.pixel));
        UNROLL for (int m = 0; m < PIXELS; m++) {
            const int reach = i - m * s.stride;
            if (reach >= 0 && reach % s.dilation == 0 && reach / s.dilation < s.kernel_width)
                sum[m] += value * w[reach / s.dilation];
        }
    }
}

/* The same for a wide kernel or gathered lanes: tap by tap. */
static INLINE void depthwise_taps(
    const int PIXELS, const depthwise_shape s, const int k, const float *x, const int *offsets, const float *weights,
    vf *sum) {
    NO_UNROLL for (int c = 0; c < s.kernel_width; c++) {
        const vf w = load_aligned(weights + c * VL);
        UNROLL for (int m = 0; m < PIXELS; m++)
            sum[m] += w * depthwise_spread(s, k, depthwise_load(s, x + (m * s.stride + c * s.dilation) * (long)s.x.pixel, offsets));
    }
}

static INLINE void depthwise_tile(const int PIXELS, const int LANES, const depthwise_shape s, const float *x, const float *x2,
                                  const int *offsets, const float *weights, float *y) {
    vf sum[MOST_DEPTHWISE_PIXELS];
    UNROLL for (int m = 0; m < PIXELS; m++) sum[m] = load_aligned(weights);
    NO_UNROLL for (int r = 0; r < s.kernel_height; r++) {
        const float *row = x + r * (long)s.tap_row, *w = weights + (1 + r * s.group * s.kernel_width) * VL;
        UNROLL for (int k = 0; k < s.group; k++, w += s.kernel_width * VL) {
            if (s.is_gathered || s.kernel_width > MOST_DEPTHWISE_COLUMNS) depthwise_taps(PIXELS, s, k, row, offsets, w, sum);
            else depthwise_row(PIXELS, s, k, row, w, sum);
        }
    }
    UNROLL for (int m = 0; m < PIXELS; m++) {
        const vf residual = product_residual(s.epilogue, LANES, x2 + m * (long)s.x2.pixel);
        store_partial(y + m * (long)s.y.pixel, LANES, product_finish(s.epilogue, sum[m], residual));
    }
}

static INLINE void depthwise_items(const depthwise_shape s, const float *x, const float *x2, const float *weights, float *y,
                                   const int *offsets, int first, int last) {
    x += s.x.origin;
    if (s.epilogue.slopes) x2 = weights + s.epilogue.slopes;
    NO_UNROLL for (int item = first; item < last; item++) {
        const int v = item / s.height, row = item % s.height;
        const float *w = weights + v * (long)((1 + s.kernel_height * s.kernel_width * s.group) * VL);
        const int *own = offsets + (s.is_gathered ? v * VL : s.x.vector ? 0 : v);
        const float *xr = x + row * (long)s.x.row + (s.is_gathered ? 0 : s.x.vector ? v * (long)s.x.vector : *own);
        const float *x2r = x2 + v * (long)s.x2.vector + row * (long)s.x2.row;
        float *yr = y + v * (long)s.y.vector + row * (long)s.y.row;
        NO_UNROLL for (int t = 0; t < s.tiles; t++) {
            const int start = piece_start(s.tile, s.big_tiles, t);
            const float *xt = xr + start * (long)(s.stride * s.x.pixel), *x2t = x2r + start * (long)s.x2.pixel;
            float *yt = yr + start * (long)s.y.pixel;
            const int is_whole = is_big_piece(s.big_tiles, t);
            if (s.last_lanes && v == s.vectors - 1) {
                if (is_whole) depthwise_tile(s.tile, s.last_lanes, s, xt, x2t, own, w, yt);
                else if (s.big_tiles) depthwise_tile(s.tile - 1, s.last_lanes, s, xt, x2t, own, w, yt);
            } else {
                if (is_whole) depthwise_tile(s.tile, VL, s, xt, x2t, own, w, yt);
                else if (s.big_tiles) depthwise_tile(s.tile - 1, VL, s, xt, x2t, own, w, yt);
            }
        }
    }
}
/* netc: kernel */
static NOINLINE void depthwise(IN x, IN x2, IN weights, OUT y, int first, int last) {
    /* netc: constants */
    const depthwise_shape shape = {
        .height = 14, .vectors = 2, .last_lanes = 0, .tile = 7, .tiles = 2, .big_tiles = 0,
        .kernel_height = 3, .kernel_width = 3, .dilation = 1, .stride = 1, .tap_row = 16 * VL, .is_gathered = 0, .group = 1,
        .x = {.origin = -17 * VL, .row = 16 * VL, .pixel = VL, .vector = 256 * VL},
        .x2 = {.row = 14 * VL, .pixel = VL, .vector = 196 * VL},
        .y = {.row = 14 * VL, .pixel = VL, .vector = 196 * VL},
        .epilogue = {.first = RELU, .first_a = 0, .first_b = 0, .first_c = 0, .last = LINEAR, .last_a = 0, .last_b = 0, .last_c = 0, .adds = 0, .slopes = 0},
    };
    static const int OFFSETS[] = {0};
    /* netc: end */
    depthwise_items(shape, x, x2, weights, y, OFFSETS, first, last);
}
