/// Packs the buffers of a plan into one workspace: two whose lives overlap do not overlap in memory.
///
/// Greedy by size, each at the lowest offset that is free throughout its life: within a few percent of the lower bound on convolutional networks
/// (Pisarchyk & Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020).
func packBuffers(_ buffers: inout [Buffer]) -> Int {
    let alignment = 64
    let order = buffers.indices.sorted { a, b in
        buffers[a].floats != buffers[b].floats ? buffers[a].floats > buffers[b].floats : a < b
    }
    var placed: [Int] = []
    var total = 0
    for index in order where buffers[index].floats > 0 {
        let size = (buffers[index].floats * 4 + alignment - 1) / alignment * alignment
        let neighbours = placed.filter {
            buffers[$0].firstStep <= buffers[index].lastStep && buffers[index].firstStep <= buffers[$0].lastStep
        }.sorted { buffers[$0].offset < buffers[$1].offset }
        var offset = 0
        for other in neighbours {
            if buffers[other].offset >= offset + size { break }
            let end = (buffers[other].offset + buffers[other].floats * 4 + alignment - 1) / alignment * alignment
            offset = max(offset, end)
        }
        buffers[index].offset = offset
        placed.append(index)
        total = max(total, offset + size)
    }
    return total
}
