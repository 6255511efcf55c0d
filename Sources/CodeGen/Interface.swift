import Kernels
import Target

// The C interface under the kernels: argument checks, the processor check, and the embedded form.

extension SourceWriter {
    var stepCount: Int { plan.steps.count }

    func interface() -> String {
        let id = naming.identifier
        return """
            enum { STEPS = \(stepCount), BATCH = \(plan.batch) };

            \(processorCheck())
            static int check(const void *const *in, void *const *out, const void *workspace) {
                for (int i = 0; i < \(plan.inputs.count); i++) if (!in[i]) return NETC_NULL;
                for (int i = 0; i < \(plan.outputs.count); i++) if (!out[i]) return NETC_NULL;
                if (!workspace) return NETC_NULL;
                if ((uintptr_t)workspace % 64) return NETC_MISALIGNED;
                return processor_is_supported() ? NETC_OK : NETC_UNSUPPORTED;
            }

            /* Steps from `first` to before `last`, counted through all samples of the batch. */
            static void run_steps(const void *const *in, void *const *out, float *ws, unsigned first, unsigned last) {
                for (unsigned number = first; number < last; number++) {
                    const float *x[\(plan.inputs.count)];
                    float *y[\(plan.outputs.count)];
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

            int \(id)_invoke(\(naming.dataParameters), void *workspace) {
                const void *const in[] = {\(naming.inputs.map { "in_\($0)" }.joined(separator: ", "))};
                void *const out[] = {\(naming.outputs.map { "out_\($0)" }.joined(separator: ", "))};
                return invoke_all(in, out, workspace);
            }

            """
    }

    private func processorCheck() -> String {
        let lengths = """
            static const long long in_lengths[] = {\(plan.inputs.map { "\($0.shape.reduce(1, *))" }.joined(separator: ", "))};
            static const long long out_lengths[] = {\(plan.outputs.map { "\($0.shape.reduce(1, *))" }.joined(separator: ", "))};

            /* The inputs and outputs of one sample of the batch. */
            static void locate_sample(
                unsigned sample, const void *const *in, void *const *out, const float **x, float **y) {
                for (int i = 0; i < \(plan.inputs.count); i++) x[i] = (const float *)in[i] + sample * in_lengths[i];
                for (int i = 0; i < \(plan.outputs.count); i++) y[i] = (float *)out[i] + sample * out_lengths[i];
            }

            """
        switch plan.target.instructionSet {
        case .avx512: return lengths + x86Check(leaf1: fma, leaf7: (1 << 3) | (1 << 5) | (1 << 8) | avx512, xcr0: 0xE6)
        case .avx2: return lengths + x86Check(leaf1: fma, leaf7: (1 << 3) | (1 << 5) | (1 << 8), xcr0: 0x06)
        case .sse2, .neon, .scalar:
            return lengths + "static int processor_is_supported(void) { return 1; }\n"
        }
    }

    /// FMA, MOVBE, OSXSAVE, AVX, F16C of leaf 1.
    private var fma: Int { (1 << 12) | (1 << 22) | (1 << 27) | (1 << 28) | (1 << 29) }

    /// F, DQ, CD, BW, VL of leaf 7.
    private var avx512: Int { (1 << 16) | (1 << 17) | (1 << 28) | (1 << 30) | (1 << 31) }

    private func x86Check(leaf1: Int, leaf7: Int, xcr0: Int) -> String {
        """

        #include <cpuid.h>

        /* Whether the processor has the instructions and the operating system keeps the registers that the kernels use. Asked once: asking is slow under
           virtual machines, and the answer doesn't change. */
        static int processor_is_supported(void) {
            static _Atomic int known; /* 0: not asked yet */
            if (known) return known > 0;
            unsigned a, b, c, d, low, high;
            int supported = __get_cpuid_count(1, 0, &a, &b, &c, &d) && (c & 0x\(hex(leaf1))u) == 0x\(hex(leaf1))u;
            if (supported) {
                __asm__(".byte 0x0f, 0x01, 0xd0" : "=a"(low), "=d"(high) : "c"(0)); /* xgetbv */
                supported = (low & 0x\(hex(xcr0))u) == 0x\(hex(xcr0))u;
            }
            supported = supported && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & 0x\(hex(leaf7))u) == 0x\(hex(leaf7))u;
            supported = supported && __get_cpuid_count(0x80000001u, 0, &a, &b, &c, &d) && (c & 0x20u); /* lzcnt */
            known = supported ? 1 : -1;
            return supported;
        }

        """
    }

    private func hex(_ value: Int) -> String { String(value, radix: 16) }

    /// The hosted form: an object with its workspace and thread team. Absent where there is no operating system.
    func hosted() -> String {
        let id = naming.identifier
        return """
            #if __STDC_HOSTED__
            \(hostedText(plan, naming))
            static void *create_any(int threads) { return \(id)_create(threads); }
            static void destroy_any(void *model) { \(id)_destroy(model); }
            #else
            #define create_any 0
            #define run_any 0
            #define destroy_any 0
            #endif

            """
    }
}
