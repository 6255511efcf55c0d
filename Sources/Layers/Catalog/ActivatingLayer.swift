import IR
import Network

/// A layer that is an activation and nothing else: its output has the shape of its input.
protocol ActivatingLayer: LowerableLayer {
    var activation: ActivationFunction { get }
}

extension ActivatingLayer {
    func outputShapes(for inputs: [Shape]) throws -> [Shape] { inputs }

    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] { [activation.apply(inputs[0])] }

    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        let (value, bound) = activation.evaluate(inputs[0], bounds[0])
        return Evaluation(outputs: [value], bounds: [bound])
    }

    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        [builder.activate(inputs[0], activation)]
    }
}
