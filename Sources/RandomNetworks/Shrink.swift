import Network

/// The smallest network found that is still bad, by leaving out and making smaller what can be, one change after the other.
///
/// `isBad` is asked about networks that the reader accepts, at most `attempts` times.
public func shrink(
    _ network: RandomNetwork, attempts: Int = 300, isBad: (RandomNetwork) throws -> Bool
) rethrows -> RandomNetwork {
    var (smallest, remaining) = (network, attempts)
    var tried: Set<RandomNetwork> = [network]
    var hasChanged = true
    while hasChanged {
        hasChanged = false
        for candidate in smallest.smaller() where tried.insert(candidate).inserted {
            guard (try? candidate.read()) != nil else { continue }
            guard remaining > 0 else { return smallest }
            remaining -= 1
            guard try isBad(candidate) else { continue }
            (smallest, hasChanged) = (candidate, true)
            break
        }
    }
    return smallest
}

extension RandomNetwork {
    /// Networks that are smaller by one change, the largest changes first.
    fileprivate func smaller() -> [RandomNetwork] {
        fewerOutputs() + cutBefore() + simplerStatements() + bypassed() + fewerArguments() + smallerNumbers()
    }

    /// Half of the outputs; then each tensor as the only output.
    private func fewerOutputs() -> [RandomNetwork] {
        let half = outputs.count / 2
        let halves = outputs.count > 1 ? [Array(outputs[..<half]), Array(outputs[half...])] : []
        let singles = statements.map { [$0.result] }.filter { $0 != outputs }
        return (halves + singles).map { outputs in
            var result = self
            result.outputs = outputs
            return result.pruned
        }
    }

    /// An input in the place of what a statement computes, from the last statement that is no output to the first.
    private func cutBefore() -> [RandomNetwork] {
        var all = self
        all.outputs = statements.map(\.result)
        guard let model = try? all.read() else { return [] }
        let shapes = model.network.outputs.map { model.network.shape(of: $0.tensor).dimensions }
        return statements.indices.reversed().compactMap { index in
            let name = statements[index].result
            guard !outputs.contains(name) else { return nil }
            var result = self
            result.statements.remove(at: index)
            result.inputs.append(Input(name: name, shape: shapes[index]))
            return result.pruned
        }
    }

    /// Blocks written out, layers in a row and shared ones by themselves.
    private func simplerStatements() -> [RandomNetwork] {
        statements.indices.flatMap { index -> [RandomNetwork] in
            let statement = statements[index]
            switch statement.expression {
            case .infix: return []
            case .layers(let calls, let shared, let part):
                guard calls.count > 1 || shared != nil else { return [] }
                return calls.map {
                    replacing(
                        index,
                        [
                            .init(
                                result: statement.result, expression: .layers([$0], part: part),
                                inputs: statement.inputs)
                        ])
                }
            case .block(let body, let repeats):
                if repeats > 1 {
                    return [
                        replacing(
                            index,
                            [
                                .init(
                                    result: statement.result, expression: .block(body, repeats: repeats - 1),
                                    inputs: statement.inputs)
                            ])
                    ]
                }
                return [replacing(index, body.map { $0.inlined(statement, last: body.last!.result) })]
            }
        }
    }

    private func replacing(_ index: Int, _ replacement: [Statement]) -> RandomNetwork {
        var result = self
        result.statements.replaceSubrange(index...index, with: replacement)
        return result
    }

    /// A statement left out: who reads its result reads one of its inputs.
    private func bypassed() -> [RandomNetwork] {
        statements.indices.flatMap { index in
            Set(statements[index].inputs).sorted().map { input in
                var result = self
                let name = result.statements.remove(at: index).result
                for later in result.statements.indices {
                    result.statements[later].inputs = result.statements[later].inputs.map { $0 == name ? input : $0 }
                }
                result.outputs.removeAll { $0 == name }
                if result.outputs.isEmpty { result.outputs = [input] }
                return result.pruned
            }
        }
    }

    private func fewerArguments() -> [RandomNetwork] {
        changingCalls { call in
            call.arguments.indices.map { index in
                var smaller = call
                smaller.arguments.remove(at: index)
                return smaller
            }
        }
    }

    /// Smaller extents of inputs, and smaller whole numbers in arguments.
    private func smallerNumbers() -> [RandomNetwork] {
        let inputs = self.inputs.indices.flatMap { index in
            self.inputs[index].shape.indices.flatMap { axis in
                Self.below(self.inputs[index].shape[axis]).map { extent in
                    var result = self
                    result.inputs[index].shape[axis] = extent
                    return result
                }
            }
        }
        let arguments = changingCalls { call in
            call.arguments.indices.flatMap { index -> [Call] in
                guard let number = Int(call.arguments[index].value) else { return [] }
                return Self.below(number).map { value in
                    var smaller = call
                    smaller.arguments[index].value = "\(value)"
                    return smaller
                }
            }
        }
        return inputs + arguments
    }

    private static func below(_ number: Int) -> [Int] {
        Array(Set([1, number / 2, number - 1].filter { $0 >= 1 && $0 < number })).sorted()
    }

    /// The network with each layer's call changed in each of several ways; applications of one layer are changed together.
    private func changingCalls(_ change: (Call) -> [Call]) -> [RandomNetwork] {
        var calls: [Call] = []
        for case .layers(let some, _, _) in statements.map(\.expression) {
            for call in some where !calls.contains(call) { calls.append(call) }
        }
        return calls.flatMap { call in
            change(call).map { changed in
                var result = self
                for index in statements.indices {
                    guard case .layers(let some, let shared, let part) = statements[index].expression else { continue }
                    result.statements[index].expression = .layers(
                        some.map { $0 == call ? changed : $0 }, shared: shared, part: part)
                }
                return result
            }
        }
    }
}

extension RandomNetwork.Statement {
    /// A statement of a block as one beside it.
    fileprivate func inlined(_ block: RandomNetwork.Statement, last: String) -> RandomNetwork.Statement {
        var result = self
        result.inputs = inputs.map { $0 == "x" ? block.inputs[0] : $0 }
        if self.result == last { result.result = block.result }
        return result
    }
}
