/* A library such as netc generates, written by hand: two steps over a batch of one. The first stores the input, an image of 2×2 pixels with three
   channels, doubled into blocks of two channels with a border of one cell around; the second sums each pixel's channels. */
#include "netc_abi.h"
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#ifndef ABI
#define ABI NETC_ABI
#endif
/* EARLIER: as it was before the table had `products`. */
#ifdef EARLIER
#define SIZE offsetof(netc_info, products)
#else
#define SIZE sizeof(netc_info)
#endif

enum { ROW = 4 * 2, PLANE = 4 * ROW, ORIGIN = ROW + 2 };

static const netc_tensor inputs[] = {{"image", NETC_FLOAT32, 4, {1, 2, 2, 3}, 48, 0, 3, 12, 6, 0, 1}};
static const netc_tensor outputs[] = {{"sums", NETC_FLOAT32, 4, {1, 2, 2, 1}, 16, 0, 1, 4, 2, 0, 1}};
static const netc_tensor tensors[] = {{"doubled", NETC_FLOAT32, 4, {1, 2, 2, 3}, 48, 4 * ORIGIN, 2, PLANE, ROW, 0, 1}};
static const netc_step steps[] = {{"double", "copy", 0, 96}, {"sum + relu", "reduce", 12, 64}};

static int invoke_steps(const void *const *in, void *const *out, void *workspace, uint32_t first, uint32_t count) {
    if ((uintptr_t)workspace % 64) return NETC_MISALIGNED;
    if (first > 2 || count > 2 - first) return NETC_RANGE;
    const float *x = in[0];
    float *y = out[0], *doubled = (float *)workspace + ORIGIN;
    if (first == 0 && count > 0)
        for (int i = 0; i < 12; i++) {
            int c = i % 3, w = i / 3 % 2, h = i / 6;
            doubled[c / 2 * PLANE + h * ROW + w * 2 + c % 2] = 2 * x[i];
        }
    if (first + count == 2 && count > 0)
        for (int p = 0; p < 4; p++) {
            const float *d = doubled + p / 2 * ROW + p % 2 * 2;
            y[p] = d[0] + d[1] + d[PLANE];
        }
    return NETC_OK;
}
static int invoke(const void *const *in, void *const *out, void *workspace) {
    return invoke_steps(in, out, workspace, 0, 2);
}
static void *create(int threads) {
    if (threads >= 0) return aligned_alloc(64, 2 * PLANE * 4);
    errno = EINVAL;
    return 0;
}
static int run(void *model, const void *const *in, void *const *out) { return invoke(in, out, model); }
static const uint64_t products[] = {0, 7};
static const netc_info info = {ABI, SIZE, "doubler", "1.0", "scalar:l1=32K,l2=1M", "00ff", 1, 1, 1, 2,
    inputs, outputs, tensors, steps, 2 * PLANE * 4, invoke, invoke_steps, create, run, free, products};

__attribute__((visibility("default"))) const netc_info *netc_model(void) { return &info; }
