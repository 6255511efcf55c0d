/* Mean, maximum or sum of an image over its positions, one vector of slots an item.

   Sums are of blocks of about the square root of the number of positions, each in four interleaved parts, then of the
   blocks in order: the error grows with that square root. The positions are LINES of LENGTH, whichever of rows and
   columns is longer. */
#include "vector.c"
/* netc: shared */
enum { MEAN, LARGEST, SUM };

/* Keeps NaN. */
static INLINE vf reduction_combine(const int is_maximum, vf a, vf b) {
    return is_maximum ? choose((vi)(a < b) | (vi)(b != b), b, a) : a + b;
}

static INLINE vf reduction_block(
    const int is_maximum, const int lanes, const int step, const int count, const float *x) {
    vf part[4];
    const vf start = broadcast(is_maximum ? -__builtin_inff() : 0.0f);
    UNROLL for (int j = 0; j < 4; j++) part[j] = start;
    int i = 0;
    for (; i + 4 <= count; i += 4)
        UNROLL for (int j = 0; j < 4; j++)
            part[j] = reduction_combine(is_maximum, part[j], load_partial(x + (i + j) * step, lanes));
    for (; i < count; i++) part[0] = reduction_combine(is_maximum, part[0], load_partial(x + i * step, lanes));
    part[0] = reduction_combine(is_maximum, part[0], part[1]);
    part[2] = reduction_combine(is_maximum, part[2], part[3]);
    return reduction_combine(is_maximum, part[0], part[2]);
}

static INLINE vf reduction_image(
    const int is_maximum, const int lanes, const int lines, const int line, const int length, const int step,
    const int block, const float *x) {
    vf total = broadcast(is_maximum ? -__builtin_inff() : 0.0f);
    for (int l = 0; l < lines; l++, x += line) {
        int i = 0;
        for (; i + block <= length; i += block)
            total = reduction_combine(is_maximum, total, reduction_block(is_maximum, lanes, step, block, x + i * step));
        if (length % block)
            total = reduction_combine(
                is_maximum, total, reduction_block(is_maximum, lanes, step, length % block, x + i * step));
    }
    return total;
}
/* netc: kernel */
static NOINLINE void reduction(const float *restrict x, float *restrict y, int first, int last) {
    /* netc: constants */
    enum {
        KIND = MEAN,
        LINES = 7,
        LENGTH = 7,
        BLOCK = 7,
        X_LINE = 7 * VL,
        X_STEP = VL,
        X_VECTOR = 7 * 7 * VL,
        X_LANES = VL,
        Y_VECTOR = VL,
        Y_LANES = VL,
        VECTORS = 2,
        VECTORS_FULL = 2,
    };
    static const int VALID[] = {-1, -1};
    /* netc: end */
    const int is_maximum = KIND == LARGEST;
    for (int vector = first; vector < last; vector++) {
        const float *from = x + vector * X_VECTOR;
        float *to = y + vector * Y_VECTOR;
        const int is_full = VECTORS_FULL == VECTORS || vector < VECTORS_FULL;
        vf total = is_full ? reduction_image(is_maximum, VL, LINES, X_LINE, LENGTH, X_STEP, BLOCK, from)
                           : reduction_image(is_maximum, X_LANES, LINES, X_LINE, LENGTH, X_STEP, BLOCK, from);
        if (KIND == MEAN) total *= 1.0f / (float)(LINES * LENGTH);
        total = keep_lanes((unsigned)VALID[vector], total);
        if (is_full) store(to, total);
        else store_partial(to, Y_LANES, total);
    }
}
