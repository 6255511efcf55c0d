/* Zeros in the border of an image, and in slots that hold nothing. An item is the border of one plane, then the pixels
   of one slot. */
#include "vector.c"
/* netc: shared */
static INLINE void zero_run(float *y, const int count) {
    for (int i = 0; i < count; i++) y[i] = 0;
}

typedef struct {
    int height, width, planes;
    int start, plane, row, pixel;  /* floats to the first pixel, then to the next plane, row, pixel */
    int before, between, behind;   /* floats of border before a plane, between its rows, and behind it */
} border_shape;

static INLINE void border_items(const border_shape s, float *y, const int *slots, int first, int last) {
    y += s.start;
    for (int item = first; item < last; item++) {
        if (item < s.planes) {
            float *plane = y + item * s.plane, *end = plane + s.width * s.pixel;
            zero_run(plane - s.before, s.before);
            for (int row = 0; row < s.height - 1; row++) zero_run(end + row * s.row, s.between);
            zero_run(end + (s.height - 1) * s.row, s.behind);
        } else {
            for (int row = 0; row < s.height; row++)
                for (int column = 0; column < s.width; column++)
                    y[slots[item - s.planes] + row * s.row + column * s.pixel] = 0;
        }
    }
}

/* netc: kernel */
static NOINLINE void zero_border(float *restrict y, int first, int last) {
    /* netc: constants */
    const border_shape shape = {
        .height = 14, .width = 14, .planes = 2, .start = 0, .plane = 16 * 16 * VL, .row = 16 * VL, .pixel = VL,
        .before = 17 * VL, .between = 2 * VL, .behind = 17 * VL,
    };
    static const int SLOTS[] = {0};
    /* netc: end */
    border_items(shape, y, SLOTS, first, last);
}
