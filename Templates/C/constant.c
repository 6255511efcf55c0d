/* y = the weights: a tensor that is the same whatever the inputs. The weights lie as y does, without its borders.

   An item is a row of one plane of vectors (blocked) or of the whole image (interleaved). */
#include "vector.c"
/* netc: kernel */
static NOINLINE void constant(IN weights, OUT y, int first, int last) {
    /* netc: constants */
    enum {
        HEIGHT = 14, RUN = 14 * VL, Y_PLANE = 14 * 14 * VL, Y_ROW = 14 * VL,
    };
    /* netc: end */
    for (int item = first; item < last; item++) {
        const float *from = weights + (long)item * RUN;
        float *to = y + item / HEIGHT * Y_PLANE + item % HEIGHT * Y_ROW;
        int i = 0;
        for (; i + VL <= RUN; i += VL) store(to + i, load(from + i));
        for (; i < RUN; i++) to[i] = from[i];
    }
}
