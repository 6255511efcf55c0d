/* What one core of this machine reaches, as JSON: float32 multiply-adds a second at each vector width, and bytes read a second from
   the first cache, the second and memory, in 10^9. The best of several attempts each. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { CHAINS = 12, ROUNDS = 100000, ATTEMPTS = 12, READS = 8 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Takes results, so that they must be computed. */
static volatile float sink;

/* Two functions for vectors of some bits: chains of multiply-adds, as many as hide their latency in two units, and sums over an array. */
#define WIDTH(BITS, ATTRIBUTES)                                                                                        \
    typedef float v##BITS __attribute__((vector_size(BITS / 8)));                                                      \
                                                                                                                       \
    ATTRIBUTES static double gmacs_##BITS(void) {                                                                      \
        double best = 0;                                                                                               \
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {                                                         \
            v##BITS sum[CHAINS], factor = {0}, addend = {0};                                                           \
            factor += 0.999f;                                                                                          \
            addend += 0.001f;                                                                                          \
            for (int chain = 0; chain < CHAINS; chain++) sum[chain] = addend * (float)(chain + 1);                     \
            const double start = now();                                                                                \
            for (int round = 0; round < ROUNDS; round++) {                                                             \
                _Pragma("clang loop unroll(full)") for (int chain = 0; chain < CHAINS; chain++)                        \
                    sum[chain] = sum[chain] * factor + addend;                                                         \
            }                                                                                                          \
            const double seconds = now() - start;                                                                      \
            for (int chain = 0; chain < CHAINS; chain++) sink += sum[chain][0];                                        \
            const double rate = 1e-9 * BITS / 32 * CHAINS * ROUNDS / seconds;                                          \
            if (rate > best) best = rate;                                                                              \
        }                                                                                                              \
        return best;                                                                                                   \
    }                                                                                                                  \
                                                                                                                       \
    ATTRIBUTES static double gbytes_##BITS(const float *data, size_t bytes, size_t total) {                            \
        enum { STEP = READS * BITS / 32 };                                                                             \
        const size_t count = bytes / sizeof(float) / STEP * STEP, passes = total / bytes + 1;                          \
        double best = 0;                                                                                               \
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {                                                         \
            v##BITS sum[READS] = {{0}};                                                                                \
            const double start = now();                                                                                \
            for (size_t pass = 0; pass < passes; pass++) {                                                             \
                for (size_t i = 0; i < count; i += STEP) {                                                             \
                    _Pragma("clang loop unroll(full)") for (int n = 0; n < READS; n++)                                 \
                        sum[n] += *(const v##BITS *)(data + i + (size_t)n * BITS / 32);                                \
                }                                                                                                      \
                __asm__ volatile("" ::: "memory");                                                                     \
            }                                                                                                          \
            const double seconds = now() - start;                                                                      \
            for (int n = 0; n < READS; n++) sink += sum[n][0];                                                         \
            const double rate = 1e-9 * (double)(count * sizeof(float)) * (double)passes / seconds;                     \
            if (rate > best) best = rate;                                                                              \
        }                                                                                                              \
        return best;                                                                                                   \
    }

typedef struct width {
    int bits;
    double (*gmacs)(void);
    double (*gbytes)(const float *data, size_t bytes, size_t total);
} width;

/* The widths that this machine has, the narrowest first. */
#ifdef __x86_64__
WIDTH(128, __attribute__((target("avx2,fma"))))
WIDTH(256, __attribute__((target("avx2,fma"))))
WIDTH(512, __attribute__((target("avx512f"), __min_vector_width__(512))))

static int widths(width *found) {
    int count = 0;
    __builtin_cpu_init();
    if (__builtin_cpu_supports("fma")) {
        found[count++] = (width){128, gmacs_128, gbytes_128};
        found[count++] = (width){256, gmacs_256, gbytes_256};
    }
    if (__builtin_cpu_supports("avx512f")) found[count++] = (width){512, gmacs_512, gbytes_512};
    return count;
}
#else
WIDTH(128, )

static int widths(width *found) {
    found[0] = (width){128, gmacs_128, gbytes_128};
    return 1;
}
#endif

/* The size of a cache in bytes, or what is usual where the system doesn't tell. */
static size_t cache(int name, size_t usual) {
    const long size = sysconf(name);
    return size > 0 ? (size_t)size : usual;
}

int main(void) {
    width found[3];
    const int count = widths(found);
    const size_t first = cache(_SC_LEVEL1_DCACHE_SIZE, 32 << 10), second = cache(_SC_LEVEL2_CACHE_SIZE, 512 << 10);
    const size_t memory = (size_t)256 << 20;
    float *data = aligned_alloc(64, memory);
    if (!data || !count) return 1;
    for (size_t i = 0; i < memory / sizeof *data; i++) data[i] = 1;

    printf("{\"fma_gmacs\": {");
    for (int i = 0; i < count; i++) printf("%s\"%d\": %.2f", i ? ", " : "", found[i].bits, found[i].gmacs());
    /* Three quarters of a cache: something else is in it, too. */
    const width widest = found[count - 1];
    const size_t bulk = 64 << 20;
    printf("}, \"read_gbytes\": {\"L1\": %.1f, ", widest.gbytes(data, first * 3 / 4, bulk));
    printf("\"L2\": %.1f, ", widest.gbytes(data, second * 3 / 4, bulk));
    printf("\"memory\": %.1f}, ", widest.gbytes(data, memory, 1));
    printf("\"cache_bytes\": {\"L1\": %zu, \"L2\": %zu}}\n", first, second);
    free(data);
    return 0;
}
