/* Vectors of VL floats through clang's vector extensions: one text for AVX-512, AVX2, SSE2, NEON and plain scalar code.

   NaN passes through everything here. No function of libm is called: each activation is within a few units in the last place of the true
   function, relative to its value, down to 2^-126. */
#ifndef VL
#if defined __AVX512F__
#define VL 16
#elif defined __AVX2__
#define VL 8
#elif defined __SSE2__ || defined __ARM_NEON
#define VL 4
#else
#define VL 1
#endif
#endif

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

/* The table of a kernel that needs none. */
static const int NONE[] __attribute__((unused)) = {0};

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

/* x = whole·ln 2 + remainder, ln 2 in two parts; adding 1.5·2^23 rounds to a whole number. |x| up to 2^20. */
static INLINE vf reduce_by_ln2(vf x, vf *whole) {
    const vf magic = broadcast(12582912.0f);
    *whole = (x * broadcast(1.44269504f) + magic) - magic;
    vf remainder = x - *whole * broadcast(0.693359375f);
    return remainder + *whole * broadcast(2.12194440e-4f);
}

/* e^r - 1 for |r| <= ln 2 / 2, relatively exact to one unit (fitted to 0.3). */
static INLINE vf expm1_of_remainder(vf r) {
    vf p = broadcast(1.388251665e-3f);
    p = p * r + broadcast(8.366547525e-3f);
    p = p * r + broadcast(4.166720062e-2f);
    p = p * r + broadcast(1.666654348e-1f);
    p = p * r + broadcast(4.999999702e-1f);
    return p * (r * r) + r;
}

/* x·2^whole (rounded down, with VL 16); becomes infinity, zero or, gradually, next to zero, where that is too large or small. |whole| up to 250. */
static INLINE vf times_power_of_two(vf x, vf whole) {
#if VL == 16
    return (vf)__builtin_ia32_scalefps512_mask(x, whole, (vf){0}, -1, 4);
#else
    /* Two half powers, for one may not be a number of its own. */
    vu power = (vu)(whole + broadcast(12582912.0f)) - 0x4b400000u, half = (vu)((vi)power >> 1);
    return x * (vf)((half + 127u) << 23) * (vf)((power - half + 127u) << 23);
#endif
}

#if VL == 16
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

/* (1 + 2^-x)·scale; the polynomial is that of 2^-r (fitted to 0.03 units). */
static INLINE vf binary_logistic_divisor(vf x, const float scale) {
    const vf magic = broadcast(786432.0f), sum = magic - x, n = sum - magic, r = small_remainder(x + n, 0.04f);
    vf p = broadcast(0.240234286f) - broadcast(0.0555021353f) * r;
    p = p * r - broadcast(0.693147182f);
    return times_power_of_two(power_of_sixteenths(sum, scale), n) * (p * r + 1.0f) + scale;
}
#else
/* e^x over the whole range, 1 unit. */
static INLINE vf exponential(vf x) {
    vf whole, r = reduce_by_ln2(at_least(at_most(x, broadcast(97.0f)), broadcast(-104.0f)), &whole);
    return times_power_of_two(expm1_of_remainder(r) + 1.0f, whole);
}

/* (1 + e^-x)·scale */
static INLINE vf logistic_divisor(vf x, const float scale) {
    vf whole, r = reduce_by_ln2(at_least(at_most(x, broadcast(104.0f)), broadcast(-97.0f)), &whole);
    return times_power_of_two((expm1_of_remainder(-r) + 1.0f) * scale, -whole) + scale;
}

/* (1 + 2^-x)·scale */
static INLINE vf binary_logistic_divisor(vf x, const float scale) {
    x = at_least(at_most(x, broadcast(150.0f)), broadcast(-140.0f));
    const vf magic = broadcast(12582912.0f), whole = (magic - x) - magic, r = (x + whole) * broadcast(-0.693147182f);
    return times_power_of_two((expm1_of_remainder(r) + 1.0f) * scale, whole) + scale;
}
#endif

/* e^x - 1 for x <= 0, relatively exact also near 0. */
static INLINE vf expm1_of_negative(vf x) {
    vf whole, r = reduce_by_ln2(at_least(x, broadcast(-87.0f)), &whole);
    vf power = times_power_of_two(broadcast(1.0f), whole);
    return power * expm1_of_remainder(r) + (power - 1.0f);
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

/* ln(1 + t) for 0 <= t <= 1: 2 artanh(s), s = t / (2 + t), by its series. */
static INLINE vf log1p_of_unit(vf t) {
    vf s = t / (t + 2.0f), z = s * s, p = broadcast(1.0f / 17);
    p = p * z + 1.0f / 15;
    p = p * z + 1.0f / 13;
    p = p * z + 1.0f / 11;
    p = p * z + 1.0f / 9;
    p = p * z + 1.0f / 7;
    p = p * z + 1.0f / 5;
    p = p * z + 1.0f / 3;
    return 2.0f * (s + s * (z * p));
}

/* The distribution function of the normal at -a, 0 <= a <= 15: erfc(a/sqrt 2)/2 as exp(-a^2/2) times u = 1/(z + 1.75) times a polynomial
   in 1 - 3.5u (fitted to 1.2 units); a^2 is taken in two parts, as its rounding would be magnified by a^2. */
static INLINE vf normal_tail(vf a) {
    vf z = a * broadcast(0.70710678f), u = 1.0f / (z + 1.75f), q = 1.0f - 3.5f * u, p = broadcast(-1.133853148e-04f);
    p = p * q + broadcast(-1.998727530e-04f);
    p = p * q + broadcast(5.428711884e-04f);
    p = p * q + broadcast(1.720881555e-03f);
    p = p * q + broadcast(-1.464387518e-03f);
    p = p * q + broadcast(-1.134847850e-02f);
    p = p * q + broadcast(8.111276664e-03f);
    p = p * q + broadcast(8.967386186e-02f);
    p = p * q + broadcast(-3.035285771e-01f);
    p = p * q + broadcast(4.987014234e-01f);
    vf high = (vf)((vi)a & ~0xfff), rest = (high - a) * (high + a) * 0.5f;
    vf correction = ((rest * broadcast(1.0f / 6) + 0.5f) * rest + 1.0f) * rest;
    vf density = exponential(high * high * -0.5f);
    return (density + density * correction) * (p * u);
}

/* x / (1 + e^-w) from e^-|w|, relatively exact where it is tiny. */
static INLINE vf times_sigmoid(vf x, vf w, vf e) {
    return x * choose((vi)(w < 0.0f), e, broadcast(1.0f)) / (e + 1.0f);
}

static INLINE vf sigmoid(vf x) { return 1.0f / logistic_divisor(x, 1.0f); }

/* x / (1 + e^-x), both times 2^-8: where e^-x alone would be infinite, the quotient is not yet zero. */
static INLINE vf silu(vf x) { return x * 0.00390625f / logistic_divisor(x, 0.00390625f); }

/* 256·x / (1 + 2^-x), by the same divisor and a numerator as it is. */
static INLINE vf binary_silu(vf x) { return x / binary_logistic_divisor(x, 0.00390625f); }

/* x sigmoid(w), w = sqrt(8/pi)(x + 0.044715 x^3). w in double precision: the exponential would magnify its rounding. */
static INLINE vf gelu_tanh(vf x) {
    typedef double vd __attribute__((vector_size(VL * 8)));
    vd d = __builtin_convertvector(at_most(at_least(x, broadcast(-20.0f)), broadcast(20.0f)), vd);
    vd w = d * (d * d * 0.0713548162726009 + 1.5957691216057308);
    vf high = __builtin_convertvector(w, vf);
    vf low = __builtin_convertvector(w - __builtin_convertvector(high, vd), vf);
    vf e = exponential(-absolute(high));
    return times_sigmoid(x, high, e + e * choose((vi)(high < 0.0f), low, -low));
}

static INLINE vf relu(vf x) { return (vf)((vi)x & ~(vi)(x < 0.0f)); }

static INLINE vf softplus(vf x) { return relu(x) + log1p_of_unit(exponential(-absolute(x))); }

static INLINE vf hyperbolic_tangent(vf x) {
    vf e = expm1_of_negative(-2.0f * absolute(x));
    return (vf)((vi)(-e / (e + 2.0f)) | ((vi)x & (-0x7fffffff - 1)));
}

/* With e = e^x, tanh(ln(1 + e)) = w/(w + 2) where w = e(e + 2). */
static INLINE vf mish(vf x) {
    vf e = exponential(at_most(x, broadcast(20.0f))), w = e * (e + 2.0f);
    return x * (w / (w + 2.0f));
}

#if VL == 16
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
#else
/* relu(x) - a·(the distribution function at -a), a = |x|. */
static INLINE vf gelu(vf x) {
    vf a = at_most(absolute(x), broadcast(15.0f));
    return relu(x) - a * normal_tail(a);
}
#endif

static INLINE vf hard_sigmoid(vf x) {
    return at_most(at_least((x + 3.0f) * broadcast(1.0f / 6), (vf){0}), broadcast(1.0f));
}

/* 1 / sqrt(x) to a unit or two, from a guess of the bits by Newton's steps; infinity for 0. */
static INLINE vf reciprocal_root(vf x) {
    vf half = 0.5f * x, y = (vf)(0x5f3759df - ((vi)x >> 1));
    y = y * (1.5f - half * y * y);
    y = y * (1.5f - half * y * y);
    y = y + y * (0.5f - half * y * y);
    return choose((vi)(x < broadcast(1.17549435e-38f)), broadcast(__builtin_inff()), y);
}

/* x - tanh x; by a polynomial where the difference would lose everything (fitted to 1.5 units). */
static INLINE vf tanh_shrink(vf x) {
    vf z = x * x, p = broadcast(4.17756237e-4f);
    p = p * z + broadcast(-2.50151707e-3f);
    p = p * z + broadcast(8.20868649e-3f);
    p = p * z + broadcast(-2.16546915e-2f);
    p = p * z + broadcast(5.39334826e-2f);
    p = p * z + broadcast(-1.33331165e-1f);
    p = p * z + broadcast(3.33333313e-1f);
    return choose((vi)(absolute(x) < 1.0f), p * z * x, x - hyperbolic_tangent(x));
}

/* (x + sqrt(x^2 + 4)) / 2, of which the negative part is 2 / (|x| + sqrt(x^2 + 4)). Beyond 2^20 the root is |x|. */
static INLINE vf squareplus(vf x) {
    vf a = absolute(x), square = at_most(a, broadcast(1048576.0f));
    square = square * square + 4.0f;
    vf root = choose((vi)(a < 1048576.0f), square * reciprocal_root(square), a);
    return relu(x) + 2.0f / (a + root);
}
