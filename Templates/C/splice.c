/* y = x where slots move between vectors: each vector of y is put together from segments, lanes that lie in a row in x
   too.

   OFFSETS[v·SEGMENTS + s] is where segment s of y's vector v lies in x, less its first lane: a whole vector is read
   there, and the lanes of LANES taken (a bit each). Lanes of y that no segment fills become zero, or keep what they
   hold. An item is one row of one vector. */
#include "vector.c"
/* netc: shared */
typedef struct {
    int start, row, pixel, vector, lanes; /* floats to the first pixel, the next row, pixel, vector; lanes of the last vector. x may have a table instead of `vector` */
} splice_image;

typedef struct {
    int height, width, vectors, vectors_full, segments, keeps_others;
    splice_image x, y;
} splice_shape;

static INLINE void splice_items(
    const splice_shape s, const float *x, float *y, const int *all_offsets, const int *all_lanes, int first, int last) {
    for (int item = first; item < last; item++) {
        const int row = item % s.height, vector = item / s.height;
        const float *from = x + s.x.start + row * s.x.row;
        float *to = y + s.y.start + row * s.y.row + vector * s.y.vector;
        const int *offsets = all_offsets + vector * s.segments, *lanes = all_lanes + vector * s.segments;
        unsigned others = ~0u;
        UNROLL for (int i = 0; i < s.segments; i++) others &= ~(unsigned)lanes[i];
        for (int column = 0; column < s.width; column++, from += s.x.pixel, to += s.y.pixel) {
            const int is_partial = s.vectors_full < s.vectors && vector >= s.vectors_full;
            vf value = {0};
            if (s.keeps_others) value = keep_lanes(others, is_partial ? load_partial(to, s.y.lanes) : load(to));
            UNROLL for (int i = 0; i < s.segments; i++)
                value = (vf)((vi)value | (vi)keep_lanes((unsigned)lanes[i], load(from + (s.x.vector ? vector * s.x.vector : offsets[i]))));
            if (is_partial) store_partial(to, s.y.lanes, value);
            else store(to, value);
        }
    }
}

/* netc: kernel */
static NOINLINE void splice(IN x, OUT y, int first, int last) {
    /* netc: constants */
    const splice_shape shape = {
        .height = 14, .width = 14, .vectors = 1, .vectors_full = 1, .segments = 1, .keeps_others = 0,
        .x = {.start = 0, .row = 14 * VL, .pixel = VL, .vector = 0},
        .y = {.start = 0, .row = 14 * VL, .pixel = VL, .vector = 14 * 14 * VL, .lanes = VL},
    };
    static const int OFFSETS[] = {0};
    static const int LANES[] = {1};
    /* netc: end */
    splice_items(shape, x, y, OFFSETS, LANES, first, last);
}
