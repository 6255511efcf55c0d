/* y = activation(x·weights + bias) for one vector x: as fast as the weights are read.

   Weights: a panel of PANEL vectors of units (the last panel: LAST) after the other; of a panel its bias, then for each
   float of x, in the order of memory, its row. x is IMAGES × ROWS runs of RUN floats; an image is flattened by the
   order of its weights. An item is a panel. CHAINS sums a unit hide the latency of additions.

   A processor fetches a stream ahead by itself, but within a page: at its end it waits for the next page's address, then
   for memory. So the first line of each page is fetched four pages before its turn. Short vectors gain nothing by it. */
#include "activation.c"
/* netc: shared */
typedef struct {
    int images, image, rows, row, run;
} dense_operand;

enum { DENSE_SUMS = 16, DENSE_PAGE = 4096, DENSE_AHEAD = 4 * DENSE_PAGE };

/* Where a step over `bytes` of weights is the first of a page, fetches that of a later page; nothing need lie there. */
static INLINE void dense_fetch(const int bytes, const float *weights) {
    const unsigned long at = (unsigned long)weights;
    if (VL >= 8 && at % DENSE_PAGE < (unsigned long)bytes)
        __builtin_prefetch((const void *)(at + DENSE_AHEAD), 0, 2);
}

/* Adds x[0]·row 0 + … + x[count - 1]·row count - 1, row i to chain i. */
static INLINE void dense_rows(const int count, const int panel, const float *x, const float *weights, vf *sum) {
    UNROLL for (int i = 0; i < count; i++) {
        const vf value = broadcast(x[i]);
        UNROLL for (int n = 0; n < panel; n++)
            sum[i * panel + n] += value * load_aligned(weights + (i * panel + n) * VL);
    }
}

/* The sums of a panel, in sum[0 ..< panel]. */
static INLINE void dense_panel(
    const dense_operand shape, const int panel, const int chains, const float *x, const float *weights, vf *sum) {
    UNROLL for (int n = 0; n < chains * panel; n++)
        sum[n] = n < panel ? load_aligned(weights + n * VL) : broadcast(0.0f);
    weights += panel * VL;
    for (int image = 0; image < shape.images; image++)
        for (int row = 0; row < shape.rows; row++) {
            const float *from = x + image * shape.image + row * shape.row;
            int k = 0;
            for (; k + chains <= shape.run; k += chains, weights += chains * panel * VL) {
                dense_fetch(chains * panel * VL * 4, weights);
                dense_rows(chains, panel, from + k, weights, sum);
            }
            for (; k < shape.run; k++, weights += panel * VL) dense_rows(1, panel, from + k, weights, sum);
        }
    for (int half = chains / 2; half > 0; half /= 2)
        UNROLL for (int n = 0; n < half * panel; n++) sum[n] += sum[half * panel + n];
}
/* netc: kernel */
static NOINLINE void dense(IN x, IN weights, OUT y, int first, int last) {
    /* netc: constants */
    enum {
        IMAGES = 1, X_IMAGE = 1024, ROWS = 1, X_ROW = 1024, RUN = 1024,
        PANELS = 16, PANEL = 4, LAST = 4, CHAINS = 2, LAST_CHAINS = 2,
        Y_VECTOR = VL, Y_LANES = VL,
        ACTIVATION = LINEAR,
    };
    static const float ACTIVATION_A = 0.0f;
    static const float ACTIVATION_B = 0.0f;
    static const float ACTIVATION_C = 0.0f;
    /* netc: end */
    const dense_operand shape = {IMAGES, X_IMAGE, ROWS, X_ROW, RUN};
    for (int item = first; item < last; item++) {
        const float *panel = weights + (long)item * (IMAGES * ROWS * RUN + 1) * PANEL * VL;
        float *to = y + item * PANEL * Y_VECTOR;
        vf sum[DENSE_SUMS];
        if (item < PANELS - 1) {
            dense_panel(shape, PANEL, CHAINS, x, panel, sum);
            UNROLL for (int n = 0; n < PANEL; n++)
                store(to + n * Y_VECTOR, activate(ACTIVATION, ACTIVATION_A, ACTIVATION_B, ACTIVATION_C, sum[n]));
        } else {
            dense_panel(shape, LAST, LAST_CHAINS, x, panel, sum);
            UNROLL for (int n = 0; n < LAST; n++)
                store_partial(
                    to + n * Y_VECTOR, n < LAST - 1 ? VL : Y_LANES,
                    activate(ACTIVATION, ACTIVATION_A, ACTIVATION_B, ACTIVATION_C, sum[n]));
        }
    }
}
