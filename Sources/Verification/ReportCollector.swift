import Compiler
import IR
import Kernels
import Network

/// Gathers what the comparisons of all samples found, tensor by tensor.
struct ReportCollector {
    private let network: Network
    private let steps: [TensorID: Step]
    private var order: [TensorID] = []
    private var tensors: [TensorID: ErrorStatistics] = [:]
    private var outputs: [ErrorStatistics]
    private var outputBounds: [Double]
    /// The largest local bound of each output: the unit in which inputs must make a difference.
    private var localBounds: [TensorID: Double] = [:]
    private var sensitivities: [Double]

    init(network: Network, plan: Plan) {
        self.network = network
        steps = Dictionary(
            plan.storedTensors.map { ($0.tensor, plan.steps[$0.step]) }, uniquingKeysWith: { first, _ in first })
        outputs = network.outputs.map { _ in ErrorStatistics() }
        outputBounds = network.outputs.map { _ in 0 }
        sensitivities = network.outputs.map { _ in 0 }
    }

    /// Compares a stored tensor with its local evaluation.
    mutating func add(_ id: TensorID, _ actual: [Double], expected: RealTensor, bound: RealTensor) {
        localBounds[id] = bound.values.max()
        var statistics = ErrorStatistics()
        for index in actual.indices {
            statistics.add(actual[index], expected: expected.values[index], bound: bound.values[index])
        }
        if tensors[id] == nil { order.append(id) }
        tensors[id, default: ErrorStatistics()].merge(statistics)
    }

    /// Compares the outputs with the exact run, within four times the largest deviation of the perturbed ones.
    mutating func add(outputs actual: [[Float]], runs: [[RealTensor]]) {
        for (index, runs) in runs.enumerated() {
            let bound = endToEndBound(runs)
            outputBounds[index] = max(outputBounds[index], bound)
            var statistics = ErrorStatistics()
            for (element, expected) in runs[0].values.enumerated() {
                statistics.add(Double(actual[index][element]), expected: expected, bound: bound)
            }
            outputs[index].merge(statistics)
        }
    }

    /// Compares the outputs of a batch's further members with those that they have as its first: not a bit may differ.
    mutating func add(members actual: [[Float]], alone: [[[Float]]]) {
        for (member, expected) in alone.enumerated() {
            for (index, values) in expected.enumerated() {
                var statistics = ErrorStatistics()
                let start = (member + 1) * values.count
                for (element, value) in values.enumerated() {
                    statistics.add(Double(actual[index][start + element]), expected: Double(value), bound: 0)
                }
                outputs[index].merge(statistics)
            }
        }
    }

    /// How far the outputs for other inputs lie from those of this one, in bounds; stops at the first that is far enough.
    mutating func measureSensitivity(_ actual: [[Float]], others: some Sequence<[[Float]]>) {
        for other in others {
            for index in actual.indices {
                let distance = zip(actual[index], other[index]).reduce(0.0) { max($0, Double(($1.0 - $1.1).magnitude)) }
                let bound = max(
                    localBounds[network.outputs[index].tensor] ?? outputBounds[index], .leastNormalMagnitude)
                sensitivities[index] = max(sensitivities[index], distance / bound)
            }
            if sensitivities.allSatisfy({ $0 >= VerificationReport.leastSensitivity }) { return }
        }
    }

    func report(samples: Int) -> VerificationReport {
        VerificationReport(
            tensors: order.map(tensorReport), outputs: outputs.indices.map(outputReport), samples: samples)
    }

    private func tensorReport(_ id: TensorID) -> VerificationReport.Tensor {
        let statistics = tensors[id]!
        let node = network.nodes[id.node]
        let shape = node.outputShapes[id.output]
        return VerificationReport.Tensor(
            layer: node.outputShapes.count > 1 ? "\(node.name)[\(id.output)]" : node.name,
            group: steps[id]?.origin.layers.map(\.name).joined(separator: ", ") ?? node.name,
            kernel: steps[id]?.kernelNames ?? "", shape: shape.dimensions, boundRatio: statistics.boundRatio,
            maxAbsoluteError: statistics.maxAbsoluteError, isRight: statistics.isRight,
            worst: describe(statistics, shape))
    }

    private func outputReport(_ index: Int) -> VerificationReport.Output {
        let statistics = outputs[index]
        return VerificationReport.Output(
            name: network.outputs[index].name, maxAbsoluteError: statistics.maxAbsoluteError,
            maxRelativeError: statistics.maxRelativeError, maxUlp: statistics.maxUlp, boundRatio: statistics.boundRatio,
            isRight: statistics.isRight, bound: outputBounds[index],
            sensitivity: sensitivities[index])
    }

    /// `12 of 802816 elements wrong, the worst at [0, 3, 7]: 0.5 instead of 0.25`.
    private func describe(_ statistics: ErrorStatistics, _ shape: Shape) -> String {
        "\(statistics.wrongCount) of \(statistics.count) elements wrong, the worst at \(shape.position(of: statistics.worstIndex)): "
            + "\(Float(statistics.worstActual)) instead of \(Float(statistics.worstExpected))"
    }
}

extension OutputTile {
    init(_ group: OutputGroup) {
        switch group {
        case .tile(let tile, let dilation):
            self.init(
                height: tile.height, width: tile.width, dilationHeight: dilation.height, dilationWidth: dilation.width)
        case .runs(let pixels, let channels, let inputs):
            self.init(runsOf: pixels, channelsModulo: channels, inputsModulo: inputs)
        }
    }
}

/// `4·(largest deviation of the perturbed runs from the exact one) + 8u·(largest magnitude)`; none where rounding decides whether there is a
/// number at all.
private func endToEndBound(_ runs: [RealTensor]) -> Double {
    let exact = runs[0].values
    var deviation = 0.0
    var magnitude = 0.0
    for index in exact.indices {
        if exact[index].isFinite { magnitude = max(magnitude, exact[index].magnitude) }
        for run in runs.dropFirst() {
            if exact[index].isNaN != run.values[index].isNaN { return .infinity }
            guard exact[index].isFinite, run.values[index].isFinite else { continue }
            deviation = max(deviation, (run.values[index] - exact[index]).magnitude)
        }
    }
    return 4 * deviation + 8 * unitRoundoff * magnitude
}

extension Step {
    /// The templates that its calls are made of, each once.
    var kernelNames: String {
        var names: [String] = []
        for call in calls where !names.contains(call.instance.template) { names.append(call.instance.template) }
        return names.joined(separator: ", ")
    }
}

extension Shape {
    /// The index by axis of an element counted in row-major order.
    func position(of element: Int) -> [Int] {
        var rest = element
        var index: [Int] = []
        for extent in dimensions.reversed() {
            index.insert(rest % extent, at: 0)
            rest /= extent
        }
        return index
    }
}
