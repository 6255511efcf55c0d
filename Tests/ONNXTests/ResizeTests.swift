import Testing

/// Resize as ONNX defines it, where its own cases say nothing: they crop with linear interpolation alone.
@Suite struct `A region that is resized` {
    /// Rows 1.2 to 3.6 of 5 and columns −1.2 to 2.4 of 4; what lies outside is 7.5.
    @Test(arguments: ["nearest", "linear"]) func `has a value for what lies outside`(mode: String) throws {
        var model = SmallModel([1, 2, 5, 4], result: [1, 2, 3, 4])
        model.constant("region", [4], [0.3, -0.4, 0.9, 0.8])
        model.integers("sizes", [3, 4])
        model.node(
            "Resize", ["x", "region", "", "sizes"], "y", ["axes": [2, 3]],
            texts: ["mode": mode, "coordinate_transformation_mode": "tf_crop_and_resize", "nearest_mode": "floor"],
            numbers: ["extrapolation_value": 7.5])
        let x = (0..<40).map { Double($0 * $0 % 23) }
        let (text, values) = try model.imported(x)
        // At rows 1.2, 2.4, 3.6 and columns −1.2, 0, 1.2, 2.4.
        var wanted: [Double] = []
        for channel in 0..<2 {
            func cell(_ row: Int, _ column: Int) -> Double { x[channel * 20 + row * 4 + column] }
            for row in [1.2, 2.4, 3.6] {
                wanted.append(7.5)
                for column in [0, 1.2, 2.4] {
                    let (r, c) = (Int(row), Int(column))
                    let (rest, side) = mode == "linear" ? (row - Double(r), column - Double(c)) : (0, 0)
                    let upper = (1 - side) * cell(r, c) + side * cell(r, c + 1)
                    let lower = (1 - side) * cell(r + 1, c) + side * cell(r + 1, c + 1)
                    wanted.append((1 - rest) * upper + rest * lower)
                }
            }
        }
        #expect(values.count == wanted.count)
        #expect(zip(values, wanted).allSatisfy { abs($0 - $1) < 1e-5 }, "\(values), not \(wanted): \(text)")
    }
}
