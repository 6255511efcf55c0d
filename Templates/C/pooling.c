/* Maximum or mean over the cells of each window that lie in the image; x needs no border.

   An item is one row of one vector of slots. Rows are clipped by a run-time count; columns whose window is whole go
   TILE at a time, so that neighbours share what they load. Means are summed row by row. */
#include "vector.c"
/* netc: shared */
enum { POOLING_TILE = 4 };

typedef struct {
    int height, width, row, pixel, vector, lanes; /* floats to the next row, pixel, vector; lanes of a partial vector, else 0 */
} pooling_image;

typedef struct {
    int is_maximum;
    int window_height, window_width, stride_height, stride_width, padding_top, padding_left;
    int whole_begin, whole_end;  /* columns whose windows lie within the image's columns */
    int vectors, is_partial;     /* the last vector */
    pooling_image x, y;
} pooling_shape;

static INLINE vf pooling_combine(const int is_maximum, vf a, vf b) {
    return is_maximum ? choose((vi)(a < b), b, a) : a + b;
}

/* What the windows of one row of one vector read and write, and the lanes that hold channels. */
typedef struct {
    const float *x;
    float *y;
    int rows;
    unsigned valid;
} pooling_line;

/* `tile` windows of rows × columns cells, from column `w` of y on; their cells begin at column `left`. */
static INLINE void pooling_tile(
    const pooling_shape s, const int x_lanes, const int y_lanes, const int tile, const pooling_line line, int w, int left,
    const int columns) {
    const vf start = broadcast(s.is_maximum ? -__builtin_inff() : 0.0f);
    const float *x = line.x + left * s.x.pixel;
    vf total[POOLING_TILE], sum[POOLING_TILE];
    UNROLL for (int t = 0; t < tile; t++) total[t] = start;
    for (int r = 0; r < line.rows; r++, x += s.x.row) {
        UNROLL for (int t = 0; t < tile; t++) sum[t] = start;
        for (int c = 0; c < columns; c++)
            UNROLL for (int t = 0; t < tile; t++)
                sum[t] = pooling_combine(
                    s.is_maximum, sum[t], load_partial(x + (t * s.stride_width + c) * s.x.pixel, x_lanes));
        UNROLL for (int t = 0; t < tile; t++) total[t] = pooling_combine(s.is_maximum, total[t], sum[t]);
    }
    const float scale = s.is_maximum ? 1.0f : 1.0f / (float)(line.rows * columns);
    UNROLL for (int t = 0; t < tile; t++)
        store_partial(
            line.y + (w + t) * s.y.pixel, y_lanes, keep_lanes(line.valid, s.is_maximum ? total[t] : total[t] * scale));
}

/* One window, cut off at the sides of the image. */
static INLINE void pooling_clipped(
    const pooling_shape s, const int x_lanes, const int y_lanes, const pooling_line line, int w) {
    const int left = w * s.stride_width - s.padding_left, right = left + s.window_width;
    const int begin = left < 0 ? 0 : left, end = right < s.x.width ? right : s.x.width;
    pooling_tile(s, x_lanes, y_lanes, 1, line, w, begin, end - begin);
}

static INLINE void pooling_row(
    const pooling_shape s, const int x_lanes, const int y_lanes, const pooling_line line) {
    int w = 0;
    for (; w < s.whole_begin; w++) pooling_clipped(s, x_lanes, y_lanes, line, w);
    for (; w + POOLING_TILE <= s.whole_end; w += POOLING_TILE)
        pooling_tile(s, x_lanes, y_lanes, POOLING_TILE, line, w, w * s.stride_width - s.padding_left, s.window_width);
    for (; w < s.y.width; w++) pooling_clipped(s, x_lanes, y_lanes, line, w);
}

static INLINE void pooling_items(
    const pooling_shape s, const float *x, float *y, const int *valid, int first, int last) {
    for (int item = first; item < last; item++) {
        const int vector = item / s.y.height, row = item % s.y.height;
        const int top = row * s.stride_height - s.padding_top, clipped = top < 0 ? 0 : top;
        const int bottom = top + s.window_height < s.x.height ? top + s.window_height : s.x.height;
        const pooling_line line = {
            x + vector * s.x.vector + clipped * s.x.row, y + vector * s.y.vector + row * s.y.row, bottom - clipped,
            (unsigned)valid[vector]};
        if (!s.is_partial || vector < s.vectors - 1) pooling_row(s, VL, VL, line);
        else pooling_row(s, s.x.lanes, s.y.lanes, line);
    }
}

/* netc: kernel */
static NOINLINE void pooling(IN x, OUT y, int first, int last) {
    /* netc: constants */
    const pooling_shape shape = {
        .is_maximum = 1, .window_height = 3, .window_width = 3, .stride_height = 2, .stride_width = 2,
        .padding_top = 0, .padding_left = 0, .whole_begin = 0, .whole_end = 13, .vectors = 2, .is_partial = 0,
        .x = {.height = 28, .width = 28, .row = 28 * VL, .pixel = VL, .vector = 28 * 28 * VL, .lanes = 0},
        .y = {.height = 14, .width = 14, .row = 14 * VL, .pixel = VL, .vector = 14 * 14 * VL, .lanes = 0},
    };
    static const int VALID[] = {-1, -1};
    /* netc: end */
    pooling_items(shape, x, y, VALID, first, last);
}
