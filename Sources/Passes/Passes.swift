// The order of the passes, and the loop that runs them.
import IR

/// All passes, in the order in which they run.
public let allPasses: [Pass] = [
    // Equal graphs in one form.
    separateOutputs,
    removeDeadCode,
    foldConstants,
    removeIdentities,
    recognizeShuffle,
    simplifyProducts,
    sinkAddressing,
    composeAddressing,
    removeCommonSubexpressions,
    // Several operations as one.
    foldPadding,
    foldAffineBackward,
    foldAffineForward,
    mergeElementwise,
    hoistElementwise,
    foldAffineBackward,
    mergePointwise,
    poolFirst,
    fuseActivation,
    fuseResidual,
    foldUpsampling,
    phasesAsChannels,
    scaleActivations,
    fuseSeparable,
    scaleWeights,
    fusePrologue,
    // The last one: behind it a convolution's result is not what its epilogue makes.
    fusePooling,
]

/// Runs the passes that the context allows.
///
/// - Parameter observer: called after each with its name and the graph, for dumps and times.
/// - Returns: the new graph, and what became of the layers.
public func optimize(
    _ graph: Graph, context: PassContext, observer: (String, Graph) -> Void = { _, _ in }
) -> (graph: Graph, remarks: [Remark]) {
    var graph = graph
    var remarks: [Remark] = []
    for pass in allPasses where context.allows(pass) {
        pass.run(&graph, context, &remarks)
        assert(errorText(graph) == nil, "after \(pass.name): \(errorText(graph)!)")
        observer(pass.name, graph)
    }
    return (graph, remarks)
}

extension PassContext {
    func allows(_ pass: Pass) -> Bool { !disabled.contains(pass.name) && (fuse || !pass.isFusion) }
}

/// What is wrong with the graph, if anything.
private func errorText(_ graph: Graph) -> String? {
    do {
        try verify(graph)
        return nil
    } catch {
        return error.description
    }
}
