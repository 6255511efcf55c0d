import Network

/// A layer of sums of products with its weights, then a bias and an activation: convolutions and Dense. Its parameters
/// are the kernel and, where it has one, the bias.
protocol WeightedSumLayer: Layer {
    var activation: ActivationFunction { get }

    /// The sums of products, plus the bias, in double precision.
    func accumulate(_ x: RealTensor, weights: RealTensor, bias: [Double]?) -> RealTensor

    /// The products to one sum, at most.
    func terms(for input: Shape) -> Int
}

extension WeightedSumLayer {
    func summedProducts(for inputs: [Shape]) -> Int { terms(for: inputs[0]) }

    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] {
        let bias = parameters.count > 1 ? parameters[1].values : nil
        return [activation.apply(accumulate(inputs[0], weights: parameters[0], bias: bias))]
    }

    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        evaluate(inputs, bounds: bounds, parameters, magnitudes: parameters[0].magnitude) { $0 }
    }

    func evaluate(
        _ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor], outputTile: OutputTile
    ) -> Evaluation {
        let magnitudes = outputTile.magnitudes(ofWeights: parameters[0])
        return evaluate(inputs, bounds: bounds, parameters, magnitudes: magnitudes) {
            $0.maximumOverTiles(outputTile).map { 4 * $0 }
        }
    }

    /// `B = c·u·(√K + 2)·S + Σ|w|·B_in` in one evaluation of the layer on magnitudes, widened for the algorithm, then through the activation.
    private func evaluate(
        _ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor], magnitudes: RealTensor,
        widened: (RealTensor) -> RealTensor
    ) -> Evaluation {
        let bias = parameters.count > 1 ? parameters[1].values : nil
        let relative = accumulationError(terms: terms(for: inputs[0].shape))
        let z = accumulate(inputs[0], weights: parameters[0], bias: bias)
        let bound = accumulate(
            inputs[0].errorSource(bounds[0], relative: relative), weights: magnitudes,
            bias: bias?.map { abs($0) * relative })
        let (value, valueBound) = activation.evaluate(z, widened(bound))
        return Evaluation(outputs: [value], bounds: [valueBound])
    }
}
