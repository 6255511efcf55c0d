/* Runs a generated model in every way there is and prints "ok" where all give the same bits: whole, step by step, and by teams of one
   to four threads. Data lies where only a float's alignment holds and ends where its memory ends; the workspace starts full of NaN.
   Compile with -DHEADER="ID.h" -DMODEL=ID_model. */
#include HEADER
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 32 };

/* Memory that ends with the tensor, one float off the alignment that malloc gives. */
static float *tensor(const netc_tensor *t, float **block) {
    *block = malloc(t->bytes + sizeof(float));
    return *block + 1;
}

static void *new_workspace(size_t bytes) {
    void *workspace = 0;
    if (posix_memalign(&workspace, 64, bytes)) exit(10);
    memset(workspace, 0xFF, bytes);
    return workspace;
}

static int differ(const netc_info *info, float *const *a, float *const *b) {
    for (unsigned i = 0; i < info->output_count; i++)
        if (memcmp(a[i], b[i], info->outputs[i].bytes)) return 1;
    return 0;
}

int main(void) {
    const netc_info *info = MODEL();
    if (info->input_count > MOST || info->output_count > MOST) return 9;
    float *blocks[3 * MOST], *in[MOST], *out[MOST], *other[MOST];
    unsigned count = 0, state = 1;
    for (unsigned i = 0; i < info->input_count; i++) {
        in[i] = tensor(&info->inputs[i], &blocks[count++]);
        for (size_t k = 0; k < info->inputs[i].bytes / sizeof(float); k++) {
            state = state * 1664525u + 1013904223u;
            in[i][k] = (float)(state >> 8) / (1 << 23) - 1;
        }
    }
    for (unsigned i = 0; i < info->output_count; i++) {
        out[i] = tensor(&info->outputs[i], &blocks[count++]);
        other[i] = tensor(&info->outputs[i], &blocks[count++]);
    }
    const void *const *x = (const void *const *)in;
    void *workspace = new_workspace(info->workspace_bytes);
    if (info->invoke(x, (void *const *)out, workspace)) return 1;
    for (unsigned i = 0; i < info->output_count; i++)
        for (size_t k = 0; k < info->outputs[i].bytes / sizeof(float); k++)
            if (!isfinite(out[i][k])) return printf("output %u is not finite\n", i), 2;
    free(workspace);

    workspace = new_workspace(info->workspace_bytes);
    for (unsigned step = 0; step < info->step_count; step++)
        if (info->invoke_steps(x, (void *const *)other, workspace, step, 1)) return 3;
    if (differ(info, out, other)) return puts("step by step differs"), 4;
    free(workspace);

    for (int threads = 1; threads <= 4; threads++) {
        void *model = info->create(threads);
        if (!model) return 5;
        for (int round = 0; round < 3; round++) {
            if (info->run(model, x, (void *const *)other)) return 6;
            if (differ(info, out, other)) return printf("%d threads differ\n", threads), 7;
        }
        info->destroy(model);
    }
    for (unsigned i = 0; i < count; i++) free(blocks[i]);
    puts("ok");
    return 0;
}
