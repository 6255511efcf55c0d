import Kernels

// The tables by which programs that only know `netc_info` run a library, measure its steps and read tensors between them.

extension SourceWriter {
    func introspection() -> String {
        let id = naming.identifier
        return """
            #define TENSOR(name, h, w, c, offset, block, plane, row, first_step, last_step) \\
                {name, NETC_FLOAT32, 4, {1, h, w, c}, 4ull * h * w * c, offset, block, plane, row, first_step, last_step}
            static const netc_tensor inputs[] = {
            \(publicTable(plan.inputs, naming.inputs))};
            static const netc_tensor outputs[] = {
            \(publicTable(plan.outputs, naming.outputs))};
            static const netc_tensor tensors[] = {
            \(tensorTable().joined())    {0}};
            static const netc_step step_table[] = {
            \(stepTable())};
            static const uint64_t products[] = {
            \(productTable())};
            static const netc_info info = {
                NETC_ABI, sizeof(netc_info), \(stringLiteral(id)), \(stringLiteral(naming.version)), \(stringLiteral(plan.target.description)),
                \(stringLiteral(hash())), \(plan.inputs.count), \(plan.outputs.count), \(tensorTable().count), STEPS,
                inputs, outputs, tensors, step_table, \(plan.workspaceBytes),
                invoke_all, invoke_steps, create_any, run_any, destroy_any, products};

            const netc_info *\(id)_model(void) { return &info; }

            """
    }

    private func publicTable(_ operands: [PublicOperand], _ names: [String]) -> String {
        zip(operands, names).map { operand, name in
            let shape = [plan.batch] + operand.shape
            let channels = operand.shape.last ?? 1
            let width = operand.shape.count > 1 ? operand.shape[operand.shape.count - 2] : 1
            return row(
                name: name, shape: shape, offset: 0, block: channels, plane: operand.shape.reduce(1, *),
                row: width * channels,
                first: 0, last: stepCount - 1)
        }.joined()
    }

    /// Tensors whose channels lie in order, and the pieces of those that lie in a few runs.
    private func tensorTable() -> [String] {
        plan.steps.compactMap(\.result).flatMap { result -> [String] in
            guard case .buffer(let id) = result.place.base else { return [] }
            let start = plan.buffers[id].offset + 4 * result.place.offset
            let layout = result.place.layout
            return runs(of: layout).map { run in
                let isWhole = run.slots.count == layout.slots.filter { $0 >= 0 }.count && run.channel == 0
                let name = isWhole ? result.name : "\(result.name)[\(run.channel):\(run.channel + run.slots.count)]"
                let numbers = [
                    layout.height, layout.width, run.slots.count, start + 4 * layout.offset(slot: run.slots.lowerBound),
                    layout.order == .blocked ? layout.lanes : layout.pixel, layout.vector, layout.row,
                    result.firstStep, result.lastStep,
                ]
                return "    TENSOR(\(stringLiteral(name)), \(numbers.map(String.init).joined(separator: ", "))),\n"
            }
        }
    }

    /// Runs of slots, each from the start of a vector on, that hold consecutive channels. None where channels are scattered.
    private func runs(of layout: Layout) -> [(slots: Range<Int>, channel: Int)] {
        var result: [(slots: Range<Int>, channel: Int)] = []
        for (slot, channel) in layout.slots.enumerated() where channel >= 0 {
            if let last = result.last, last.slots.upperBound == slot, last.channel + last.slots.count == channel {
                result[result.count - 1].slots = last.slots.lowerBound..<(slot + 1)
            } else if slot % layout.lanes == 0 || layout.order == .interleaved {
                result.append((slot..<(slot + 1), channel))
            } else {
                return []
            }
        }
        return result.count <= 8 ? result : []
    }

    private func row(
        name: String, shape: [Int], offset: Int, block: Int, plane: Int, row: Int, first: Int, last: Int
    ) -> String {
        let extents = shape.prefix(8).map(String.init).joined(separator: ", ")
        return "    {\(stringLiteral(name)), NETC_FLOAT32, \(shape.count), {\(extents)}, \(4 * shape.reduce(1, *)), "
            + "\(offset), \(block), \(plane), \(row), \(first), \(last)},\n"
    }

    private func stepTable() -> String {
        plan.steps.enumerated().map { number, step in
            let kernels = calls[number].map { functions.functions[$0.function].name }
            let layers = step.origin.layers.map(\.name).joined(separator: " + ")
            return
                "    {\(stringLiteral(layers)), \(stringLiteral(kernels.first ?? "")), \(step.macs), \(step.bytes)},\n"
        }.joined()
    }

    /// In lines of ten.
    private func productTable() -> String {
        let products = plan.steps.map { "\($0.products), " }
        return stride(from: 0, to: products.count, by: 10).map { start in
            "    " + products[start..<min(start + 10, products.count)].joined().dropLast() + "\n"
        }.joined()
    }

    /// Of everything that decides the numbers: functions, calls and weights.
    private func hash() -> String {
        var hash = fingerprint(functions.functions.map(\.text).joined())
        for segment in image.segments { hash = fingerprint(segment.values, from: hash) }
        let text = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
