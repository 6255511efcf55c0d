/* classifier, compiled from classifier.net by netc 0.1.0 for x86-64-v4:l1=32K,l2=1M.

   2,560 multiply-adds, 16,832 bytes of weights, 19,072 bytes of workspace.
   Compile with clang 14 or later and -O3. Images lie in blocks of 16 channels: element (c, h, w) at
   c / VL * plane + h * row + w * VL + c % VL.

   This file is yours: no notice is required. */
#include "classifier.h"

extern const unsigned char classifier_weights[] __attribute__((visibility("hidden"), aligned(64)));
static const float *const packed_weights = (const float *)(const void *)classifier_weights;

#define VL 16
#pragma clang fp contract(fast)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))), apply_to = function)
#pragma clang attribute push(__attribute__((min_vector_width(512))), apply_to = function)

/* Vectors of VL floats through clang's vector extensions: one text for AVX-512, AVX2, SSE2, NEON and plain scalar code.

   NaN passes through everything here. No function of libm is called: each activation is within a few units in the last place of the true
   function, relative to its value, down to 2^-126. */

/* Operands of kernels: what one writes overlaps nothing that it reads. */
#define IN const float *restrict
#define OUT float *restrict

#define INLINE inline __attribute__((always_inline, unused))
#define NOINLINE __attribute__((noinline, unused))
#define UNROLL _Pragma("clang loop unroll(full)")
#define UNROLL_4 _Pragma("clang loop unroll_count(4)")
#define NO_UNROLL _Pragma("clang loop unroll(disable)")

typedef float vf __attribute__((vector_size(VL * 4), may_alias));
typedef int vi __attribute__((vector_size(VL * 4), may_alias));
typedef unsigned vu __attribute__((vector_size(VL * 4), may_alias));
typedef float vf_unaligned __attribute__((vector_size(VL * 4), aligned(4), may_alias));

/* x in every lane. Minus, not plus: x + 0 isn't x for -0, so clang would emit an addition a lane. */
static INLINE vf broadcast(float x) { return x - (vf){0}; }

static INLINE vf load(const float *p) { return *(const vf_unaligned *)p; }
static INLINE void store(float *p, vf x) { *(vf_unaligned *)p = x; }

/* Packed weights are aligned to a whole vector. */
static INLINE vf load_aligned(const float *p) { return *(const vf *)p; }

/* The first `count` lanes; the others are zero, and memory beyond isn't touched. */
static INLINE vf load_partial(const float *p, const int count) {
    vf x = {0};
    if (count >= VL) return load(p);
    UNROLL for (int i = 0; i < VL; i++) if (i < count) x[i] = p[i];
    return x;
}

static INLINE void store_partial(float *p, const int count, vf x) {
    if (count >= VL) store(p, x);
    else UNROLL for (int i = 0; i < VL; i++) if (i < count) p[i] = x[i];
}

/* a where the mask is set, else b. */
static INLINE vf choose(vi mask, vf a, vf b) { return (vf)((mask & (vi)a) | (~mask & (vi)b)); }

/* Minimum and maximum that keep a NaN of x. */
static INLINE vf at_most(vf x, vf limit) { return choose((vi)(x > limit), limit, x); }
static INLINE vf at_least(vf x, vf limit) { return choose((vi)(x < limit), limit, x); }

/* x in the lanes whose bit is set, zero in the others. */
static INLINE vf keep_lanes(const unsigned valid, vf x) {
    vu bit = {0};
    UNROLL for (int i = 0; i < VL; i++) bit[i] = 1u << i;
    return (vf)((vi)x & (vi)((valid & bit) != 0));
}

static INLINE vf absolute(vf x) { return (vf)((vi)x & 0x7fffffff); }

/* Lanes in order, so that the sum is the same on every machine. */
static INLINE float sum_of_lanes(vf x) {
    float sum = x[0];
    UNROLL for (int i = 1; i < VL; i++) sum += x[i];
    return sum;
}

static INLINE float maximum_of_lanes(vf x) {
    float maximum = x[0];
    UNROLL for (int i = 1; i < VL; i++) maximum = maximum > x[i] ? maximum : x[i];
    return maximum;
}

/* x·2^whole (rounded down, with VL 16); becomes infinity, zero or, gradually, next to zero, where that is too large or small. |whole| up to 250. */
static INLINE vf times_power_of_two(vf x, vf whole) {
    return (vf)__builtin_ia32_scalefps512_mask(x, whole, (vf){0}, -1, 4);
}

/* 2^n·scale without n's whole part, from a table in a register: n in sixteenths, as the sum with 1.5·2^19 has it in its lowest bits. */
static INLINE vf power_of_sixteenths(vf sum, const float scale) {
    const vf powers = {1.0f, 1.04427378f, 1.09050773f, 1.13878863f, 1.18920712f, 1.24185781f, 1.29683955f, 1.35425555f,
                       1.41421356f, 1.47682615f, 1.54221083f, 1.61049033f, 1.68179283f, 1.75625216f, 1.83400809f, 1.91520656f};
    return (vf)__builtin_ia32_permvarsf512(powers * scale, (vi)sum);
}

/* Small whatever r is, by an instruction that drops NaN. */
static INLINE vf small_remainder(vf r, const float limit) {
    return (vf)__builtin_ia32_rangeps512_mask(r, broadcast(limit), 2, (vf){0}, -1, 4);
}

/* x = n·ln 2 + r, n in sixteenths, and 2^n·scale without n's whole part. Of an infinite or huge x, n alone has a meaning; n keeps NaN. */
static INLINE vf reduce_by_sixteenths(vf x, const float scale, vf *n, vf *power) {
    const vf magic = broadcast(786432.0f);
    vf sum = x * broadcast(1.44269504f) + magic;
    *n = sum - magic;
    *power = power_of_sixteenths(sum, scale);
    vf r = x - *n * broadcast(0.693359375f);
    return small_remainder(r + *n * broadcast(2.12194440e-4f), 0.03f);
}

/* (e^r - 1) / r for that r (fitted to 0.03 units of e^r). */
static INLINE vf mean_slope(vf r) { return (broadcast(0.166670324f) * r + broadcast(0.500016220f)) * r + 1.0f; }

/* e^x over the whole range, 1 unit. */
static INLINE vf exponential(vf x) {
    vf n, power, r = reduce_by_sixteenths(x, 1.0f, &n, &power);
    return times_power_of_two(mean_slope(r) * (power * r) + power, n);
}

/* (1 + e^-x)·scale. A power that is infinite early does no harm here, and is ready before the polynomial is. */
static INLINE vf logistic_divisor(vf x, const float scale) {
    vf n, power, r = reduce_by_sixteenths(-x, scale, &n, &power);
    return times_power_of_two(power, n) * (mean_slope(r) * r + 1.0f) + scale;
}

/* ln x for x >= 0, one unit (Cephes' coefficients); zero below 2^-126 counts as zero. */
static INLINE vf logarithm(vf x) {
    vu exponent = ((vu)x - 0x3f3504f3u) >> 23;
    vf e = __builtin_convertvector((vi)(exponent << 23) >> 23, vf);
    vf r = (vf)((vu)x - (exponent << 23)) - 1.0f, z = r * r, p = broadcast(7.0376836292e-2f);
    p = p * r + broadcast(-1.1514610310e-1f);
    p = p * r + broadcast(1.1676998740e-1f);
    p = p * r + broadcast(-1.2420140846e-1f);
    p = p * r + broadcast(1.4249322787e-1f);
    p = p * r + broadcast(-1.6668057665e-1f);
    p = p * r + broadcast(2.0000714765e-1f);
    p = p * r + broadcast(-2.4999993993e-1f);
    p = p * r + broadcast(3.3333331174e-1f);
    vf result = r + (p * (r * z) + e * broadcast(-2.12194440e-4f) - 0.5f * z) + e * broadcast(0.693359375f);
    result = choose((vi)(x < broadcast(__builtin_inff())), result, x);
    return choose((vi)(x < broadcast(1.17549435e-38f)), broadcast(-__builtin_inff()), result);
}

static INLINE vf sigmoid(vf x) { return 1.0f / logistic_divisor(x, 1.0f); }

static INLINE vf relu(vf x) { return (vf)((vi)x & ~(vi)(x < 0.0f)); }

/* The density of the normal at a is e^(-a^2/2) / sqrt(2 pi), its distribution function at -a the density times Mills' ratio m(a). This is
   a·m(a) / sqrt(2 pi), 0 <= a < 15: four polynomials between each two powers of two that a + 1 lies between (fitted to 1.5 units). */
static INLINE vf scaled_mills_ratio(vf a) {
    const vf terms[] = {
        {0.261578292f, 0.308670998f, 0.336203992f, 0.353328317f, 0.364541858f, 0.377642572f, 0.384596527f, 0.388675898f,
         0.391254395f, 0.39418909f, 0.39572379f, 0.39662239f, 0.0f, 0.103508025f, 0.174809411f, 0.225174353f},
        {0.124213375f, 0.0703735724f, 0.0426257178f, 0.0272968411f, 0.0183118358f, 0.00921151973f, 0.00519045675f, 0.00318068825f,
         0.00207788358f, 0.00102024875f, 0.000571403827f, 0.000350806426f, 0.49999997f, 0.340173364f, 0.237552792f, 0.169905975f},
        {-0.0752290636f, -0.0374832042f, -0.0201135837f, -0.0114968261f, -0.00692217471f, -0.00287358183f, -0.00136873045f, -0.000721996825f,
         -0.000413156697f, -0.00016260182f, -7.53757122e-05f, -3.95274656e-05f, -0.398934662f, -0.25290063f, -0.164749309f, -0.110038392f},
        {0.0367520563f, 0.0163574982f, 0.00788918324f, 0.00407871464f, 0.00218406273f, 0.000760641589f, 0.000310003205f, 0.000139410535f,
         7.00519377e-05f, 2.27707314e-05f, 8.59837837e-06f, 3.88637454e-06f, 0.249745205f, 0.148769483f, 0.091291219f, 0.0572666004f},
        {-0.0146720959f, -0.00595338177f, -0.00264364644f, -0.00127225451f, -0.000557778927f, -0.000167500853f, -5.9828646e-05f, -2.13014773e-05f,
         -9.55947962e-06f, -2.78824996e-06f, -8.08259756e-07f, -3.24382825e-07f, -0.130029887f, -0.0729019493f, -0.042798508f, -0.0248912256f},
        {0.00372151146f, 0.00142154004f, 0.000606571964f, 0.000287736126f, 8.47707706e-05f, 2.28760946e-05f, 7.4589816e-06f, 1.67738801e-06f,
         7.53191671e-07f, 2.20432312e-07f, 4.49572184e-08f, 1.69226642e-08f, 0.0482496955f, 0.0251814742f, 0.0146711487f, 0.00746037299f}};
    vu bits = (vu)(a + 1.0f);
    const vi part = (vi)(bits >> 21);
    vf r = a - ((vf)(bits & ~0x1fffffu) - 1.0f), sum = (vf)__builtin_ia32_permvarsf512(terms[5], part);
    UNROLL for (int i = 4; i >= 0; i--) sum = sum * r + (vf)__builtin_ia32_permvarsf512(terms[i], part);
    return sum;
}

/* relu(x) - a·(the distribution function at -a), a = |x|; a^2/2 in two parts, as its rounding would be magnified by itself. */
static INLINE vf gelu(vf x) {
    vf a = at_most(absolute(x), broadcast(14.99f)), half = -0.5f * a, square = half * a;
    vf low = (vf)__builtin_ia32_vfmaddps512_mask(half, a, -square, -1, 4);
    vf n, power, r = reduce_by_sixteenths(square, 1.0f, &n, &power) + low;
    return relu(x) - scaled_mills_ratio(a) * (mean_slope(r) * r + 1.0f) * times_power_of_two(power, n);
}

/* y = x where the vectors of both hold the same slots: between blocked and interleaved order, from and to any border,
   parts of images.

   An item is a run of vectors in one row, as in elementwise.c. Of a vector that is partial, `lanes` of x are read, and
   `lanes` of y written with zeros behind those read. */
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

/* copy: the input 'image' to channel blocks: image (line 3)
   7×7×40 → 7×7×40; whole vectors of 16. */
static NOINLINE void copy_7x7x40_to_7x7x40(IN x, OUT y, int first, int last) {
    const copy_shape shape = {
        .height = 7, .outer = 3, .run = 7, .partial_outer = 1,
        .x = {.row = 280, .outer = 16, .step = 40, .lanes = 8},
        .y = {.row = 112, .outer = 784, .step = 16, .lanes = 16},
    };
    copy_items(shape, x, y, first, last);
}

/* copy: the input 'context' to channel blocks: context (line 4)
   5 → 5; whole vectors of 16. */
static NOINLINE void copy_5_to_5(IN x, OUT y, int first, int last) {
    const copy_shape shape = {
        .height = 1, .outer = 1, .run = 1, .partial_outer = 1,
        .x = {.row = 5, .outer = 16, .step = 5, .lanes = 5},
        .y = {.row = 16, .outer = 16, .step = 16, .lanes = 16},
    };
    copy_items(shape, x, y, first, last);
}

/* Mean, maximum, minimum, sum or product of an image over its positions, one vector of slots an item.

   Sums are of blocks of about the square root of the number of positions, each in four interleaved parts, then of the
   blocks in order: the error grows with that square root. The positions are LINES of LENGTH, whichever of rows and
   columns is longer. */
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

/* mean of all positions: global_average_pooling2d, global_average_pooling2d_1 (lines 5, 9)
   7×7×40 → 40; blocks of 16 positions. */
static NOINLINE void reduction_7x7x40_to_40(IN x, OUT y, int first, int last) {
    enum {
        KIND = MEAN, LINES = 1, LENGTH = 49, BLOCK = 16,
        X_LINE = 112, X_STEP = 16, X_VECTOR = 784, X_LANES = 16,
        Y_VECTOR = 16, Y_LANES = 16,
        VECTORS = 3, VECTORS_FULL = 3,
    };
    static const int VALID[] = {65535, 65535, 255};
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

/* Kinds of activation, with their parameters a, b, c: what a kernel applies to each element before it stores it. */
enum {
    LINEAR,
    RELU,
    GELU,
    SIGMOID,
};

static INLINE vf activate(const int kind, const float a, const float b, const float c, vf x) {
    (void)a, (void)b, (void)c;
    switch (kind) {
    case RELU: return relu(x);
    case GELU: return gelu(x);
    case SIGMOID: return sigmoid(x);
    default: return x;
    }
}

/* y = activation(x·weights + bias) for one vector x: as fast as the weights are read.

   Weights: a panel of PANEL vectors of units (the last panel: LAST) after the other; of a panel its bias, then for each
   float of x, in the order of memory, its row. x is IMAGES × ROWS runs of RUN floats; an image is flattened by the
   order of its weights. An item is a panel. CHAINS sums a unit hide the latency of additions.

   A processor fetches a stream ahead by itself, but within a page: at its end it waits for the next page's address, then
   for memory. So the first line of each page is fetched four pages before its turn. Short vectors gain nothing by it. */
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

/* dense: dense (line 6)
   40 → 10, 400 multiply-adds; panels of 16 units, 8 sums each. */
static NOINLINE void dense_40_to_10(IN x, IN weights, OUT y, int first, int last) {
    enum {
        IMAGES = 1, X_IMAGE = 16, ROWS = 1, X_ROW = 16, RUN = 48,
        PANELS = 1, PANEL = 1, LAST = 1, CHAINS = 8, LAST_CHAINS = 8,
        Y_VECTOR = 16, Y_LANES = 16,
        ACTIVATION = RELU,
    };
    static const float ACTIVATION_A = 0.0f;
    static const float ACTIVATION_B = 0.0f;
    static const float ACTIVATION_C = 0.0f;
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

/* dense: dense_1 (line 7)
   10 → 40, 400 multiply-adds; panels of 48 units, 2 sums each. */
static NOINLINE void dense_10_to_40(IN x, IN weights, OUT y, int first, int last) {
    enum {
        IMAGES = 1, X_IMAGE = 16, ROWS = 1, X_ROW = 16, RUN = 16,
        PANELS = 1, PANEL = 3, LAST = 3, CHAINS = 2, LAST_CHAINS = 2,
        Y_VECTOR = 16, Y_LANES = 16,
        ACTIVATION = SIGMOID,
    };
    static const float ACTIVATION_A = 0.0f;
    static const float ACTIVATION_B = 0.0f;
    static const float ACTIVATION_C = 0.0f;
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

/* y = activation(scale·(x ∘ x2) + shift), negative results times a slope; without an operator, of x alone.

   An item is a run of vectors in one row of the image: the columns of one vector of slots (blocked), the vectors of one
   column or those of a whole row (interleaved). Partial in memory is the last vector of a run, or every vector of the
   last run. Weights: a record of scale, shift and slope for each vector of slots, or for each element. An operand may
   repeat along rows, columns or channels, and may be y. */
/* The vectors of a run: `lanes` floats of memory each, or one float for all lanes. */
typedef struct {
    const float *at;
    int step, lanes, is_splat;
} element_operand;

static INLINE vf element_load(const element_operand x, int i) {
    return x.is_splat ? broadcast(x.at[i * x.step]) : load_partial(x.at + i * x.step, x.lanes);
}

enum { NOTHING, ADD, SUBTRACT, MULTIPLY, DIVIDE, RAISE, MAXIMUM, MINIMUM };

/* x ∘ vector i of the other operand; maximum and minimum are NaN where either is. */
static INLINE vf element_combine(const int operator, const vf x, const element_operand other, int i) {
    if (operator == NOTHING) return x;
    const vf x2 = element_load(other, i);
    const vi is_nan = (vi)(x2 != x2);
    switch (operator) {
    case MULTIPLY: return x * x2;
    default: return choose((vi)(x2 < x) | is_nan, x2, x);
    }
}

/* A function of the elements: an activation of scale·x + shift, and a factor for negative results. Scale, shift and
   slope are places of vectors in a record, counted from 1, or 0 where there is none. */
typedef struct {
    int scale, shift, slope, activation;
    float activation_a, activation_b, activation_c;
} element_function;

static INLINE vf element_apply(const element_function f, const float *record, vf x) {
    if (f.scale) x *= load_aligned(record + (f.scale - 1) * VL);
    if (f.shift) x += load_aligned(record + (f.shift - 1) * VL);
    x = activate(f.activation, f.activation_a, f.activation_b, f.activation_c, x);
    if (f.slope) x = choose((vi)(x < 0.0f), x * load_aligned(record + (f.slope - 1) * VL), x);
    return x;
}

typedef struct {
    int row, outer, step; /* floats to the next row, run of vectors, vector of a run */
    int lanes, is_splat;  /* floats of a partial vector; one float for all lanes */
} element_image;

typedef struct {
    int height, outer, run;            /* rows, runs in a row, vectors in a run */
    int partial_outer, partial_run;    /* whether the vectors of the last run are partial, or the last one of each run */
    element_image x, x2, y;
    int operator;
    int record_row, record_outer, record_step;
    element_function function;
    int valid_outer, valid_step; /* lanes that hold nothing become zeros: steps in the table of lanes; 0: none hold nothing */
} element_shape;

/* Vectors first ..< last of a run, of that many lanes in memory. */
static INLINE void element_run(
    const element_shape s, const int x_lanes, const int x2_lanes, const int y_lanes, int first, int last, const float *x,
    const float *x2, const float *record, const int *valid, float *y) {
    for (int i = first; i < last; i++) {
        vf value = element_load((element_operand){x, s.x.step, x_lanes, s.x.is_splat}, i);
        value = element_combine(s.operator, value, (element_operand){x2, s.x2.step, x2_lanes, s.x2.is_splat}, i);
        value = element_apply(s.function, record + i * s.record_step, value);
        if (s.valid_outer || s.valid_step) value = keep_lanes((unsigned)valid[i * s.valid_step], value);
        store_partial(y + i * s.y.step, y_lanes, value);
    }
}

static INLINE void element_items(
    const element_shape s, const float *x, const float *x2, const float *weights, float *y, const int *valid, int first,
    int last) {
    for (int item = first; item < last; item++) {
        const int row = item % s.height, outer = item / s.height;
        const int full = s.partial_outer && outer == s.outer - 1 ? 0 : s.run - s.partial_run;
        const float *from = x + row * s.x.row + outer * s.x.outer, *from2 = x2 + row * s.x2.row + outer * s.x2.outer;
        const float *record = weights + row * s.record_row + outer * s.record_outer;
        const int *own = valid + outer * s.valid_outer;
        float *to = y + row * s.y.row + outer * s.y.outer;
        element_run(s, VL, VL, VL, 0, full, from, from2, record, own, to);
        element_run(s, s.x.lanes, s.x2.lanes, s.y.lanes, full, s.run, from, from2, record, own, to);
    }
}

/* elementwise multiply: multiply (line 8)
   7×7×40, 40 → 7×7×40; vectors of 16, along the columns of a plane. */
static NOINLINE void elementwise_7x7x40_to_7x7x40(const float *x, const float *x2, float *y, int first, int last) {
    const element_shape shape = {
        .height = 7, .outer = 3, .run = 7, .valid_outer = 1,
        .x = {.row = 112, .outer = 784, .step = 16},
        .x2 = {.outer = 16},
        .y = {.row = 112, .outer = 784, .step = 16},
        .operator = MULTIPLY,
    };
    static const int VALID[] = {65535, 65535, 255};
    element_items(shape, x, x2, x, y, VALID, first, last);
}

/* copy: into the concatenation concatenate: context (line 4)
   5 → 5; whole vectors of 16. */
static NOINLINE void copy_5_to_5_2(IN x, OUT y, int first, int last) {
    const copy_shape shape = {
        .height = 1, .outer = 1, .run = 1, .partial_outer = 1,
        .x = {.row = 16, .outer = 16, .step = 16, .lanes = 5},
        .y = {.row = 16, .outer = 16, .step = 16, .lanes = 16},
    };
    copy_items(shape, x, y, first, last);
}

/* dense: dense_2 (line 11)
   45 → 32, 1,440 multiply-adds; panels of 32 units, 4 sums each. */
static NOINLINE void dense_45_to_32(IN x, IN weights, OUT y, int first, int last) {
    enum {
        IMAGES = 1, X_IMAGE = 16, ROWS = 1, X_ROW = 16, RUN = 64,
        PANELS = 1, PANEL = 2, LAST = 2, CHAINS = 4, LAST_CHAINS = 4,
        Y_VECTOR = 16, Y_LANES = 16,
        ACTIVATION = GELU,
    };
    static const float ACTIVATION_A = 0.0f;
    static const float ACTIVATION_B = 0.0f;
    static const float ACTIVATION_C = 0.0f;
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

/* dense: probs (line 12)
   32 → 10, 320 multiply-adds; panels of 16 units, 8 sums each. */
static NOINLINE void dense_32_to_10(IN x, IN weights, OUT y, int first, int last) {
    enum {
        IMAGES = 1, X_IMAGE = 16, ROWS = 1, X_ROW = 16, RUN = 32,
        PANELS = 1, PANEL = 1, LAST = 1, CHAINS = 8, LAST_CHAINS = 8,
        Y_VECTOR = 16, Y_LANES = 16,
        ACTIVATION = LINEAR,
    };
    static const float ACTIVATION_A = 0.0f;
    static const float ACTIVATION_B = 0.0f;
    static const float ACTIVATION_C = 0.0f;
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

/* Softmax over the channels of every pixel, or its logarithm. The maximum is subtracted first, so that nothing
   overflows.

   An item is one row. Lanes of x that hold no channel (VALID, a bit each) don't count, and are zero in y. */
/* Lanes that don't count are minus infinity. */
static INLINE vf softmax_load(const int lanes, const unsigned valid, const float *x) {
    vf nothing = (vf)(~(vi)keep_lanes(valid, (vf)~(vi){0}) & (vi)broadcast(-__builtin_inff()));
    return (vf)((vi)keep_lanes(valid, load_partial(x, lanes)) | (vi)nothing);
}

/* Keeps NaN. */
static INLINE vf softmax_larger(vf a, vf b) { return choose((vi)(a < b) | (vi)(b != b), b, a); }

/* y = e^(x - maximum), or x - maximum; returns e^(x - maximum). */
static INLINE vf softmax_element(
    const int is_logarithmic, const int x_lanes, const int y_lanes, const unsigned valid, const vf maximum,
    const float *x, float *y) {
    vf shifted = softmax_load(x_lanes, valid, x) - maximum, power = keep_lanes(valid, exponential(shifted));
    store_partial(y, y_lanes, is_logarithmic ? keep_lanes(valid, shifted) : power);
    return power;
}

/* The last step: times 1 / sum, or less ln sum. */
static INLINE void softmax_finish(
    const int is_logarithmic, const int lanes, const unsigned valid, const vf factor, float *y) {
    vf x = load_partial(y, lanes);
    store_partial(y, lanes, is_logarithmic ? keep_lanes(valid, x - factor) : x * factor);
}

/* softmax: probs (line 12)
   10 → 10; a pixel's channels in vectors of 16. */
static NOINLINE void softmax_10_to_10(IN x, OUT y, int first, int last) {
    enum {
        IS_LOGARITHMIC = 0, WIDTH = 1, VECTORS = 1, VECTORS_FULL = 0,
        X_ROW = 16, X_PIXEL = 16, X_VECTOR = 16, X_LANES = 16,
        Y_ROW = 10, Y_PIXEL = 10, Y_VECTOR = 16, Y_LANES = 10,
    };
    static const int VALID[] = {1023};
    for (int row = first; row < last; row++)
        for (int column = 0; column < WIDTH; column++) {
            const float *from = x + row * X_ROW + column * X_PIXEL;
            float *to = y + row * Y_ROW + column * Y_PIXEL;
            vf largest = broadcast(-__builtin_inff()), sum = {0};
            for (int v = 0; v < VECTORS_FULL; v++)
                largest = softmax_larger(largest, softmax_load(VL, (unsigned)VALID[v], from + v * X_VECTOR));
            for (int v = VECTORS_FULL; v < VECTORS; v++)
                largest = softmax_larger(largest, softmax_load(X_LANES, (unsigned)VALID[v], from + v * X_VECTOR));
            const vf maximum = broadcast(maximum_of_lanes(largest));
            for (int v = 0; v < VECTORS_FULL; v++)
                sum += softmax_element(
                    IS_LOGARITHMIC, VL, VL, (unsigned)VALID[v], maximum, from + v * X_VECTOR, to + v * Y_VECTOR);
            for (int v = VECTORS_FULL; v < VECTORS; v++)
                sum += softmax_element(
                    IS_LOGARITHMIC, X_LANES, Y_LANES, (unsigned)VALID[v], maximum, from + v * X_VECTOR,
                    to + v * Y_VECTOR);
            const vf total = broadcast(sum_of_lanes(sum)), factor = IS_LOGARITHMIC ? logarithm(total) : 1.0f / total;
            for (int v = 0; v < VECTORS_FULL; v++)
                softmax_finish(IS_LOGARITHMIC, VL, (unsigned)VALID[v], factor, to + v * Y_VECTOR);
            for (int v = VECTORS_FULL; v < VECTORS; v++)
                softmax_finish(IS_LOGARITHMIC, Y_LANES, (unsigned)VALID[v], factor, to + v * Y_VECTOR);
        }
}

/* The first of the items that thread t of n takes; and the arguments `first` and `last` of its kernels. */
static INLINE int share(int items, int t, int n) { return (int)((long long)items * t / n); }
#define SHARE(items) share(items, t, n), share(items, t + 1, n)

/* Of each step its number, layers, multiply-adds, the bytes that it must at least read and write, its kernel and that one's operands, `ws` being
   the workspace and `w` the weights; then the calls of other kernels that belong to it. Calls of one step do not depend on each other. */
#define ALL_STEPS(STEP) \
    STEP(0, "image", 0, 15680, copy_7x7x40_to_7x7x40, (in[0], ws, SHARE(21))) \
    STEP(1, "context", 0, 40, copy_5_to_5, (in[1], ws + 4752, SHARE(1))) \
    STEP(2, "global_average_pooling2d", 0, 8000, reduction_7x7x40_to_40, (ws, ws + 2352, SHARE(3))) \
    STEP(3, "dense", 400, 1800, dense_40_to_10, (ws + 2352, w, ws + 2400, SHARE(1))) \
    STEP(4, "dense_1", 400, 1800, dense_10_to_40, (ws + 2400, w + 784, ws + 4704, SHARE(1))) \
    STEP(5, "multiply", 0, 15840, elementwise_7x7x40_to_7x7x40, (ws, ws + 4704, ws + 2352, SHARE(21))) \
    STEP(6, "global_average_pooling2d_1", 0, 8000, reduction_7x7x40_to_40, (ws + 2352, ws, SHARE(3))) \
    STEP(7, "context", 0, 40, copy_5_to_5_2, (ws + 4752, ws + 48, SHARE(1))) \
    STEP(8, "dense_2", 1440, 6068, dense_45_to_32, (ws, w + 1600, ws + 64, SHARE(1))) \
    STEP(9, "probs", 320, 1448, dense_32_to_10, (ws + 64, w + 3680, ws, SHARE(1))) \
    STEP(10, "probs", 0, 80, softmax_10_to_10, (ws, out[0], SHARE(1)))

/* The share of thread t of n in one step. `spare` is scratch memory of threads other than the first. */
static NOINLINE void run_step(
    unsigned step, const float *const *in, float *const *out, float *ws, float *spare, int t, int n) {
    const float *w = packed_weights;
    (void)in, (void)out, (void)ws, (void)w, (void)spare;
#define CALLS(number, layers, macs, bytes, kernel, operands, ...) case number: kernel operands; __VA_ARGS__; break;
    switch (step) { ALL_STEPS(CALLS) }
}
#pragma clang attribute pop

#pragma clang attribute pop

enum { STEPS = 11, BATCH = 1 };

static const long long in_lengths[] = {1960, 5};
static const long long out_lengths[] = {10};

/* The inputs and outputs of one sample of the batch. */
static void locate_sample(
    unsigned sample, const void *const *in, void *const *out, const float **x, float **y) {
    for (int i = 0; i < 2; i++) x[i] = (const float *)in[i] + sample * in_lengths[i];
    for (int i = 0; i < 1; i++) y[i] = (float *)out[i] + sample * out_lengths[i];
}

#include <cpuid.h>

/* Whether the processor has the instructions and the operating system keeps the registers that the kernels use. Asked once: asking is slow under
   virtual machines, and the answer doesn't change. */
static int processor_is_supported(void) {
    static _Atomic int known; /* 0: not asked yet */
    if (known) return known > 0;
    unsigned a, b, c, d, low, high;
    int supported = __get_cpuid_count(1, 0, &a, &b, &c, &d) && (c & 0x38401000u) == 0x38401000u;
    if (supported) {
        __asm__(".byte 0x0f, 0x01, 0xd0" : "=a"(low), "=d"(high) : "c"(0)); /* xgetbv */
        supported = (low & 0xe6u) == 0xe6u;
    }
    supported = supported && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & 0xd0030128u) == 0xd0030128u;
    supported = supported && __get_cpuid_count(0x80000001u, 0, &a, &b, &c, &d) && (c & 0x20u); /* lzcnt */
    known = supported ? 1 : -1;
    return supported;
}

static int check(const void *const *in, void *const *out, const void *workspace) {
    for (int i = 0; i < 2; i++) if (!in[i]) return NETC_NULL;
    for (int i = 0; i < 1; i++) if (!out[i]) return NETC_NULL;
    if (!workspace) return NETC_NULL;
    if ((uintptr_t)workspace % 64) return NETC_MISALIGNED;
    return processor_is_supported() ? NETC_OK : NETC_UNSUPPORTED;
}

/* Steps from `first` to before `last`, counted through all samples of the batch. */
static void run_steps(const void *const *in, void *const *out, float *ws, unsigned first, unsigned last) {
    for (unsigned number = first; number < last; number++) {
        const float *x[2];
        float *y[1];
        locate_sample(number / STEPS, in, out, x, y);
        run_step(number % STEPS, x, y, ws, ws, 0, 1);
    }
}

static int invoke_steps(
    const void *const *in, void *const *out, void *workspace, uint32_t first, uint32_t count) {
    if (!in || !out) return NETC_NULL;
    int status = check(in, out, workspace);
    if (status != NETC_OK) return status;
    if (first > STEPS * BATCH || count > STEPS * BATCH - first) return NETC_RANGE;
    run_steps(in, out, workspace, first, first + count);
    return NETC_OK;
}

static int invoke_all(const void *const *in, void *const *out, void *workspace) {
    return invoke_steps(in, out, workspace, 0, STEPS * BATCH);
}

int classifier_invoke(const float *in_image, const float *in_context, float *out_probs, void *workspace) {
    const void *const in[] = {in_image, in_context};
    void *const out[] = {out_probs};
    return invoke_all(in, out, workspace);
}

#if __STDC_HOSTED__
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* A meeting point: everyone waits for the last. Waiting spins for a moment, because steps are short, then sleeps. */
typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t opened;
    atomic_int waiting;
    atomic_uint phase;
} meeting;

static void meet(meeting *m, int threads) {
    if (threads == 1) return;
    unsigned phase = atomic_load(&m->phase);
    if (atomic_fetch_add(&m->waiting, 1) == threads - 1) {
        atomic_store(&m->waiting, 0);
        pthread_mutex_lock(&m->lock);
        atomic_store(&m->phase, phase + 1);
        pthread_cond_broadcast(&m->opened);
        pthread_mutex_unlock(&m->lock);
        return;
    }
    for (int spin = 0; spin < 4000; spin++) {
        if (atomic_load_explicit(&m->phase, memory_order_acquire) != phase) return;
#if defined __x86_64__
        __builtin_ia32_pause();
#endif
    }
    pthread_mutex_lock(&m->lock);
    while (atomic_load(&m->phase) == phase) pthread_cond_wait(&m->opened, &m->lock);
    pthread_mutex_unlock(&m->lock);
}

struct classifier {
    float *workspace;
    const void *const *in;
    void *const *out;
    int threads, is_ending;
    atomic_flag is_busy;
    meeting meeting;
    struct member {
        struct classifier *model;
        int number;
        pthread_t thread;
    } members[];
};

enum { SCRATCH = 0, WORKSPACE = 4768 };

/* Of each step, whether all threads meet behind it: 0 where none of them reads or writes, up to the next meeting, what another one writes. */
static const char meetings[] =
    "01111101111";

/* All steps, as one of the team. */
static void take_part(classifier *model, int t) {
    const int n = model->threads;
    float *spare = model->workspace + WORKSPACE + (t ? t - 1 : 0) * SCRATCH;
    for (unsigned sample = 0; sample < BATCH; sample++) {
        const float *x[2];
        float *y[1];
        locate_sample(sample, model->in, model->out, x, y);
        for (unsigned step = 0; step < STEPS; step++) {
            run_step(step, x, y, model->workspace, spare, t, n);
            if (meetings[step] == '1') meet(&model->meeting, n);
        }
    }
}

static void *work(void *argument) {
    struct member *me = argument;
    pthread_mutex_lock(&me->model->meeting.lock); /* until the team is complete */
    pthread_mutex_unlock(&me->model->meeting.lock);
    for (;;) {
        meet(&me->model->meeting, me->model->threads);
        if (me->model->is_ending) return 0;
        take_part(me->model, me->number);
    }
}

/* A workspace: a large one lies on large pages, of which there are few to look up. */
static float *allocate(size_t bytes) {
    void *memory;
    const size_t page = 2 << 20;
    const int is_large = bytes >= 4 * page;
    if (posix_memalign(&memory, is_large ? page : 64, bytes)) return 0;
#ifdef MADV_HUGEPAGE
    if (is_large) (void)madvise(memory, bytes / page * page, MADV_HUGEPAGE); /* a wish: it may be refused */
#endif
    return memory;
}

static void end(classifier *model) {
    model->is_ending = 1;
    meet(&model->meeting, model->threads);
    for (int i = 1; i < model->threads; i++) pthread_join(model->members[i].thread, 0);
    pthread_mutex_destroy(&model->meeting.lock);
    pthread_cond_destroy(&model->meeting.opened);
    free(model->workspace);
    free(model);
}

classifier *classifier_create(int threads) {
    if (threads < 0 || threads > 1024) return errno = EINVAL, (void *)0;
    if (!processor_is_supported()) return errno = ENOTSUP, (void *)0;
    if (threads == 0) threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (threads < 1) threads = 1;
    struct classifier *model = calloc(1, sizeof *model + (size_t)threads * sizeof *model->members);
    size_t bytes = 4 * ((size_t)WORKSPACE + (size_t)(threads - 1) * SCRATCH);
    if (!model || !(model->workspace = allocate(bytes))) return free(model), errno = ENOMEM, (void *)0;
    pthread_mutex_init(&model->meeting.lock, 0);
    pthread_cond_init(&model->meeting.opened, 0);
    atomic_flag_clear(&model->is_busy);
    pthread_mutex_lock(&model->meeting.lock);
    int started = 1;
    for (; started < threads; started++) {
        struct member *member = &model->members[started];
        member->model = model;
        member->number = started;
        if (pthread_create(&member->thread, 0, work, member)) break;
    }
    model->threads = started;
    pthread_mutex_unlock(&model->meeting.lock);
    if (started == threads) return model;
    end(model);
    return errno = ENOMEM, (void *)0;
}

static int run_any(void *object, const void *const *in, void *const *out) {
    struct classifier *model = object;
    if (!model || !in || !out) return NETC_NULL;
    int status = check(in, out, model->workspace);
    if (status != NETC_OK) return status;
    if (atomic_flag_test_and_set(&model->is_busy)) return NETC_BUSY;
    model->in = in;
    model->out = out;
    meet(&model->meeting, model->threads);
    take_part(model, 0);
    atomic_flag_clear(&model->is_busy);
    return NETC_OK;
}

int classifier_run(classifier *model, const float *in_image, const float *in_context, float *out_probs) {
    const void *const in[] = {in_image, in_context};
    void *const out[] = {out_probs};
    return run_any(model, in, out);
}

void classifier_destroy(classifier *model) {
    if (model) end(model);
}

static void *create_any(int threads) { return classifier_create(threads); }
static void destroy_any(void *model) { classifier_destroy(model); }
#else
#define create_any 0
#define run_any 0
#define destroy_any 0
#endif

/* Images in blocks of channels; planes have no border. */
#define TENSOR(name, h, w, c, offset, plane, row, first_step, last_step) \
    {name, NETC_FLOAT32, 4, {1, h, w, c}, 4ull * h * w * c, offset, VL, plane, row, first_step, last_step}
#define PLANE(name, h, w, c, offset, first_step, last_step) \
    TENSOR(name, h, w, c, offset, h * w * VL, w * VL, first_step, last_step)
static const netc_tensor inputs[] = {
    {"image", NETC_FLOAT32, 4, {1, 7, 7, 40}, 7840, 0, 40, 1960, 280, 0, 10},
    {"context", NETC_FLOAT32, 2, {1, 5}, 20, 0, 5, 5, 5, 0, 10},
};
static const netc_tensor outputs[] = {
    {"probs", NETC_FLOAT32, 2, {1, 10}, 40, 0, 10, 10, 10, 0, 10},
};
static const netc_tensor tensors[] = {
    PLANE("image", 7, 7, 40, 0, 0, 5),
    PLANE("context", 1, 1, 5, 19008, 1, 7),
    PLANE("global_average_pooling2d", 1, 1, 40, 9408, 2, 3),
    PLANE("dense", 1, 1, 10, 9600, 3, 4),
    PLANE("dense_1", 1, 1, 40, 18816, 4, 5),
    PLANE("multiply", 7, 7, 40, 9408, 5, 6),
    PLANE("global_average_pooling2d_1", 1, 1, 40, 0, 6, 8),
    PLANE("dense_2", 1, 1, 32, 256, 8, 9),
    PLANE("probs", 1, 1, 10, 0, 9, 10),
    {0}};
#define ROW(number, layers, macs, bytes, kernel, ...) {layers, #kernel, macs, bytes},
static const netc_step step_table[] = {ALL_STEPS(ROW)};
#define PRODUCTS(number, layers, macs, ...) macs,
static const uint64_t products[] = {ALL_STEPS(PRODUCTS)};
static const netc_info info = {
    NETC_ABI, sizeof(netc_info), "classifier", "0.1.0", "x86-64-v4:l1=32K,l2=1M",
    "90a4f74b3238f53f", 2, 1, 9, STEPS,
    inputs, outputs, tensors, step_table, 19072,
    invoke_all, invoke_steps, create_any, run_any, destroy_any, products};

const netc_info *classifier_model(void) { return &info; }
