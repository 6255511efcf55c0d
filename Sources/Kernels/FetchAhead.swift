import Target

// A dense layer takes as long as memory needs to deliver its weights, each of which it reads once. While the convolutions before it multiply, memory
// is idle: so their kernels fetch those weights, a cache line every few channels, and the dense layer finds them in a cache.

extension Array where Element == Step {
    /// Lets convolutions fetch the weights of dense layers behind them (fetching_convolution.c): the nearest ones, as many as it takes.
    mutating func fetchAhead(for target: Target) {
        for position in indices {
            for (number, call) in self[position].calls.enumerated() where call.instance.readsWeightsOnce {
                // What no cache holds until it is read would be fetched twice.
                let wanted = Swift.min(call.instance.weights.count, 8 * target.l2 / 4)
                var (start, missing) = (0, wanted)
                for convolution in indices[..<position].reversed() where missing > 0 {
                    for fetcher in self[convolution].calls.indices where missing > 0 {
                        let range = Call.Fetched(step: position, call: number, start: start, floats: missing)
                        let fetched = self[convolution].calls[fetcher].fetch(
                            range, least: wanted / 16, lanes: target.lanes)
                        (start, missing) = (start + fetched, missing - fetched)
                    }
                }
            }
        }
    }
}

extension Call {
    /// Weights of a later step, from `start` on.
    public struct Fetched: Sendable {
        public var step: Int
        public var call: Int
        public var start: Int
        public var floats: Int
    }

    /// Has the kernel fetch as much of that as one line every second channel makes; returns how many floats that is, 0 where it can't, does already or
    /// would make too few to be worth a function of its own.
    fileprivate mutating func fetch(_ range: Fetched, least: Int, lanes: Int) -> Int {
        let vectors = instance.fetchingVectors
        guard fetched == nil, vectors > 0, lanes >= 4 else { return 0 }
        func floats(every channels: Int) -> Int { vectors * lanes / channels * 16 }
        guard floats(every: 2) >= least else { return 0 }
        let every = [16, 8, 4].first { lanes % $0 == 0 && floats(every: $0) >= range.floats } ?? 2
        var own = range
        own.floats = Swift.min(range.floats, floats(every: every))
        fetched = own
        instance.fetchAhead(own.floats, every: every)
        return own.floats
    }
}

extension KernelInstance {
    /// Whether memory bounds it, and it is worth a thought.
    fileprivate var readsWeightsOnce: Bool { template == "dense" && weights.count >= 16384 }

    /// How many vectors of input channels all its tiles multiply, tap by tap; 0 for kernels that can't fetch.
    fileprivate var fetchingVectors: Int {
        guard template == "convolution" else { return 0 }
        return items * self["SUM_VECTORS"] * self["SUM_KERNEL_HEIGHT"] * self["SUM_KERNEL_WIDTH"]
    }

    fileprivate mutating func fetchAhead(_ floats: Int, every channels: Int) {
        template = "fetching_convolution"
        constants += [("AHEAD", .int(floats)), ("SUM_AHEAD", .int(channels))]
        choice += ", weights of a later layer fetched meanwhile"
    }

    /// The value of an integer constant.
    subscript(name: String) -> Int {
        guard case .int(let value)? = constants.first(where: { $0.name == name })?.value else {
            preconditionFailure("\(template).c without \(name)")
        }
        return value
    }
}
