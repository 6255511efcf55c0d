/* Some rows of a map with their border of zeros, for a block of output rows at a time: rows that the next block reads too are moved to the front.
   The map is never whole. Laid out as [vector of channels][row][pixel], or as rows of pixels, which are one vector. */
#include "vector.c"
/* netc: shared */
typedef struct {
    int height;           /* rows of the map */
    int rows, step, kept; /* rows of the buffer, from one block to the next, and of these the ones that both read */
    int above;            /* rows of zeros above the map */
    int left, right, row; /* floats of zeros beside each row, and from one row to the next: a multiple of VL */
    int vectors;
} row_buffer;

/* The buffer's rows first ..< last are to be filled; its row 0 is row `top` of the map, and may lie above it. */
typedef struct {
    int top, first, last;
} row_range;

/* The borders beside all rows, and less than VL floats of what comes behind each. */
static INLINE void row_buffer_clear(const row_buffer b, float *buffer) {
    NO_UNROLL for (int r = 0; r < b.rows * b.vectors; r++) {
        for (int i = 0; i < b.left; i += VL) store(buffer + r * (long)b.row + i, (vf){0});
        for (int i = b.row - b.right; i < b.row; i += VL) store(buffer + r * (long)b.row + i, (vf){0});
    }
}

/* Rows first ..< last of the buffer, of all vectors: those further on by `distance` rows, or zeros. */
static INLINE void row_buffer_move(const row_buffer b, float *buffer, int first, int last, int distance) {
    NO_UNROLL for (int v = 0; v < b.vectors; v++) {
        float *rows = buffer + v * (long)(b.rows * b.row);
        NO_UNROLL for (long i = first * (long)b.row; i < last * (long)b.row; i += VL)
            store(rows + i, distance ? load(rows + i + distance * (long)b.row) : (vf){0});
    }
}

/* Makes room for the rows that a block reads, and writes those of zeros; the first block of a call finds none of them. */
static INLINE row_range row_buffer_advance(const row_buffer b, float *buffer, int item, int is_first) {
    const int top = item * b.step - b.above, known = is_first ? 0 : b.kept;
    if (is_first) row_buffer_clear(b, buffer);
    else row_buffer_move(b, buffer, 0, b.kept, b.step);
    const int first = known > -top ? known : -top;
    const int last = b.height - top < b.rows ? b.height - top : b.rows;
    if (known < first) row_buffer_move(b, buffer, known, first < b.rows ? first : b.rows, 0);
    if (last < b.rows) row_buffer_move(b, buffer, last > known ? last : known, b.rows, 0);
    return (row_range){top, first, last > first ? last : first};
}
