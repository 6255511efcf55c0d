/* y = x where the vectors of both hold the same slots: between blocked and interleaved order, from and to any border,
   parts of images.

   An item is a run of vectors in one row, as in elementwise.c. Of a vector that is partial, `lanes` of x are read, and
   `lanes` of y written with zeros behind those read. */
#include "vector.c"
/* netc: shared */
typedef struct {
    int start, row, outer, step, lanes; /* floats to the part that is copied, then to the next row, run, vector; of a partial vector */
} copy_image;

typedef struct {
    int height, outer, run, partial_outer, partial_run;
    copy_image x, y;
} copy_shape;

static INLINE void copy_items(const copy_shape s, const float *x, float *y, int first, int last) {
    for (int item = first; item < last; item++) {
        const int row = item % s.height, outer = item / s.height;
        const int full = s.partial_outer && outer == s.outer - 1 ? 0 : s.run - s.partial_run;
        const float *from = x + s.x.start + row * s.x.row + outer * s.x.outer;
        float *to = y + s.y.start + row * s.y.row + outer * s.y.outer;
        for (int i = 0; i < full; i++) store(to + i * s.y.step, load(from + i * s.x.step));
        for (int i = full; i < s.run; i++)
            store_partial(to + i * s.y.step, s.y.lanes, load_partial(from + i * s.x.step, s.x.lanes));
    }
}

/* netc: kernel */
static NOINLINE void copy(IN x, OUT y, int first, int last) {
    /* netc: constants */
    const copy_shape shape = {
        .height = 14, .outer = 2, .run = 14, .partial_outer = 0, .partial_run = 0,
        .x = {.start = 0, .row = 14 * 24, .outer = VL, .step = 24, .lanes = 0},
        .y = {.start = 0, .row = 14 * VL, .outer = 14 * 14 * VL, .step = VL, .lanes = 0},
    };
    /* netc: end */
    copy_items(shape, x, y, first, last);
}
