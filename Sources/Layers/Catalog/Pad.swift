import IR
import Network

/// Cells before and after each axis: a constant, or what the tensor holds.
struct Pad: LowerableLayer {
    static let descriptor = LayerDescriptor(
        "Pad", summary: "Cells before and after each axis: a constant, or what the tensor holds.",
        attributes: [
            Attribute(
                "pad_width", .array,
                "(before, after) for each axis without the batch; n or (before, after) for all of them"),
            Attribute(
                "mode", .choice(Mode.allCases.map(\.rawValue)), default: .string("constant"),
                "'edge' repeats the outermost cells; 'reflect' mirrors at them, 'symmetric' behind them"),
            Attribute(
                "constant_values", .float(-1e30...1e30), default: .float(0), optional: true, "the constant; None is 0"),
        ],
        formula: "y[i + before, …] = x[i, …]; elsewhere the constant, or x at the cell that the mode tells")

    enum Mode: String, CaseIterable { case constant, reflect, symmetric, edge }

    /// One pair for all axes, or one for each.
    let pairs: [(before: Int, after: Int)]
    let mode: Mode
    let fill: Double

    init(_ attributes: AttributeValues) throws {
        let width = try NumberArray(attributes["pad_width"], attribute: "pad_width")
        guard width.values.allSatisfy({ $0 == $0.rounded() && (0...Double(longestTable)).contains($0) }) else {
            throw LayerError("expected whole numbers from 0 to \(longestTable)", attribute: "pad_width")
        }
        guard width.shape.rank == 0 || width.shape.rank <= 2 && width.shape.channels == 2 else {
            throw LayerError("expected a pair (before, after) for each axis", attribute: "pad_width")
        }
        let numbers = width.values.map { Int($0) }
        pairs = stride(from: 0, to: numbers.count, by: 2).map { (numbers[$0], numbers[min($0 + 1, numbers.count - 1)]) }
        mode = Mode(rawValue: attributes.string("mode").lowercased())!
        fill = attributes.isNone("constant_values") ? 0 : Double(Float(attributes.float("constant_values")))
        guard mode == .constant || fill == 0 else {
            throw LayerError("mode '\(mode)' takes no constant", attribute: "constant_values")
        }
    }

    func outputShapes(for inputs: [Shape]) throws -> [Shape] {
        let shape = inputs[0]
        guard pairs.count == 1 || pairs.count == shape.rank else {
            throw LayerError(
                "\(pairs.count) pairs for an input of shape \(shape), which has \(shape.rank) axes",
                attribute: "pad_width")
        }
        for (axis, extent) in shape.dimensions.enumerated() {
            let (before, after) = pair(axis)
            let most = mode == .reflect ? extent - 1 : mode == .symmetric ? extent : Int.max
            guard max(before, after) <= most else {
                throw LayerError(
                    "mode '\(mode)' has at most \(most) cells for each end of axis \(axis + 1) of \(shape)",
                    attribute: "pad_width")
            }
            guard before + after == 0 || before + extent + after <= longestTable else {
                throw LayerError(
                    "axis \(axis + 1) of \(shape) would be longer than \(longestTable) cells", attribute: "pad_width")
            }
        }
        return [Shape(shape.dimensions.enumerated().map { $1 + pair($0).before + pair($0).after })]
    }

    private func pair(_ axis: Int) -> (before: Int, after: Int) { pairs.count == 1 ? pairs[0] : pairs[axis] }
}

// MARK: - Reference

extension Pad {
    func reference(_ inputs: [RealTensor], _ parameters: [RealTensor]) -> [RealTensor] { [padded(inputs[0], fill)] }

    /// A constant is exact.
    func evaluate(_ inputs: [RealTensor], bounds: [RealTensor], _ parameters: [RealTensor]) -> Evaluation {
        Evaluation(outputs: reference(inputs, parameters), bounds: [padded(bounds[0], 0)])
    }

    private func padded(_ x: RealTensor, _ fill: Double) -> RealTensor {
        var positions: [Int?] = [0]
        for (axis, extent) in x.shape.dimensions.enumerated() {
            let (before, after) = pair(axis)
            let cells = (-before..<extent + after).map { source(of: $0, extent) }
            positions = positions.flatMap { row in
                cells.map { cell in row.flatMap { row in cell.map { row * extent + $0 } } }
            }
        }
        return RealTensor(shapes(for: [x.shape])[0], positions.map { $0.map { x.values[$0] } ?? fill })
    }

    /// The cell of an axis that stands at a position, which may lie outside; `nil` for the constant.
    private func source(of position: Int, _ extent: Int) -> Int? {
        if (0..<extent).contains(position) { return position }
        switch mode {
        case .constant: return nil
        case .edge: return position < 0 ? 0 : extent - 1
        case .reflect: return position < 0 ? -position : 2 * extent - 2 - position
        case .symmetric: return position < 0 ? -1 - position : 2 * extent - 1 - position
        }
    }
}

// MARK: - Lowering

extension Pad {
    /// Zeros around a sequence or an image are its padding; all else goes by tables, axis by axis.
    func lower(_ inputs: [ValueID], _ parameters: [Constant], into builder: inout GraphBuilder) -> [ValueID] {
        let shape = builder.shape(of: inputs[0])
        var (value, first) = (inputs[0], 0)
        if mode == .constant, fill == 0, (2...3).contains(shape.count) {
            value = zeros(around: value, builder: &builder)
            first = shape.count - 1
        }
        for axis in first..<shape.count {
            value = builder.gather(value, axis: axis, table(axis, of: shape[axis]), fill: Float(fill))
        }
        return [value]
    }

    private func zeros(around value: ValueID, builder: inout GraphBuilder) -> ValueID {
        let space: any Space.Type = builder.shape(of: value).count == 3 ? Plane.self : Line.self
        let ends = (0..<space.rank).flatMap { [pair($0).before, pair($0).after] }
        if ends.allSatisfy({ $0 == 0 }) { return value }
        let sides = Array(repeating: 0, count: 4 - ends.count) + ends
        let image = builder.image(value, of: space)
        let extent = builder.shape(of: image)
        let zeros = Margins(top: sides[0], bottom: sides[1], left: sides[2], right: sides[3])
        let shape = [extent[0] + sides[0] + sides[1], extent[1] + sides[2] + sides[3], extent[2]]
        return builder.tensor(ofImage: builder.append(.padding(zeros), [image], shape: shape), of: space)
    }

    /// What stands along the padded axis.
    private func table(_ axis: Int, of extent: Int) -> [Int] {
        let (before, after) = pair(axis)
        let cells = Array(0..<extent)
        switch mode {
        case .constant:
            let outside = [before, after].map { Array(repeating: Gather.outside, count: $0) }
            return outside[0] + cells + outside[1]
        case .edge:
            return Array(repeating: 0, count: before) + cells + Array(repeating: extent - 1, count: after)
        case .reflect:
            return cells.dropFirst().prefix(before).reversed() + cells + cells.dropLast().suffix(after).reversed()
        case .symmetric: return cells.prefix(before).reversed() + cells + cells.suffix(after).reversed()
        }
    }
}
