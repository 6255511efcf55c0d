/// How much a diagnostic matters.
public enum Severity: String, Sendable { case error, warning, note }

/// A remark attached to a diagnostic, with its own place.
public struct Note: Hashable, Sendable {
    public var message: String
    public var range: SourceRange?

    public init(_ message: String, at range: SourceRange? = nil) {
        self.message = message
        self.range = range
    }
}

/// A replacement of source text that would mend a mistake.
public struct FixIt: Hashable, Sendable {
    public var range: SourceRange
    public var replacement: String

    public init(_ range: SourceRange, _ replacement: String) {
        self.range = range
        self.replacement = replacement
    }
}

/// One report to the user: what is wrong, where, and the way out.
public struct Diagnostic: Hashable, Sendable {
    public var severity: Severity
    public var message: String
    public var range: SourceRange?
    public var notes: [Note]
    public var fixIts: [FixIt]

    public init(
        _ severity: Severity, _ message: String, at range: SourceRange?, notes: [Note] = [], fixIts: [FixIt] = []
    ) {
        self.severity = severity
        self.message = message
        self.range = range
        self.notes = notes
        self.fixIts = fixIts
    }
}

/// The diagnostics of one run, collected in order and passed along as an `inout` value.
public struct DiagnosticLog: Sendable {
    public private(set) var diagnostics: [Diagnostic] = []
    /// How many errors were reported.
    public private(set) var errorCount = 0
    private var seen: Set<Key> = []

    /// What makes two reports the same: a mistake inside a block or a loop is reported once, with the first way that led to it.
    private struct Key: Hashable {
        var severity: Severity
        var message: String
        var range: SourceRange?
    }

    public init() {}

    /// Whether any error was reported.
    public var hasErrors: Bool { errorCount > 0 }

    /// Adds a diagnostic; one that was reported before, word for word at the same place, is dropped.
    public mutating func report(_ diagnostic: Diagnostic) {
        let key = Key(severity: diagnostic.severity, message: diagnostic.message, range: diagnostic.range)
        guard seen.insert(key).inserted else { return }
        if diagnostic.severity == .error { errorCount += 1 }
        diagnostics.append(diagnostic)
    }

    public mutating func error(_ message: String, at range: SourceRange?, notes: [Note] = [], fixIts: [FixIt] = []) {
        report(Diagnostic(.error, message, at: range, notes: notes, fixIts: fixIts))
    }

    public mutating func warning(_ message: String, at range: SourceRange?, notes: [Note] = [], fixIts: [FixIt] = []) {
        report(Diagnostic(.warning, message, at: range, notes: notes, fixIts: fixIts))
    }

    public mutating func note(_ message: String, at range: SourceRange?) {
        report(Diagnostic(.note, message, at: range))
    }
}
