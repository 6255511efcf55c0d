import IR

// From draft to plan: concatenations are laid out, buffers get their lives and their offsets.

extension Planner {
    func finish(batch: Int) -> Plan {
        var buffers = bufferLayouts.map { Buffer(floats: $0.count, firstStep: .max, lastStep: -1) }
        var finished: [Step] = []
        var maximumScratch = 0
        for (number, draft) in steps.enumerated() {
            var step = draft.step
            for call in draft.calls {
                let reads = call.reads.map(place)
                let writes = place(call.writes)
                for place in reads + [writes] {
                    guard case .buffer(let id) = place.base else { continue }
                    buffers[id].firstStep = min(buffers[id].firstStep, number)
                    buffers[id].lastStep = max(buffers[id].lastStep, number)
                }
                var scratch: Int?
                if call.instance.scratch > 0 {
                    buffers.append(Buffer(floats: call.instance.scratch, firstStep: number, lastStep: number))
                    scratch = buffers.count - 1
                    maximumScratch = max(maximumScratch, call.instance.scratch)
                }
                step.calls.append(Call(instance: call.instance, reads: reads, writes: writes, scratch: scratch))
            }
            finished.append(step)
        }
        let workspace = packBuffers(&buffers)
        for (number, draft) in steps.enumerated() {
            guard let (value, location) = draft.result else { continue }
            finished[number].result = materialised(value, at: place(location), buffers, step: number)
        }
        finished.fetchAhead(for: target)
        return Plan(
            target: target, batch: batch, inputs: publicInputs(), outputs: publicOutputs(), steps: finished,
            buffers: buffers,
            workspaceBytes: workspace, scratchBytes: (maximumScratch * 4 + 63) / 64 * 64, remarks: remarks)
    }

    private func materialised(_ value: ValueID, at place: Place, _ buffers: [Buffer], step: Int) -> Materialised {
        var last = steps.count - 1
        if case .buffer(let id) = place.base { last = buffers[id].lastStep }
        return Materialised(
            tensor: graph[value].tensor, name: graph[value].origin.layers.last?.name ?? "", shape: graph[value].shape,
            place: place, firstStep: step, lastStep: last)
    }

    /// The place of a location, its buffer's start being the base.
    func place(_ location: Location) -> Place {
        switch location.root {
        case .input(let index): return Place(base: .input(index), offset: location.offset, layout: location.layout)
        case .output(let index): return Place(base: .output(index), offset: location.offset, layout: location.layout)
        case .buffer(let id):
            return Place(base: .buffer(id), offset: bufferLayouts[id].origin + location.offset, layout: location.layout)
        case .part(let whole, let index):
            guard let (home, vectors) = wholes[whole] else { preconditionFailure("%\(whole.index) is not laid out") }
            let before = vectors[..<index].reduce(0, +)
            var result = place(home)
            result.offset += before * location.layout.vector + location.offset
            result.layout = location.layout
            return result
        }
    }

    private func publicInputs() -> [PublicOperand] {
        var shapes: [Int: [Int]] = [:]
        for operation in graph.operations {
            if case .input(let index) = operation.primitive { shapes[index] = graph[operation.output].shape }
        }
        return graph.inputNames.enumerated().map { PublicOperand(name: $0.element, shape: shapes[$0.offset] ?? []) }
    }

    private func publicOutputs() -> [PublicOperand] {
        zip(graph.outputNames, graph.outputs).map { PublicOperand(name: $0, shape: graph[$1].shape) }
    }
}
