import Kernels

// The plan written down: a header, one C file, and the weights.

/// Everything a compiled network consists of before clang sees it.
public struct GeneratedCode: Sendable {
    /// `ID.h`.
    public var header: String
    /// `ID.c`.
    public var source: String
    /// `ID.weights.S`; `nil` unless the weights are taken in by `.incbin`.
    public var assembly: String?
    /// `ID/module.modulemap`, for Swift and clang modules.
    public var moduleMap: String
    /// A second C file for the shared library alone: the interface under the fixed name that `dlopen` looks up.
    public var sharedEntry: String
    /// The names that the shared library exports.
    public var exports: [String]
    /// What goes into `ID.weights`, or where the user places it.
    public var weights: WeightsImage
    /// For each step, the lines of `source` on which its kernels' functions begin.
    public var functionLines: [[Int]]
}

/// Writes a plan as C. The same plan and names give the same text.
///
/// Throws `TemplateError` where a template and the constants of its instance do not fit: an internal error.
public func generate(_ plan: Plan, _ naming: Naming, weights form: WeightsForm = .incbin) throws -> GeneratedCode {
    var image = WeightsImage()
    var functions = FunctionTable()
    var calls: [[CallSite]] = []
    for step in plan.steps {
        var sites: [CallSite] = []
        for call in step.calls {
            let function = try functions.add(call, of: step)
            let offset = call.instance.weights.isEmpty ? nil : image.add(call.instance.weights)
            sites.append(CallSite(function: function, weights: offset, call: call))
        }
        calls.append(sites)
    }
    image.close()
    let writer = SourceWriter(plan: plan, naming: naming, functions: functions, calls: calls, image: image, form: form)
    let source = writer.source()
    return GeneratedCode(
        header: header(plan, naming), source: source, assembly: form == .incbin ? assembly(naming) : nil,
        moduleMap: moduleMap(naming), sharedEntry: sharedEntry(naming), exports: exports(naming), weights: image,
        functionLines: writer.functionLines(in: source))
}

/// A call in the C file: which function, and which weights.
struct CallSite {
    var function: Int
    var weights: Int?
    var call: Call
}
