/* Zeros around an image or a part of one. The part begins `start` floats from y and has `rows` rows of `run` floats, `row` floats apart: zeros
   come between its rows, `before` floats before it and `behind` floats behind it. An item is one plane. */
#include "vector.c"
/* netc: shared */
static INLINE void zero_run(float *y, int count) {
    int i = 0;
    for (; i + VL <= count; i += VL) store(y + i, (vf){0});
    for (; i < count; i++) y[i] = 0;
}

/* netc: kernel */
/* Runs are short: calls of memset would take longer. */
__attribute__((no_builtin("memset")))
static NOINLINE void zero_border(OUT y, int rows, int run, int row, int plane, int start, int before, int behind, int first, int last) {
    for (int item = first; item < last; item++) {
        float *from = y + item * (long)plane + start, *end = from + run;
        zero_run(from - before, before);
        for (int i = 0; i < rows - 1; i++, end += row) zero_run(end, row - run);
        zero_run(end, behind);
    }
}
