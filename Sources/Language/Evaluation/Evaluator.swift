import Diagnostics

/// Runs a program as Python would, asking the elaborator about layers.
///
/// An expression that fails is reported once and becomes `.error`, which silences whatever it enters; so the run goes on and finds
/// the next mistake. Steps, depth and sizes are limited: every program ends.
struct Evaluator {
    let source: SourceFile
    let program: Program
    var elaborator: any Elaborator
    var log: DiagnosticLog
    /// Where assignments keep a layer unapplied: see LayerUse.
    let layerUses: LayerUses

    let globals = Scope()
    var scope: Scope
    /// What a bare layer line applies to.
    var current = Current.nothing
    /// Counts applications, to know whether a block made tensors.
    var applications = 0
    /// Counts layers and models as they are constructed.
    var constructions = 0
    /// Calls and iterations that are being run, outermost first.
    var frames: [Frame] = []
    var activeBlocks: [BlockDefinition] = []
    var cachedTrail: [Note]?
    /// Where a name was reported that nothing is called: a loop need not look again for what was meant.
    var unknownNames: Set<SourceRange> = []
    var calls = 0
    var steps = 0
    let mostSteps: Int
    var depth = 0

    var definitions: [Definition]
    var parameters: [Parameter] = []
    /// Top-level names that hold, or held, tensors, layers or models.
    var unsuitableParameters: Set<String> = []
    var models: [ModelValue] = []
    var namedOutputs: [(tensor: TensorHandle, range: SourceRange)] = []
    var outputsVariableRange: SourceRange?
    var weights: (path: String, range: SourceRange)?
    /// Inputs that belong to models that are called, or were made from `input_shape=`.
    var inputs: [TensorHandle] = []
    /// Scopes that blocks hold on to; cleared in the end to break the cycles.
    var capturedScopes: [Scope] = []

    /// The tensors that the next bare layer takes.
    enum Current {
        case nothing
        case tensors([TensorHandle], SourceRange)
        /// What made them failed.
        case failed
    }

    /// `-D name=value`.
    struct Definition {
        var name: String
        var value: Value
        /// The assignment that it replaced.
        var replaced: SourceRange?
        var isRejected = false
    }

    /// A top-level name that `-D` may replace.
    struct Parameter {
        var name: String
        var value: Value
        /// The literal of its first value.
        var text: String
        /// Where it is assigned first.
        var range: SourceRange
    }

    /// Thrown after a limit was reported: nothing further is run.
    struct Halt: Error {}

    /// How a list of statements ended.
    enum Flow {
        case next
        case leaveLoop
        case nextIteration
        case leaveBlock(Value)
    }

    enum Limit {
        static let depth = 400
        static let frames = 200
        static let stringBytes = 1 << 16
        static let elements = 1 << 20
    }

    init(
        _ program: Program, source: SourceFile, definitions: [(name: String, value: String)],
        elaborator: any Elaborator,
        log: DiagnosticLog, mostSteps: Int
    ) {
        self.mostSteps = mostSteps
        self.program = program
        self.source = source
        self.elaborator = elaborator
        self.log = log
        layerUses = LayerUses(program)
        scope = globals
        self.definitions = definitions.map { Definition(name: $0.name, value: parseDefinition($0.value)) }
    }

    mutating func run() {
        do {
            _ = try execute(program.statements, isTopLevel: true)
            reportUnusedDefinitions()
            if !log.hasErrors { try finish() }
        } catch {}
        for captured in capturedScopes { captured.variables = [:] }
        globals.variables = [:]
    }

    // MARK: Limits

    /// Counts work; the limit ends the run.
    mutating func charge(_ count: Int = 1, at range: SourceRange) throws(Halt) {
        steps += count
        if steps > mostSteps { throw halt("the program takes more than \(mostSteps) steps", at: range) }
    }

    /// Counts the search for what an unknown name was meant to be: comparing two names takes as long as some steps.
    mutating func chargeSearch(among names: Int, at range: SourceRange) throws(Halt) {
        try charge(4 * names + program.statements.count / 8, at: range)
    }

    mutating func halt(_ message: String, at range: SourceRange) -> Halt {
        log.error(message, at: range, notes: trail)
        return Halt()
    }

    /// Runs one level deeper.
    mutating func deeper<T>(at range: SourceRange, _ body: (inout Evaluator) throws(Halt) -> T) throws(Halt) -> T {
        guard depth < Limit.depth else { throw halt("blocks and expressions are nested too deeply", at: range) }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    // MARK: Reports

    /// Reports a mistake and gives the value that silences further reports.
    mutating func fail(_ message: String, at range: SourceRange, notes: [Note] = [], fixIts: [FixIt] = []) -> Value {
        log.error(message, at: range, notes: notes + trail, fixIts: fixIts)
        return .error
    }

    func site(_ range: SourceRange, trail: [Note]) -> Site {
        Site(
            range: range, trail: trail,
            blocks: frames.compactMap {
                if case .call(let name, let number, _) = $0 { "\(name)#\(number)" } else { nil }
            })
    }
}

/// A call of a block or an iteration of a loop that is being run.
enum Frame {
    case call(block: String, number: Int, SourceRange)
    case iteration(Int, variables: [(String, Value)], SourceRange)
    /// Layers of a sequential model being applied.
    case model(String, SourceRange)
}

extension Evaluator {
    /// The way that led here, innermost first.
    var trail: [Note] {
        mutating get {
            if let cachedTrail { return cachedTrail }
            var notes: [Note] = frames.suffix(20).reversed().map(\.note)
            if frames.count > 20 { notes.append(Note("and \(frames.count - 20) more levels around it")) }
            cachedTrail = notes
            return notes
        }
    }

    mutating func push(_ frame: Frame) {
        frames.append(frame)
        cachedTrail = nil
    }

    mutating func pop() {
        frames.removeLast()
        cachedTrail = nil
    }
}

extension Frame {
    var note: Note {
        switch self {
        case .call(let name, _, let range): Note("in block '\(name)' called here", at: range)
        case .model(let name, let range): Note("in model '\(name)' called here", at: range)
        case .iteration(let number, let variables, let range):
            Note("in iteration \(number) of this loop" + Self.listed(variables), at: range)
        }
    }

    /// ` (i = 2, name = 'a')`, cut where it becomes long.
    private static func listed(_ variables: [(String, Value)]) -> String {
        let shown = variables.prefix(6).compactMap { name, value in
            value.shortText.map { "\(name) = \($0)" }
        }
        return shown.isEmpty ? "" : " (" + shown.joined(separator: ", ") + ")"
    }
}
