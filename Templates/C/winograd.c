/* Convolution of stride 1 by Winograd's minimal filtering (Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks", 2016). Along an axis
   F(m, r) makes m outputs of r taps from m + r - 1 inputs with as many products: the tiles of inputs overlap by r - 1 and are transformed, there
   the convolution is a product place by place, summed over the channels, and transforming back gives the outputs. In two dimensions a tile has
   (m + r - 1)² places: F(4×4, 3×3) takes 36 products a pair of channels instead of 144, F(2×2, 5×5) 36 instead of 100.

   The axes are independent: height and width have their own m and r, and an axis of one tap has no transform. All forms of six inputs are over
   the points 0, 1, -1, 2, -2 and infinity, so that they share the transform of inputs; those of four inputs are over 0, 1, -1 and infinity.
   More taps than four are two PARTS, as 7 = 4 + 4 with the last of them zero: each part reads the tile that begins r cells behind that of
   the part before, and the parts are summed over like channels.

   With a dilation the map falls into phases, one for each remainder of rows and columns: a phase is a plain convolution, and its tiles are spread
   over the map.

   A pooling of 2×2 cells without overlap is done before the results are stored: a tile holds whole windows, of which those at the map's
   lower and right edge may be cut off. Its map is stored alone, and height and width below are of the cells that its windows reach.

   Groups of channels fill whole vectors of x and y, and are as many convolutions, one after another.

   An item is one panel of output channels for BLOCK tiles, whose transformed inputs and products stay in scratch memory, near the second-level
   cache. The last block repeats the last tile rather than being shorter. x has a border of zeros as wide as the tiles reach.
   Weights: the biases of all vectors, then for each group of channels, for each place of a tile, for each panel of PANEL (or PANEL - 1) vectors
   of output channels, as product.c reads them; behind all of them the slopes of negative results, if there are any. */
#include "product.c"
/* netc: shared */
enum { WINOGRAD_MOST = 6 };
enum { WINOGRAD_MAXIMUM = 1, WINOGRAD_MEAN };

typedef struct {
    int origin, row, pixel, vector; /* floats to the first element, then to the next row, pixel or vector of channels */
} winograd_image;

typedef struct {
    int output_height, output_width;    /* of a tile: m of both axes */
    int taps_height, taps_width;        /* of one part of the kernel: r of both axes */
    int parts_height, parts_width;      /* of the kernel */
    int height, width;                  /* of the output map, before it is pooled */
    int pooling;                        /* what of 2×2 cells is stored; 0: each cell */
    int tiles, phase_tiles, columns, block; /* in all, in a phase, in a row of a phase, in an item */
    int dilation_height, dilation_width;
    int clusters;                         /* groups of channels; vectors and panels below are those of one */
    int x_vectors, y_vectors, last_lanes; /* lanes of y's last vector, 0 where it is whole */
    int x_place, y_place;               /* floats of scratch memory from one place of a tile to the next: no power of two */
    int panel, big_panels, panels;      /* vectors of output channels; of full size; in all */
    int group, big_groups, groups;      /* tiles to a register tile, and how a block is cut into them: of full size, in all */
    int prefetch;                       /* one cache line of the next panel is fetched every that many channels; 0: none */
    int ahead;                          /* the same for what no near cache holds: inputs of the next block, and outputs of this one */
    winograd_image x, x2, y;
    product_epilogue epilogue;
} winograd_shape;

/* The inputs of a tile along both axes. */
static INLINE int winograd_rows(const winograd_shape s) { return s.output_height + s.taps_height - 1; }
static INLINE int winograd_columns(const winograd_shape s) { return s.output_width + s.taps_width - 1; }
static INLINE int winograd_places(const winograd_shape s) { return winograd_rows(s) * winograd_columns(s); }

/* Vectors of one transformed tile: those of x for each part of the kernel. */
static INLINE int winograd_depth(const winograd_shape s) { return s.parts_height * s.parts_width * s.x_vectors; }

/* The transform of one, four or six inputs. Points p and -p share what has even powers of p and what has odd ones. */
static INLINE void winograd_forward(const int side, const vf *x, const int step, vf *y) {
    if (side == 1) {
        y[0] = x[0];
        return;
    }
    if (side == 4) {
        y[0] = x[0] - x[2 * step], y[step] = x[step] + x[2 * step];
        y[2 * step] = x[2 * step] - x[step], y[3 * step] = x[3 * step] - x[step];
        return;
    }
    const vf even = x[4 * step] - 4 * x[2 * step], odd = x[3 * step] - 4 * x[step];
    const vf even_2 = x[4 * step] - x[2 * step], odd_2 = x[3 * step] - x[step];
    y[0] = (x[4 * step] - 5 * x[2 * step]) + 4 * x[0];
    y[step] = even + odd, y[2 * step] = even - odd;
    y[3 * step] = even_2 + 2 * odd_2, y[4 * step] = even_2 - 2 * odd_2;
    y[5 * step] = (x[5 * step] - 5 * x[3 * step]) + 4 * x[step];
}

/* The outputs of the products of `side` inputs: output i takes power i of each point. Infinity, the last one, has part in the last output alone. */
static INLINE void winograd_back(const int outputs, const int side, const vf *x, const int step, vf *y) {
    if (side == 1) {
        y[0] = x[0];
        return;
    }
    const vf even = x[step] + x[2 * step], odd = x[step] - x[2 * step];
    vf even_2 = {0}, odd_2 = {0};
    if (side == 6) even_2 = x[3 * step] + x[4 * step], odd_2 = x[3 * step] - x[4 * step];
    UNROLL for (int i = 0; i < outputs; i++) {
        vf sum = i % 2 ? odd : even;
        if (side == 6) sum += (float)(1 << i) * (i % 2 ? odd_2 : even_2);
        if (i == 0) sum += x[0];
        if (i == outputs - 1) sum += x[(side - 1) * step];
        y[i * step] = sum;
    }
}

/* One vector of channels of one tile: all its places, `place` floats apart. */
static INLINE void winograd_transform(const winograd_shape s, const float *x, float *transformed, const long place) {
    const int rows = winograd_rows(s), columns = winograd_columns(s);
    const long row = s.dilation_height * (long)s.x.row, column = s.dilation_width * (long)s.x.pixel;
    vf cells[WINOGRAD_MOST * WINOGRAD_MOST], half[WINOGRAD_MOST * WINOGRAD_MOST];
    UNROLL for (int h = 0; h < rows; h++)
        UNROLL for (int w = 0; w < columns; w++) cells[h * columns + w] = load(x + h * row + w * column);
    UNROLL for (int w = 0; w < columns; w++) winograd_forward(rows, cells + w, columns, half + w);
    UNROLL for (int h = 0; h < rows; h++) {
        winograd_forward(columns, half + h * columns, 1, cells);
        UNROLL for (int w = 0; w < columns; w++) store(transformed + (h * columns + w) * place, cells[w]);
    }
}

/* Two cells, or two rows of them, of a window. */
static INLINE vf winograd_combine(const winograd_shape s, vf a, vf b) {
    return s.pooling == WINOGRAD_MAXIMUM ? at_least(a, b) : a + b;
}

/* The window of 2×2 cells of which `cells` is the first; of an odd map the last ones hold one row, or one column. */
static INLINE vf winograd_pool(const winograd_shape s, const vf *cells, const int has_row, const int has_column) {
    vf whole = has_column ? winograd_combine(s, cells[0], cells[1]) : cells[0];
    if (has_row) {
        const vf *below = cells + s.output_width;
        whole = winograd_combine(s, whole, has_column ? winograd_combine(s, below[0], below[1]) : below[0]);
    }
    return s.pooling == WINOGRAD_MEAN ? whole * (1.0f / (float)((1 + has_row) * (1 + has_column))) : whole;
}

/* One vector of channels of one tile of the output, cut off at the map's edge. */
static INLINE void winograd_restore(
    const winograd_shape s, const int LANES, const float *products, const long place, vf bias, const float *x2, float *y, int rows,
    int columns) {
    const int high = winograd_rows(s), wide = winograd_columns(s), m = s.output_width;
    vf cells[WINOGRAD_MOST * WINOGRAD_MOST], half[WINOGRAD_MOST * WINOGRAD_MOST];
    UNROLL for (int i = 0; i < high * wide; i++) cells[i] = load(products + i * place);
    UNROLL for (int w = 0; w < wide; w++) winograd_back(s.output_height, high, cells + w, wide, half + w);
    UNROLL for (int h = 0; h < s.output_height; h++) {
        vf sums[WINOGRAD_MOST];
        winograd_back(m, wide, half + h * wide, 1, sums);
        UNROLL for (int w = 0; w < m; w++) {
            /* Cells that no window takes cost less than the question; only a residual may not be read there. */
            if ((!s.pooling || s.epilogue.adds) && (h >= rows || w >= columns)) continue;
            const long down = h * s.dilation_height, right = w * s.dilation_width;
            vf residual = product_residual(s.epilogue, LANES, x2 + down * s.x2.row + right * s.x2.pixel);
            vf finished = product_finish(s.epilogue, sums[w] + bias, residual);
            if (s.pooling) cells[h * m + w] = finished;
            else store_partial(y + down * s.y.row + right * s.y.pixel, LANES, finished);
        }
        UNROLL for (int w = 0; s.pooling && h % 2 && w < m; w += 2) {
            if (h > rows || w >= columns) continue;
            const int has_row = s.height % 2 == 0 || h < rows, has_column = s.width % 2 == 0 || w + 1 < columns;
            vf pooled = winograd_pool(s, cells + (h - 1) * m + w, has_row, has_column);
            store_partial(y + h / 2 * (long)s.y.row + w / 2 * (long)s.y.pixel, LANES, pooled);
        }
    }
}

/* At each place: transformed inputs [tile][channel] times weights gives products [tile][channel]. */
static INLINE void winograd_products(
    const winograd_shape s, const float *transformed, const float *weights, const product_region *regions, float *products, int first,
    int last) {
    const int places = winograd_places(s);
    const int depth = winograd_depth(s);
    const long column = (long)depth * VL * VL; /* weights of one vector of outputs */
    const product_rows rows = {
        .sum = {.kernel_height = 1, .kernel_width = 1, .vectors = depth, .vector = VL, .prefetch = s.prefetch, .ahead = s.ahead},
        .group = s.group, .big_groups = s.big_groups, .groups = s.groups, .x_row = depth * VL, .y_row = s.y_vectors * VL};
    NO_UNROLL for (int place = 0; place < places; place++) {
        const float *x = transformed + place * (long)s.x_place;
        float *y = products + place * (long)s.y_place;
        const float *w = weights + place * s.y_vectors * column;
        NO_UNROLL for (int p = first; p < last; p++) {
            const int is_big = is_big_piece(s.big_panels, p), start = piece_start(s.panel, s.big_panels, p);
            const int is_end = place == places - 1 && p == s.panels - 1;
            const float *next = is_end ? w : w + (start + (is_big ? s.panel : s.panel - 1)) * column;
            const int piece = (place * (last - first) + p - first) * s.groups;
            if (is_big) product_groups(s.panel, rows, x, w + start * column, next, regions, piece, y + start * VL);
            else product_groups(s.panel - 1, rows, x, w + start * column, next, regions, piece, y + start * VL);
        }
    }
}

/* Where a tile begins in the output map, and how many rows and columns of its phase are left from there. */
typedef struct {
    int row, column, rows, columns;
} winograd_place;

static INLINE winograd_place winograd_place_of(const winograd_shape s, int tile) {
    const int phase = tile / s.phase_tiles, within = tile % s.phase_tiles;
    const int row = phase / s.dilation_width + within / s.columns * (s.output_height * s.dilation_height);
    const int column = phase % s.dilation_width + within % s.columns * (s.output_width * s.dilation_width);
    return (winograd_place){
        row, column, (s.height - row + s.dilation_height - 1) / s.dilation_height,
        (s.width - column + s.dilation_width - 1) / s.dilation_width};
}

/* The tiles that all panels of a block read: for each part of the kernel those that begin at its first tap. */
static INLINE void winograd_inputs(const winograd_shape s, const float *x, float *transformed, int first) {
    const long part_row = s.taps_height * s.dilation_height * (long)s.x.row;
    const long part_column = s.taps_width * s.dilation_width * (long)s.x.pixel;
    NO_UNROLL for (int t = 0; t < s.block; t++) {
        const int tile = first + t < s.tiles ? first + t : s.tiles - 1;
        const winograd_place place = winograd_place_of(s, tile);
        const float *from = x + place.row * (long)s.x.row + place.column * (long)s.x.pixel;
        float *to = transformed + (long)t * winograd_depth(s) * VL;
        NO_UNROLL for (int part = 0; part < s.parts_height * s.parts_width; part++, to += s.x_vectors * VL) {
            const float *cells = from + part / s.parts_width * part_row + part % s.parts_width * part_column;
            NO_UNROLL for (int v = 0; v < s.x_vectors; v++)
                winograd_transform(s, cells + v * (long)s.x.vector, to + v * VL, s.x_place);
        }
    }
}

/* What the products of the block of tiles from `first` on fetch: the cells that are new in the next block, and where this one's results go. Both are
   rows of whole pixels, without dilation. */
static INLINE void winograd_ahead(const winograd_shape s, const float *x, const float *y, int first, product_region *regions) {
    const int next = first + s.block < s.tiles ? first + s.block : s.tiles - 1, window = s.pooling ? 2 : 1;
    const int columns = s.block < s.columns ? s.block : s.columns, rows = s.block / columns;
    const winograd_place from = winograd_place_of(s, next), at = winograd_place_of(s, first);
    const int row = from.row + s.parts_height * s.taps_height - 1, column = from.column + s.parts_width * s.taps_width - 1;
    regions[0] = (product_region){
        x + row * (long)s.x.row + column * (long)s.x.pixel, columns * s.output_width * s.x.pixel, rows * s.output_height, s.x_vectors,
        s.x.row, s.x.vector};
    const int is_planar = s.y.pixel == VL; /* or else a row holds all channels */
    regions[1] = (product_region){
        y + at.row / window * (long)s.y.row + at.column / window * (long)s.y.pixel, columns * s.output_width / window * s.y.pixel,
        rows * s.output_height / window, is_planar ? s.y_vectors : 1, s.y.row, s.y.vector};
}

/* One group of channels: `biases` and y begin with its first vector, so does x2. */
static INLINE void winograd_block(
    const winograd_shape s, const float *x, const float *x2, const float *biases, const float *weights, float *y, float *scratch,
    int first, int first_panel, int last_panel) {
    const int window = s.pooling ? 2 : 1;
    float *transformed = scratch, *products = scratch + winograd_places(s) * (long)s.x_place;
    winograd_inputs(s, x, transformed, first);
    product_region regions[2];
    if (s.ahead) winograd_ahead(s, x, y, first, regions);
    winograd_products(s, transformed, weights, regions, products, first_panel, last_panel);
    const int v_first = piece_start(s.panel, s.big_panels, first_panel), v_last = piece_start(s.panel, s.big_panels, last_panel);
    NO_UNROLL for (int t = 0; t < s.block && first + t < s.tiles; t++) {
        const winograd_place at = winograd_place_of(s, first + t);
        if (at.rows <= 0 || at.columns <= 0) continue;
        const float *from = products + (long)t * s.y_vectors * VL;
        const float *residual = x2 + at.row * (long)s.x2.row + at.column * (long)s.x2.pixel;
        float *to = y + at.row / window * (long)s.y.row + at.column / window * (long)s.y.pixel;
        NO_UNROLL for (int v = v_first; v < v_last; v++) {
            const vf bias = load_aligned(biases + v * VL);
            const float *x2_v = residual + v * (long)s.x2.vector;
            float *y_v = to + v * (long)s.y.vector;
            if (s.last_lanes && v == s.y_vectors - 1)
                winograd_restore(s, s.last_lanes, from + v * VL, s.y_place, bias, x2_v, y_v, at.rows, at.columns);
            else if (at.rows >= s.output_height && at.columns >= s.output_width)
                winograd_restore(s, VL, from + v * VL, s.y_place, bias, x2_v, y_v, s.output_height, s.output_width);
            else
                winograd_restore(s, VL, from + v * VL, s.y_place, bias, x2_v, y_v, at.rows, at.columns);
        }
    }
}

/* Order of items: groups of channels, blocks, panels. All panels of a block that are in the range share its transformed inputs. */
static INLINE void winograd_items(
    const winograd_shape s, const float *x, const float *x2, const float *weights, float *y, float *scratch, int first,
    int last) {
    const int blocks = (s.tiles + s.block - 1) / s.block;
    const long cluster_weights = (long)winograd_places(s) * winograd_depth(s) * s.y_vectors * VL * VL;
    if (s.epilogue.slopes) x2 = weights + s.epilogue.slopes;
    for (int item = first; item < last;) {
        const int block = item / s.panels % blocks, panel = item % s.panels, cluster = item / s.panels / blocks;
        const int end = s.panels - panel < last - item ? s.panels : panel + last - item;
        const long y_vector = cluster * (long)s.y_vectors;
        winograd_block(
            s, x + s.x.origin + cluster * (long)s.x_vectors * s.x.vector, x2 + y_vector * s.x2.vector, weights + y_vector * VL,
            weights + s.clusters * (long)s.y_vectors * VL + cluster * cluster_weights, y + y_vector * s.y.vector, scratch,
            block * s.block, panel, end);
        item += end - panel;
    }
}

/* netc: kernel */
static NOINLINE void winograd(IN x, IN x2, IN weights, OUT y, OUT scratch, int first, int last) {
    /* netc: constants */
    const winograd_shape shape = {
        .output_height = 4, .output_width = 4, .taps_height = 3, .taps_width = 3, .parts_height = 1, .parts_width = 1,
        .height = 14, .width = 14, .pooling = 0, .tiles = 16, .phase_tiles = 16, .columns = 4, .block = 16,
        .dilation_height = 1, .dilation_width = 1,
        .clusters = 1, .x_vectors = 4, .y_vectors = 4, .last_lanes = 0, .x_place = 65 * VL, .y_place = 65 * VL,
        .panel = 4, .big_panels = 0, .panels = 1, .group = 6, .big_groups = 1, .groups = 3, .prefetch = 0, .ahead = 0,
        .x = {.origin = -19 * VL, .row = 18 * VL, .pixel = VL, .vector = 324 * VL},
        .x2 = {.row = 14 * VL, .pixel = VL, .vector = 196 * VL},
        .y = {.row = 14 * VL, .pixel = VL, .vector = 196 * VL},
        .epilogue = {.first = LINEAR, .first_a = 0, .first_b = 0, .first_c = 0, .last = RELU, .last_a = 0, .last_b = 0, .last_c = 0, .adds = 0, .slopes = 0},
    };
    /* netc: end */
    winograd_items(shape, x, x2, weights, y, scratch, first, last);
}
