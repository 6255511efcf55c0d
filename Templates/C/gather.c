/* Rows or columns of an image in the order of INDICES; for -1 cells that hold FILL. An item is one row of one vector of slots of y. */
#include "vector.c"
/* netc: shared */
typedef struct {
    int by_rows, width, x_pixel, y_pixel, x_lanes, y_lanes;
} gather_shape;

/* One row: from the row `index` of x, or from columns of the row that `x` points to. */
static INLINE void gather_row(
    const gather_shape shape, const float *x, const int index, const int *indices, const vf outside,
    const unsigned valid, float *y) {
    for (int w = 0; w < shape.width; w++, y += shape.y_pixel) {
        const int row = shape.by_rows ? index : 0, column = shape.by_rows ? w : indices[w];
        vf value = outside;
        if (row >= 0 && column >= 0) value = load_partial(x + column * shape.x_pixel, shape.x_lanes);
        store_partial(y, shape.y_lanes, keep_lanes(valid, value));
    }
}
/* netc: kernel */
static NOINLINE void gather(IN x, OUT y, int first, int last) {
    /* netc: constants */
    enum {
        BY_ROWS = 0, Y_HEIGHT = 3, Y_WIDTH = 2,
        X_ROW = 3 * VL, X_PIXEL = VL, X_VECTOR = 3 * 3 * VL, X_LANES = VL,
        Y_ROW = 2 * VL, Y_PIXEL = VL, Y_VECTOR = 3 * 2 * VL, Y_LANES = VL,
        VECTORS = 1, VECTORS_FULL = 1,
    };
    static const float FILL = 0.0f;
    static const int INDICES[] = {2, -1};
    static const int VALID[] = {-1};
    /* netc: end */
    const vf outside = broadcast(FILL);
    for (int item = first; item < last; item++) {
        const int vector = item / Y_HEIGHT, row = item % Y_HEIGHT, index = BY_ROWS ? INDICES[row] : row;
        const unsigned valid = (unsigned)VALID[vector];
        const float *from = x + vector * X_VECTOR + (index < 0 ? 0 : index) * X_ROW;
        float *to = y + vector * Y_VECTOR + row * Y_ROW;
        if (VECTORS_FULL == VECTORS || vector < VECTORS_FULL)
            gather_row(
                (gather_shape){BY_ROWS, Y_WIDTH, X_PIXEL, Y_PIXEL, VL, VL}, from, index, INDICES, outside, valid, to);
        else
            gather_row(
                (gather_shape){BY_ROWS, Y_WIDTH, X_PIXEL, Y_PIXEL, X_LANES, Y_LANES}, from, index, INDICES, outside,
                valid, to);
    }
}
