/* Mean, maximum, minimum, sum or product of an image over its positions, one vector of slots an item.

   Sums are of blocks of about the square root of the number of positions, each in four interleaved parts, then of the
   blocks in order: the error grows with that square root. The positions are LINES of LENGTH, whichever of rows and
   columns is longer. */
#include "vector.c"
/* netc: shared */
enum { MEAN, LARGEST, SMALLEST, SUM, PRODUCT, SQUARES };

/* Keeps NaN. */
static INLINE vf reduction_combine(const int kind, vf a, vf b) {
    if (kind == LARGEST) return choose((vi)(a < b) | (vi)(b != b), b, a);
    if (kind == SMALLEST) return choose((vi)(a > b) | (vi)(b != b), b, a);
    return kind == PRODUCT ? a * b : a + b;
}

/* What changes nothing that it is combined with. */
static INLINE vf reduction_start(const int kind) {
    if (kind == LARGEST) return broadcast(-__builtin_inff());
    if (kind == SMALLEST) return broadcast(__builtin_inff());
    return broadcast(kind == PRODUCT ? 1.0f : 0.0f);
}

/* What is summed: an element, or the square of its distance from the centre. */
static INLINE vf reduction_load(const int kind, const int lanes, const vf centre, const float *x) {
    const vf value = load_partial(x, lanes);
    return kind == SQUARES ? (value - centre) * (value - centre) : value;
}

static INLINE vf reduction_block(
    const int kind, const int lanes, const int step, const int count, const vf centre, const float *x) {
    vf part[4];
    const vf start = reduction_start(kind);
    UNROLL for (int j = 0; j < 4; j++) part[j] = start;
    int i = 0;
    for (; i + 4 <= count; i += 4)
        UNROLL for (int j = 0; j < 4; j++)
            part[j] = reduction_combine(kind, part[j], reduction_load(kind, lanes, centre, x + (i + j) * step));
    for (; i < count; i++)
        part[0] = reduction_combine(kind, part[0], reduction_load(kind, lanes, centre, x + i * step));
    part[0] = reduction_combine(kind, part[0], part[1]);
    part[2] = reduction_combine(kind, part[2], part[3]);
    return reduction_combine(kind, part[0], part[2]);
}

static INLINE vf reduction_image(
    const int kind, const int lanes, const int lines, const int line, const int length, const int step,
    const int block, const vf centre, const float *x) {
    vf total = reduction_start(kind);
    for (int l = 0; l < lines; l++, x += line) {
        int i = 0;
        for (; i + block <= length; i += block)
            total = reduction_combine(kind, total, reduction_block(kind, lanes, step, block, centre, x + i * step));
        if (length % block)
            total = reduction_combine(
                kind, total, reduction_block(kind, lanes, step, length % block, centre, x + i * step));
    }
    return total;
}
/* netc: kernel */
static NOINLINE void reduction(IN x, OUT y, int first, int last) {
    /* netc: constants */
    enum {
        KIND = MEAN, LINES = 7, LENGTH = 7, BLOCK = 7,
        X_LINE = 7 * VL, X_STEP = VL, X_VECTOR = 7 * 7 * VL, X_LANES = VL,
        Y_VECTOR = VL, Y_LANES = VL,
        VECTORS = 2, VECTORS_FULL = 2,
    };
    static const int VALID[] = {-1, -1};
    /* netc: end */
    const vf zero = broadcast(0.0f);
    for (int vector = first; vector < last; vector++) {
        const float *from = x + vector * X_VECTOR;
        float *to = y + vector * Y_VECTOR;
        const int is_full = VECTORS_FULL == VECTORS || vector < VECTORS_FULL;
        vf total = is_full ? reduction_image(KIND, VL, LINES, X_LINE, LENGTH, X_STEP, BLOCK, zero, from)
                           : reduction_image(KIND, X_LANES, LINES, X_LINE, LENGTH, X_STEP, BLOCK, zero, from);
        if (KIND == MEAN) total *= 1.0f / (float)(LINES * LENGTH);
        total = keep_lanes((unsigned)VALID[vector], total);
        if (is_full) store(to, total);
        else store_partial(to, Y_LANES, total);
    }
}
