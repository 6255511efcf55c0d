import Foundation
import Kernels
import Target
import Toolchain

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The clang that netc itself takes.
private let installedClang = Result { try Clang.find(option: nil).path }

/// A kernel's call on memory of its own, and what must come out.
struct KernelCase {
    var name: String
    var instance: KernelInstance
    /// Further kernels on the same operands.
    var others: [KernelInstance] = []
    var inputs: [Image.InMemory]
    var y: Layout
    /// The logical result, and how far each element may be off.
    var expected: Image
    var tolerance: (_ element: Int) -> Double
    /// What y holds before, slot by slot, borders included; sentinel values where `nil`.
    var initial: [Float]? = nil
    /// What must hold of y's memory besides the channels' values.
    var alsoHolds: (_ memory: [Float]) -> String? = { _ in nil }
    /// The kernel writes where the first input lies.
    var isInPlace = false

    var kernels: [KernelInstance] { [instance] + others }
}

/// The instruction sets whose code this machine runs.
let runnableTargets: [Target] = {
    #if arch(x86_64)
        let flags = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let wide = flags.contains("avx512vl") ? [Target(.avx512)] : []
        let medium = flags.contains("avx2") && flags.contains("fma") ? [Target(.avx2)] : []
        return wide + medium + [Target(.sse2), Target(.scalar)]
    #else
        return [Target(.neon), Target(.scalar)]
    #endif
}()

/// Compiles the kernels of all cases as one library, runs each, and returns the failures.
///
/// Operands end, and in a second run begin, where memory does, so that an access outside is caught by the machine. Each case runs as a whole
/// and item by item from the last to the first: the bits must agree.
func failures(_ all: [KernelCase], target: Target) throws -> [String] {
    let cases = sample(all, target: target)
    let library = try KernelLibrary(cases.flatMap(\.kernels), target: target)
    var next = 0
    return cases.compactMap { test in
        let entries = test.kernels.indices.map { library.entry(next + $0) }
        next += entries.count
        return failure(test, entries).map {
            "\(target.instructionSet.rawValue): \(test.name) (\(test.instance.template)): \($0)"
        }
    }
}

/// At most 24 of the cases, other ones for each target; all of them where the environment has `NETC_ALL`.
private func sample(_ cases: [KernelCase], target: Target) -> [KernelCase] {
    let most = 24
    if cases.count <= most || ProcessInfo.processInfo.environment["NETC_ALL"] != nil { return cases }
    return (0..<most).map { cases[($0 * cases.count + target.lanes * 7 % cases.count) / most % cases.count] }
}

private func failure(_ test: KernelCase, _ kernels: [KernelLibrary.Entry]) -> String? {
    let whole = run(test, kernels, inPieces: false)
    let pieces = run(test, kernels, inPieces: true)
    for index in whole.indices where whole[index].bitPattern != pieces[index].bitPattern {
        return "float \(index) of the memory depends on the partition: \(whole[index]) and \(pieces[index])"
    }
    if let problem = test.alsoHolds(whole) { return problem }
    let result = Image(unpacking: whole, test.y)
    for (index, value) in result.values.enumerated() {
        let expected = test.expected.values[index]
        let isRight =
            expected.isNaN
            ? value.isNaN : abs(Double(value) - Double(expected)) <= test.tolerance(index) || value == expected
        if !isRight { return "element \(index) is \(value), not \(expected)" }
    }
    for (slot, channel) in test.y.slots.enumerated() where channel < 0 {
        for row in 0..<test.y.height {
            for column in 0..<test.y.width {
                let at = test.y.origin + test.y.offset(slot: slot) + row * test.y.row + column * test.y.pixel
                if !whole[at].isFinite { return "empty slot \(slot) holds \(whole[at])" }
            }
        }
    }
    return nil
}

private func run(_ test: KernelCase, _ kernels: [KernelLibrary.Entry], inPieces: Bool) -> [Float] {
    let atEnd = !inPieces
    let inputs = test.inputs.map { GuardedMemory($0.memory, atEnd: atEnd) }
    let y =
        test.isInPlace
        ? inputs[0] : GuardedMemory(test.initial ?? Array(repeating: sentinel, count: test.y.count), atEnd: atEnd)
    let x = inputs.first.map { $0.start + test.inputs[0].layout.origin }
    let x2 = inputs.count > 1 ? inputs[1].start + test.inputs[1].layout.origin : nil
    for (instance, kernel) in zip(test.kernels, kernels) {
        let weights = GuardedMemory(instance.weights, atEnd: atEnd)
        let scratch = GuardedMemory([Float](repeating: .nan, count: instance.scratch), atEnd: atEnd)
        let ranges = inPieces ? (0..<instance.items).reversed().map { $0..<($0 + 1) } : [0..<instance.items]
        withExtendedLifetime((inputs, weights, scratch)) {
            for range in ranges {
                kernel(
                    x, x2, weights.start, y.start + test.y.origin, scratch.start, Int32(range.lowerBound),
                    Int32(range.upperBound))
            }
        }
    }
    return y.contents
}

/// What memory that a kernel need not write holds in tests.
let sentinel: Float = -77.25

/// Floats that end, or begin, at a page that can't be accessed.
private final class GuardedMemory {
    let start: UnsafeMutablePointer<Float>
    private let count: Int
    private let pages: UnsafeMutableRawPointer
    private let bytes: Int

    init(_ contents: [Float], atEnd: Bool) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let used = max(1, (contents.count * 4 + page - 1) / page) * page
        bytes = used + 2 * page
        pages = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        mprotect(pages, page, PROT_NONE)
        mprotect(pages + page + used, page, PROT_NONE)
        start = (pages + page + (atEnd ? used - contents.count * 4 : 0)).assumingMemoryBound(to: Float.self)
        count = contents.count
        for (index, value) in contents.enumerated() { start[index] = value }
    }

    var contents: [Float] { Array(UnsafeBufferPointer(start: start, count: count)) }

    deinit { munmap(pages, bytes) }
}

/// Kernels compiled and loaded.
final class KernelLibrary {
    typealias Entry =
        @convention(c) (
            UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?,
            UnsafeMutablePointer<Float>?, Int32, Int32
        ) -> Void
    private let handle: UnsafeMutableRawPointer

    init(_ instances: [KernelInstance], target: Target) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kernels-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let source = folder.appendingPathComponent("kernels.c")
        let library = folder.appendingPathComponent("kernels.so")
        try KernelLibrary.source(instances, lanes: target.lanes).write(to: source, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [
                try installedClang.get(), "-shared", "-fPIC", "-std=gnu99", "-O1", "-ffp-contract=fast", "-Wall",
                "-Wextra", "-Werror",
            ]
            + KernelLibrary.machineFlags(target) + KernelLibrary.checks + ["-o", library.path, source.path]
        try process.run()
        process.waitUntilExit()
        if process.terminationStatus != 0 {
            throw CocoaError(.executableLoad, userInfo: [NSLocalizedDescriptionKey: "clang failed on \(source.path)"])
        }
        guard let handle = dlopen(library.path, RTLD_NOW) else { throw CocoaError(.executableLoad) }
        self.handle = handle
    }

    deinit { dlclose(handle) }

    func entry(_ index: Int) -> Entry { unsafeBitCast(dlsym(handle, "run\(index)"), to: Entry.self) }

    private static func machineFlags(_ target: Target) -> [String] {
        switch target.instructionSet {
        case .avx512: ["-march=x86-64-v4", "-mprefer-vector-width=512"]
        case .avx2: ["-march=x86-64-v3"]
        case .sse2, .neon, .scalar: []
        }
    }

    /// Undefined behaviour traps where the environment has `NETC_SANITIZE`; that compiles many times slower.
    private static let checks =
        ProcessInfo.processInfo.environment["NETC_SANITIZE"] == nil
        ? [] : ["-fsanitize=undefined", "-fsanitize-trap=undefined"]

    /// One C file with a function `runN` of uniform parameters for each kernel.
    private static func source(_ instances: [KernelInstance], lanes: Int) throws -> String {
        var text = "#define VL \(lanes)\n"
        var shared: Set<String> = []
        for (index, instance) in instances.enumerated() {
            let kernel = try instantiate(instance, named: "kernel\(index)")
            let arguments = Dictionary(uniqueKeysWithValues: instance.arguments.map { ($0.name, String($0.value)) })
            for part in kernel.shared where shared.insert(part.name).inserted { text += part.text + "\n" }
            text += kernel.kernel
            text += """
                void run\(index)(const float *x, const float *x2, const float *weights, float *y, float *scratch, int first, int last);
                void run\(index)(const float *x, const float *x2, const float *weights, float *y, float *scratch, int first, int last) {
                    (void)x, (void)x2, (void)weights, (void)scratch;
                    kernel\(index)(\(kernel.parameters.map { arguments[$0] ?? $0 }.joined(separator: ", ")));
                }

                """
        }
        return text
    }
}
