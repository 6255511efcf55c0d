/* Convolution of one channel to one: vectors lie along the rows, which are plain floats in both maps. x has its zero border around it.

   An item is one output row, cut into tiles of TILE or TILE - 1 vectors; the last vector may be partial. Weights: the bias, then a number a tap. */
#include "product.c"
/* netc: shared */
enum { MOST_PLANE_VECTORS = 8 };

typedef struct {
    int tile, tiles, big_tiles, last_lanes;   /* vectors; how many tiles of full size, 0: all; lanes of the last vector, 0 where it is whole */
    int kernel_height, kernel_width;
    int tap_row, tap_column;                  /* floats of x from one tap to the next */
    int x_origin, x_row, y_row;
    product_epilogue epilogue;
} plane_shape;

static INLINE void plane_tile(const int VECTORS, const int LANES, const plane_shape s, const float *x, const float *weights, float *y) {
    vf sum[MOST_PLANE_VECTORS];
    UNROLL for (int n = 0; n < VECTORS; n++) sum[n] = broadcast(weights[0]);
    NO_UNROLL for (int r = 0; r < s.kernel_height; r++) {
        UNROLL_4 for (int c = 0; c < s.kernel_width; c++) {
            const vf w = broadcast(weights[1 + r * s.kernel_width + c]);
            const float *tap = x + r * (long)s.tap_row + c * s.tap_column;
            UNROLL for (int n = 0; n < VECTORS; n++) sum[n] += w * load_partial(tap + n * VL, n < VECTORS - 1 ? VL : LANES);
        }
    }
    UNROLL for (int n = 0; n < VECTORS; n++)
        store_partial(y + n * VL, n < VECTORS - 1 ? VL : LANES, product_finish(s.epilogue, sum[n], (vf){0}));
}

static INLINE void plane_items(const plane_shape s, const float *x, const float *weights, float *y, int first, int last) {
    const int last_tile = s.tiles - 1, vectors = s.big_tiles ? s.tile - 1 : s.tile;
    NO_UNROLL for (int row = first; row < last; row++) {
        const float *xr = x + s.x_origin + row * (long)s.x_row;
        float *yr = y + row * (long)s.y_row;
        NO_UNROLL for (int t = 0; t < last_tile; t++) {
            const int start = piece_start(s.tile, s.big_tiles, t) * VL;
            if (is_big_piece(s.big_tiles, t)) plane_tile(s.tile, VL, s, xr + start, weights, yr + start);
            else plane_tile(s.tile - 1, VL, s, xr + start, weights, yr + start);
        }
        const int start = piece_start(s.tile, s.big_tiles, last_tile) * VL;
        plane_tile(vectors, s.last_lanes ? s.last_lanes : VL, s, xr + start, weights, yr + start);
    }
}
/* netc: kernel */
static NOINLINE void plane_convolution(IN x, IN weights, OUT y, int first, int last) {
    /* netc: constants */
    const plane_shape shape = {
        .tile = 2, .tiles = 3, .big_tiles = 2, .last_lanes = VL / 2, .kernel_height = 3, .kernel_width = 3, .tap_row = 6 * VL, .tap_column = 1,
        .x_origin = -6 * VL - 1, .x_row = 6 * VL, .y_row = 5 * VL - VL / 2,
        .epilogue = {.first = RELU, .first_a = 0, .first_b = 0, .first_c = 0, .last = LINEAR, .last_a = 0, .last_b = 0, .last_c = 0, .adds = 0, .slopes = 0},
    };
    /* netc: end */
    plane_items(shape, x, weights, y, first, last);
}
