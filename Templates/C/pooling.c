/* Maximum or mean over the cells of each window that lie in the image; x needs no border.

   An item is one row of one vector of slots. Rows are clipped by a run-time count; columns whose window is whole go
   TILE at a time, so that neighbours share what they load. Means are summed row by row. */
#include "vector.c"
/* netc: shared */
enum { POOLING_TILE = 4 };

typedef struct {
    int is_maximum, stride, x_row, x_pixel, x_lanes, y_pixel, y_lanes;
} pooling_shape;

static INLINE vf pooling_combine(const int is_maximum, vf a, vf b) {
    return is_maximum ? choose((vi)(a < b), b, a) : a + b;
}

/* `tile` windows of rows × columns cells, which begin `stride` columns apart. */
static INLINE void pooling_tile(
    const pooling_shape shape, const int tile, const int rows, const int columns, const unsigned valid,
    const float *x, float *y) {
    const vf start = broadcast(shape.is_maximum ? -__builtin_inff() : 0.0f);
    vf total[POOLING_TILE], sum[POOLING_TILE];
    UNROLL for (int t = 0; t < tile; t++) total[t] = start;
    for (int r = 0; r < rows; r++, x += shape.x_row) {
        UNROLL for (int t = 0; t < tile; t++) sum[t] = start;
        for (int s = 0; s < columns; s++)
            UNROLL for (int t = 0; t < tile; t++)
                sum[t] = pooling_combine(
                    shape.is_maximum, sum[t], load_partial(x + (t * shape.stride + s) * shape.x_pixel, shape.x_lanes));
        UNROLL for (int t = 0; t < tile; t++) total[t] = pooling_combine(shape.is_maximum, total[t], sum[t]);
    }
    const float scale = shape.is_maximum ? 1.0f : 1.0f / (float)(rows * columns);
    UNROLL for (int t = 0; t < tile; t++)
        store_partial(
            y + t * shape.y_pixel, shape.y_lanes, keep_lanes(valid, shape.is_maximum ? total[t] : total[t] * scale));
}

/* One window, cut off at the sides of the image. */
static INLINE void pooling_clipped(
    const pooling_shape shape, const int rows, const int left, const int columns, const int x_width,
    const unsigned valid, const float *x, float *y) {
    const int begin = left < 0 ? 0 : left, end = left + columns < x_width ? left + columns : x_width;
    pooling_tile(shape, 1, rows, end - begin, valid, x + begin * shape.x_pixel, y);
}

/* A row of windows; those from `whole_begin` to `whole_end` lie within the image's columns. */
static INLINE void pooling_row(
    const pooling_shape shape, const int rows, const int columns, const int padding, const int x_width,
    const int whole_begin, const int whole_end, const int width, const unsigned valid, const float *x, float *y) {
    int w = 0;
    for (; w < whole_begin; w++)
        pooling_clipped(shape, rows, w * shape.stride - padding, columns, x_width, valid, x, y + w * shape.y_pixel);
    for (; w + POOLING_TILE <= whole_end; w += POOLING_TILE)
        pooling_tile(
            shape, POOLING_TILE, rows, columns, valid, x + (w * shape.stride - padding) * shape.x_pixel,
            y + w * shape.y_pixel);
    for (; w < width; w++)
        pooling_clipped(shape, rows, w * shape.stride - padding, columns, x_width, valid, x, y + w * shape.y_pixel);
}
/* netc: kernel */
static NOINLINE void pooling(const float *restrict x, float *restrict y, int first, int last) {
    /* netc: constants */
    enum {
        IS_MAXIMUM = 1,
        WINDOW_HEIGHT = 3,
        WINDOW_WIDTH = 3,
        STRIDE_HEIGHT = 2,
        STRIDE_WIDTH = 2,
        PADDING_TOP = 0,
        PADDING_LEFT = 0,
        X_HEIGHT = 28,
        X_WIDTH = 28,
        X_ROW = 28 * VL,
        X_PIXEL = VL,
        X_VECTOR = 28 * 28 * VL,
        X_LANES = VL,
        HEIGHT = 14,
        WIDTH = 14,
        WHOLE_BEGIN = 0,
        WHOLE_END = 13,
        Y_ROW = 14 * VL,
        Y_PIXEL = VL,
        Y_VECTOR = 14 * 14 * VL,
        Y_LANES = VL,
        VECTORS = 2,
        VECTORS_FULL = 2,
    };
    static const int VALID[] = {-1, -1};
    /* netc: end */
    for (int item = first; item < last; item++) {
        const int vector = item / HEIGHT, row = item % HEIGHT;
        const int top = row * STRIDE_HEIGHT - PADDING_TOP, clipped = top < 0 ? 0 : top;
        const int bottom = top + WINDOW_HEIGHT < X_HEIGHT ? top + WINDOW_HEIGHT : X_HEIGHT;
        const float *from = x + vector * X_VECTOR + clipped * X_ROW;
        float *to = y + vector * Y_VECTOR + row * Y_ROW;
        const unsigned valid = (unsigned)VALID[vector];
        if (VECTORS_FULL == VECTORS || vector < VECTORS_FULL)
            pooling_row(
                (pooling_shape){IS_MAXIMUM, STRIDE_WIDTH, X_ROW, X_PIXEL, VL, Y_PIXEL, VL}, bottom - clipped,
                WINDOW_WIDTH,
                PADDING_LEFT, X_WIDTH, WHOLE_BEGIN, WHOLE_END, WIDTH, valid, from, to);
        else
            pooling_row(
                (pooling_shape){IS_MAXIMUM, STRIDE_WIDTH, X_ROW, X_PIXEL, X_LANES, Y_PIXEL, Y_LANES}, bottom - clipped,
                WINDOW_WIDTH, PADDING_LEFT, X_WIDTH, WHOLE_BEGIN, WHOLE_END, WIDTH, valid, from, to);
    }
}
