import Formats
import Foundation
import Import

/// ONNX's numbers of element types (TensorProto.DataType).
enum TensorType {
    static let float: Int32 = 1
    static let int32: Int32 = 6
    static let int64: Int32 = 7
    static let bool: Int32 = 9
    static let float16: Int32 = 10
    static let double: Int32 = 11
    static let bfloat16: Int32 = 16

    static let floating: [Int32: ElementType] = [
        float: .float32, float16: .float16, double: .float64, bfloat16: .bfloat16,
    ]
    private static let whole: [Int32: ElementType] = [
        2: .uint8, 3: .int8, 4: .uint16, 5: .int16, int32: .int32, int64: .int64, bool: .bool, 12: .uint32, 13: .uint64,
    ]
    private static let others: [Int32: String] = [
        8: "string", 14: "complex64", 15: "complex128", 17: "float8e4m3fn", 18: "float8e4m3fnuz", 19: "float8e5m2",
        20: "float8e5m2fnuz", 21: "uint4", 22: "int4", 23: "float4e2m1",
    ]

    static func whole(_ type: Int32) -> ElementType? { whole[type] }

    static func name(_ type: Int32) -> String {
        (floating[type] ?? whole[type])?.rawValue ?? others[type] ?? "number \(type)"
    }
}

/// Floating-point numbers that lie in a file.
struct StoredTensor: Sendable {
    var source: any ByteSource
    var range: StoredRange
    var count: Int
    var type: ElementType
    var name: String

    func read() throws -> [Float] {
        try readElements(of: source, at: range.offset, count: count, as: type, name: name)
    }
}

/// A tensor of the model as a literal; `stored` says where its bytes lie when they are not in it.
func literal(
    _ tensor: Onnx_TensorProto, _ stored: (range: StoredRange, source: any ByteSource)?,
    _ externalFile: (String) throws -> any ByteSource
) throws -> Literal {
    let shape = tensor.dims.map { Int($0) }
    guard let count = elementCount(shape, size: 8) else {
        throw OperatorProblem("its shape \(shape.prefix(8)) is impossible")
    }
    let name = sanitized(tensor.name)
    if let type = TensorType.floating[tensor.dataType] {
        if let (range, source) = try stored ?? external(tensor, externalFile) {
            guard range.count == count * type.size else {
                throw OperatorProblem("shape \(shape) needs \(count * type.size) bytes, but there are \(range.count)")
            }
            return Literal(
                shape, stored: StoredTensor(source: source, range: range, count: count, type: type, name: name))
        }
        return Literal(shape, floats: try floats(tensor, count, type, name))
    }
    guard let type = TensorType.whole(tensor.dataType) else {
        throw OperatorProblem("elements of type \(TensorType.name(tensor.dataType)) are not supported")
    }
    var bytes: [UInt8]?
    if let (range, source) = try stored ?? external(tensor, externalFile) {
        guard range.count == count * type.size, range.count < 1 << 26 else {
            throw OperatorProblem("\(range.count) bytes do not make \(count) whole numbers")
        }
        bytes = try source.bytes(at: range.offset, count: range.count)
    } else if tensor.hasRawData {
        bytes = [UInt8](tensor.rawData)
    }
    let integers = try bytes.map { try wholeNumbers($0, type, count) } ?? wholeNumbers(tensor)
    guard integers.count == count else {
        throw OperatorProblem("shape \(shape) has \(count) elements, but there are \(integers.count)")
    }
    return Literal(shape, integers: integers)
}

private func floats(_ tensor: Onnx_TensorProto, _ count: Int, _ type: ElementType, _ name: String) throws -> [Float] {
    if tensor.hasRawData {
        let bytes = [UInt8](tensor.rawData)
        guard bytes.count == count * type.size else {
            throw OperatorProblem("\(count) elements need \(count * type.size) bytes, but there are \(bytes.count)")
        }
        return try readElements(of: MemorySource(bytes), at: 0, count: count, as: type, name: name)
    }
    let values: [Float]
    switch type {
    case .float64: values = tensor.doubleData.map { Float($0) }
    case .float16, .bfloat16:
        let bytes = tensor.int32Data.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        values = try readElements(of: MemorySource(bytes), at: 0, count: bytes.count / 2, as: type, name: name)
    default: values = tensor.floatData
    }
    guard values.count == count else {
        throw OperatorProblem("its shape has \(count) elements, but there are \(values.count)")
    }
    return values
}

private func wholeNumbers(_ tensor: Onnx_TensorProto) -> [Int] {
    tensor.int64Data.isEmpty ? tensor.int32Data.map { Int($0) } : tensor.int64Data.map { Int($0) }
}

private func wholeNumbers(_ bytes: [UInt8], _ type: ElementType, _ count: Int) throws -> [Int] {
    guard bytes.count == count * type.size else {
        throw OperatorProblem("\(count) elements need \(count * type.size) bytes, but there are \(bytes.count)")
    }
    return bytes.withUnsafeBytes { raw in
        func load<T: FixedWidthInteger>(_: T.Type, _ index: Int) -> Int {
            Int(truncatingIfNeeded: T(littleEndian: raw.loadUnaligned(fromByteOffset: index * type.size, as: T.self)))
        }
        return (0..<count).map { index in
            switch type {
            case .int8: load(Int8.self, index)
            case .uint8: load(UInt8.self, index)
            case .bool: load(UInt8.self, index) == 0 ? 0 : 1
            case .int16: load(Int16.self, index)
            case .uint16: load(UInt16.self, index)
            case .int32: load(Int32.self, index)
            case .uint32: load(UInt32.self, index)
            case .uint64: load(UInt64.self, index)
            default: load(Int64.self, index)
            }
        }
    }
}

/// Where the bytes of a tensor lie that the model keeps in a file beside it.
private func external(
    _ tensor: Onnx_TensorProto, _ open: (String) throws -> any ByteSource
) throws -> (StoredRange, any ByteSource)? {
    guard tensor.dataLocation == 1 else { return nil }
    var entries: [String: String] = [:]
    for entry in tensor.externalData { entries[entry.key] = entry.value }
    guard let location = entries["location"] else { throw OperatorProblem("its external file has no name") }
    let source = try open(location)
    let offset = try entries["offset"].map { try position($0) } ?? 0
    let count = try entries["length"].map { try position($0) } ?? max(source.count - offset, 0)
    guard offset <= source.count, count <= source.count - offset else {
        throw OperatorProblem(
            "bytes \(offset) to \(offset.addingReportingOverflow(count).partialValue) lie outside"
                + " '\(sanitized(location))', which has \(source.count)")
    }
    return (StoredRange(offset: offset, count: count), source)
}

private func position(_ text: String) throws -> Int {
    guard let value = Int(text), value >= 0 else {
        throw OperatorProblem("'\(sanitized(text))' is no position in a file")
    }
    return value
}

extension OperatorProblem: CustomStringConvertible {
    var description: String { message + (hint.map { " (\($0))" } ?? "") }
}
