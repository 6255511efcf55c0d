import CSpawn

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A running program at the head of its own process group, with its output in a pipe.
final class Child {
    /// More output than this is read and dropped.
    private static let longestOutput = 1 << 20

    /// The reading end of the pipe.
    let output: Int32
    private(set) var isOutputClosed = false
    private let command: Command
    private let process: pid_t
    private let deadline: timespec
    private var text: [UInt8] = []
    private var isReaped = false

    /// Starts the program.
    init(_ command: Command) throws(ToolchainError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .cannotRun(program: command.program, reason: systemReason()) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        defer { close(ends[1]) }
        do { process = try Self.spawn(command, output: ends[1]) } catch {
            close(ends[0])
            throw error
        }
        self.command = command
        output = ends[0]
        var now = now()
        now.tv_sec += command.timeLimit
        deadline = now
    }

    deinit {
        close(output)
        if !isReaped { kill() }
    }

    /// Takes the output that has arrived; the result once the program has ended. Ends it after its time limit.
    func poll() throws(ToolchainError) -> Command.Result? {
        if !isOutputClosed { readOutput() }
        var status: Int32 = 0
        let ended = isOutputClosed ? waitpid(process, &status, WNOHANG) : 0
        if ended == process {
            isReaped = true
            // Bits 0–6 hold the signal, bits 8–15 the exit status.
            let signal = status & 0x7F
            return Command.Result(
                status: signal == 0 ? status >> 8 & 0xFF : 128 + signal, output: String(decoding: text, as: UTF8.self))
        }
        let time = now()
        if (time.tv_sec, time.tv_nsec) > (deadline.tv_sec, deadline.tv_nsec) {
            kill()
            throw .timedOut(program: command.program, seconds: command.timeLimit)
        }
        return nil
    }

    /// Ends the program and everything it started.
    func kill() {
        guard !isReaped else { return }
        #if canImport(Glibc)
            _ = Glibc.kill(-process, SIGKILL)
        #else
            _ = Darwin.kill(-process, SIGKILL)
        #endif
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        isReaped = true
    }

    private func readOutput() {
        var piece = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = read(output, &piece, piece.count)
            if count > 0 {
                if text.count < Self.longestOutput { text += piece[..<count] }
            } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
                isOutputClosed = true
                return
            } else if errno == EAGAIN {
                return
            }
        }
    }

    /// Starts the program with default signals, no input, and both outputs in the pipe.
    private static func spawn(_ command: Command, output: Int32) throws(ToolchainError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        if let folder = command.folder { posix_spawn_file_actions_addchdir_np(&actions, folder) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let environment = command.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        var process: pid_t = 0
        let code = withCStrings([command.program] + command.arguments) { arguments in
            withCStrings(environment) { posix_spawn(&process, command.program, &actions, &attributes, arguments, $0) }
        }
        guard code == 0 else { throw .cannotRun(program: command.program, reason: systemReason(code)) }
        return process
    }
}

/// The time of a clock that never jumps.
private func now() -> timespec {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time
}

/// Strings as C has them in `argv`.
private func withCStrings<R>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R) -> R {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
}
