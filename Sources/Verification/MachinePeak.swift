import Compiler
import Target
import Toolchain

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What this machine reaches with one core: multiply-adds in registers, and reading memory that no cache holds.
public struct MachinePeak: Sendable {
    public var gmacsPerSecond: Double
    public var gigabytesPerSecond: Double
}

/// C that measures both for the width it is compiled for: independent sums that fill every register, and a long read.
let machinePeakSource = """
    #include <stdlib.h>
    #include <time.h>

    typedef float vf __attribute__((vector_size(VL * 4), aligned(4)));

    static double now(void) {
        struct timespec t;
        clock_gettime(CLOCK_MONOTONIC, &t);
        return t.tv_sec + 1e-9 * t.tv_nsec;
    }

    /* Multiply-adds a second, in 10^9: ten chains, as many as hide the latency of two units of latency four or five. */
    double netc_peak_gmacs(void) {
        double best = 0;
        for (int attempt = 0; attempt < 12; attempt++) {
            enum { CHAINS = 10, ROUNDS = 100000 };
            vf sum[CHAINS], factor, addend;
            for (int lane = 0; lane < VL; lane++) factor[lane] = 0.999f, addend[lane] = 0.001f;
            for (int chain = 0; chain < CHAINS; chain++) sum[chain] = addend * (float)(chain + 1);
            double start = now();
            for (int round = 0; round < ROUNDS; round++) {
                _Pragma("clang loop unroll(full)") for (int chain = 0; chain < CHAINS; chain++)
                    sum[chain] = sum[chain] * factor + addend;
            }
            double seconds = now() - start;
            volatile float sink = 0;
            for (int chain = 0; chain < CHAINS; chain++) sink += sum[chain][0];
            double rate = 1e-9 * VL * CHAINS * (double)ROUNDS / seconds;
            if (rate > best) best = rate;
        }
        return best;
    }

    /* Bytes read a second, in 10^9, from 128 MiB. */
    double netc_peak_gbytes(void) {
        size_t count = (size_t)32 << 20;
        float *data = malloc(count * sizeof(float));
        if (!data) return 0;
        for (size_t i = 0; i < count; i++) data[i] = 1;
        double best = 0;
        for (int attempt = 0; attempt < 4; attempt++) {
            vf sum[8] = {{0}};
            double start = now();
            for (size_t i = 0; i + 8 * VL <= count; i += 8 * VL)
                _Pragma("clang loop unroll(full)") for (int n = 0; n < 8; n++) sum[n] += *(const vf *)(data + i + n * VL);
            double seconds = now() - start;
            volatile float sink = 0;
            for (int n = 0; n < 8; n++) sink += sum[n][0];
            double rate = 4e-9 * (double)count / seconds;
            if (rate > best) best = rate;
        }
        free(data);
        return best;
    }

    """

/// Measures this machine with code for the same target; `nil` where there is no clang, or the target is another machine.
func measurePeak(for target: String, clang: String?) -> MachinePeak? {
    guard let target = try? Target(specification: target), let clang = try? Clang.find(option: clang),
        let folder = try? TemporaryFolder(environment: processEnvironment())
    else { return nil }
    do {
        try writeFile(folder.path + "/peak.c", Array(machinePeakSource.utf8))
        try clang.compile(
            [("peak.c", "peak.o")], in: folder.path, target: target,
            flags: target.clangArguments + ["-DVL=\(target.lanes)", "-D_POSIX_C_SOURCE=199309L"])
        try clang.linkShared(
            ["peak.o"], name: "peak", exports: ["netc_peak_gmacs", "netc_peak_gbytes"], in: folder.path)
    } catch {
        return nil
    }
    guard let library = dlopen(folder.path + "/libpeak.so", RTLD_NOW | RTLD_LOCAL) else { return nil }
    defer { dlclose(library) }
    typealias Measurement = @convention(c) () -> Double
    guard let gmacs = dlsym(library, "netc_peak_gmacs"), let gbytes = dlsym(library, "netc_peak_gbytes") else {
        return nil
    }
    return MachinePeak(
        gmacsPerSecond: unsafeBitCast(gmacs, to: Measurement.self)(),
        gigabytesPerSecond: unsafeBitCast(gbytes, to: Measurement.self)())
}
