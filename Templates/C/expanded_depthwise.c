/* Pointwise convolution and the depthwise one that reads it, a block of rows at a time: what lies between them never leaves the cache.

   An item is ROWS output rows. The rows of the pointwise result that they read go to scratch memory, laid out as [vector of
   channels][row][pixel] with the border of zeros that the depthwise kernel reaches into; rows that the next block needs too are moved to the
   front. The constants are those of convolution.c for one row, and of depthwise.c for one block of rows.
   Weights: those of convolution.c, then those of depthwise.c. */
#include "convolution.c"
#include "depthwise.c"
/* netc: shared */
typedef struct {
    int height;           /* rows of the expanded map */
    int rows, step, kept; /* rows of the buffer, from one block to the next, and of these the ones that both read */
    int above;            /* rows of zeros above the map */
    int left, right, row; /* floats of zeros beside each row, and from one row to the next */
    int vectors;
} expansion_buffer;

/* The borders beside all rows. */
static INLINE void expansion_clear(const expansion_buffer b, float *buffer) {
    NO_UNROLL for (int r = 0; r < b.rows * b.vectors; r++) {
        for (int i = 0; i < b.left; i += VL) store(buffer + r * (long)b.row + i, (vf){0});
        for (int i = b.row - b.right; i < b.row; i += VL) store(buffer + r * (long)b.row + i, (vf){0});
    }
}

/* Rows first ..< last of the buffer, of all vectors: those further on by `distance` rows, or zeros. */
static INLINE void expansion_move(const expansion_buffer b, float *buffer, int first, int last, int distance) {
    NO_UNROLL for (int v = 0; v < b.vectors; v++) {
        float *rows = buffer + v * (long)(b.rows * b.row);
        NO_UNROLL for (long i = first * (long)b.row; i < last * (long)b.row; i += VL)
            store(rows + i, distance ? load(rows + i + distance * (long)b.row) : (vf){0});
    }
}

/* Fills the buffer with the rows that a block reads; the first block of a call finds none of them. */
static INLINE void expansion_rows(const expansion_buffer b, const convolution_shape s, const float *x, const float *weights,
                                  float *buffer, const int *offsets, int item, int is_first) {
    const int top = item * b.step - b.above; /* the map's row that comes first in the buffer */
    const int known = is_first ? 0 : b.kept;
    if (is_first) expansion_clear(b, buffer);
    else expansion_move(b, buffer, 0, b.kept, b.step);
    const int start = known > -top ? known : -top; /* of the buffer's rows, the first that is computed */
    const int end = b.height - top < b.rows ? b.height - top : b.rows;
    if (known < start) expansion_move(b, buffer, known, start < b.rows ? start : b.rows, 0);
    if (end < b.rows) expansion_move(b, buffer, end > known ? end : known, b.rows, 0);
    if (start >= end) return;
    x += s.x.origin + (top + start) * (long)s.x.row;
    float *y = buffer + b.left + s.y.origin + start * (long)s.y.row;
    NO_UNROLL for (int panel = 0; panel < s.clusters * s.panels; panel++)
        for (int k = 0; k == 0 || k < s.sum.vectors; k += s.k_block)
            convolution_tiles(s, convolution_panel_at(s, x, x, weights, 0, y, offsets, panel, k),
                              (convolution_run){panel, 0, (end - start) * s.tiles});
}
/* netc: kernel */
static NOINLINE void expanded_depthwise(IN x, IN weights, OUT y, OUT scratch, int first, int last) {
    /* netc: constants */
    enum { ROWS = 7, EXPANSION_WEIGHTS = 1088 };
    const expansion_buffer buffer = {
        .height = 14, .rows = 9, .step = 7, .kept = 2, .above = 1, .left = VL, .right = VL, .row = 16 * VL, .vectors = 2,
    };
    const convolution_shape expansion = {
        .lines = 1, .line = 14, .width = 14, .tile = 7, .tiles = 2, .big_tiles = 0, .block = 0, .k_block = 2,
        .panel = 2, .panels = 1, .big_panels = 0, .last_lanes = 0, .split = 0, .clusters = 1, .x_cluster = 0, .cluster_vectors = 0,
        .x = {.origin = 0, .row = 14 * VL, .pixel = VL},
        .x2 = {.origin = 0, .row = 14 * VL, .pixel = VL, .vector = 196 * VL},
        .y = {.origin = 0, .row = 16 * VL, .pixel = VL, .vector = 144 * VL},
        .sum = {.kernel_height = 1, .kernel_width = 1, .tap_row = 0, .tap_column = 0, .vectors = 2, .tail = 0, .vector = 196 * VL, .is_indexed = 0, .prefetch = 0},
        .epilogue = {.first = RELU, .first_a = 0, .first_b = 0, .first_c = 0, .last = LINEAR, .last_a = 0, .last_b = 0, .last_c = 0, .adds = 0, .slopes = 0},
    };
    static const int EXPANSION_OFFSETS[] = {0};
    const depthwise_shape depthwise = {
        .height = 7, .vectors = 2, .last_lanes = 0, .tile = 7, .tiles = 2, .big_tiles = 0,
        .kernel_height = 3, .kernel_width = 3, .dilation = 1, .stride = 1, .tap_row = 16 * VL, .is_gathered = 0, .group = 1,
        .x = {.origin = -1 * VL, .row = 16 * VL, .pixel = VL, .vector = 144 * VL},
        .x2 = {.row = 0, .pixel = 0, .vector = 0},
        .y = {.row = 14 * VL, .pixel = VL, .vector = 196 * VL},
        .epilogue = {.first = RELU, .first_a = 0, .first_b = 0, .first_c = 0, .last = LINEAR, .last_a = 0, .last_b = 0, .last_c = 0, .adds = 0, .slopes = 0},
    };
    static const int DEPTHWISE_OFFSETS[] = {0};
    /* netc: end */
    for (int item = first; item < last; item++) {
        float *y_rows = y + item * (long)(ROWS * depthwise.y.row);
        expansion_rows(buffer, expansion, x, weights, scratch, EXPANSION_OFFSETS, item, item == first);
        depthwise_items(depthwise, scratch + buffer.left, scratch, weights + EXPANSION_WEIGHTS, y_rows, DEPTHWISE_OFFSETS, 0,
                        depthwise.vectors * ROWS);
    }
}
