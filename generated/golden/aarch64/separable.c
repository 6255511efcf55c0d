/* separable, compiled from separable.net by netc 0.1.0 for aarch64:l1=32K,l2=1M.

   90,624 multiply-adds, 10,112 bytes of weights, 14,464 bytes of workspace.
   Compile with clang 14 or later and -O3. Images lie in blocks of 4 channels: element (c, h, w) at
   c / VL * plane + h * row + w * VL + c % VL.

   This file is yours: no notice is required. */
#include "separable.h"

extern const unsigned char separable_weights[] __attribute__((visibility("hidden"), aligned(64)));
static const float *const packed_weights = (const float *)(const void *)separable_weights;

#define VL 4
#pragma clang fp contract(fast)

/* Vectors of VL floats through clang's vector extensions: one text for AVX-512, AVX2, SSE2, NEON and plain scalar code.

   NaN passes through everything here. No function of libm is called: each activation is within a few units in the last place of the true
   function, relative to its value, down to 2^-126. */

/* Operands of kernels: what one writes overlaps nothing that it reads. */
#define IN const float *restrict
#define OUT float *restrict

#define INLINE inline __attribute__((always_inline, unused))
#define NOINLINE __attribute__((noinline, unused))
#define UNROLL _Pragma("clang loop unroll(full)")
#define UNROLL_4 _Pragma("clang loop unroll_count(4)")
#define NO_UNROLL _Pragma("clang loop unroll(disable)")

typedef float vf __attribute__((vector_size(VL * 4), may_alias));
typedef int vi __attribute__((vector_size(VL * 4), may_alias));
typedef unsigned vu __attribute__((vector_size(VL * 4), may_alias));
typedef float vf_unaligned __attribute__((vector_size(VL * 4), aligned(4), may_alias));

/* x in every lane. Minus, not plus: x + 0 isn't x for -0, so clang would emit an addition a lane. */
static INLINE vf broadcast(float x) { return x - (vf){0}; }

static INLINE vf load(const float *p) { return *(const vf_unaligned *)p; }
static INLINE void store(float *p, vf x) { *(vf_unaligned *)p = x; }

/* Packed weights are aligned to a whole vector. */
static INLINE vf load_aligned(const float *p) { return *(const vf *)p; }

/* The table of a kernel that needs none. */
static const int NONE[] __attribute__((unused)) = {0};

/* The first `count` lanes; the others are zero, and memory beyond isn't touched. */
static INLINE vf load_partial(const float *p, const int count) {
    vf x = {0};
    if (count >= VL) return load(p);
    UNROLL for (int i = 0; i < VL; i++) if (i < count) x[i] = p[i];
    return x;
}

static INLINE void store_partial(float *p, const int count, vf x) {
    if (count >= VL) store(p, x);
    else UNROLL for (int i = 0; i < VL; i++) if (i < count) p[i] = x[i];
}

/* a where the mask is set, else b. */
static INLINE vf choose(vi mask, vf a, vf b) { return (vf)((mask & (vi)a) | (~mask & (vi)b)); }

/* Minimum and maximum that keep a NaN of x. */
static INLINE vf at_most(vf x, vf limit) { return choose((vi)(x > limit), limit, x); }
static INLINE vf at_least(vf x, vf limit) { return choose((vi)(x < limit), limit, x); }

/* x in the lanes whose bit is set, zero in the others. */
static INLINE vf keep_lanes(const unsigned valid, vf x) {
    vu bit = {0};
    UNROLL for (int i = 0; i < VL; i++) bit[i] = 1u << i;
    return (vf)((vi)x & (vi)((valid & bit) != 0));
}

static INLINE vf relu(vf x) { return (vf)((vi)x & ~(vi)(x < 0.0f)); }

/* Kinds of activation, with their parameters a, b, c: what a kernel applies to each element before it stores it. */
enum {
    LINEAR,
    RELU,
    CLIPPED_RELU, /* min(max(x, 0), a) */
};

static INLINE vf activate(const int kind, const float a, const float b, const float c, vf x) {
    (void)a, (void)b, (void)c;
    switch (kind) {
    case RELU: return relu(x);
    case CLIPPED_RELU: return at_most(relu(x), broadcast(a));
    default: return x;
    }
}

/* The register tile behind everything that is a matrix product: PIXELS pixels times VECTORS vectors of output channels stay in registers
   while all taps and input channels of a block pass by.

   Weights are read strictly in order: [vector of input channels][tap row][tap column][channel of the vector][lane of the panel], where a
   panel is VECTORS vectors of output channels; then the same for the `tail` channels that don't fill a vector. Each input is broadcast.

   The last vector of a panel may be split: where it holds 1/SPLIT of VL output channels or fewer, it sums up SPLIT input channels at once, the
   i-th of them for output channel j in lane j·SPLIT + i, and these lanes are added in the end. Its weights for SPLIT channels are one vector,
   behind those of the other vectors for each of these channels. Channels left over have weights of zero in all lanes but the first. */
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
    if (count == VL && !s.is_indexed) {
        product_lanes(PIXELS, VECTORS, s, x, x_at, w, from, sum);
        return;
    }
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

/* Direct convolution of any kernel size, stride, dilation and number of groups; one by one kernels and the phases of a transposed
   convolution are the same thing with other constants. x has its zero border around it.

   An item is one tile of one panel. A panel is up to PANEL vectors of output channels of one cluster (the channels that share their input
   channels: a group). Pixels come in LINES lines of LINE pixels: a line is a row of the map, or the whole map where that wastes less.
   Each line is cut into tiles of TILE or TILE - 1 pixels, each cluster into panels of PANEL or PANEL - 1 vectors. Order of items: blocks of
   BLOCK tiles, panels, tiles. Where input channels come in several blocks, partial sums wait in y. The last vector of each cluster may be
   split (product.c).
   Weights: for each panel its biases, then as product.c reads them; behind all of them the slopes of negative results, if there are any. */
typedef struct {
    int origin;     /* floats from the operand's first element to the first one read or written */
    int row, pixel; /* floats from the origin of one output pixel to that of the next */
    int vector;     /* floats from one vector of channels to the next; those of x are in `sum` */
} convolution_image;

typedef struct {
    int lines, line, width;
    int tile, tiles, big_tiles;                /* pixels, tiles in a line, how many of them are of full size; 0: all */
    int panel, panels, big_panels, last_lanes; /* vectors; panels in a cluster, the same; lanes of y's last vector, 0 where it is whole */
    int split;                                 /* input channels that the last vector of a cluster takes at once; 0: one, as all do */
    int clusters, x_cluster, cluster_vectors;  /* floats of x (or offsets) and vectors of y from one cluster to the next */
    int block, k_block;                        /* tiles, 0: all; vectors of input channels */
    long ahead;                                /* floats that a later step reads, fetched while this one multiplies */
    convolution_image x, x2, y;
    product_sum sum;
    product_epilogue epilogue;
} convolution_shape;

/* What one panel works on, and which input channels. */
typedef struct {
    const float *x, *x2, *bias, *weights;
    product_fetched from;
    const int *offsets;
    float *y;
    int k_first, k_last;
} convolution_panel;

/* Whether the pixels of a line lie evenly spaced: those of one row, or of all rows where nothing lies between these. */
static INLINE int convolution_is_flat(const convolution_shape s, const int row, const int pixel) {
    return s.line == s.width || row == s.width * pixel;
}

/* Distance of pixel m of a tile from the tile's base. */
static INLINE long convolution_distance(const convolution_shape s, const int row, const int pixel, int start, int m) {
    if (convolution_is_flat(s, row, pixel)) return m * (long)pixel;
    return (start + m) / s.width * (long)row + (start + m) % s.width * (long)pixel;
}

static INLINE long convolution_base(const convolution_shape s, const int row, const int pixel, int line, int start) {
    return line * (long)row + (convolution_is_flat(s, row, pixel) ? start * (long)pixel : 0);
}

/* PIXELS pixels from `start` of a line times VECTORS vectors, the last one of LANES lanes and taking SPLIT input channels at once. */
static INLINE void convolution_tile(const int PIXELS, const int VECTORS, const int SPLIT, const int LANES, const convolution_shape s,
                                    const convolution_panel p, int line, int start) {
    vf sum[MOST_PIXELS][MOST_VECTORS];
    long x_at[MOST_PIXELS], x2_at[MOST_PIXELS], y_at[MOST_PIXELS];
    UNROLL for (int m = 0; m < PIXELS; m++) {
        x_at[m] = convolution_distance(s, s.x.row, s.x.pixel, start, m);
        x2_at[m] = convolution_distance(s, s.x2.row, s.x2.pixel, start, m);
        y_at[m] = convolution_distance(s, s.y.row, s.y.pixel, start, m);
    }
    const float *x = p.x + convolution_base(s, s.x.row, s.x.pixel, line, start);
    const float *x2 = p.x2 + convolution_base(s, s.x2.row, s.x2.pixel, line, start);
    float *y = p.y + convolution_base(s, s.y.row, s.y.pixel, line, start);

    const int is_whole = s.k_block >= s.sum.vectors;
    const int is_first = is_whole || p.k_first == 0, is_last = is_whole || p.k_last == s.sum.vectors;
    UNROLL for (int n = 0; n < VECTORS; n++) {
        const int lanes = n < VECTORS - 1 ? VL : LANES;
        const vf bias = load_aligned(p.bias + n * VL);
        UNROLL for (int m = 0; m < PIXELS; m++)
            sum[m][n] = is_first ? bias : load_partial(y + y_at[m] + n * (long)s.y.vector, lanes);
    }
    if (SPLIT > 1) product_spread(PIXELS, VECTORS, SPLIT, sum);
    product_accumulate(PIXELS, VECTORS, SPLIT, s.sum, p.k_first, p.k_last, x, x_at, p.offsets, p.weights, p.from, sum);
    if (SPLIT > 1) product_collect(PIXELS, VECTORS, SPLIT, sum);
    UNROLL for (int m = 0; m < PIXELS; m++) {
        UNROLL for (int n = 0; n < VECTORS; n++) {
            const int lanes = n < VECTORS - 1 ? VL : LANES;
            if (is_last) {
                vf residual = product_residual(s.epilogue, lanes, x2 + x2_at[m] + n * (long)s.x2.vector);
                sum[m][n] = product_finish(s.epilogue, sum[m][n], residual);
            }
            store_partial(y + y_at[m] + n * (long)s.y.vector, lanes, sum[m][n]);
        }
    }
}

/* Tiles first ..< last of one panel; panels are counted over all clusters. */
typedef struct {
    int panel, first, last;
} convolution_run;

/* The run that an item begins, cut off at item `last`. */
static INLINE convolution_run convolution_run_at(const convolution_shape s, int item, int last) {
    const int tiles = s.lines * s.tiles, panels = s.clusters * s.panels;
    const int block = s.block ? s.block : tiles, start = item / (block * panels) * block;
    const int count = start + block <= tiles ? block : tiles - start;
    const int within = item - start * panels, tile = within % count;
    const int end = count - tile < last - item ? count : tile + last - item;
    return (convolution_run){within / count, start + tile, start + end};
}

/* Floats of the biases and weights of so many vectors, the last one split, for vectors of input channels and a tail. */
static INLINE long convolution_weights(const convolution_shape s, int vectors, int split, int k_vectors, int tail) {
    const long taps = s.sum.kernel_height * s.sum.kernel_width;
    return vectors * (long)VL
           + taps * (k_vectors * (long)product_weights(vectors, split, VL) + product_weights(vectors, split, tail));
}

/* The operands of a panel, for input channels from k_first on. */
static INLINE convolution_panel convolution_panel_at(const convolution_shape s, const float *x, const float *x2,
                                                     const float *weights, const float *ahead, float *y,
                                                     const int *offsets, int panel, int k_first) {
    const int cluster = panel / s.panels, c = panel % s.panels;
    const int vectors = is_big_piece(s.big_panels, c) ? s.panel : s.panel - 1;
    const int split = c == s.panels - 1 ? s.split : 1;
    const long own = convolution_weights(s, vectors, split, s.sum.vectors, s.sum.tail);
    const int before = piece_start(s.panel, s.big_panels, c);
    const long y_vector = cluster * (long)s.cluster_vectors + before;
    const float *bias = weights + cluster * convolution_weights(s, s.cluster_vectors, s.split, s.sum.vectors, s.sum.tail)
                        + convolution_weights(s, before, 1, s.sum.vectors, s.sum.tail);
    const int is_end = panel == s.panels * s.clusters - 1, is_whole = s.k_block >= s.sum.vectors;
    const int k_last = k_first + s.k_block < s.sum.vectors ? k_first + s.k_block : s.sum.vectors;
    /* The next panel, or the next block of input channels: far fewer weights, which stay in the cache until they are read. */
    const long next = is_whole ? own : convolution_weights(s, vectors, split, k_last, 0);
    return (convolution_panel){
        .x = x + (s.sum.is_indexed ? 0 : cluster * (long)s.x_cluster),
        .x2 = (s.epilogue.slopes ? weights + s.epilogue.slopes : x2) + y_vector * s.x2.vector,
        .bias = bias,
        .weights = bias + vectors * VL,
        .from = {.next = bias + (is_end && k_last == s.sum.vectors ? 0 : next), .ahead = ahead},
        .offsets = offsets + (s.sum.is_indexed ? cluster * s.x_cluster : 0),
        .y = y + y_vector * s.y.vector,
        .k_first = k_first,
        .k_last = k_last,
    };
}

/* What a tile fetches of what a later step reads: each tile the next part of it, from the start again behind its end. */
static INLINE const float *convolution_ahead(const convolution_shape s, const convolution_panel p, int panel, int tile) {
    if (!s.sum.ahead) return p.from.ahead;
    const long taps = s.sum.kernel_height * s.sum.kernel_width, tiles = s.lines * (long)s.tiles;
    const long before = panel * tiles * s.sum.vectors + tiles * p.k_first + tile * (long)(p.k_last - p.k_first);
    return p.from.ahead + before * taps * product_fetched_floats(s.sum.ahead) % s.ahead;
}

/* All tiles of an item's run, for the input channels of one panel. */
static INLINE void convolution_tiles(const convolution_shape s, const convolution_panel p, const convolution_run run) {
    const int taps = s.sum.kernel_height * s.sum.kernel_width;
    const int fetched = taps * (p.k_last - p.k_first) * product_fetched_floats(s.sum.prefetch);
    const int panel = run.panel % s.panels, is_big = is_big_piece(s.big_panels, panel);
    const int is_last = s.split ? panel == s.panels - 1 : run.panel == s.clusters * s.panels - 1;
    NO_UNROLL for (int tile = run.first; tile < run.last; tile++) {
        convolution_panel own = p;
        own.from = (product_fetched){p.from.next + tile * (long)fetched, convolution_ahead(s, p, run.panel, tile)};
        const int line = tile / s.tiles, t = tile % s.tiles;
        const int start = piece_start(s.tile, s.big_tiles, t);
        const int is_whole = is_big_piece(s.big_tiles, t);
        if ((s.split || s.last_lanes) && is_last) {
            const int vectors = s.big_panels ? s.panel - 1 : s.panel, lanes = s.last_lanes ? s.last_lanes : VL;
            if (is_whole) convolution_tile(s.tile, vectors, s.split, lanes, s, own, line, start);
            else if (s.big_tiles) convolution_tile(s.tile - 1, vectors, s.split, lanes, s, own, line, start);
        } else if (is_big) {
            if (is_whole) convolution_tile(s.tile, s.panel, 1, VL, s, own, line, start);
            else if (s.big_tiles) convolution_tile(s.tile - 1, s.panel, 1, VL, s, own, line, start);
        } else if (!s.split || s.panels - s.big_panels > 1) {
            if (is_whole) convolution_tile(s.tile, s.panel - 1, 1, VL, s, own, line, start);
            else if (s.big_tiles) convolution_tile(s.tile - 1, s.panel - 1, 1, VL, s, own, line, start);
        }
    }
}

static INLINE void convolution_items(const convolution_shape s, const float *x, const float *x2, const float *weights,
                                     const float *ahead, float *y, const int *offsets, int first, int last) {
    x += s.x.origin, x2 += s.x2.origin, y += s.y.origin;
    for (int item = first; item < last;) {
        const convolution_run run = convolution_run_at(s, item, last);
        for (int k = 0; k == 0 || k < s.sum.vectors; k += s.k_block)
            convolution_tiles(s, convolution_panel_at(s, x, x2, weights, ahead, y, offsets, run.panel, k), run);
        item += run.last - run.first;
    }
}

/* y = activation(scale·(x ∘ x2) + shift), negative results times a slope; without an operator, of x alone.

   An item is a run of vectors in one row of the image: the columns of one vector of slots (blocked), the vectors of one
   column or those of a whole row (interleaved). Partial in memory is the last vector of a run, or every vector of the
   last run. Weights: a record of scale, shift and slope for each vector of slots, or for each element. An operand may
   repeat along rows, columns or channels, and may be y. */
/* The vectors of a run: `lanes` floats of memory each, or one float for all lanes. */
typedef struct {
    const float *at;
    int step, lanes, is_splat;
} element_operand;

static INLINE vf element_load(const element_operand x, int i) {
    return x.is_splat ? broadcast(x.at[i * x.step]) : load_partial(x.at + i * x.step, x.lanes);
}

enum { NOTHING, ADD, SUBTRACT, MULTIPLY, DIVIDE, RAISE, MAXIMUM, MINIMUM };

/* x ∘ vector i of the other operand; maximum and minimum are NaN where either is. */
static INLINE vf element_combine(const int operator, const vf x, const element_operand other, int i) {
    if (operator == NOTHING) return x;
    const vf x2 = element_load(other, i);
    const vi is_nan = (vi)(x2 != x2);
    switch (operator) {
    default: return choose((vi)(x2 < x) | is_nan, x2, x);
    }
}

/* A function of the elements: an activation of scale·x + shift, and a factor for negative results. Scale, shift and
   slope are places of vectors in a record, counted from 1, or 0 where there is none. */
typedef struct {
    int scale, shift, slope, activation;
    float activation_a, activation_b, activation_c;
} element_function;

static INLINE vf element_apply(const element_function f, const float *record, vf x) {
    if (f.scale) x *= load_aligned(record + (f.scale - 1) * VL);
    if (f.shift) x += load_aligned(record + (f.shift - 1) * VL);
    x = activate(f.activation, f.activation_a, f.activation_b, f.activation_c, x);
    if (f.slope) x = choose((vi)(x < 0.0f), x * load_aligned(record + (f.slope - 1) * VL), x);
    return x;
}

typedef struct {
    int row, outer, step; /* floats to the next row, run of vectors, vector of a run */
    int lanes, is_splat;  /* floats of a partial vector; one float for all lanes */
} element_image;

typedef struct {
    int height, outer, run;            /* rows, runs in a row, vectors in a run */
    int partial_outer, partial_run;    /* whether the vectors of the last run are partial, or the last one of each run */
    element_image x, x2, y;
    int operator;
    int record_row, record_outer, record_step;
    element_function function;
    int valid_outer, valid_step; /* lanes that hold nothing become zeros: steps in the table of lanes; 0: none hold nothing */
} element_shape;

/* Vectors first ..< last of a run, of that many lanes in memory. */
static INLINE void element_run(
    const element_shape s, const int x_lanes, const int x2_lanes, const int y_lanes, int first, int last, const float *x,
    const float *x2, const float *record, const int *valid, float *y) {
    for (int i = first; i < last; i++) {
        vf value = element_load((element_operand){x, s.x.step, x_lanes, s.x.is_splat}, i);
        value = element_combine(s.operator, value, (element_operand){x2, s.x2.step, x2_lanes, s.x2.is_splat}, i);
        value = element_apply(s.function, record + i * s.record_step, value);
        if (s.valid_outer || s.valid_step) value = keep_lanes((unsigned)valid[i * s.valid_step], value);
        store_partial(y + i * s.y.step, y_lanes, value);
    }
}

static INLINE void element_items(
    const element_shape s, const float *x, const float *x2, const float *weights, float *y, const int *valid, int first,
    int last) {
    for (int item = first; item < last; item++) {
        const int row = item % s.height, outer = item / s.height;
        const int full = s.partial_outer && outer == s.outer - 1 ? 0 : s.run - s.partial_run;
        const float *from = x + row * s.x.row + outer * s.x.outer, *from2 = x2 + row * s.x2.row + outer * s.x2.outer;
        const float *record = weights + row * s.record_row + outer * s.record_outer;
        const int *own = valid + outer * s.valid_outer;
        float *to = y + row * s.y.row + outer * s.y.outer;
        element_run(s, VL, VL, VL, 0, full, from, from2, record, own, to);
        element_run(s, s.x.lanes, s.x2.lanes, s.y.lanes, full, s.run, from, from2, record, own, to);
    }
}

/* Some rows of a map with their border of zeros, for a block of output rows at a time: rows that the next block reads too are moved to the front.
   The map is never whole. Laid out as [vector of channels][row][pixel], or as rows of pixels, which are one vector. */
typedef struct {
    int height;           /* rows of the map */
    int rows, step, kept; /* rows of the buffer, from one block to the next, and of these the ones that both read */
    int above;            /* rows of zeros above the map */
    int left, right, row; /* floats of zeros beside each row, and from one row to the next: a multiple of VL */
    int vectors;
} row_buffer;

/* The buffer's rows first ..< last are to be filled; its row 0 is row `top` of the map, and may lie above it. */
typedef struct {
    int top, first, last;
} row_range;

/* The borders beside all rows, and less than VL floats of what comes behind each. */
static INLINE void row_buffer_clear(const row_buffer b, float *buffer) {
    NO_UNROLL for (int r = 0; r < b.rows * b.vectors; r++) {
        for (int i = 0; i < b.left; i += VL) store(buffer + r * (long)b.row + i, (vf){0});
        for (int i = b.row - b.right; i < b.row; i += VL) store(buffer + r * (long)b.row + i, (vf){0});
    }
}

/* Rows first ..< last of the buffer, of all vectors: those further on by `distance` rows, or zeros. */
static INLINE void row_buffer_move(const row_buffer b, float *buffer, int first, int last, int distance) {
    NO_UNROLL for (int v = 0; v < b.vectors; v++) {
        float *rows = buffer + v * (long)(b.rows * b.row);
        NO_UNROLL for (long i = first * (long)b.row; i < last * (long)b.row; i += VL)
            store(rows + i, distance ? load(rows + i + distance * (long)b.row) : (vf){0});
    }
}

/* Makes room for the rows that a block reads, and writes those of zeros; the first block of a call finds none of them. */
static INLINE row_range row_buffer_advance(const row_buffer b, float *buffer, int item, int is_first) {
    const int top = item * b.step - b.above, known = is_first ? 0 : b.kept;
    if (is_first) row_buffer_clear(b, buffer);
    else row_buffer_move(b, buffer, 0, b.kept, b.step);
    const int first = known > -top ? known : -top;
    const int last = b.height - top < b.rows ? b.height - top : b.rows;
    if (known < first) row_buffer_move(b, buffer, known, first < b.rows ? first : b.rows, 0);
    if (last < b.rows) row_buffer_move(b, buffer, last > known ? last : known, b.rows, 0);
    return (row_range){top, first, last > first ? last : first};
}

/* Convolution of an image as it comes, a block of rows at a time: its rows go to scratch memory, by way of a function of their elements where
   there is one, with the border of zeros that the kernel reaches into.

   An item is ROWS output rows, the last one the rest of them. The constants are those of elementwise.c for the rows of a block, and of
   convolution.c for one row. Weights: those of convolution.c, then the records of elementwise.c. */
/* So many lines of the result. While they are computed, memory delivers the part of the image that the next block reads: so many floats from `next` on,
   some cache lines with each tile. */
static INLINE void image_lines(const convolution_shape s, const float *x, const float *weights, float *y, const int *offsets, int lines,
                               const float *next, const int floats) {
    const int fetched = (floats + lines * s.tiles - 1) / (lines * s.tiles);
    x += s.x.origin, y += s.y.origin;
    NO_UNROLL for (int panel = 0; panel < s.panels; panel++)
        for (int k = 0; k == 0 || k < s.sum.vectors; k += s.k_block) {
            const convolution_panel p = convolution_panel_at(s, x, x, weights, 0, y, offsets, panel, k);
            NO_UNROLL for (int tile = 0; tile < lines * s.tiles; tile++) {
                if (panel == 0 && k == 0)
                    for (int i = 0; i < fetched; i += 16) __builtin_prefetch(next + tile * fetched + i, 0, 2);
                convolution_tiles(s, p, (convolution_run){panel, tile, tile + 1});
            }
        }
}

/* convolution 3×3, stride 2: conv2d (line 10)
   16×16×3 → 8×8×16, 27,648 multiply-adds; 2 rows at a time; tiles of 8 pixels × 4 channels, 1 a row. */
/* Rows are short, and calls between the tiles would cost these their registers. */
__attribute__((no_builtin("memcpy", "memset")))
static NOINLINE void image_convolution_16x16x3_to_8x8x16(IN x, IN weights, OUT y, OUT scratch, int first, int last) {
    enum { ROWS = 2, HEIGHT = 8, RECORDS = 448 };
    const row_buffer buffer = {
        .height = 16, .rows = 5, .step = 4, .kept = 1, .right = 12, .row = 60, .vectors = 1,
    };
    const element_shape image = {
        .height = 5, .outer = 1, .run = 12,
        .x = {.row = 48, .step = 4},
        .y = {.row = 60, .step = 4},
    };
    const convolution_shape windows = {
        .lines = 1, .line = 8, .width = 8, .tile = 8, .tiles = 1, .k_block = 2,
        .panel = 1, .panels = 4, .clusters = 1,
        .x = {.row = 120, .pixel = 6},
        .y = {.row = 40, .pixel = 4, .vector = 400},
        .sum = {.kernel_height = 3, .kernel_width = 1, .tap_row = 60, .vectors = 2, .tail = 1, .vector = 4},
        .epilogue = {.first = RELU},
    };
    for (int item = first; item < last; item++) {
        const row_range rows = row_buffer_advance(buffer, scratch, item, item == first);
        const float *image_rows = x + (rows.top + rows.first) * (long)image.x.row;
        element_items(image, image_rows, image_rows, weights + RECORDS, scratch + buffer.left + rows.first * (long)image.y.row,
                      NONE, 0, rows.last - rows.first);
        image_lines(windows, scratch + buffer.left, weights, y + item * (long)(ROWS * windows.y.row), NONE,
                    HEIGHT - item * ROWS < ROWS ? HEIGHT - item * ROWS : ROWS, x + (rows.top + buffer.rows) * (long)image.x.row,
                    buffer.step * image.x.row);
    }
}

/* Zeros around an image or a part of one. The part begins `start` floats from y and has `rows` rows of `run` floats, `row` floats apart: zeros
   come between its rows, `before` floats before it and `behind` floats behind it. An item is one plane. */
static INLINE void zero_run(float *y, int count) {
    int i = 0;
    for (; i + VL <= count; i += VL) store(y + i, (vf){0});
    for (; i < count; i++) y[i] = 0;
}

/* Runs are short: calls of memset would take longer. */
__attribute__((no_builtin("memset")))
static NOINLINE void zero_border(OUT y, int rows, int run, int row, int plane, int start, int before, int behind, int first, int last) {
    for (int item = first; item < last; item++) {
        float *from = y + item * (long)plane + start, *end = from + run;
        zero_run(from - before, before);
        for (int i = 0; i < rows - 1; i++, end += row) zero_run(end, row - run);
        zero_run(end, behind);
    }
}

/* Depthwise convolution: each output channel reads one input channel; or all GROUP channels of its group, where whole groups fill a vector: for
   each channel of a group, one vector holds it in all lanes of the group. x has the zero border that the kernel reaches into.

   An item is one output row of one vector of channels, cut into tiles of TILE or TILE - 1 pixels whose sums stay in registers. Each input
   is loaded once for a row of the kernel and used by all the sums that need it. Where the lanes of an output vector aren't those of an
   input vector (more than one output for each input channel, or interleaved x), they are gathered one by one.
   Weights: for each vector the biases, then [kernel row][channel of the group][kernel column][lane]; behind all of them the slopes of
   negative results, if there are any. */
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

/* depthwise 3×3: depthwise_conv2d + batch_normalization + re_lu (lines 4, 5)
   8×8×16 → 8×8×16, 9,216 multiply-adds; tiles of 8 pixels × 4 channels. */
static NOINLINE void depthwise_8x8x16_to_8x8x16(IN x, IN weights, OUT y, int first, int last) {
    const depthwise_shape shape = {
        .height = 8, .vectors = 4, .tile = 8, .tiles = 1,
        .kernel_height = 3, .kernel_width = 3, .dilation = 1, .stride = 1, .tap_row = 40, .group = 1,
        .x = {.origin = -44, .row = 40, .pixel = 4, .vector = 400},
        .y = {.row = 32, .pixel = 4, .vector = 256},
        .epilogue = {.first = CLIPPED_RELU, .first_a = 6.0f},
    };
    depthwise_items(shape, x, x, weights, y, NONE, first, last);
}

/* convolution 1×1: conv2d_1 + batch_normalization_1 + re_lu_1 (lines 6, 7)
   8×8×16 → 8×8×32, 32,768 multiply-adds; tiles of 4 pixels × 16 channels, 2 a row. */
static NOINLINE void convolution_8x8x16_to_8x8x32(IN x, IN weights, OUT y, int first, int last) {
    const convolution_shape shape = {
        .lines = 8, .line = 8, .width = 8, .tile = 4, .tiles = 2, .k_block = 4,
        .panel = 4, .panels = 2, .clusters = 1,
        .x = {.row = 32, .pixel = 4},
        .y = {.row = 36, .pixel = 4, .vector = 324},
        .sum = {.kernel_height = 1, .kernel_width = 1, .vectors = 4, .vector = 256},
        .epilogue = {.first = CLIPPED_RELU, .first_a = 6.0f},
    };
    convolution_items(shape, x, x, weights, 0, y, NONE, first, last);
}

/* depthwise 3×3, stride 2: depthwise_conv2d_1 + batch_normalization_2 + re_lu_2 (lines 4, 5)
   8×8×32 → 4×4×32, 4,608 multiply-adds; tiles of 4 pixels × 4 channels. */
static NOINLINE void depthwise_8x8x32_to_4x4x32(IN x, IN weights, OUT y, int first, int last) {
    const depthwise_shape shape = {
        .height = 4, .vectors = 8, .tile = 4, .tiles = 1,
        .kernel_height = 3, .kernel_width = 3, .dilation = 1, .stride = 2, .tap_row = 36, .group = 1,
        .x = {.row = 72, .pixel = 4, .vector = 324},
        .y = {.row = 16, .pixel = 4, .vector = 64},
        .epilogue = {.first = CLIPPED_RELU, .first_a = 6.0f},
    };
    depthwise_items(shape, x, x, weights, y, NONE, first, last);
}

/* convolution 1×1: conv2d_2 + batch_normalization_3 + re_lu_3 (lines 6, 7)
   4×4×32 → 4×4×32, 16,384 multiply-adds; tiles of 4 pixels × 16 channels, 1 a row. */
static NOINLINE void convolution_4x4x32_to_4x4x32(IN x, IN weights, OUT y, int first, int last) {
    const convolution_shape shape = {
        .lines = 4, .line = 4, .width = 4, .tile = 4, .tiles = 1, .k_block = 8,
        .panel = 4, .panels = 2, .clusters = 1,
        .x = {.row = 16, .pixel = 4},
        .y = {.row = 128, .pixel = 32, .vector = 4},
        .sum = {.kernel_height = 1, .kernel_width = 1, .vectors = 8, .vector = 64},
        .epilogue = {.first = CLIPPED_RELU, .first_a = 6.0f},
    };
    convolution_items(shape, x, x, weights, 0, y, NONE, first, last);
}

/* The first of the items that thread t of n takes; and the arguments `first` and `last` of its kernels. */
static INLINE int share(int items, int t, int n) { return (int)((long long)items * t / n); }
#define SHARE(items) share(items, t, n), share(items, t + 1, n)

/* Of each step its number, layers, multiply-adds, the bytes that it must at least read and write, its kernel and that one's operands, `ws` being
   the workspace and `w` the weights; then the calls of other kernels that belong to it. Calls of one step do not depend on each other. */
#define ALL_STEPS(STEP) \
    STEP(0, "conv2d", 27648, 8896, image_convolution_16x16x3_to_8x8x16, (in[0], w, ws + 44, t ? spare : ws + 1600, SHARE(4)), \
        zero_border(ws + 44, 8, 32, 40, 400, 0, 44, 44, SHARE(4))) \
    STEP(1, "depthwise_conv2d + batch_normalization + re_lu", 9216, 8768, depthwise_8x8x16_to_8x8x16, (ws + 44, w + 448, ws + 2592, SHARE(32))) \
    STEP(2, "conv2d_1 + batch_normalization_1 + re_lu_1", 32768, 14336, convolution_8x8x16_to_8x8x32, (ws + 2592, w + 608, ws, SHARE(32)), \
        zero_border(ws, 8, 32, 36, 324, 0, 0, 40, SHARE(8))) \
    STEP(3, "depthwise_conv2d_1 + batch_normalization_2 + re_lu_2", 4608, 11392, depthwise_8x8x32_to_4x4x32, (ws, w + 1152, ws + 2592, SHARE(32))) \
    STEP(4, "conv2d_2 + batch_normalization_3 + re_lu_3", 16384, 8192, convolution_4x4x32_to_4x4x32, (ws + 2592, w + 1472, out[0], SHARE(8)))

/* The share of thread t of n in one step. `spare` is scratch memory of threads other than the first. */
static NOINLINE void run_step(
    unsigned step, const float *const *in, float *const *out, float *ws, float *spare, int t, int n) {
    const float *w = packed_weights;
    (void)in, (void)out, (void)ws, (void)w, (void)spare;
#define CALLS(number, layers, macs, bytes, kernel, operands, ...) case number: kernel operands; __VA_ARGS__; break;
    switch (step) { ALL_STEPS(CALLS) }
}


enum { STEPS = 5, BATCH = 1 };

static const long long in_lengths[] = {768};
static const long long out_lengths[] = {512};

/* The inputs and outputs of one sample of the batch. */
static void locate_sample(
    unsigned sample, const void *const *in, void *const *out, const float **x, float **y) {
    for (int i = 0; i < 1; i++) x[i] = (const float *)in[i] + sample * in_lengths[i];
    for (int i = 0; i < 1; i++) y[i] = (float *)out[i] + sample * out_lengths[i];
}
static int processor_is_supported(void) { return 1; }

static int check(const void *const *in, void *const *out, const void *workspace) {
    for (int i = 0; i < 1; i++) if (!in[i]) return NETC_NULL;
    for (int i = 0; i < 1; i++) if (!out[i]) return NETC_NULL;
    if (!workspace) return NETC_NULL;
    if ((uintptr_t)workspace % 64) return NETC_MISALIGNED;
    return processor_is_supported() ? NETC_OK : NETC_UNSUPPORTED;
}

/* Steps from `first` to before `last`, counted through all samples of the batch. */
static void run_steps(const void *const *in, void *const *out, float *ws, unsigned first, unsigned last) {
    for (unsigned number = first; number < last; number++) {
        const float *x[1];
        float *y[1];
        locate_sample(number / STEPS, in, out, x, y);
        run_step(number % STEPS, x, y, ws, ws, 0, 1);
    }
}

static int invoke_steps(
    const void *const *in, void *const *out, void *workspace, uint32_t first, uint32_t count) {
    if (!in || !out) return NETC_NULL;
    int status = check(in, out, workspace);
    if (status != NETC_OK) return status;
    if (first > STEPS * BATCH || count > STEPS * BATCH - first) return NETC_RANGE;
    run_steps(in, out, workspace, first, first + count);
    return NETC_OK;
}

static int invoke_all(const void *const *in, void *const *out, void *workspace) {
    return invoke_steps(in, out, workspace, 0, STEPS * BATCH);
}

int separable_invoke(const float *in_image, float *out_features, void *workspace) {
    const void *const in[] = {in_image};
    void *const out[] = {out_features};
    return invoke_all(in, out, workspace);
}

#if __STDC_HOSTED__
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* A meeting point: everyone waits for the last. Waiting spins for a moment, because steps are short, then sleeps. */
typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t opened;
    atomic_int waiting;
    atomic_uint phase;
} meeting;

static void meet(meeting *m, int threads) {
    if (threads == 1) return;
    unsigned phase = atomic_load(&m->phase);
    if (atomic_fetch_add(&m->waiting, 1) == threads - 1) {
        atomic_store(&m->waiting, 0);
        pthread_mutex_lock(&m->lock);
        atomic_store(&m->phase, phase + 1);
        pthread_cond_broadcast(&m->opened);
        pthread_mutex_unlock(&m->lock);
        return;
    }
    for (int spin = 0; spin < 4000; spin++) {
        if (atomic_load_explicit(&m->phase, memory_order_acquire) != phase) return;
#if defined __x86_64__
        __builtin_ia32_pause();
#endif
    }
    pthread_mutex_lock(&m->lock);
    while (atomic_load(&m->phase) == phase) pthread_cond_wait(&m->opened, &m->lock);
    pthread_mutex_unlock(&m->lock);
}

struct separable {
    float *workspace;
    const void *const *in;
    void *const *out;
    int threads, is_ending;
    atomic_flag is_busy;
    meeting meeting;
    struct member {
        struct separable *model;
        int number;
        pthread_t thread;
    } members[];
};

enum { SCRATCH = 304, WORKSPACE = 3616 };

/* Of each step, whether all threads meet behind it: 0 where none of them reads or writes, up to the next meeting, what another one writes. */
static const char meetings[] =
    "11111";

/* All steps, as one of the team. */
static void take_part(separable *model, int t) {
    const int n = model->threads;
    float *spare = model->workspace + WORKSPACE + (t ? t - 1 : 0) * SCRATCH;
    for (unsigned sample = 0; sample < BATCH; sample++) {
        const float *x[1];
        float *y[1];
        locate_sample(sample, model->in, model->out, x, y);
        for (unsigned step = 0; step < STEPS; step++) {
            run_step(step, x, y, model->workspace, spare, t, n);
            if (meetings[step] == '1') meet(&model->meeting, n);
        }
    }
}

static void *work(void *argument) {
    struct member *me = argument;
    pthread_mutex_lock(&me->model->meeting.lock); /* until the team is complete */
    pthread_mutex_unlock(&me->model->meeting.lock);
    for (;;) {
        meet(&me->model->meeting, me->model->threads);
        if (me->model->is_ending) return 0;
        take_part(me->model, me->number);
    }
}

/* A workspace: a large one lies on large pages, of which there are few to look up. */
static float *allocate(size_t bytes) {
    void *memory;
    const size_t page = 2 << 20;
    const int is_large = bytes >= 4 * page;
    if (posix_memalign(&memory, is_large ? page : 64, bytes)) return 0;
#ifdef MADV_HUGEPAGE
    if (is_large) (void)madvise(memory, bytes / page * page, MADV_HUGEPAGE); /* a wish: it may be refused */
#endif
    return memory;
}

static void end(separable *model) {
    model->is_ending = 1;
    meet(&model->meeting, model->threads);
    for (int i = 1; i < model->threads; i++) pthread_join(model->members[i].thread, 0);
    pthread_mutex_destroy(&model->meeting.lock);
    pthread_cond_destroy(&model->meeting.opened);
    free(model->workspace);
    free(model);
}

separable *separable_create(int threads) {
    if (threads < 0 || threads > 1024) return errno = EINVAL, (void *)0;
    if (!processor_is_supported()) return errno = ENOTSUP, (void *)0;
    if (threads == 0) threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (threads < 1) threads = 1;
    struct separable *model = calloc(1, sizeof *model + (size_t)threads * sizeof *model->members);
    size_t bytes = 4 * ((size_t)WORKSPACE + (size_t)(threads - 1) * SCRATCH);
    if (!model || !(model->workspace = allocate(bytes))) return free(model), errno = ENOMEM, (void *)0;
    pthread_mutex_init(&model->meeting.lock, 0);
    pthread_cond_init(&model->meeting.opened, 0);
    atomic_flag_clear(&model->is_busy);
    pthread_mutex_lock(&model->meeting.lock);
    int started = 1;
    for (; started < threads; started++) {
        struct member *member = &model->members[started];
        member->model = model;
        member->number = started;
        if (pthread_create(&member->thread, 0, work, member)) break;
    }
    model->threads = started;
    pthread_mutex_unlock(&model->meeting.lock);
    if (started == threads) return model;
    end(model);
    return errno = ENOMEM, (void *)0;
}

static int run_any(void *object, const void *const *in, void *const *out) {
    struct separable *model = object;
    if (!model || !in || !out) return NETC_NULL;
    int status = check(in, out, model->workspace);
    if (status != NETC_OK) return status;
    if (atomic_flag_test_and_set(&model->is_busy)) return NETC_BUSY;
    model->in = in;
    model->out = out;
    meet(&model->meeting, model->threads);
    take_part(model, 0);
    atomic_flag_clear(&model->is_busy);
    return NETC_OK;
}

int separable_run(separable *model, const float *in_image, float *out_features) {
    const void *const in[] = {in_image};
    void *const out[] = {out_features};
    return run_any(model, in, out);
}

void separable_destroy(separable *model) {
    if (model) end(model);
}

static void *create_any(int threads) { return separable_create(threads); }
static void destroy_any(void *model) { separable_destroy(model); }
#else
#define create_any 0
#define run_any 0
#define destroy_any 0
#endif

/* Images in blocks of channels; planes have no border. */
#define TENSOR(name, h, w, c, offset, plane, row, first_step, last_step) \
    {name, NETC_FLOAT32, 4, {1, h, w, c}, 4ull * h * w * c, offset, VL, plane, row, first_step, last_step}
#define PLANE(name, h, w, c, offset, first_step, last_step) \
    TENSOR(name, h, w, c, offset, h * w * VL, w * VL, first_step, last_step)
static const netc_tensor inputs[] = {
    {"image", NETC_FLOAT32, 4, {1, 16, 16, 3}, 3072, 0, 3, 768, 48, 0, 4},
};
static const netc_tensor outputs[] = {
    {"features", NETC_FLOAT32, 4, {1, 4, 4, 32}, 2048, 0, 32, 512, 128, 0, 4},
};
static const netc_tensor tensors[] = {
    TENSOR("conv2d", 8, 8, 16, 176, 400, 40, 0, 1),
    PLANE("re_lu", 8, 8, 16, 10368, 1, 2),
    TENSOR("re_lu_1", 8, 8, 32, 0, 324, 36, 2, 3),
    PLANE("re_lu_2", 4, 4, 32, 10368, 3, 4),
    {0}};
#define ROW(number, layers, macs, bytes, kernel, ...) {layers, #kernel, macs, bytes},
static const netc_step step_table[] = {ALL_STEPS(ROW)};
#define PRODUCTS(number, layers, macs, ...) macs,
static const uint64_t products[] = {ALL_STEPS(PRODUCTS)};
static const netc_info info = {
    NETC_ABI, sizeof(netc_info), "separable", "0.1.0", "aarch64:l1=32K,l2=1M",
    "ec666bad5ea0e6a7", 1, 1, 4, STEPS,
    inputs, outputs, tensors, step_table, 14464,
    invoke_all, invoke_steps, create_any, run_any, destroy_any, products};

const netc_info *separable_model(void) { return &info; }
