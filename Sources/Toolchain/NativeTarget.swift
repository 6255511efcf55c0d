// This machine as a target. The kernel's list of CPU flags is used rather than the cpuid instruction: it leaves out what the operating
// system doesn't save on a context switch.

import Target

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Target {
    /// This machine; the usual cache sizes where it doesn't tell its own.
    public static func native() -> Target {
        var target = Target(nativeInstructionSet(machine: machineName(), cpuinfo: systemText("/proc/cpuinfo") ?? ""))
        for index in 0..<8 {
            let folder = "/sys/devices/system/cpu/cpu0/cache/index\(index)/"
            guard let level = systemText(folder + "level"), let type = systemText(folder + "type"),
                let size = systemText(folder + "size")
            else { break }
            target.setCache(level: trimmed(level), type: trimmed(type), size: trimmed(size))
        }
        return target
    }

    /// The widest instruction set that a machine has, from the text of `/proc/cpuinfo`.
    package static func nativeInstructionSet(machine: String, cpuinfo: String) -> InstructionSet {
        switch machine {
        case "aarch64", "arm64": return .neon
        case "x86_64", "amd64": break
        default: return .scalar
        }
        let line = cpuinfo.split(separator: "\n").first { $0.hasPrefix("flags") } ?? ""
        let flags = Set(line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == ":" }))
        // What the levels of the x86-64 ABI add; `abm` stands for lzcnt.
        let v3: Set<Substring> = ["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"]
        let v4: Set<Substring> = ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]
        guard flags.isSuperset(of: v3) else { return .sse2 }
        return flags.isSuperset(of: v4) ? .avx512 : .avx2
    }

    /// Takes a cache of the system's list where it is one of data and of the first or second level.
    package mutating func setCache(level: String, type: String, size: String) {
        guard type != "Instruction", let bytes = Target.cacheSize(size) else { return }
        if level == "1" { l1 = bytes }
        if level == "2" { l2 = bytes }
    }
}

/// What the processor calls itself; its architecture where it doesn't.
public func processorName() -> String {
    let line = (systemText("/proc/cpuinfo") ?? "").split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = line?.split(separator: ":").dropFirst().joined(separator: ":").drop { $0 == " " } ?? ""
    return name.isEmpty ? machineName() : String(name)
}

private func trimmed(_ text: String) -> String { String(text.prefix { !$0.isWhitespace }) }

/// `uname -m`.
private func machineName() -> String {
    var names = utsname()
    uname(&names)
    return withUnsafePointer(to: &names.machine) {
        $0.withMemoryRebound(to: CChar.self, capacity: 65) { String(cString: $0) }
    }
}
