/* y[row][column][slot] = x[ROWS[row] + COLUMNS[column] + SLOTS[slot]]: permutations of axes, slices with strides, slots
   in any order. Columns that are X_PIXEL floats apart need no table. A slot of -1 becomes zero, one of -2 keeps what it
   holds. An item is one row of one vector of y's slots. */
#include "vector.c"
/* netc: kernel */
static NOINLINE void reindex(IN x, OUT y, int first, int last) {
    /* netc: constants */
    enum {
        HEIGHT = 2, WIDTH = 2, SLOT_COUNT = 1, X_PIXEL = 0,
        Y_START = 0, Y_ROW = 2, Y_PIXEL = 1, Y_VECTOR = VL,
    };
    static const int ROWS[] = {0, 1};
    static const int COLUMNS[] = {0, 2};
    static const int SLOTS[] = {0};
    /* netc: end */
    for (int item = first; item < last; item++) {
        const int row = item % HEIGHT, vector = item / HEIGHT;
        const int lanes = SLOT_COUNT - vector * VL < VL ? SLOT_COUNT - vector * VL : VL;
        const int *slots = SLOTS + vector * VL;
        for (int lane = 0; lane < lanes; lane++) {
            const int slot = slots[lane];
            const float *from = x + ROWS[row] + (slot < 0 ? 0 : slot);
            float *to = y + Y_START + row * Y_ROW + vector * Y_VECTOR + lane;
            if (slot == -1)
                for (int column = 0; column < WIDTH; column++) to[column * Y_PIXEL] = 0;
            else if (slot >= 0)
                for (int column = 0; column < WIDTH; column++)
                    to[column * Y_PIXEL] = from[X_PIXEL ? column * X_PIXEL : COLUMNS[column]];
        }
    }
}
