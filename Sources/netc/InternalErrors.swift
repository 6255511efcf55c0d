#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Ends the program with a message and exit code 70 where a mistake of ours, or of generated code, would kill it by a signal.
///
/// The handler does only what a signal handler may: write and leave.
func reportFatalSignals() {
    for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE] {
        signal(number) { _ in
            let message: StaticString =
                "netc: internal error: stopped by a fatal signal; please report it with the command and its files\n"
            _ = write(2, message.utf8Start, message.utf8CodeUnitCount)
            _exit(70)
        }
    }
}
