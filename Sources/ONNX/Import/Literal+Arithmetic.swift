import Foundation
import IR

/// The most elements that arithmetic on literals makes: shapes and small tables, not weights.
private let largestResult = 1 << 23

extension Literal {
    /// Elements at the given positions under a shape.
    func taking(_ positions: [Int], shape: [Int]) throws -> Literal {
        if let integers { return Literal(shape, integers: positions.map { integers[$0] }) }
        let floats = try floats()
        return Literal(shape, floats: positions.map { floats[$0] })
    }

    /// The position in row-major order of each element of a literal that is broadcast to a shape.
    func broadcastPositions(to target: [Int]) throws -> [Int] {
        let count = try checkedCount(target)
        var strides = Array(repeating: 0, count: target.count)
        var stride = 1
        for (axis, extent) in shape.enumerated().reversed() {
            let place = target.count - shape.count + axis
            guard place >= 0, extent == target[place] || extent == 1 else {
                throw OperatorProblem("shapes \(shape) and \(target) do not meet")
            }
            if extent != 1 { strides[place] = stride }
            stride *= extent
        }
        return positions(target, strides, count)
    }

    /// One function of each element.
    func map(_ function: (Double) -> Double) throws -> Literal {
        Literal(shape, floats: try floats().map { Float(function(Double($0))) })
    }
}

/// The offsets that an index running over `extents` has in an array of those strides.
func positions(_ extents: [Int], _ strides: [Int], _ count: Int) -> [Int] {
    var result: [Int] = []
    result.reserveCapacity(count)
    var index = Array(repeating: 0, count: extents.count)
    var position = 0
    for _ in 0..<count {
        result.append(position)
        for axis in extents.indices.reversed() {
            index[axis] += 1
            position += strides[axis]
            if index[axis] < extents[axis] { break }
            position -= strides[axis] * extents[axis]
            index[axis] = 0
        }
    }
    return result
}

/// The row-major strides of a shape.
func strides(of shape: [Int]) -> [Int] {
    var strides = Array(repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    return strides
}

/// The number of elements of a shape that stands in the model.
func checkedCount(_ shape: [Int], limit: Int = largestResult) throws -> Int {
    var count = 1
    // Zero makes the product small however large the other extents are; these are limited all the same.
    for extent in shape where extent != 0 {
        guard extent >= 0 else { throw OperatorProblem("the shape \(shape.prefix(8)) has a negative extent") }
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        guard !overflow, product <= limit else { throw OperatorProblem("the shape \(shape.prefix(8)) is too large") }
        count = product
    }
    return shape.contains(0) ? 0 : count
}

/// The shape to which shapes broadcast, as in NumPy.
func broadcastShape(_ a: [Int], _ b: [Int]) throws -> [Int] {
    guard let shape = try? broadcast(a, b) else { throw OperatorProblem("shapes \(a) and \(b) do not meet") }
    return shape
}

/// Functions of one number that are folded.
private let unary: [String: @Sendable (Double) -> Double] = [
    "Sqrt": { $0.squareRoot() }, "Floor": { $0.rounded(.down) }, "Ceil": { $0.rounded(.up) }, "Exp": { exp($0) },
    "Log": { log($0) }, "Reciprocal": { 1 / $0 }, "Round": { $0.rounded(.toNearestOrEven) },
]

/// Functions of two numbers that are folded, on floating-point and on whole numbers.
private struct Binary: Sendable {
    var real: @Sendable (Double, Double) -> Double
    var whole: (@Sendable (Int, Int) throws -> Int)?
}

private func divided(_ a: Int, _ b: Int) throws -> Int {
    guard b != 0, !(a == .min && b == -1) else { throw OperatorProblem("divides by zero") }
    return a / b
}

private func modulus(_ a: Int, _ b: Int) throws -> Int {
    guard b != 0, b != -1 else { return 0 }
    let rest = a % b
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
}

private let binary: [String: Binary] = [
    "Add": Binary(real: { $0 + $1 }, whole: { $0 &+ $1 }), "Sub": Binary(real: { $0 - $1 }, whole: { $0 &- $1 }),
    "Mul": Binary(real: { $0 * $1 }, whole: { $0 &* $1 }), "Div": Binary(real: { $0 / $1 }, whole: divided),
    "Mod": Binary(real: { $0 - $1 * ($0 / $1).rounded(.down) }, whole: modulus),
    "Pow": Binary(real: { pow($0, $1) }, whole: nil), "Max": Binary(real: { max($0, $1) }, whole: { max($0, $1) }),
    "Min": Binary(real: { min($0, $1) }, whole: { min($0, $1) }),
]

/// Comparisons and logic, whose results are truth values.
private let relations: [String: @Sendable (Double, Double) -> Bool] = [
    "Equal": { $0 == $1 }, "Less": { $0 < $1 }, "Greater": { $0 > $1 }, "LessOrEqual": { $0 <= $1 },
    "GreaterOrEqual": { $0 >= $1 }, "And": { $0 != 0 && $1 != 0 }, "Or": { $0 != 0 || $1 != 0 },
    "Xor": { ($0 != 0) != ($1 != 0) },
]

/// Element by element arithmetic on literals; `nil` for an operator that is not folded.
func foldedArithmetic(_ type: String, _ operands: [Literal]) throws -> Literal? {
    if type == "Where", operands.count == 3 { return try select(operands) }
    guard let first = operands.first else { return nil }
    if operands.count == 1 { return try foldedFunction(type, first) }
    guard binary[type] != nil || relations[type] != nil else { return nil }
    return try operands.dropFirst().reduce(first) { try combined(type, $0, $1) }
}

private func foldedFunction(_ type: String, _ operand: Literal) throws -> Literal? {
    switch type {
    case "Max", "Min": return operand
    case "Neg", "Abs":
        if let integers = operand.integers {
            return Literal(operand.shape, integers: integers.map { type == "Neg" ? 0 &- $0 : $0 < 0 ? 0 &- $0 : $0 })
        }
        return try operand.map { type == "Neg" ? -$0 : abs($0) }
    case "Not":
        guard let integers = operand.integers else { return nil }
        return Literal(operand.shape, integers: integers.map { $0 == 0 ? 1 : 0 })
    default:
        guard let function = unary[type], !operand.isIntegral else { return nil }
        return try operand.map(function)
    }
}

private func combined(_ type: String, _ a: Literal, _ b: Literal) throws -> Literal {
    let shape = try broadcastShape(a.shape, b.shape)
    let pairs = zip(try a.broadcastPositions(to: shape), try b.broadcastPositions(to: shape))
    if let x = a.integers, let y = b.integers {
        if let relation = relations[type] {
            return Literal(shape, integers: pairs.map { relation(Double(x[$0]), Double(y[$1])) ? 1 : 0 })
        }
        if let operation = binary[type]?.whole {
            return Literal(shape, integers: try pairs.map { try operation(x[$0], y[$1]) })
        }
    }
    let (x, y) = (try a.floats(), try b.floats())
    if let relation = relations[type] {
        return Literal(shape, integers: pairs.map { relation(Double(x[$0]), Double(y[$1])) ? 1 : 0 })
    }
    let operation = binary[type]!.real
    return Literal(shape, floats: pairs.map { Float(operation(Double(x[$0]), Double(y[$1]))) })
}

private func select(_ operands: [Literal]) throws -> Literal? {
    guard let condition = operands[0].integers else { return nil }
    let shape = try broadcastShape(operands[0].shape, try broadcastShape(operands[1].shape, operands[2].shape))
    let places = try operands.map { try $0.broadcastPositions(to: shape) }
    if let a = operands[1].integers, let b = operands[2].integers {
        return Literal(
            shape,
            integers: shape.isEmpty || !places[0].isEmpty
                ? places[0].indices.map { condition[places[0][$0]] != 0 ? a[places[1][$0]] : b[places[2][$0]] } : [])
    }
    let (a, b) = (try operands[1].floats(), try operands[2].floats())
    return Literal(
        shape, floats: places[0].indices.map { condition[places[0][$0]] != 0 ? a[places[1][$0]] : b[places[2][$0]] })
}
