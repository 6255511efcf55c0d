// Running programs: an argument vector, never a shell. `posix_spawn` rather than Foundation's Process, for three things that the latter hides:
// the child's process group, so that an interrupt or the time limit ends clang and the linker it started; the child's folder
// without a race; and no thread or run loop in a process that is about to load generated code.

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A program to run.
public struct Command: Hashable, Sendable {
    /// A path; nothing is searched.
    public var program: String
    public var arguments: [String]
    /// The folder to run in; the current one where it is `nil`.
    public var folder: String?
    public var environment: [String: String]
    /// Seconds after which the program and all it started are ended.
    public var timeLimit: Int

    public init(
        _ program: String, _ arguments: [String], folder: String? = nil, environment: [String: String],
        timeLimit: Int = 600
    ) {
        self.program = program
        self.arguments = arguments
        self.folder = folder
        self.environment = environment
        self.timeLimit = timeLimit
    }

    /// How a program ended.
    public struct Result: Hashable, Sendable {
        /// The exit status; 128 + n after signal n, as a shell has it.
        public var status: Int32
        /// What it wrote to standard output and standard error, up to a megabyte.
        public var output: String
    }

    /// Runs the program to its end; throws where it can't be started, runs too long or the user interrupts.
    public func run() throws(ToolchainError) -> Result { try Toolchain.run([self], jobs: 1)[0] }
}

/// Runs programs, at most `jobs` at a time, and returns their results in order.
///
/// Interrupts (SIGINT, SIGTERM) that arrive meanwhile end all of them and are thrown as `.interrupted`.
public func run(_ commands: [Command], jobs: Int) throws(ToolchainError) -> [Command.Result] {
    let interrupts = InterruptGuard()
    defer { interrupts.end() }
    var waiting = commands.enumerated().makeIterator()
    var running: [(index: Int, child: Child)] = []
    var results: [Int: Command.Result] = [:]
    defer { for (_, child) in running { child.kill() } }
    while true {
        while running.count < max(jobs, 1), let (index, command) = waiting.next() {
            running.append((index, try Child(command)))
        }
        if running.isEmpty { break }
        waitForOutput(of: running.map(\.child))
        if interrupts.arrived() { throw .interrupted }
        for (position, entry) in running.enumerated().reversed() {
            if let result = try entry.child.poll() {
                results[entry.index] = result
                running.remove(at: position)
            }
        }
    }
    return commands.indices.map { results[$0]! }
}

/// Sleeps until a child writes or ends, at most for a twentieth of a second.
private func waitForOutput(of children: [Child]) {
    // A child whose output has ended is about to exit: look again soon.
    let soon = children.contains { $0.isOutputClosed }
    var descriptors = children.filter { !$0.isOutputClosed }.map {
        pollfd(fd: $0.output, events: Int16(POLLIN), revents: 0)
    }
    _ = poll(&descriptors, nfds_t(descriptors.count), soon ? 1 : 50)
}

/// Keeps interrupts pending on this thread, so that they can be asked for instead of ending the process. Guards nest.
public struct InterruptGuard {
    private var previous = sigset_t()
    private var watched = sigset_t()

    public init() {
        sigemptyset(&watched)
        sigaddset(&watched, SIGINT)
        sigaddset(&watched, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &watched, &previous)
    }

    /// Takes a pending interrupt, if there is one.
    public func arrived() -> Bool {
        var pending = sigset_t()
        var watched = watched
        var signal: Int32 = 0
        sigpending(&pending)
        guard sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1 else { return false }
        return sigwait(&watched, &signal) == 0
    }

    public func end() {
        var previous = previous
        pthread_sigmask(SIG_SETMASK, &previous, nil)
    }
}
