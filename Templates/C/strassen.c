/* Convolution of 1×1 by Winograd's form of Strassen's algorithm (Higham, "Accuracy and Stability of Numerical Algorithms", 2002, 23.1): a product
   of matrices of 2×2 blocks takes seven products of blocks instead of eight, of sums of blocks on both sides; those of weights are ready. With
   two LEVELS each of the seven is computed so again: 49 instead of 64.

   The first matrix has a row for each pixel and a column for each input channel, the other one a column for each output channel. SIDE is 2 or 4:
   a tile is SIDE pixels in a row, one of each block of rows, and blocks of columns are parts of vectors one after another, the last ones shorter
   where that does not come out even.

   An item is one panel of output channels, of the first block of columns and its like in all others, for BLOCK tiles, whose sums stay in scratch
   memory, near the second-level cache. The last block repeats the last pixel rather than being shorter.
   Weights: the biases of all vectors, then for each panel of PANEL (or PANEL - 1) vectors, for each of the products, as product.c reads them;
   behind all of them the slopes of negative results, if there are any. */
#include "product.c"
/* netc: shared */
enum { STRASSEN_SIDE = 4, STRASSEN_PRODUCTS = 7 };

typedef struct {
    int row, pixel, vector; /* floats to the next row, pixel or vector of channels */
} strassen_image;

typedef struct {
    int levels;
    int pixels, width;                   /* of the map, and of one row of it */
    int block;                           /* tiles */
    int x_part, y_part;                  /* vectors of one block of columns */
    int x_channels;                      /* what lies behind them in the last vector counts as zero */
    int y_vectors, last_lanes;           /* lanes of y's last vector, 0 where it is whole */
    int x_place, y_place;                /* floats of scratch memory from one product's factor, or result, to the next */
    int panel, big_panels, panels;       /* vectors of one part; of full size; in all */
    int group, big_groups, groups;       /* tiles to a register tile, and how a block is cut into them: of full size, in all */
    strassen_image x, x2, y;
    product_epilogue epilogue;
} strassen_shape;

static INLINE int strassen_side(const strassen_shape s) { return s.levels == 2 ? 4 : 2; }
static INLINE int strassen_products(const strassen_shape s) { return s.levels == 2 ? 49 : 7; }

/* Row and column of a block: of 4×4 those of a quarter follow one another. */
static INLINE int strassen_row(const strassen_shape s, const int i) { return s.levels == 2 ? i / 8 * 2 + i / 2 % 2 : i / 2; }
static INLINE int strassen_column(const strassen_shape s, const int i) { return s.levels == 2 ? i / 4 % 2 * 2 + i % 2 : i % 2; }

/* The first factors of seven products: a holds four blocks of COUNT values. */
static INLINE void strassen_factors(const int COUNT, const vf *a, vf *factors) {
    UNROLL for (int i = 0; i < COUNT; i++) {
        const vf a11 = a[i], a12 = a[COUNT + i], a21 = a[2 * COUNT + i], a22 = a[3 * COUNT + i];
        const vf rest = a21 + a22 - a11;
        const vf all[] = {a11, a12, a12 - rest, a22, a21 + a22, rest, a11 - a21};
        UNROLL for (int k = 0; k < STRASSEN_PRODUCTS; k++) factors[k * COUNT + i] = all[k];
    }
}

/* Four blocks of COUNT values of the result from seven products. */
static INLINE void strassen_results(const int COUNT, const vf *products, vf *c) {
    UNROLL for (int i = 0; i < COUNT; i++) {
        vf p[STRASSEN_PRODUCTS];
        UNROLL for (int k = 0; k < STRASSEN_PRODUCTS; k++) p[k] = products[k * COUNT + i];
        const vf common = p[0] + p[5];
        c[i] = p[0] + p[1];
        c[COUNT + i] = common + p[4] + p[2];
        c[2 * COUNT + i] = common + p[6] - p[3];
        c[3 * COUNT + i] = common + p[6] + p[4];
    }
}

/* Distance of a pixel of the map from its first. */
static INLINE long strassen_distance(const strassen_shape s, const int row, const int pixel, int i) {
    return row == s.width * pixel ? i * (long)pixel : i / s.width * (long)row + i % s.width * (long)pixel;
}

/* One vector of x; zeros beyond its channels. */
static INLINE vf strassen_load(const strassen_shape s, const float *x, int vector) {
    if (s.x_channels >= strassen_side(s) * s.x_part * VL || (vector + 1) * VL <= s.x_channels) return load(x);
    return vector * VL < s.x_channels ? load_partial(x, s.x_channels % VL) : (vf){0};
}

/* The first factors of a block's products, [product][vector][tile]; x times `scales`, one for each channel, where there are any. */
static INLINE void strassen_inputs(const strassen_shape s, const float *x, const float *scales, float *sums, int first) {
    const int side = strassen_side(s);
    const long part = s.x_part * (long)s.x.vector;
    NO_UNROLL for (int v = 0; v < s.x_part; v++, x += s.x.vector) {
        vf scale[STRASSEN_SIDE];
        UNROLL for (int i = 0; scales && i < side; i++) scale[i] = strassen_load(s, scales + (i * s.x_part + v) * VL, i * s.x_part + v);
        NO_UNROLL for (int t = 0; t < s.block; t++, sums += VL) {
            vf a[STRASSEN_SIDE * STRASSEN_SIDE], half[4 * STRASSEN_PRODUCTS], factors[STRASSEN_PRODUCTS];
            const float *pixels[STRASSEN_SIDE];
            UNROLL for (int i = 0; i < side; i++) {
                const int pixel = (first + t) * side + i;
                pixels[i] = x + strassen_distance(s, s.x.row, s.x.pixel, pixel < s.pixels ? pixel : s.pixels - 1);
            }
            UNROLL for (int i = 0; i < side * side; i++) {
                const int column = strassen_column(s, i);
                a[i] = strassen_load(s, pixels[strassen_row(s, i)] + column * part, column * s.x_part + v);
                if (scales) a[i] *= scale[column];
            }
            strassen_factors(side * side / 4, a, half);
            UNROLL for (int k = 0; s.levels == 1 && k < STRASSEN_PRODUCTS; k++) store(sums + k * (long)s.x_place, half[k]);
            UNROLL for (int i = 0; s.levels == 2 && i < STRASSEN_PRODUCTS; i++) {
                strassen_factors(1, half + 4 * i, factors);
                UNROLL for (int k = 0; k < STRASSEN_PRODUCTS; k++)
                    store(sums + (i * STRASSEN_PRODUCTS + k) * (long)s.x_place, factors[k]);
            }
        }
    }
}

/* The results of one tile for one vector of each part, as far as there are such pixels and vectors. */
static INLINE void strassen_tile(const strassen_shape s, const float *products, const float *biases, const float *x2, float *y, int tile,
                                 int vector) {
    const int side = strassen_side(s);
    vf p[STRASSEN_PRODUCTS], half[4 * STRASSEN_PRODUCTS], c[STRASSEN_SIDE * STRASSEN_SIDE];
    UNROLL for (int k = 0; s.levels == 1 && k < STRASSEN_PRODUCTS; k++) half[k] = load(products + k * (long)s.y_place);
    UNROLL for (int i = 0; s.levels == 2 && i < STRASSEN_PRODUCTS; i++) {
        UNROLL for (int k = 0; k < STRASSEN_PRODUCTS; k++) p[k] = load(products + (i * STRASSEN_PRODUCTS + k) * (long)s.y_place);
        strassen_results(1, p, half + 4 * i);
    }
    strassen_results(side * side / 4, half, c);
    UNROLL for (int i = 0; i < side * side; i++) {
        const int pixel = tile * side + strassen_row(s, i), v = strassen_column(s, i) * s.y_part + vector;
        if (s.pixels % side && pixel >= s.pixels) continue;
        if (s.y_vectors < side * s.y_part && v >= s.y_vectors) continue;
        const vf sum = c[i] + load_aligned(biases + v * VL);
        const float *residual = x2 + strassen_distance(s, s.x2.row, s.x2.pixel, pixel) + v * (long)s.x2.vector;
        float *to = y + strassen_distance(s, s.y.row, s.y.pixel, pixel) + v * (long)s.y.vector;
        if (s.last_lanes && v == s.y_vectors - 1)
            store_partial(to, s.last_lanes, product_finish(s.epilogue, sum, product_residual(s.epilogue, s.last_lanes, residual)));
        else store(to, product_finish(s.epilogue, sum, product_residual(s.epilogue, VL, residual)));
    }
}

/* One panel, `start` vectors behind the first of each part: all products of a block, then its tiles. */
static INLINE void strassen_panel(const int VECTORS, const strassen_shape s, const float *sums, const float *biases, const float *x2,
                                  const float *weights, float *products, float *y, int first, int start) {
    const product_rows rows = {
        .sum = {.kernel_height = 1, .kernel_width = 1, .vectors = s.x_part, .vector = s.block * VL},
        .group = s.group, .big_groups = s.big_groups, .groups = s.groups, .x_row = VL, .y_row = VECTORS * VL};
    const long one = (long)s.x_part * VECTORS * VL * VL;
    const float *w = weights + start * (long)strassen_products(s) * s.x_part * VL * VL;
    NO_UNROLL for (int k = 0; k < strassen_products(s); k++)
        product_groups(VECTORS, rows, sums + k * (long)s.x_place, w + k * one, w, 0, 0, products + k * (long)s.y_place);
    const int tiles = (s.pixels + strassen_side(s) - 1) / strassen_side(s);
    NO_UNROLL for (int t = 0; t < s.block && first + t < tiles; t++)
        NO_UNROLL for (int v = 0; v < VECTORS; v++)
            strassen_tile(s, products + (t * VECTORS + v) * VL, biases, x2, y, first + t, start + v);
}

/* Order of items: blocks, panels. All panels of a block that are in the range share its sums. */
static INLINE void strassen_items(const strassen_shape s, const float *x, const float *x2, const float *scales, const float *biases,
                                  float *y, float *scratch, int first, int last) {
    float *products = scratch + strassen_products(s) * (long)s.x_place;
    const float *weights = biases + strassen_side(s) * s.y_part * VL;
    x2 = s.epilogue.slopes ? biases + s.epilogue.slopes : x2;
    for (int item = first; item < last; item++) {
        const int panel = item % s.panels, tile = item / s.panels * s.block, start = piece_start(s.panel, s.big_panels, panel);
        if (item == first || panel == 0) strassen_inputs(s, x, scales, scratch, tile);
        if (is_big_piece(s.big_panels, panel)) strassen_panel(s.panel, s, scratch, biases, x2, weights, products, y, tile, start);
        else strassen_panel(s.panel - 1, s, scratch, biases, x2, weights, products, y, tile, start);
    }
}
/* netc: kernel */
static NOINLINE void strassen(IN x, IN x2, IN weights, OUT y, OUT scratch, int first, int last) {
    /* netc: constants */
    const strassen_shape shape = {
        .levels = 1, .pixels = 196, .width = 14, .block = 98, .x_part = 2, .y_part = 2, .x_channels = 4 * VL,
        .y_vectors = 4, .last_lanes = 0, .x_place = 197 * VL, .y_place = 197 * VL,
        .panel = 2, .big_panels = 0, .panels = 1, .group = 11, .big_groups = 8, .groups = 9,
        .x = {.row = 14 * VL, .pixel = VL, .vector = 196 * VL},
        .x2 = {.row = 14 * VL, .pixel = VL, .vector = 196 * VL},
        .y = {.row = 14 * VL, .pixel = VL, .vector = 196 * VL},
        .epilogue = {.first = LINEAR, .first_a = 0, .first_b = 0, .first_c = 0, .last = LINEAR, .last_a = 0, .last_b = 0, .last_c = 0, .adds = 0, .slopes = 0},
    };
    /* netc: end */
    strassen_items(shape, x, x2, 0, weights, y, scratch, first, last);
}
