import Kernels

// The hosted form of a generated library: a workspace and a team of threads that meet behind steps.

func hostedText(_ plan: Plan, _ naming: Naming) -> String {
    let id = naming.identifier
    return """
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

        struct \(id) {
            float *workspace;
            const void *const *in;
            void *const *out;
            int threads, is_ending;
            atomic_flag is_busy;
            meeting meeting;
            struct member {
                struct \(id) *model;
                int number;
                pthread_t thread;
            } members[];
        };

        enum { SCRATCH = \(plan.scratchBytes / 4), WORKSPACE = \(max(plan.workspaceBytes, 64) / 4) };

        /* Of each step, whether all threads meet behind it: 0 where none of them reads or writes, up to the next meeting, what another one writes. */
        static const char meetings[] =
        \(digits(plan.meetings));

        /* All steps, as one of the team. */
        static void take_part(\(id) *model, int t) {
            const int n = model->threads;
            float *spare = model->workspace + WORKSPACE + (t ? t - 1 : 0) * SCRATCH;
            for (unsigned sample = 0; sample < BATCH; sample++) {
                const float *x[\(plan.inputs.count)];
                float *y[\(plan.outputs.count)];
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

        static void end(\(id) *model) {
            model->is_ending = 1;
            meet(&model->meeting, model->threads);
            for (int i = 1; i < model->threads; i++) pthread_join(model->members[i].thread, 0);
            pthread_mutex_destroy(&model->meeting.lock);
            pthread_cond_destroy(&model->meeting.opened);
            free(model->workspace);
            free(model);
        }

        \(id) *\(id)_create(int threads) {
            if (threads < 0 || threads > 1024) return errno = EINVAL, (void *)0;
            if (!processor_is_supported()) return errno = ENOTSUP, (void *)0;
            if (threads == 0) threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
            if (threads < 1) threads = 1;
            struct \(id) *model = calloc(1, sizeof *model + (size_t)threads * sizeof *model->members);
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
            struct \(id) *model = object;
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

        int \(id)_run(\(id) *model, \(naming.dataParameters)) {
            const void *const in[] = {\(naming.inputs.map { "in_\($0)" }.joined(separator: ", "))};
            void *const out[] = {\(naming.outputs.map { "out_\($0)" }.joined(separator: ", "))};
            return run_any(model, in, out);
        }

        void \(id)_destroy(\(id) *model) {
            if (model) end(model);
        }

        """
}

/// Ones and zeros as string literals of lines that fit a screen.
private func digits(_ bits: [Bool]) -> String {
    stride(from: 0, to: bits.count, by: 130).map { start in
        "    \"" + bits[start..<min(start + 130, bits.count)].map { $0 ? "1" : "0" }.joined() + "\""
    }.joined(separator: "\n")
}
