/* Uses the interface of the model `busy` wrongly in every way that has an answer. */
#include "busy.h"
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define CHECK(condition) \
    do { \
        if (!(condition)) return printf("line %d: %s\n", __LINE__, #condition), 1; \
    } while (0)

static float in[BUSY_IMAGE_LENGTH], out[BUSY_SUMS_LENGTH], other[BUSY_SUMS_LENGTH];
static _Alignas(64) char workspace[BUSY_WORKSPACE_BYTES + 64];

static int embedded(void) {
    CHECK(busy_invoke(0, out, workspace) == NETC_NULL);
    CHECK(busy_invoke(in, 0, workspace) == NETC_NULL);
    CHECK(busy_invoke(in, out, 0) == NETC_NULL);
    CHECK(busy_invoke(in, out, workspace + 4) == NETC_MISALIGNED);
    CHECK(busy_invoke(in, out, workspace + 32) == NETC_MISALIGNED);
    CHECK(busy_invoke(in, out, workspace) == NETC_OK);
    return 0;
}

static int table(void) {
    const netc_info *info = busy_model();
    const void *ins[] = {in};
    void *outs[] = {out};
    const void *no_ins[] = {0};
    void *no_outs[] = {0};
    CHECK(info->abi == NETC_ABI && info->size == sizeof *info && !strcmp(info->name, "busy"));
    CHECK(info->input_count == 1 && info->output_count == 1 && info->step_count > 0);
    CHECK(info->inputs[0].bytes == sizeof in && info->outputs[0].bytes == sizeof out);
    CHECK(info->inputs[0].rank == 4 && info->inputs[0].shape[0] == 1 && info->inputs[0].element == NETC_FLOAT32);
    CHECK(info->workspace_bytes == BUSY_WORKSPACE_BYTES);
    CHECK(info->invoke(0, outs, workspace) == NETC_NULL && info->invoke(ins, 0, workspace) == NETC_NULL);
    CHECK(info->invoke(no_ins, outs, workspace) == NETC_NULL && info->invoke(ins, no_outs, workspace) == NETC_NULL);
    const uint32_t steps = info->step_count;
    CHECK(info->invoke_steps(ins, outs, workspace, 0, steps) == NETC_OK);
    CHECK(info->invoke_steps(ins, outs, workspace, steps, 0) == NETC_OK);
    CHECK(info->invoke_steps(ins, outs, workspace, 0, steps + 1) == NETC_RANGE);
    CHECK(info->invoke_steps(ins, outs, workspace, steps + 1, 0) == NETC_RANGE);
    CHECK(info->invoke_steps(ins, outs, workspace, 1, UINT32_MAX) == NETC_RANGE);
    CHECK(info->run(0, ins, outs) == NETC_NULL);
    return 0;
}

static int hosted(void) {
    errno = 0;
    CHECK(!busy_create(-1) && errno == EINVAL);
    errno = 0;
    CHECK(!busy_create(1 << 30) && errno == EINVAL);
    CHECK(busy_run(0, in, out) == NETC_NULL);
    busy_destroy(0);
    busy *model = busy_create(0);
    CHECK(model);
    CHECK(busy_run(model, 0, out) == NETC_NULL && busy_run(model, in, 0) == NETC_NULL);
    CHECK(busy_run(model, in, out) == NETC_OK);
    busy_destroy(model);
    return 0;
}

static atomic_int calls, refusals, wrong;

static void *call(void *model) {
    const time_t end = time(0) + 20;
    while (!refusals && time(0) < end) {
        int status = busy_run(model, in, atomic_fetch_add(&calls, 1) % 2 ? out : other);
        if (status == NETC_BUSY) refusals++;
        else if (status != NETC_OK) wrong++;
    }
    return 0;
}

/* Two threads call run on one object until one of them is refused; a call after that is served. */
static int together(void) {
    pthread_t thread;
    busy *model = busy_create(2);
    CHECK(model && !pthread_create(&thread, 0, call, model));
    call(model);
    pthread_join(thread, 0);
    CHECK(refusals > 0 && wrong == 0);
    CHECK(busy_run(model, in, out) == NETC_OK);
    busy_destroy(model);
    return 0;
}

/* Where threads can't be had, create says so, and leaves nothing behind that keeps a smaller team from starting. */
static int starved(void) {
    struct rlimit limit = {256 << 20, 256 << 20};
    CHECK(!setrlimit(RLIMIT_AS, &limit));
    for (int i = 0; i < 3; i++) {
        errno = 0;
        CHECK(!busy_create(1000) && errno == ENOMEM);
    }
    busy *model = busy_create(2);
    CHECK(model && busy_run(model, in, out) == NETC_OK);
    busy_destroy(model);
    return 0;
}

int main(void) {
    int status = embedded() || table() || hosted() || together() || starved();
    if (!status) puts("ok");
    return status;
}
