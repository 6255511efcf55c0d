import Compiler
import Target
import Toolchain

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What this machine reaches with one core: multiply-adds in registers, and reading arrays again and again.
public struct MachinePeak: Sendable {
    public var gmacsPerSecond: Double
    /// The rates at which arrays of some sizes in bytes are read, the smallest first; no cache holds the last.
    public var reads: [(bytes: Int, gigabytesPerSecond: Double)]
    /// What target the code was for that measured.
    public var target: Target

    package init(gmacsPerSecond: Double, reads: [(bytes: Int, gigabytesPerSecond: Double)], target: Target) {
        (self.gmacsPerSecond, self.reads, self.target) = (gmacsPerSecond, reads, target)
    }

    /// From memory.
    public var gigabytesPerSecond: Double { reads.last?.gigabytesPerSecond ?? 0 }

    /// The rate at which an array of so many bytes is read.
    public func gigabytesPerSecond(reading bytes: Int) -> Double {
        reads.first { $0.bytes >= bytes }?.gigabytesPerSecond ?? gigabytesPerSecond
    }

    /// The caches that are known and memory, with the rates at which they are read.
    public var levels: [(name: String, gigabytesPerSecond: Double)] {
        [
            ("L1", gigabytesPerSecond(reading: target.l1 / 2)), ("L2", gigabytesPerSecond(reading: target.l2 / 2)),
            ("memory", gigabytesPerSecond),
        ]
    }
}

/// C that measures both for the width it is compiled for: independent sums that fill every register, and long reads.
let machinePeakSource = """
    #include <stdlib.h>
    #include <time.h>

    typedef float vf __attribute__((vector_size(VL * 4)));

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

    /* Bytes read a second, in 10^9, from an array of some bytes. */
    double netc_peak_gbytes(size_t bytes) {
        size_t count = bytes / sizeof(float) / (8 * VL) * (8 * VL), passes = ((size_t)8 << 20) / bytes + 1;
        float *data = aligned_alloc(64, bytes);
        if (!data) return 0;
        for (size_t i = 0; i < count; i++) data[i] = 1;
        double best = 0;
        for (int attempt = 0; attempt < 6; attempt++) {
            vf sum[8] = {{0}};
            double start = now();
            for (size_t pass = 0; pass < passes; pass++) {
                for (size_t i = 0; i < count; i += 8 * VL)
                    _Pragma("clang loop unroll(full)") for (int n = 0; n < 8; n++) sum[n] += *(const vf *)(data + i + n * VL);
                __asm__ volatile("" ::: "memory");
            }
            double seconds = now() - start;
            volatile float sink = 0;
            for (int n = 0; n < 8; n++) sink += sum[n][0];
            double rate = 1e-9 * sizeof(float) * (double)count * (double)passes / seconds;
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
    guard let gmacs = dlsym(library, "netc_peak_gmacs"), let gbytes = dlsym(library, "netc_peak_gbytes") else {
        return nil
    }
    let measureProducts = unsafeBitCast(gmacs, to: (@convention(c) () -> Double).self)
    let measureReads = unsafeBitCast(gbytes, to: (@convention(c) (Int) -> Double).self)
    // 16 KiB to 128 MiB.
    let sizes = (14...27).map { 1 << $0 }
    return MachinePeak(
        gmacsPerSecond: measureProducts(), reads: sizes.map { ($0, measureReads($0)) }, target: target)
}
