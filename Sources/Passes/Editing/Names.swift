import IR

extension Origin {
    /// The names of the layers.
    var names: [String] { layers.map(\.name) }
    /// The first layer, which stands for the operation in remarks.
    var leader: String { layers.first?.name ?? "?" }
}
