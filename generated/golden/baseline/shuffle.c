/* shuffle, compiled from shuffle.net by netc 0.1.0 for x86-64:l1=32K,l2=1M.

   64,512 multiply-adds, 4,544 bytes of weights, 31,488 bytes of workspace.
   Compile with clang 14 or later and -O3. Images lie in blocks of 4 channels: element (c, h, w) at
   c / VL * plane + h * row + w * VL + c % VL.

   This file is yours: no notice is required. */
#include "shuffle.h"

extern const unsigned char shuffle_weights[] __attribute__((visibility("hidden"), aligned(64)));
static const float *const packed_weights = (const float *)(const void *)shuffle_weights;

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

static INLINE vf relu(vf x) { return (vf)((vi)x & ~(vi)(x < 0.0f)); }

static INLINE vf hard_sigmoid(vf x) {
    return at_most(at_least((x + 3.0f) * broadcast(1.0f / 6), (vf){0}), broadcast(1.0f));
}

/* y = x where the vectors of both hold the same slots: between blocked and interleaved order, from and to any border,
   parts of images.

   An item is a run of vectors in one row, as in elementwise.c. Of a vector that is partial, `lanes` of x are read, and
   `lanes` of y written with zeros behind those read. */
typedef struct {
    int start, row, outer, step, lanes; /* floats to the part that is copied, then to the next row, run, vector; of a partial vector */
} copy_image;

typedef struct {
    int height, outer, run, partial_outer, partial_run;
    copy_image x, y;
} copy_shape;

static INLINE void copy_items(const copy_shape s, const float *x, float *y, int first, int last) {
    for (int item = first; item < last; item++) {
        const int row = item % s.height, outer = item / s.height;
        const int full = s.partial_outer && outer == s.outer - 1 ? 0 : s.run - s.partial_run;
        const float *from = x + s.x.start + row * s.x.row + outer * s.x.outer;
        float *to = y + s.y.start + row * s.y.row + outer * s.y.outer;
        for (int i = 0; i < full; i++) store(to + i * s.y.step, load(from + i * s.x.step));
        for (int i = full; i < s.run; i++)
            store_partial(to + i * s.y.step, s.y.lanes, load_partial(from + i * s.x.step, s.x.lanes));
    }
}

/* copy: the input 'image' to channel blocks: image (line 3)
   8×8×24 → 8×8×24; whole vectors of 4. */
static NOINLINE void copy_8x8x24_to_8x8x24(IN x, OUT y, int first, int last) {
    const copy_shape shape = {
        .height = 8, .outer = 6, .run = 8,
        .x = {.row = 192, .outer = 4, .step = 24, .lanes = 4},
        .y = {.row = 32, .outer = 256, .step = 4, .lanes = 4},
    };
    copy_items(shape, x, y, first, last);
}

/* Kinds of activation, with their parameters a, b, c: what a kernel applies to each element before it stores it. */
enum {
    LINEAR,
    RELU,
    HARD_SILU,
};

static INLINE vf activate(const int kind, const float a, const float b, const float c, vf x) {
    (void)a, (void)b, (void)c;
    switch (kind) {
    case RELU: return relu(x);
    case HARD_SILU: return x * hard_sigmoid(x);
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

/* convolution 1×1, 3 groups: conv2d (line 4)
   8×8×24 → 8×8×48, 24,576 multiply-adds; tiles of 4 pixels × 8 channels, 2 a row, 3 groups of channels. */
static NOINLINE void convolution_8x8x24_to_8x8x48(IN x, IN weights, OUT y, int first, int last) {
    const convolution_shape shape = {
        .lines = 8, .line = 8, .width = 8, .tile = 4, .tiles = 2, .k_block = 2,
        .panel = 2, .panels = 2, .clusters = 3, .x_cluster = 512, .cluster_vectors = 4,
        .x = {.row = 32, .pixel = 4},
        .y = {.row = 40, .pixel = 4, .vector = 400},
        .sum = {.kernel_height = 1, .kernel_width = 1, .vectors = 2, .vector = 256},
        .epilogue = {.first = RELU},
    };
    convolution_items(shape, x, x, weights, 0, y, NONE, first, last);
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

/* depthwise 3×3: depthwise_conv2d (line 6)
   8×8×48 → 8×8×48, 27,648 multiply-adds; tiles of 4 pixels × 4 channels. */
static NOINLINE void depthwise_8x8x48_to_8x8x48(IN x, IN weights, OUT y, int first, int last) {
    const depthwise_shape shape = {
        .height = 8, .vectors = 12, .tile = 4, .tiles = 2,
        .kernel_height = 3, .kernel_width = 3, .dilation = 1, .stride = 1, .tap_row = 40, .group = 1,
        .x = {.origin = -44, .row = 40, .pixel = 4, .vector = 400},
        .y = {.row = 32, .pixel = 4, .vector = 256},
    };
    depthwise_items(shape, x, x, weights, y, NONE, first, last);
}

/* convolution 1×1, 3 groups: conv2d_1 (line 8)
   8×8×24 → 8×8×24, 12,288 multiply-adds; tiles of 4 pixels × 8 channels, 2 a row, 3 groups of channels. */
static NOINLINE void convolution_8x8x24_to_8x8x24(IN x, IN weights, OUT y, int first, int last) {
    const convolution_shape shape = {
        .lines = 8, .line = 8, .width = 8, .tile = 4, .tiles = 2, .k_block = 2,
        .panel = 2, .panels = 1, .clusters = 3, .x_cluster = 8, .cluster_vectors = 2,
        .x = {.row = 32, .pixel = 4},
        .y = {.row = 32, .pixel = 4, .vector = 256},
        .sum = {.kernel_height = 1, .kernel_width = 1, .vectors = 2, .vector = 256, .is_indexed = 1},
        .epilogue = {.first = HARD_SILU},
    };
    static const int OFFSETS[] = {
        0, 1, 2, 1024, 1025, 1026, 2048, 2049, 3, 256, 257, 1027, 1280, 2050, 2051, 2304, 258, 259, 1281, 1282, 1283, 2305,
        2306, 2307
    };
    convolution_items(shape, x, x, weights, 0, y, OFFSETS, first, last);
}

/* y[row][column][slot] = x[ROWS[row] + COLUMNS[column] + SLOTS[slot]]: permutations of axes, slices with strides, slots
   in any order. Columns that are X_PIXEL floats apart need no table. A slot of -1 becomes zero, one of -2 keeps what it
   holds. An item is one row of one vector of y's slots. */

/* copy: into the concatenation concatenate: split (line 7)
   8×8×24 → 8×8×24; element by element through tables. */
static NOINLINE void reindex_8x8x24_to_8x8x24(IN x, OUT y, int first, int last) {
    enum {
        HEIGHT = 8, WIDTH = 8, SLOT_COUNT = 24, X_PIXEL = 4,
        Y_START = 0, Y_ROW = 32, Y_PIXEL = 4, Y_VECTOR = 256,
    };
    static const int ROWS[] = {0, 32, 64, 96, 128, 160, 192, 224};
    static const int SLOTS[] = {
        0, 1024, 2048, 1, 1025, 2049, 2, 1026, 2050, 3, 1027, 2051, 256, 1280, 2304, 257, 1281, 2305, 258, 1282, 2306, 259,
        1283, 2307
    };
    for (int item = first; item < last; item++) {
        const int row = item % HEIGHT, vector = item / HEIGHT;
        const int lanes = SLOT_COUNT - vector * VL < VL ? SLOT_COUNT - vector * VL : VL;
        const int *slots = SLOTS + vector * VL;
        for (int lane = 0; lane < lanes; lane++) {
            const int slot = slots[lane];
            const float *from = x + ROWS[row] + (slot < 0 ? 0 : slot);
            float *to = y + Y_START + row * Y_ROW + vector * Y_VECTOR + lane;
            if (slot == -1)
                for (int column = 0; column < WIDTH; column++) to[column * Y_PIXEL] = 0;
            else if (slot >= 0)
                for (int column = 0; column < WIDTH; column++)
                    to[column * Y_PIXEL] = from[X_PIXEL ? column * X_PIXEL : NONE[column]];
        }
    }
}

/* copy: to the output 'features': channel_shuffle_1 (line 10)
   8×8×48 → 8×8×48; element by element through tables. */
static NOINLINE void reindex_8x8x48_to_8x8x48(IN x, OUT y, int first, int last) {
    enum {
        HEIGHT = 8, WIDTH = 8, SLOT_COUNT = 48, X_PIXEL = 4,
        Y_START = 0, Y_ROW = 384, Y_PIXEL = 48, Y_VECTOR = 4,
    };
    static const int ROWS[] = {0, 32, 64, 96, 128, 160, 192, 224};
    static const int SLOTS[] = {
        0, 1536, 1, 1537, 2, 1538, 3, 1539, 256, 1792, 257, 1793, 258, 1794, 259, 1795, 512, 2048, 513, 2049, 514, 2050,
        515, 2051, 768, 2304, 769, 2305, 770, 2306, 771, 2307, 1024, 2560, 1025, 2561, 1026, 2562, 1027, 2563, 1280, 2816,
        1281, 2817, 1282, 2818, 1283, 2819
    };
    for (int item = first; item < last; item++) {
        const int row = item % HEIGHT, vector = item / HEIGHT;
        const int lanes = SLOT_COUNT - vector * VL < VL ? SLOT_COUNT - vector * VL : VL;
        const int *slots = SLOTS + vector * VL;
        for (int lane = 0; lane < lanes; lane++) {
            const int slot = slots[lane];
            const float *from = x + ROWS[row] + (slot < 0 ? 0 : slot);
            float *to = y + Y_START + row * Y_ROW + vector * Y_VECTOR + lane;
            if (slot == -1)
                for (int column = 0; column < WIDTH; column++) to[column * Y_PIXEL] = 0;
            else if (slot >= 0)
                for (int column = 0; column < WIDTH; column++)
                    to[column * Y_PIXEL] = from[X_PIXEL ? column * X_PIXEL : NONE[column]];
        }
    }
}

/* The first of the items that thread t of n takes; and the arguments `first` and `last` of its kernels. */
static INLINE int share(int items, int t, int n) { return (int)((long long)items * t / n); }
#define SHARE(items) share(items, t, n), share(items, t + 1, n)

/* Of each step its number, layers, multiply-adds, the bytes that it must at least read and write, its kernel and that one's operands, `ws` being
   the workspace and `w` the weights; then the calls of other kernels that belong to it. Calls of one step do not depend on each other. */
#define ALL_STEPS(STEP) \
    STEP(0, "image", 0, 12288, copy_8x8x24_to_8x8x24, (in[0], ws + 4800, SHARE(48))) \
    STEP(1, "conv2d", 24576, 19968, convolution_8x8x24_to_8x8x48, (ws + 4800, w, ws + 44, SHARE(96)), \
        zero_border(ws + 44, 8, 32, 40, 400, 0, 44, 44, SHARE(12))) \
    STEP(2, "depthwise_conv2d", 27648, 26304, depthwise_8x8x48_to_8x8x48, (ws + 44, w + 432, ws + 4800, SHARE(96))) \
    STEP(3, "conv2d_1", 12288, 13056, convolution_8x8x24_to_8x8x24, (ws + 5312, w + 912, ws + 1536, SHARE(48))) \
    STEP(4, "split", 0, 12288, reindex_8x8x24_to_8x8x24, (ws + 4800, ws, SHARE(48))) \
    STEP(5, "channel_shuffle_1", 0, 24576, reindex_8x8x48_to_8x8x48, (ws, out[0], SHARE(96)))

/* The share of thread t of n in one step. `spare` is scratch memory of threads other than the first. */
static NOINLINE void run_step(
    unsigned step, const float *const *in, float *const *out, float *ws, float *spare, int t, int n) {
    const float *w = packed_weights;
    (void)in, (void)out, (void)ws, (void)w, (void)spare;
#define CALLS(number, layers, macs, bytes, kernel, operands, ...) case number: kernel operands; __VA_ARGS__; break;
    switch (step) { ALL_STEPS(CALLS) }
}


enum { STEPS = 6, BATCH = 1 };

static const long long in_lengths[] = {1536};
static const long long out_lengths[] = {3072};

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

int shuffle_invoke(const float *in_image, float *out_features, void *workspace) {
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

struct shuffle {
    float *workspace;
    const void *const *in;
    void *const *out;
    int threads, is_ending;
    atomic_flag is_busy;
    meeting meeting;
    struct member {
        struct shuffle *model;
        int number;
        pthread_t thread;
    } members[];
};

enum { SCRATCH = 0, WORKSPACE = 7872 };

/* Of each step, whether all threads meet behind it: 0 where none of them reads or writes, up to the next meeting, what another one writes. */
static const char meetings[] =
    "111011";

/* All steps, as one of the team. */
static void take_part(shuffle *model, int t) {
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

static void end(shuffle *model) {
    model->is_ending = 1;
    meet(&model->meeting, model->threads);
    for (int i = 1; i < model->threads; i++) pthread_join(model->members[i].thread, 0);
    pthread_mutex_destroy(&model->meeting.lock);
    pthread_cond_destroy(&model->meeting.opened);
    free(model->workspace);
    free(model);
}

shuffle *shuffle_create(int threads) {
    if (threads < 0 || threads > 1024) return errno = EINVAL, (void *)0;
    if (!processor_is_supported()) return errno = ENOTSUP, (void *)0;
    if (threads == 0) threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (threads < 1) threads = 1;
    struct shuffle *model = calloc(1, sizeof *model + (size_t)threads * sizeof *model->members);
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
    struct shuffle *model = object;
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

int shuffle_run(shuffle *model, const float *in_image, float *out_features) {
    const void *const in[] = {in_image};
    void *const out[] = {out_features};
    return run_any(model, in, out);
}

void shuffle_destroy(shuffle *model) {
    if (model) end(model);
}

static void *create_any(int threads) { return shuffle_create(threads); }
static void destroy_any(void *model) { shuffle_destroy(model); }
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
    {"image", NETC_FLOAT32, 4, {1, 8, 8, 24}, 6144, 0, 24, 1536, 192, 0, 5},
};
static const netc_tensor outputs[] = {
    {"features", NETC_FLOAT32, 4, {1, 8, 8, 48}, 12288, 0, 48, 3072, 384, 0, 5},
};
static const netc_tensor tensors[] = {
    PLANE("image", 8, 8, 24, 19200, 0, 1),
    TENSOR("conv2d", 8, 8, 48, 176, 400, 40, 1, 2),
    PLANE("conv2d_1", 8, 8, 24, 6144, 3, 5),
    {0}};
#define ROW(number, layers, macs, bytes, kernel, ...) {layers, #kernel, macs, bytes},
static const netc_step step_table[] = {ALL_STEPS(ROW)};
#define PRODUCTS(number, layers, macs, ...) macs,
static const uint64_t products[] = {ALL_STEPS(PRODUCTS)};
static const netc_info info = {
    NETC_ABI, sizeof(netc_info), "shuffle", "0.1.0", "x86-64:l1=32K,l2=1M",
    "9855fc0001ddc1ce", 1, 1, 3, STEPS,
    inputs, outputs, tensors, step_table, 31488,
    invoke_all, invoke_steps, create_any, run_any, destroy_any, products};

const netc_info *shuffle_model(void) { return &info; }
