// Runs a generated library by what it tells of itself, without its header.

import CNetABI

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A generated shared library, loaded; its embedded form, with a workspace of its own.
///
/// Not for several threads at once: each takes a library object of its own (loading again costs next to nothing), or a `NetModel`.
public final class NetLibrary {
    /// The identifier that the library's symbols begin with.
    public let name: String
    /// The version of netc that made it, the target it was made for, and a fingerprint of code and weights.
    public let version, target, hash: String
    public let inputs, outputs: [NetTensor]
    /// Values that can be read from the workspace between steps.
    public let tensors: [NetTensor]
    /// The steps of one sample; a batch runs them once for each.
    public let steps: [NetStep]
    public let workspaceBytes: Int

    let info: netc_info
    private let handle: UnsafeMutableRawPointer
    private let workspace: UnsafeMutableRawBufferPointer
    private let inputBuffers, outputBuffers: BufferList

    /// Loads the library at a path.
    public init(path: String) throws(NetError) {
        // Without a slash the name would be looked up among the system's libraries.
        guard let handle = dlopen(path.contains("/") ? path : "./" + path, RTLD_NOW | RTLD_LOCAL) else {
            throw .cannotOpen(path: path, reason: dlerror().map { String(cString: $0) } ?? "unknown")
        }
        do {
            info = try Self.info(handle, path)
        } catch {
            dlclose(handle)
            throw error
        }
        self.handle = handle
        (name, version) = (String(cString: info.name), String(cString: info.version))
        (target, hash) = (String(cString: info.target), String(cString: info.hash))
        inputs = UnsafeBufferPointer(start: info.inputs, count: Int(info.input_count)).map(NetTensor.init)
        outputs = UnsafeBufferPointer(start: info.outputs, count: Int(info.output_count)).map(NetTensor.init)
        tensors = UnsafeBufferPointer(start: info.tensors, count: Int(info.tensor_count)).map(NetTensor.init)
        let (table, products) = (info.steps, info.products)
        steps = (0..<Int(info.step_count)).map { NetStep(table![$0], products: products?[$0]) }
        workspaceBytes = Int(info.workspace_bytes)
        workspace = .allocate(byteCount: max(workspaceBytes, 64), alignment: 64)
        inputBuffers = BufferList(inputs.map(\.count))
        outputBuffers = BufferList(outputs.map(\.count))
    }

    deinit {
        workspace.deallocate()
        dlclose(handle)
    }

    /// One inference: the floats of each input in NHWC order, in the order of `inputs`, to those of each output.
    public func invoke(_ inputs: [[Float]]) throws(NetError) -> [[Float]] {
        try setInputs(inputs)
        try invoke()
        return outputValues()
    }

    /// Copies the inputs for the following calls.
    public func setInputs(_ values: [[Float]]) throws(NetError) {
        try inputs.check(values)
        inputBuffers.set(values)
    }

    /// One inference on the inputs that were set: no copying, no allocation; what a benchmark measures.
    public func invoke() throws(NetError) {
        try check(info.invoke(inputBuffers.constantPointers, outputBuffers.pointers, workspace.baseAddress))
    }

    /// Runs some of the steps on the inputs that were set; those before must have run. A batch of N has N times `steps.count` steps.
    public func invokeSteps(first: Int, count: Int) throws(NetError) {
        guard let first = UInt32(exactly: first), let count = UInt32(exactly: count) else {
            throw .failed(code: Int(NETC_RANGE.rawValue))
        }
        let (inputs, outputs) = (inputBuffers.constantPointers, outputBuffers.pointers)
        try check(info.invoke_steps(inputs, outputs, workspace.baseAddress, first, count))
    }

    /// What the outputs hold now, after all steps or some of them.
    public func outputValues() -> [[Float]] { outputBuffers.values() }

    /// What one output holds now.
    public func outputValues(_ index: Int) -> [Float] { outputBuffers.values(index) }

    /// The values of a tensor of `tensors` in NHWC order, as they lie in the workspace after its first step.
    public func values(of tensor: NetTensor) -> [Float] {
        let (height, width, channels) = tensor.image
        let base = (workspace.baseAddress! + tensor.offset).assumingMemoryBound(to: Float.self)
        return Array(unsafeUninitializedCapacity: height * width * channels) { buffer, count in
            for h in 0..<height {
                for w in 0..<width {
                    for c in 0..<channels {
                        let place =
                            c / tensor.block * tensor.plane + h * tensor.row + w * tensor.block + c % tensor.block
                        buffer.initializeElement(at: count, to: base[place])
                        count += 1
                    }
                }
            }
        }
    }

    /// Gives access to the workspace: to fill it with NaN before a run, or to read it by another plan.
    public func withWorkspace<R>(_ body: (UnsafeMutableRawBufferPointer) throws -> R) rethrows -> R {
        try body(workspace)
    }

    /// The table behind `netc_model`, of an interface that this code understands.
    private static func info(_ handle: UnsafeMutableRawPointer, _ path: String) throws(NetError) -> netc_info {
        guard let symbol = dlsym(handle, "netc_model") else { throw .notGenerated(path: path) }
        typealias Model = @convention(c) () -> UnsafePointer<netc_info>?
        guard let info = unsafeBitCast(symbol, to: Model.self)() else { throw .notGenerated(path: path) }
        // Fields are only appended, so a longer table is fine, and so is one that ends before what came later: that is null. Nothing after `size`
        // may be read before it is known.
        let least = MemoryLayout<netc_info>.offset(of: \.products)!
        guard info.pointee.abi == UInt32(NETC_ABI), Int(info.pointee.size) >= least else {
            throw .wrongInterface(path: path, found: Int(info.pointee.abi))
        }
        var known = netc_info()
        withUnsafeMutableBytes(of: &known) {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: info, count: min(Int(info.pointee.size), $0.count)))
        }
        return known
    }
}

/// Throws what a returned code means, if it isn't success.
func check(_ code: Int32) throws(NetError) {
    guard code == 0 else { throw .failed(code: Int(code)) }
}

extension [NetTensor] {
    /// Whether there are as many values for each tensor as it takes.
    func check(_ values: [[Float]]) throws(NetError) {
        guard values.count == count else {
            throw .wrongInput("the network takes \(count) inputs, but \(values.count) were given")
        }
        for (tensor, values) in zip(self, values) where values.count != tensor.count {
            throw .wrongInput("input '\(tensor.name)' takes \(tensor.count) floats, but \(values.count) were given")
        }
    }
}
