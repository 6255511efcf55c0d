/* Weighted sums of an image's cells along height and width: interpolation to another size.

   The weights of row h are at h·ROW_TAPS and count ROW_COUNT[h]; those of the columns follow all rows', then come the weights of what lies
   outside the image, row by row and column by column. An item is one row of one vector of slots of y. */
#include "vector.c"
/* netc: shared */
typedef struct {
    int rows, columns, x_row, x_pixel, x_lanes, y_lanes;
} resampling_shape;

static INLINE void resampling_cell(
    const resampling_shape shape, const float *x, const float *row_weights, const float *column_weights,
    const float outside, const unsigned valid, float *y) {
    vf sum = broadcast(outside);
    for (int i = 0; i < shape.rows; i++, x += shape.x_row) {
        vf along = {0};
        for (int j = 0; j < shape.columns; j++)
            along += column_weights[j] * load_partial(x + j * shape.x_pixel, shape.x_lanes);
        sum += row_weights[i] * along;
    }
    store_partial(y, shape.y_lanes, keep_lanes(valid, sum));
}
/* netc: kernel */
static NOINLINE void resampling(IN x, IN weights, OUT y, int first, int last) {
    /* netc: constants */
    enum {
        Y_HEIGHT = 2, Y_WIDTH = 2,
        ROW_TAPS = 1, COLUMN_TAPS = 1,
        X_ROW = 3 * VL, X_PIXEL = VL, X_VECTOR = 3 * 3 * VL, X_LANES = VL,
        Y_ROW = 2 * VL, Y_PIXEL = VL, Y_VECTOR = 2 * 2 * VL, Y_LANES = VL,
        VECTORS = 1, VECTORS_FULL = 1,
    };
    static const float FILL = 0.0f;
    static const int ROW_START[] = {0, 2};
    static const int ROW_COUNT[] = {1, 1};
    static const int COLUMN_START[] = {0, 2};
    static const int COLUMN_COUNT[] = {1, 1};
    static const int VALID[] = {-1};
    /* netc: end */
    const float *columns = weights + Y_HEIGHT * ROW_TAPS;
    const float *outside_rows = columns + Y_WIDTH * COLUMN_TAPS, *outside_columns = outside_rows + Y_HEIGHT;
    for (int item = first; item < last; item++) {
        const int vector = item / Y_HEIGHT, row = item % Y_HEIGHT;
        const unsigned valid = (unsigned)VALID[vector];
        const float *from = x + vector * X_VECTOR + ROW_START[row] * X_ROW;
        float *to = y + vector * Y_VECTOR + row * Y_ROW;
        for (int w = 0; w < Y_WIDTH; w++, to += Y_PIXEL) {
            const float *cell = from + COLUMN_START[w] * X_PIXEL;
            const float outside = FILL * (outside_rows[row] + outside_columns[w]);
            if (VECTORS_FULL == VECTORS || vector < VECTORS_FULL)
                resampling_cell(
                    (resampling_shape){ROW_COUNT[row], COLUMN_COUNT[w], X_ROW, X_PIXEL, VL, VL}, cell,
                    weights + row * ROW_TAPS, columns + w * COLUMN_TAPS, outside, valid, to);
            else
                resampling_cell(
                    (resampling_shape){ROW_COUNT[row], COLUMN_COUNT[w], X_ROW, X_PIXEL, X_LANES, Y_LANES}, cell,
                    weights + row * ROW_TAPS, columns + w * COLUMN_TAPS, outside, valid, to);
        }
    }
}
