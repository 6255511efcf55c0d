/* The register tile behind everything that is a matrix product: PIXELS pixels times VECTORS vectors of output channels stay in registers
   while all taps and input channels of a block pass by.

   Weights are read strictly in order: [vector of input channels][tap row][tap column][channel of the vector][lane of the panel], where a
   panel is VECTORS vectors of output channels; then the same for the `tail` channels that don't fill a vector. Each input is broadcast. */
#ifndef PRODUCT /* where two templates that need it stand in one */
#define PRODUCT
#include "activation.c"
/* netc: shared */
enum { MOST_PIXELS = 16, MOST_VECTORS = 4 };

/* Many things are cut into pieces of two sizes that differ by one: `big` ones of the larger size first, or all (0). Whether a piece is one of
   these, and where it begins. */
static INLINE int is_big_piece(const int big, int piece) { return !big || piece < big; }
static INLINE int piece_start(const int size, const int big, int piece) {
    return piece * size - (big && piece > big ? piece - big : 0);
}

/* What is summed over. All fields are constants once inlined. */
typedef struct {
    int kernel_height, kernel_width;
    int tap_row, tap_column; /* floats of x from one tap to the next */
    int vectors, tail;       /* whole vectors of input channels, and the channels left over */
    int vector;              /* floats of x from one such vector to the next */
    int is_indexed;          /* or else: channel k lies at offsets[k] */
    int prefetch;            /* one cache line of the weights that come next is fetched every that many channels; 0: none */
} product_sum;

typedef struct {
    int first, last; /* kinds of activation, before and after the residual */
    float first_a, first_b, first_c, last_a, last_b, last_c;
    int adds;
    int slopes; /* floats of the weights before the slopes of negative results, which then are the residual; 0: none */
} product_epilogue;

static INLINE void product_step(const int PIXELS, const int VECTORS, const float *x, const long *x_at, const float *w,
                                vf sum[][MOST_VECTORS]) {
    vf b[MOST_VECTORS];
    UNROLL for (int n = 0; n < VECTORS; n++) b[n] = load_aligned(w + n * VL);
    UNROLL for (int m = 0; m < PIXELS; m++) {
        vf a = broadcast(x[x_at[m]]);
        UNROLL for (int n = 0; n < VECTORS; n++) sum[m][n] += a * b[n];
    }
}

/* The same for a vector of input channels, each taken from its lane: that takes no load of its own where one
   instruction multiplies by a lane. */
static INLINE void product_lanes(const int PIXELS, const int VECTORS, const product_sum s, const float *x,
                                 const long *x_at, const float *w, const float *next, vf sum[][MOST_VECTORS]) {
    vf a[MOST_PIXELS];
    UNROLL for (int m = 0; m < PIXELS; m++) a[m] = load(x + x_at[m]);
    UNROLL for (int k = 0; k < VL; k++) {
        if (s.prefetch && k % s.prefetch == 0) __builtin_prefetch(next + k / s.prefetch * 16, 0, 2);
        vf b[MOST_VECTORS];
        UNROLL for (int n = 0; n < VECTORS; n++) b[n] = load_aligned(w + (k * VECTORS + n) * VL);
        UNROLL for (int m = 0; m < PIXELS; m++) {
            UNROLL for (int n = 0; n < VECTORS; n++) sum[m][n] += broadcast(a[m][k]) * b[n];
        }
    }
}

/* One tap of `count` input channels. */
static INLINE void product_tap(const int PIXELS, const int VECTORS, const product_sum s, const int count, const float *x,
                               const long *x_at, const int *offsets, const float *w, const float *next,
                               vf sum[][MOST_VECTORS]) {
#ifdef __ARM_NEON
    if (count == VL && !s.is_indexed) {
        product_lanes(PIXELS, VECTORS, s, x, x_at, w, next, sum);
        return;
    }
#endif
    UNROLL_4 for (int k = 0; k < count; k++) {
        if (s.prefetch && k % s.prefetch == 0) __builtin_prefetch(next + k / s.prefetch * 16, 0, 2);
        product_step(PIXELS, VECTORS, x + (s.is_indexed ? offsets[k] : k), x_at, w + k * (VECTORS * VL), sum);
    }
}

/* Adds the vectors first ..< last of input channels, and the tail where last is the end. x is at the first tap of the tile's base,
   x_at[m] the distance to pixel m, w at the panel's first weight, next at what this tile fetches of the weights that come next. */
static INLINE void product_accumulate(const int PIXELS, const int VECTORS, const product_sum s, const int first,
                                      const int last, const float *x, const long *x_at, const int *offsets,
                                      const float *w, const float *next, vf sum[][MOST_VECTORS]) {
    const int taps = s.kernel_height * s.kernel_width;
    const int line_floats = s.prefetch ? VL / s.prefetch * 16 : 0;
    w += (long)first * taps * (VL * VECTORS * VL);
    NO_UNROLL for (int v = first; v < last; v++) {
        const float *xv = x + (s.is_indexed ? 0 : (long)v * s.vector);
        NO_UNROLL for (int r = 0; r < s.kernel_height; r++) {
            NO_UNROLL for (int c = 0; c < s.kernel_width; c++) {
                product_tap(PIXELS, VECTORS, s, VL, xv + r * (long)s.tap_row + c * s.tap_column, x_at, s.is_indexed ? offsets + v * VL : 0, w,
                            next, sum);
                w += VL * VECTORS * VL;
                next += line_floats;
            }
        }
    }
    if (s.tail == 0 || last < s.vectors) return;
    const float *xv = x + (s.is_indexed ? 0 : (long)s.vectors * s.vector);
    NO_UNROLL for (int r = 0; r < s.kernel_height; r++) {
        NO_UNROLL for (int c = 0; c < s.kernel_width; c++) {
            product_tap(PIXELS, VECTORS, s, s.tail, xv + r * (long)s.tap_row + c * s.tap_column, x_at,
                        s.is_indexed ? offsets + s.vectors * VL : 0, w, next, sum);
            w += s.tail * VECTORS * VL;
            next += line_floats;
        }
    }
}

/* The residual that a result needs, LANES lanes of it, or the slopes of its channels. */
static INLINE vf product_residual(const product_epilogue e, const int LANES, const float *x2) {
    return e.slopes ? load_aligned(x2) : e.adds ? load_partial(x2, LANES) : (vf){0};
}

/* last(first(sum) + residual), or last(first(sum)) with negative results times the residual */
static INLINE vf product_finish(const product_epilogue e, vf sum, vf residual) {
    vf z = activate(e.first, e.first_a, e.first_b, e.first_c, sum);
    if (e.adds) z += residual;
    z = activate(e.last, e.last_a, e.last_b, e.last_c, z);
    return e.slopes ? choose((vi)(z < 0.0f), z * residual, z) : z;
}
#endif
