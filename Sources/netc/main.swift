import Compiler

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

reportFatalSignals()
exit(runCommandLine(Array(CommandLine.arguments.dropFirst())))
