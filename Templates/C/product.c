/* The register tile behind everything that is a matrix product: PIXELS pixels times VECTORS vectors of output channels stay in registers
   while all taps and input channels of a block pass by.

   Weights are read strictly in order: [vector of input channels][tap row][tap column][channel of the vector][lane of the panel], where a
   panel is VECTORS vectors of output channels; then the same for the `tail` channels that don't fill a vector. Each input is broadcast.

   The last vector of a panel may be split: where it holds 1/SPLIT of VL output channels or fewer, it sums up SPLIT input channels at once, the
   i-th of them for output channel j in lane j·SPLIT + i, and these lanes are added in the end. Its weights for SPLIT channels are one vector,
   behind those of the other vectors for each of these channels. Channels left over have weights of zero in all lanes but the first. */
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
    int ahead;               /* the same for what a later step reads */
} product_sum;

/* What is fetched into the caches meanwhile: weights that come next, and what a later step reads. */
typedef struct {
    const float *next, *ahead;
} product_fetched;

static INLINE void product_fetch(const product_sum s, const product_fetched from, const int k) {
    if (s.prefetch && k % s.prefetch == 0) __builtin_prefetch(from.next + k / s.prefetch * 16, 0, 2);
    if (s.ahead && k % s.ahead == 0) __builtin_prefetch(from.ahead + k / s.ahead * 16, 0, 2);
}

/* Floats that a tap of a vector of input channels fetches, where one line is fetched every that many channels. */
static INLINE int product_fetched_floats(const int every) { return every ? VL / every * 16 : 0; }

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
                                 const long *x_at, const float *w, const product_fetched from, vf sum[][MOST_VECTORS]) {
    vf a[MOST_PIXELS];
    UNROLL for (int m = 0; m < PIXELS; m++) a[m] = load(x + x_at[m]);
    UNROLL for (int k = 0; k < VL; k++) {
        product_fetch(s, from, k);
        vf b[MOST_VECTORS];
        UNROLL for (int n = 0; n < VECTORS; n++) b[n] = load_aligned(w + (k * VECTORS + n) * VL);
        UNROLL for (int m = 0; m < PIXELS; m++) {
            UNROLL for (int n = 0; n < VECTORS; n++) sum[m][n] += broadcast(a[m][k]) * b[n];
        }
    }
}

/* SPLIT floats again and again. */
static INLINE vf product_repeat(const int SPLIT, const float *x) {
    vf result = {0};
    UNROLL for (int i = 0; i < VL; i++) result[i] = x[i % SPLIT];
    return result;
}

/* Splits the last vector: each output channel goes to the first of its lanes, zeros to the others. */
static INLINE void product_spread(const int PIXELS, const int VECTORS, const int SPLIT, vf sum[][MOST_VECTORS]) {
    UNROLL for (int m = 0; m < PIXELS; m++) {
        const vf x = sum[m][VECTORS - 1];
        vf result = {0};
        UNROLL for (int i = 0; i < VL; i++) if (i % SPLIT == 0) result[i] = x[i / SPLIT];
        sum[m][VECTORS - 1] = result;
    }
}

/* Adds the lanes of each output channel of the last vector; zeros stand behind them. */
static INLINE void product_collect(const int PIXELS, const int VECTORS, const int SPLIT, vf sum[][MOST_VECTORS]) {
    UNROLL for (int m = 0; m < PIXELS; m++) {
        const vf x = sum[m][VECTORS - 1];
        vf result = {0};
        UNROLL for (int k = 0; k < SPLIT; k++) {
            vf part = {0};
            UNROLL for (int i = 0; i < VL / SPLIT; i++) part[i] = x[i * SPLIT + k];
            result += part;
        }
        sum[m][VECTORS - 1] = result;
    }
}

/* Floats of a panel's weights for one tap of `count` input channels. */
static INLINE int product_weights(const int VECTORS, const int SPLIT, int count) {
    return (SPLIT <= 1 ? count * VECTORS : count * (VECTORS - 1) + count / SPLIT + count % SPLIT) * VL;
}

/* One tap of `count` input channels where the last vector is split: SPLIT channels lie together, wherever they do. */
static INLINE void product_split_tap(const int PIXELS, const int VECTORS, const int SPLIT, const product_sum s, const int count,
                                     const float *x, const long *x_at, const int *offsets, const float *w,
                                     const product_fetched from, vf sum[][MOST_VECTORS]) {
    const int WHOLE = VECTORS - 1;
    NO_UNROLL for (int k = 0; k + SPLIT <= count; k += SPLIT, w += (SPLIT * WHOLE + 1) * VL) {
        const float *channels = x + (s.is_indexed ? offsets[k] : k);
        UNROLL for (int i = 0; i < SPLIT; i++) {
            product_fetch(s, from, k + i);
            product_step(PIXELS, WHOLE, channels + i, x_at, w + i * (WHOLE * VL), sum);
        }
        const vf b = load_aligned(w + SPLIT * WHOLE * VL);
        UNROLL for (int m = 0; m < PIXELS; m++) sum[m][WHOLE] += product_repeat(SPLIT, channels + x_at[m]) * b;
    }
    UNROLL for (int k = count / SPLIT * SPLIT; k < count; k++, w += VECTORS * VL)
        product_step(PIXELS, VECTORS, x + (s.is_indexed ? offsets[k] : k), x_at, w, sum);
}

/* One tap of `count` input channels. */
static INLINE void product_tap(const int PIXELS, const int VECTORS, const int SPLIT, const product_sum s, const int count,
                               const float *x, const long *x_at, const int *offsets, const float *w,
                               const product_fetched from, vf sum[][MOST_VECTORS]) {
    if (SPLIT > 1) {
        product_split_tap(PIXELS, VECTORS, SPLIT, s, count, x, x_at, offsets, w, from, sum);
        return;
    }
#ifdef __ARM_NEON
    if (count == VL && !s.is_indexed) {
        product_lanes(PIXELS, VECTORS, s, x, x_at, w, from, sum);
        return;
    }
#endif
    UNROLL_4 for (int k = 0; k < count; k++) {
        product_fetch(s, from, k);
        product_step(PIXELS, VECTORS, x + (s.is_indexed ? offsets[k] : k), x_at, w + k * (VECTORS * VL), sum);
    }
}

/* Adds the vectors first ..< last of input channels, and the tail where last is the end. x is at the first tap of the tile's base,
   x_at[m] the distance to pixel m, w at the panel's first weight, `from` at what this tile fetches. */
static INLINE void product_accumulate(const int PIXELS, const int VECTORS, const int SPLIT, const product_sum s, const int first,
                                      const int last, const float *x, const long *x_at, const int *offsets,
                                      const float *w, product_fetched from, vf sum[][MOST_VECTORS]) {
    const int taps = s.kernel_height * s.kernel_width;
    w += first * (long)taps * product_weights(VECTORS, SPLIT, VL);
    NO_UNROLL for (int v = first; v < last; v++) {
        const float *xv = x + (s.is_indexed ? 0 : (long)v * s.vector);
        NO_UNROLL for (int r = 0; r < s.kernel_height; r++) {
            NO_UNROLL for (int c = 0; c < s.kernel_width; c++) {
                product_tap(PIXELS, VECTORS, SPLIT, s, VL, xv + r * (long)s.tap_row + c * s.tap_column, x_at,
                            s.is_indexed ? offsets + v * VL : 0, w, from, sum);
                w += product_weights(VECTORS, SPLIT, VL);
                from.next += product_fetched_floats(s.prefetch), from.ahead += product_fetched_floats(s.ahead);
            }
        }
    }
    if (s.tail == 0 || last < s.vectors) return;
    const float *xv = x + (s.is_indexed ? 0 : (long)s.vectors * s.vector);
    NO_UNROLL for (int r = 0; r < s.kernel_height; r++) {
        NO_UNROLL for (int c = 0; c < s.kernel_width; c++) {
            product_tap(PIXELS, VECTORS, SPLIT, s, s.tail, xv + r * (long)s.tap_row + c * s.tap_column, x_at,
                        s.is_indexed ? offsets + s.vectors * VL : 0, w, from, sum);
            w += product_weights(VECTORS, SPLIT, s.tail);
            from.next += product_fetched_floats(s.prefetch);
        }
    }
}

/* What products fetch by pieces meanwhile: consecutive floats, in rows of vectors of channels. */
typedef struct {
    const float *start;
    int floats, rows, vectors;
    long row, vector; /* floats from one row to the next, and from one vector */
} product_region;

/* Where a piece of so many floats begins, counted through both regions; beyond them it is one that is fetched already. */
static INLINE const float *product_piece(const product_region *regions, const int floats, int piece) {
    UNROLL for (int i = 0; i < 2; i++) {
        const product_region r = regions[i];
        const int pieces = (r.floats + floats - 1) / floats, row = piece / pieces % r.rows, vector = piece / pieces / r.rows;
        if (vector < r.vectors) return r.start + vector * r.vector + row * r.row + piece % pieces * floats;
        piece -= r.vectors * r.rows * pieces;
    }
    return regions[0].start;
}

/* Many rows of a matrix times one panel: y[row] = x[row]·w. Rows are cut into groups, which are register tiles. */
typedef struct {
    product_sum sum;
    int group, big_groups, groups; /* rows; groups of full size, and in all */
    long x_row, y_row;             /* floats from one row to the next */
} product_rows;

/* The rows of one group. */
static INLINE void product_group(const int ROWS, const int VECTORS, const product_rows r, const float *x, const float *w,
                                 const product_fetched from, float *y) {
    long x_at[MOST_PIXELS];
    vf sum[MOST_PIXELS][MOST_VECTORS];
    UNROLL for (int m = 0; m < ROWS; m++) {
        x_at[m] = m * r.x_row;
        UNROLL for (int n = 0; n < VECTORS; n++) sum[m][n] = (vf){0};
    }
    product_accumulate(ROWS, VECTORS, 1, r.sum, 0, r.sum.vectors, x, x_at, 0, w, from, sum);
    UNROLL for (int m = 0; m < ROWS; m++)
        UNROLL for (int n = 0; n < VECTORS; n++) store(y + m * r.y_row + n * VL, sum[m][n]);
}

/* All groups, each of which fetches its part of the weights that come next, and a piece of two regions: the first one that piece. */
static INLINE void product_groups(const int VECTORS, const product_rows r, const float *x, const float *w, const float *next,
                                  const product_region *regions, int piece, float *y) {
    const int fetched = r.sum.vectors * product_fetched_floats(r.sum.prefetch), size = r.sum.vectors * product_fetched_floats(r.sum.ahead);
    NO_UNROLL for (int g = 0; g < r.groups; g++, next += fetched) {
        const int start = piece_start(r.group, r.big_groups, g);
        const product_fetched from = {next, size ? product_piece(regions, size, piece + g) : 0};
        if (is_big_piece(r.big_groups, g)) product_group(r.group, VECTORS, r, x + start * r.x_row, w, from, y + start * r.y_row);
        else product_group(r.group - 1, VECTORS, r, x + start * r.x_row, w, from, y + start * r.y_row);
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
