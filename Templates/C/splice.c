/* y = x where slots move between vectors: each vector of y is put together from segments, lanes that lie in a row in x
   too.

   OFFSETS[v·SEGMENTS + s] is where segment s of y's vector v lies in x, less its first lane: a whole vector is read
   there, and the lanes of LANES taken (a bit each). Lanes of y that no segment fills become zero, or keep what they
   hold. An item is one row of one vector. */
#include "vector.c"
/* netc: kernel */
static NOINLINE void splice(const float *restrict x, float *restrict y, int first, int last) {
    /* netc: constants */
    enum {
        HEIGHT = 14,
        WIDTH = 14,
        VECTORS = 1,
        VECTORS_FULL = 1,
        SEGMENTS = 1,
        KEEPS_OTHERS = 0,
        X_START = 0,
        X_ROW = 14 * VL,
        X_PIXEL = VL,
        Y_START = 0,
        Y_ROW = 14 * VL,
        Y_PIXEL = VL,
        Y_VECTOR = 14 * 14 * VL,
        Y_LANES = VL,
    };
    static const int OFFSETS[] = {0};
    static const int LANES[] = {1};
    /* netc: end */
    for (int item = first; item < last; item++) {
        const int row = item % HEIGHT, vector = item / HEIGHT;
        const float *from = x + X_START + row * X_ROW;
        float *to = y + Y_START + row * Y_ROW + vector * Y_VECTOR;
        const int *offsets = OFFSETS + vector * SEGMENTS, *lanes = LANES + vector * SEGMENTS;
        unsigned others = ~0u;
        UNROLL for (int s = 0; s < SEGMENTS; s++) others &= ~(unsigned)lanes[s];
        for (int column = 0; column < WIDTH; column++, from += X_PIXEL, to += Y_PIXEL) {
            const int is_partial = VECTORS_FULL < VECTORS && vector >= VECTORS_FULL;
            vf value = {0};
            if (KEEPS_OTHERS) value = keep_lanes(others, is_partial ? load_partial(to, Y_LANES) : load(to));
            UNROLL for (int s = 0; s < SEGMENTS; s++)
                value = (vf)((vi)value | (vi)keep_lanes((unsigned)lanes[s], load(from + offsets[s])));
            if (is_partial) store_partial(to, Y_LANES, value);
            else store(to, value);
        }
    }
}
