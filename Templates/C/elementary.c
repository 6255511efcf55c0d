/* Elementary functions of vectors, each within a few units in the last place over its whole domain, and NaN outside it. Those that float32 would
   not give that exactly are computed in double precision, by series that end where 2^-36 does, and rounded once. */
#include "vector.c"
/* Wider than a register: functions of these are all inlined, so that no calling convention matters. */
#pragma clang diagnostic ignored "-Wpsabi"
typedef double wd __attribute__((vector_size(VL * 8)));
typedef __UINT64_TYPE__ wu __attribute__((vector_size(VL * 8)));

static INLINE wd widened(vf x) { return __builtin_convertvector(x, wd); }

static INLINE vf narrowed(wd x) { return __builtin_convertvector(x, vf); }

/* a where the mask is set, else b. */
static INLINE wd wide_choose(wu mask, wd a, wd b) { return (wd)((mask & (wu)a) | (~mask & (wu)b)); }

static INLINE wd wide_broadcast(double x) { return x - (wd){0}; }

/* a with the sign of x. */
static INLINE vf with_sign(vf a, vf x) { return (vf)(((vi)a & 0x7fffffff) | ((vi)x & (-0x7fffffff - 1))); }

/* To the nearest whole number, the even one of two; from 2^23 on there are no others. */
static INLINE vf rounded(vf x) {
    const vf a = absolute(x), whole = (a + 8388608.0f) - 8388608.0f;
    return choose((vi)(a < 8388608.0f), with_sign(whole, x), x);
}

static INLINE vf rounded_down(vf x) {
    const vf whole = rounded(x);
    return whole - choose((vi)(whole > x), broadcast(1.0f), (vf){0});
}

/* -1, 0 or 1. */
static INLINE vf sign(vf x) {
    return choose((vi)(x > 0.0f), broadcast(1.0f), choose((vi)(x < 0.0f), broadcast(-1.0f), x));
}

/* By way of 1 / sqrt(x) of a number that is 2^48 times as large where it would be too small. */
static INLINE vf square_root(vf x) {
    const vi is_small = (vi)(x < broadcast(0x1p-100f));
    const vf y = choose(is_small, x * 0x1p48f, x);
    const vf root = y * reciprocal_root(y) * choose(is_small, broadcast(0x1p-24f), broadcast(1.0f));
    const vf edge = choose((vi)(x < 0.0f), broadcast(__builtin_nanf("")), x);
    return choose((vi)(x > 0.0f) & (vi)(x < broadcast(__builtin_inff())), root, edge);
}

static INLINE vf reciprocal_square_root(vf x) {
    const vi is_small = (vi)(x < broadcast(0x1p-100f));
    const vf y = choose(is_small, x * 0x1p48f, x);
    const vf root = reciprocal_root(y) * choose(is_small, broadcast(0x1p24f), broadcast(1.0f));
    const vf edge = choose((vi)(x < 0.0f), broadcast(__builtin_nanf("")), 1.0f / x);
    return choose((vi)(x > 0.0f) & (vi)(x < broadcast(__builtin_inff())), root, edge);
}

/* Of x from 2^-100 to 2^100, or 0; NaN below. */
static INLINE wd wide_square_root(wd x) {
    wd y = widened(reciprocal_root(narrowed(x)));
    y = y * (1.5 - 0.5 * x * y * y);
    const wd edge = wide_choose((wu)(x == 0.0), x, wide_broadcast(__builtin_nan("")));
    return wide_choose((wu)(x > 0.0), x * y, edge);
}

/* e^x for |x| up to 200: 2^whole times the series of e^r, |r| <= ln 2 / 2. Adding 1.5·2^52 rounds to a whole number. */
static INLINE wd wide_exponential(wd x) {
    const wd shifted = x * 1.4426950408889634 + 6755399441055744.0, whole = shifted - 6755399441055744.0;
    const wd r = x - whole * 0.6931471805599453;
    wd p = r * (1.0 / 3628800) + 1.0 / 362880;
    p = p * r + 1.0 / 40320;
    p = p * r + 1.0 / 5040;
    p = p * r + 1.0 / 720;
    p = p * r + 1.0 / 120;
    p = p * r + 1.0 / 24;
    p = p * r + 1.0 / 6;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    return p * (wd)(((wu)shifted + 1023) << 52);
}

/* ln x: the exponent of 2 and 2 artanh(s), s = (m - 1) / (m + 1), of m from sqrt(1/2) to sqrt(2). NaN below 0. */
static INLINE wd wide_logarithm(wd x) {
    const wu bits = (wu)x, exponent = (bits + (0x4000000000000000u - 0x3fe6a09e667f3bcdu)) >> 52;
    const wd whole = (wd)(exponent | 0x4330000000000000u) - 4503599627371520.0;
    const wd m = (wd)(bits - ((exponent - 1024) << 52)), s = (m - 1.0) / (m + 1.0), z = s * s;
    wd p = z * (2.0 / 15) + 2.0 / 13;
    p = p * z + 2.0 / 11;
    p = p * z + 2.0 / 9;
    p = p * z + 2.0 / 7;
    p = p * z + 2.0 / 5;
    p = p * z + 2.0 / 3;
    p = p * z + 2.0;
    const wd below = wide_choose((wu)(x < 0.0), wide_broadcast(__builtin_nan("")), x);
    const wd edge = wide_choose((wu)(x == 0.0), wide_broadcast(-__builtin_inf()), below);
    return wide_choose((wu)(x > 0.0) & (wu)(x < wide_broadcast(__builtin_inf())), whole * 0.6931471805599453 + p * s, edge);
}

/* ln(1 + x) */
static INLINE vf logarithm_of_successor(vf x) {
    const wd d = widened(x);
    return choose((vi)(absolute(x) < 0x1p-20f), narrowed(d - 0.5 * d * d), narrowed(wide_logarithm(d + 1.0)));
}

/* e^x - 1 */
static INLINE vf exponential_less_one(vf x) {
    const wd d = widened(at_most(at_least(x, broadcast(-60.0f)), broadcast(100.0f)));
    return choose((vi)(absolute(x) < 0x1p-20f), narrowed(d + 0.5 * d * d), narrowed(wide_exponential(d) - 1.0));
}

/* e^x where it is finite, else more than float32 holds. */
static INLINE wd limited_exponential(vf x) {
    return wide_exponential(widened(at_most(at_least(x, broadcast(-100.0f)), broadcast(100.0f))));
}

static INLINE vf hyperbolic_sine(vf x) {
    const wd d = widened(x), e = limited_exponential(x);
    return choose((vi)(absolute(x) < 0x1p-10f), narrowed(d + d * d * d * (1.0 / 6)), narrowed(0.5 * (e - 1.0 / e)));
}

static INLINE vf hyperbolic_cosine(vf x) {
    const wd e = limited_exponential(x);
    return narrowed(0.5 * (e + 1.0 / e));
}

/* ln(|x| + sqrt(x^2 + 1)) with the sign of x; beyond 2^30 the root is |x|. */
static INLINE vf hyperbolic_arcsine(vf x) {
    const wd a = widened(absolute(x)), near = a - a * a * a * (1.0 / 6);
    const wd root = wide_square_root(wide_choose((wu)(a < 0x1p30), a, wide_broadcast(1.0)) * a + 1.0);
    const wd far = wide_logarithm(a + wide_choose((wu)(a < 0x1p30), root, a));
    return with_sign(narrowed(wide_choose((wu)(a < 0x1p-10), near, far)), x);
}

/* ln(x + sqrt(x^2 - 1)) */
static INLINE vf hyperbolic_arccosine(vf x) {
    const wd d = widened(x), square = wide_choose((wu)(d < 0x1p30), d * d, wide_broadcast(1.0));
    const wd root = wide_square_root(wide_choose((wu)(d < 1.0), wide_broadcast(-1.0), square - 1.0));
    return narrowed(wide_logarithm(d + wide_choose((wu)(d < 0x1p30), root, d)));
}

/* ln((1 + x) / (1 - x)) / 2 */
static INLINE vf hyperbolic_arctangent(vf x) {
    const wd d = widened(x), near = d + d * d * d * (1.0 / 3), far = 0.5 * wide_logarithm((1.0 + d) / (1.0 - d));
    return choose((vi)(absolute(x) < 0x1p-10f), narrowed(near), narrowed(far));
}

/* The series up to tan(pi/8); from there to 1 by (t - 1) / (t + 1), beyond by 1 / t. */
static INLINE wd wide_arctangent(wd x) {
    const wd a = (wd)((wu)x & 0x7fffffffffffffffu), t = wide_choose((wu)(a > 1.0), 1.0 / a, a);
    const wu is_steep = (wu)(t > 0.41421356237309503);
    const wd s = wide_choose(is_steep, (t - 1.0) / (t + 1.0), t), z = s * s;
    wd p = z * (1.0 / 25) - 1.0 / 23;
    p = p * z + 1.0 / 21;
    p = p * z - 1.0 / 19;
    p = p * z + 1.0 / 17;
    p = p * z - 1.0 / 15;
    p = p * z + 1.0 / 13;
    p = p * z - 1.0 / 11;
    p = p * z + 1.0 / 9;
    p = p * z - 1.0 / 7;
    p = p * z + 1.0 / 5;
    p = p * z - 1.0 / 3;
    p = p * z + 1.0;
    const wd y = p * s + wide_choose(is_steep, wide_broadcast(0.7853981633974483), (wd){0});
    const wd result = wide_choose((wu)(a > 1.0), 1.5707963267948966 - y, y);
    return (wd)((wu)result ^ ((wu)x & 0x8000000000000000u));
}

static INLINE vf arcsine(vf x) {
    const wd d = widened(x);
    return narrowed(wide_arctangent(d / wide_square_root(1.0 - d * d)));
}

/* The angle at the side x of a triangle; adding zero makes that of -0 the one of 0. */
static INLINE vf arccosine(vf x) {
    const wd d = widened(x), angle = wide_arctangent(wide_square_root(1.0 - d * d) / (d + 0.0));
    return narrowed(angle + wide_choose((wu)(d < 0.0), wide_broadcast(3.141592653589793), (wd){0}));
}

/* What an angle from 2^20 on has over a multiple of pi/2, by those digits of 2/pi that matter (Payne & Hanek 1983). */
static NOINLINE double large_angle(const float x, unsigned *quarters) {
    static const unsigned digits[] = {
        0, 0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab};
    const union { float x; unsigned bits; } u = {x};
    const unsigned start = (u.bits >> 23 & 255) - 120, word = start / 32, shift = start % 32;
    const __UINT64_TYPE__ mantissa = (u.bits & 0x7fffff) | 0x800000;
    __UINT64_TYPE__ high = (__UINT64_TYPE__)digits[word] << 32 | digits[word + 1], low = (__UINT64_TYPE__)digits[word + 2] << 32 | digits[word + 3];
    if (shift) high = high << shift | low >> (64 - shift);
    low = low << shift >> 32;
    const __UINT64_TYPE__ turn = mantissa * high + (mantissa * low >> 32);
    const double r = (double)(__INT64_TYPE__)(turn << 2) * 0x1p-64 * 1.5707963267948966;
    *quarters = (unsigned)((turn + 0x2000000000000000u) >> 62);
    if (u.bits >> 31 == 0) return r;
    *quarters = -*quarters;
    return -r;
}

/* x less a multiple of pi/2, which is taken in two parts; the multiple modulo 4. */
static INLINE wd angle_in_quarter(vf x, wu *quarters) {
    const vf a = absolute(x);
    const wd d = widened(x), shifted = d * 0.6366197723675814 + 6755399441055744.0, whole = shifted - 6755399441055744.0;
    wd r = (d - whole * 1.5707963267341256) - whole * 6.077100506506192e-11;
    *quarters = (wu)shifted;
    for (int i = 0; i < VL; i++)
        if (a[i] >= 0x1p20f) {
            unsigned quarter = 0;
            r[i] = a[i] < __builtin_inff() ? large_angle(x[i], &quarter) : __builtin_nan("");
            (*quarters)[i] = quarter;
        }
    return r;
}

/* sin r for |r| <= pi/4. */
static INLINE wd sine_in_quarter(wd r) {
    const wd z = r * r;
    wd p = z * (-1.0 / 39916800) + 1.0 / 362880;
    p = p * z - 1.0 / 5040;
    p = p * z + 1.0 / 120;
    p = p * z - 1.0 / 6;
    return p * z * r + r;
}

/* cos r for |r| <= pi/4. */
static INLINE wd cosine_in_quarter(wd r) {
    const wd z = r * r;
    wd p = z * (1.0 / 479001600) - 1.0 / 3628800;
    p = p * z + 1.0 / 40320;
    p = p * z - 1.0 / 720;
    p = p * z + 1.0 / 24;
    p = p * z - 0.5;
    return p * z + 1.0;
}

/* sin(r + quarters·pi/2) */
static INLINE wd sine_of_sum(wd r, wu quarters) {
    const wd y = wide_choose(0 - (quarters & 1), cosine_in_quarter(r), sine_in_quarter(r));
    return (wd)((wu)y ^ (quarters & 2) << 62);
}

static INLINE vf sine(vf x) {
    wu quarters;
    const wd r = angle_in_quarter(x, &quarters);
    return narrowed(sine_of_sum(r, quarters));
}

static INLINE vf cosine(vf x) {
    wu quarters;
    const wd r = angle_in_quarter(x, &quarters);
    return narrowed(sine_of_sum(r, quarters + 1));
}

static INLINE vf tangent(vf x) {
    wu quarters;
    const wd r = angle_in_quarter(x, &quarters);
    return narrowed(sine_of_sum(r, quarters) / sine_of_sum(r, quarters + 1));
}

/* By its series up to 1/2, beyond by the tail of the normal distribution. */
static INLINE vf error_function(vf x) {
    const vf a = absolute(x), z = a * a;
    vf p = broadcast(1.205533298e-4f);
    p = p * z + broadcast(-8.548327023e-4f);
    p = p * z + broadcast(5.223977625e-3f);
    p = p * z + broadcast(-2.686617065e-2f);
    p = p * z + broadcast(1.128379167e-1f);
    p = p * z + broadcast(-3.761263890e-1f);
    p = p * z + broadcast(1.128379167f);
    const vf far = 1.0f - 2.0f * normal_tail(at_most(a * broadcast(1.41421356f), broadcast(15.0f)));
    return with_sign(choose((vi)(a < 0.5f), p * a, far), x);
}

/* x^y: e^(y ln |x|), negative for an odd power of a negative number; such a number has whole powers alone. */
static INLINE vf real_power(vf x, vf y) {
    const wd t = widened(y) * wide_logarithm(widened(absolute(x)));
    const wd above = wide_choose((wu)(t < -200.0), wide_broadcast(-200.0), t);
    const wd limited = wide_choose((wu)(t > 200.0), wide_broadcast(200.0), above);
    const vi is_odd = (vi)(rounded(y) == y) & (vi)(rounded(0.5f * y) != 0.5f * y);
    const vf result = (vf)((vi)narrowed(wide_exponential(limited)) ^ (is_odd & (vi)x & (-0x7fffffff - 1)));
    const vi is_negative = (vi)(x < 0.0f) & (vi)(x > broadcast(-__builtin_inff()));
    const vi is_undefined = is_negative & (vi)(rounded(y) != y), is_one = (vi)(y == 0.0f) | (vi)(x == 1.0f);
    return choose(is_one, broadcast(1.0f), choose(is_undefined, broadcast(__builtin_nanf("")), result));
}
