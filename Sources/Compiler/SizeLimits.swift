import Diagnostics
import Network

/// The largest tensor and the most weights that code is made for: beyond any machine's use, and small enough that nothing overflows.
private let maximumTensorElements = 1 << 30
private let maximumParameterElements = 1 << 33

/// Refuses networks whose description is short and whose tensors no machine holds, before anything of their size is allocated.
package func checkSizes(of model: Model) throws {
    var log = DiagnosticLog()
    for node in model.network.nodes {
        for shape in node.outputShapes + node.parameters.map(\.shape) where shape.elementCount > maximumTensorElements {
            log.error(
                "a tensor of \(shape) is too large to be compiled: \(shape.elementCount) elements, where "
                    + "\(maximumTensorElements) are the limit", at: node.range, notes: node.trail)
        }
    }
    let parameters = model.network.summary().parameters
    if !log.hasErrors, parameters > maximumParameterElements {
        log.error(
            "\(parameters) parameters are too many to be compiled, where \(maximumParameterElements) are the limit",
            at: nil)
    }
    guard log.hasErrors else { return }
    throw CompilerError.invalidModel(
        DiagnosticReport(source: model.source, diagnostics: log.diagnostics, errorLimit: model.report.errorLimit))
}
