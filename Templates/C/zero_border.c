/* Zeros in the border of an image, and in slots that hold nothing. An item is the border of one plane, then the pixels
   of one slot. */
#include "vector.c"
/* netc: shared */
static INLINE void zero_run(float *y, const int count) {
    for (int i = 0; i < count; i++) y[i] = 0;
}
/* netc: kernel */
static NOINLINE void zero_border(float *restrict y, int first, int last) {
    /* netc: constants */
    enum {
        HEIGHT = 14,
        WIDTH = 14,
        START = 0,
        PLANES = 2,
        Y_PLANE = 16 * 16 * VL,
        Y_ROW = 16 * VL,
        Y_PIXEL = VL,
        BEFORE = 17 * VL,
        BETWEEN = 2 * VL,
        BEHIND = 17 * VL,
    };
    static const int SLOTS[] = {0};
    /* netc: end */
    for (int item = first; item < last; item++) {
        float *image = y + START;
        if (item < PLANES) {
            float *end = image + item * Y_PLANE + WIDTH * Y_PIXEL;
            zero_run(image + item * Y_PLANE - BEFORE, BEFORE);
            for (int row = 0; row < HEIGHT - 1; row++) zero_run(end + row * Y_ROW, BETWEEN);
            zero_run(end + (HEIGHT - 1) * Y_ROW, BEHIND);
        } else {
            for (int row = 0; row < HEIGHT; row++)
                for (int column = 0; column < WIDTH; column++)
                    image[SLOTS[item - PLANES] + row * Y_ROW + column * Y_PIXEL] = 0;
        }
    }
}
