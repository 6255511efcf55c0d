import Kernels

// The tables by which programs that only know `netc_info` run a library, measure its steps and read tensors between them.

extension SourceWriter {
    func introspection() -> String {
        let id = naming.identifier
        return """
            /* Images in blocks of channels; planes have no border. */
            #define TENSOR(name, h, w, c, offset, plane, row, first_step, last_step) \\
                {name, NETC_FLOAT32, 4, {1, h, w, c}, 4ull * h * w * c, offset, VL, plane, row, first_step, last_step}
            #define PLANE(name, h, w, c, offset, first_step, last_step) \\
                TENSOR(name, h, w, c, offset, h * w * VL, w * VL, first_step, last_step)
            static const netc_tensor inputs[] = {
            \(publicTable(plan.inputs, naming.inputs))};
            static const netc_tensor outputs[] = {
            \(publicTable(plan.outputs, naming.outputs))};
            static const netc_tensor tensors[] = {
            \(tensorTable().joined())    {0}};
            #define ROW(number, layers, macs, bytes, kernel, ...) {layers, #kernel, macs, bytes},
            static const netc_step step_table[] = {ALL_STEPS(ROW)};
            \(productTable())
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

    /// Tensors whose channels lie in order, and the pieces of those that lie in a few runs; no multiples of tensors.
    private func tensorTable() -> [String] {
        plan.steps.compactMap(\.result).flatMap { result -> [String] in
            guard case .buffer(let id) = result.place.base, result.tensor?.scale ?? 1 == 1 else { return [] }
            let start = plan.buffers[id].offset + 4 * result.place.offset
            let layout = result.place.layout
            return runs(of: layout).map { run in
                let isWhole = run.slots.count == layout.slots.filter { $0 >= 0 }.count && run.channel == 0
                let name = isWhole ? result.name : "\(result.name)[\(run.channel):\(run.channel + run.slots.count)]"
                return row(
                    name, layout, channels: run.slots.count, at: start + 4 * layout.offset(slot: run.slots.lowerBound),
                    first: result.firstStep, last: result.lastStep)
            }
        }
    }

    private func row(
        _ name: String, _ layout: Layout, channels: Int, at offset: Int, first: Int, last: Int
    ) -> String {
        let (height, width) = (layout.height, layout.width)
        guard layout.order == .blocked else {
            return row(
                name: name, shape: [1, height, width, channels], offset: offset, block: layout.pixel,
                plane: layout.vector, row: layout.row, first: first, last: last)
        }
        let isPlane = layout.row == width * layout.pixel && layout.vector == height * layout.row
        let place = isPlane ? [offset] : [offset, layout.vector, layout.row]
        let numbers = ([height, width, channels] + place + [first, last]).map(String.init).joined(separator: ", ")
        return "    \(isPlane ? "PLANE" : "TENSOR")(\(stringLiteral(name)), \(numbers)),\n"
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

    /// The multiply-adds of the steps, or in lines of ten.
    private func productTable() -> String {
        if plan.steps.allSatisfy({ $0.products == $0.macs }) {
            return """
                #define PRODUCTS(number, layers, macs, ...) macs,
                static const uint64_t products[] = {ALL_STEPS(PRODUCTS)};
                """
        }
        let products = plan.steps.map { "\($0.products), " }
        let lines = stride(from: 0, to: products.count, by: 10).map { start in
            "    " + products[start..<min(start + 10, products.count)].joined().dropLast() + "\n"
        }
        return "static const uint64_t products[] = {\n\(lines.joined())};"
    }

    /// Of everything that decides the numbers: functions, calls and weights.
    private func hash() -> String {
        var hash = fingerprint(functions.functions.map(\.text).joined())
        for site in calls.joined() { hash = fingerprint(callText(site).operands, from: hash) }
        for segment in image.segments { hash = fingerprint(segment.values, from: hash) }
        let text = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
