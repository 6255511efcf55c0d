import CNetABI

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The hosted form of a library: a workspace and a team of threads that the library itself keeps. One call at a time.
public final class NetModel {
    /// The library it belongs to, which stays loaded as long as the model lives.
    public let library: NetLibrary
    private let model: UnsafeMutableRawPointer
    private let inputs, outputs: BufferList

    /// Creates a model with a team of that many threads; 0 stands for one a core.
    public init(_ library: NetLibrary, threads: Int = 0) throws(NetError) {
        guard let create = library.info.create, library.info.run != nil, library.info.destroy != nil else {
            throw .cannotCreate("the library was built without the hosted form")
        }
        guard let threads = Int32(exactly: threads), let model = create(threads) else {
            throw .cannotCreate(String(cString: strerror(errno)))
        }
        (self.library, self.model) = (library, model)
        inputs = BufferList(library.inputs.map(\.count))
        outputs = BufferList(library.outputs.map(\.count))
    }

    deinit { library.info.destroy(model) }

    /// One inference: the floats of each input in NHWC order to those of each output.
    public func run(_ values: [[Float]]) throws(NetError) -> [[Float]] {
        try setInputs(values)
        try run()
        return outputs.values()
    }

    /// Copies the inputs for the following calls.
    public func setInputs(_ values: [[Float]]) throws(NetError) {
        try library.inputs.check(values)
        inputs.set(values)
    }

    /// One inference on the inputs that were set, without copying.
    public func run() throws(NetError) {
        try check(library.info.run(model, inputs.constantPointers, outputs.pointers))
    }

    /// What the outputs hold after the last call.
    public func outputValues() -> [[Float]] { outputs.values() }
}
