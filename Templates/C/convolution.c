/* Direct convolution of any kernel size, stride, dilation and number of groups; one by one kernels and the phases of a transposed
   convolution are the same thing with other constants. x has its zero border around it.

   An item is one tile of one panel. A panel is up to PANEL vectors of output channels of one cluster (the channels that share their input
   channels: a group). Pixels come in LINES lines of LINE pixels: a line is a row of the map, or the whole map where that wastes less.
   Each line is cut into tiles of TILE or TILE - 1 pixels, each cluster into panels of PANEL or PANEL - 1 vectors. Order of items: blocks of
   BLOCK tiles, panels, tiles. Where input channels come in several blocks, partial sums wait in y. The last vector of each cluster may be
   split (product.c).
   Weights: for each panel its biases, then as product.c reads them; behind all of them the slopes of negative results, if there are any. */
#include "product.c"
/* netc: shared */
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

/* So many lines of a map, of which the shape describes one. */
static INLINE void convolution_lines(const convolution_shape s, const float *x, const float *weights, float *y, const int *offsets,
                                     int lines) {
    x += s.x.origin, y += s.y.origin;
    NO_UNROLL for (int panel = 0; panel < s.clusters * s.panels; panel++)
        for (int k = 0; k == 0 || k < s.sum.vectors; k += s.k_block)
            convolution_tiles(s, convolution_panel_at(s, x, x, weights, 0, y, offsets, panel, k), (convolution_run){panel, 0, lines * s.tiles});
}
/* netc: kernel */
static NOINLINE void convolution(IN x, IN x2, IN weights, OUT y, int first, int last) {
    /* netc: constants */
    const convolution_shape shape = {
        .lines = 14, .line = 14, .width = 14, .tile = 5, .tiles = 3, .big_tiles = 2, .block = 0, .k_block = 8,
        .panel = 4, .panels = 1, .big_panels = 0, .last_lanes = 0, .split = 0, .clusters = 1, .x_cluster = 0, .cluster_vectors = 0,
        .x = {.origin = -17 * VL, .row = 16 * VL, .pixel = VL},
        .x2 = {.origin = 0, .row = 14 * VL, .pixel = VL, .vector = 196 * VL},
        .y = {.origin = 0, .row = 14 * VL, .pixel = VL, .vector = 196 * VL},
        .sum = {.kernel_height = 3, .kernel_width = 3, .tap_row = 16 * VL, .tap_column = VL, .vectors = 4, .tail = 0, .vector = 256 * VL, .is_indexed = 0, .prefetch = 0},
        .epilogue = {.first = LINEAR, .first_a = 0, .first_b = 0, .first_c = 0, .last = RELU, .last_a = 0, .last_b = 0, .last_c = 0, .adds = 0, .slopes = 0},
    };
    static const int OFFSETS[] = {0};
    /* netc: end */
    convolution_items(shape, x, x2, weights, 0, y, OFFSETS, first, last);
}
