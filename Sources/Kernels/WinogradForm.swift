import IR

// Winograd's minimal filtering F(m, r) along each axis of a kernel: which forms there are. The matrices of inputs and products stand in winograd.c.

/// The outputs along one axis: F(outputs, taps) for each of the parts into which the kernel's taps are cut.
package struct WinogradAxis: Hashable, Sendable {
    /// m and r.
    package var outputs, taps: Int
    package var parts: Int

    /// Inputs of a tile, as many products, and as many rows of the kernel's transform.
    var side: Int { outputs + taps - 1 }
    /// Inputs that a tile's outputs need, besides the outputs' own.
    var overlap: Int { parts * taps - 1 }

    /// The form of so many inputs for a kernel of so many taps, of six or four; one tap needs no transform. `nil` where there is none that saves products.
    init?(kernel: Int, side: Int) {
        guard kernel <= (side == 6 ? 8 : 3) else { return nil }
        parts = kernel > 5 ? 2 : 1
        taps = (kernel + parts - 1) / parts
        outputs = kernel == 1 ? 1 : side + 1 - taps
    }
}

extension Convolution {
    /// The form of those tiles, if there is one.
    func winogradForm(tile: Extent) -> WinogradForm? { WinogradForm.all(for: kernel).first { $0.tile == tile } }
}

/// The forms of both axes.
package struct WinogradForm: Hashable, Sendable {
    package var height, width: WinogradAxis

    /// The outputs of a tile.
    package var tile: Extent { Extent(height.outputs, width.outputs) }
    package var places: Int { height.side * width.side }
    package var parts: Int { height.parts * width.parts }

    /// The forms for a kernel, those of the larger tiles first.
    package static func all(for kernel: Extent) -> [WinogradForm] {
        if kernel == .one { return [] }
        return [6, 4].compactMap { side in
            guard let height = WinogradAxis(kernel: kernel.height, side: side),
                let width = WinogradAxis(kernel: kernel.width, side: side)
            else { return nil }
            return WinogradForm(height: height, width: width)
        }
    }

    /// Whether it takes fewer products than folding an enlargement by that factor into the kernel: along an axis of k taps and a factor f, f outputs then
    /// are k + f - 1 products.
    func saves(over factor: Extent, of kernel: Extent) -> Bool {
        let folded = (kernel.height + factor.height - 1) * (kernel.width + factor.width - 1)
        return places * parts * factor.height * factor.width < folded * tile.height * tile.width
    }

    /// `F(4×4, 3×3)`, `F(1×3, 1×4) in 2 parts`.
    var name: String {
        "F(\(height.outputs)×\(width.outputs), \(height.taps)×\(width.taps))" + (parts > 1 ? " in \(parts) parts" : "")
    }
}
