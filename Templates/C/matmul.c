/* y = x·x2, matrix by matrix. All are dense and row by row; an operand may be one matrix for all of the other's.

   An item is TILE_ROWS rows of one matrix of y. TILE_VECTORS vectors of columns of these rows stay in registers while
   the elements of x are broadcast one after the other; the last columns are fewer vectors, the last of them partial. */
#include "vector.c"
/* netc: shared */
enum { MATMUL_MOST_ROWS = 12, MATMUL_MOST_VECTORS = 4 };

/* Some rows times some vectors of columns, the last of `lanes` columns. */
static INLINE void matmul_tile(
    const int rows, const int vectors, const int lanes, const int depth, const int columns, const float *x,
    const float *x2, float *y) {
    vf sum[MATMUL_MOST_ROWS][MATMUL_MOST_VECTORS];
    UNROLL for (int m = 0; m < rows; m++) UNROLL for (int n = 0; n < vectors; n++) sum[m][n] = (vf){0};
    NO_UNROLL for (int k = 0; k < depth; k++) {
        const float *from = x2 + (long)k * columns;
        vf b[MATMUL_MOST_VECTORS];
        UNROLL for (int n = 0; n < vectors; n++) b[n] = load_partial(from + n * VL, n < vectors - 1 ? VL : lanes);
        UNROLL for (int m = 0; m < rows; m++) {
            const vf a = broadcast(x[(long)m * depth + k]);
            UNROLL for (int n = 0; n < vectors; n++) sum[m][n] += a * b[n];
        }
    }
    UNROLL for (int m = 0; m < rows; m++) UNROLL for (int n = 0; n < vectors; n++)
        store_partial(y + (long)m * columns + n * VL, n < vectors - 1 ? VL : lanes, sum[m][n]);
}
/* netc: kernel */
static NOINLINE void matmul(IN x, IN x2, OUT y, int first, int last) {
    /* netc: constants */
    enum {
        DEPTH = 64, COLUMNS = 49, X_MATRIX = 49 * 64, X2_MATRIX = 64 * 49, Y_MATRIX = 49 * 49,
        TILES = 13, TILE_ROWS = 4, LAST_ROWS = 1,
        COLUMN_TILES = (49 - 1) / VL / 2, TILE_VECTORS = 2, LAST_VECTORS = (49 + VL - 1) / VL - (49 - 1) / VL / 2 * 2,
        LAST_LANES = 49 - (49 - 1) / VL * VL,
    };
    /* netc: end */
    for (int item = first; item < last; item++) {
        const int matrix = item / TILES, tile = item % TILES;
        const float *from = x + (long)matrix * X_MATRIX + (long)tile * (TILE_ROWS * DEPTH);
        const float *columns = x2 + (long)matrix * X2_MATRIX;
        float *to = y + (long)matrix * Y_MATRIX + (long)tile * (TILE_ROWS * COLUMNS);
        const int is_whole = LAST_ROWS == TILE_ROWS || tile < TILES - 1;
        for (int n = 0; n < COLUMN_TILES; n++, columns += TILE_VECTORS * VL, to += TILE_VECTORS * VL)
            if (is_whole) matmul_tile(TILE_ROWS, TILE_VECTORS, VL, DEPTH, COLUMNS, from, columns, to);
            else matmul_tile(LAST_ROWS, TILE_VECTORS, VL, DEPTH, COLUMNS, from, columns, to);
        if (is_whole) matmul_tile(TILE_ROWS, LAST_VECTORS, LAST_LANES, DEPTH, COLUMNS, from, columns, to);
        else matmul_tile(LAST_ROWS, LAST_VECTORS, LAST_LANES, DEPTH, COLUMNS, from, columns, to);
    }
}
