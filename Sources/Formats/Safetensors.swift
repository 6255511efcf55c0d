// The safetensors format: the length of a JSON header (8 bytes), the header, the tensors' bytes without gaps.
// https://huggingface.co/docs/safetensors/index#format

/// The length that the format itself sets as the limit of a header.
private let longestHeader = 100_000_000

private let elementTypes: [String: ElementType] = [
    "F16": .float16, "BF16": .bfloat16, "F32": .float32, "F64": .float64, "I8": .int8, "I16": .int16, "I32": .int32,
    "I64": .int64, "U8": .uint8, "U16": .uint16, "U32": .uint32, "U64": .uint64, "BOOL": .bool,
]

/// The tensors of a safetensors file, whose ranges are checked to be aligned and to cover its data exactly once.
func readSafetensors(_ source: some ByteSource) throws -> [ArrayEntry] {
    let length = littleEndian(try source.bytes(at: 0, count: 8), 0, as: UInt64.self)
    guard length <= longestHeader else {
        throw FormatError("the safetensors header claims \(length) bytes; the format allows \(longestHeader)", at: 0)
    }
    guard length <= source.count - 8 else {
        throw FormatError(
            "the safetensors header claims \(length) bytes, but the file has \(source.count)", at: 0,
            hint: "the file is cut off")
    }
    let dataStart = 8 + Int(length)
    var scanner = JSONScanner(bytes: try source.bytes(at: 8, count: Int(length)), base: 8)
    var tensors: [Tensor] = []
    try scanner.object { scanner, name in
        if name == "__metadata__" {
            try scanner.object { scanner, _ in _ = try scanner.string() }
        } else {
            tensors.append(try Tensor(name, &scanner))
        }
    }
    try scanner.end()
    try checkCover(tensors, dataStart: dataStart, dataCount: source.count - dataStart)
    return tensors.map {
        ArrayEntry(
            name: $0.name, shape: $0.shape, elementType: $0.type, elementCount: $0.count, isFortranOrder: false,
            isBigEndian: false, location: .plain(dataStart + $0.start))
    }
}

/// Writes a safetensors file of one floating-point type, piece by piece, the tensors in the order given.
public func writeSafetensors(
    _ arrays: [NamedArray], as type: ElementType = .float32, to sink: ([UInt8]) throws -> Void
) throws {
    let typeName = elementTypes.first { $0.value == type }!.key
    var offset = 0
    let fields = arrays.map { array in
        let start = offset
        offset += array.values.count * type.size
        let shape = array.shape.map(String.init).joined(separator: ",")
        return
            "\(quoted(array.name)):{\"dtype\":\"\(typeName)\",\"shape\":[\(shape)],\"data_offsets\":[\(start),\(offset)]}"
    }
    precondition(Set(arrays.map(\.name)).count == arrays.count, "names are unique")
    var text = Array("{\(fields.joined(separator: ","))}".utf8)
    text.append(contentsOf: repeatElement(0x20, count: (8 - text.count % 8) % 8))
    var header: [UInt8] = []
    append(UInt64(text.count), to: &header)
    try sink(header + text)
    for array in arrays { try write(array.values, as: type, name: array.name, to: sink) }
}

/// One tensor of the header; offsets count from the start of the data.
private struct Tensor {
    var name: String
    var type: ElementType
    var shape: [Int]
    var count: Int
    var start: Int
    var end: Int

    init(_ name: String, _ scanner: inout JSONScanner) throws {
        var (typeName, shape, range): (String?, [Int]?, [Int]?) = (nil, nil, nil)
        try scanner.object { scanner, key in
            switch key {
            case "dtype": typeName = try scanner.string()
            case "shape": shape = try scanner.integers()
            case "data_offsets": range = try scanner.integers()
            default: throw scanner.error("unknown key '\(key)' of tensor '\(name)'")
            }
        }
        guard let typeName, let shape, let range, range.count == 2 else {
            throw scanner.error("tensor '\(name)' lacks one of 'dtype', 'shape', 'data_offsets'")
        }
        guard let type = elementTypes[typeName] else {
            throw FormatError(
                "tensor '\(name)' has elements of type '\(typeName)', which is not read",
                at: scanner.base + scanner.position,
                hint: "save it as F32")
        }
        guard let count = elementCount(shape, size: type.size) else {
            throw scanner.error("the shape \(shape) of tensor '\(name)' is too large")
        }
        guard range[0] <= range[1], range[1] - range[0] == count * type.size else {
            throw scanner.error(
                "tensor '\(name)' of shape \(shape) and type \(typeName) needs \(count * type.size) bytes, "
                    + "but its offsets are \(range)")
        }
        (self.name, self.type, self.shape, self.count) = (name, type, shape, count)
        (start, end) = (range[0], range[1])
    }
}

/// Every byte of the data belongs to exactly one tensor, and every tensor is aligned to its elements.
private func checkCover(_ tensors: [Tensor], dataStart: Int, dataCount: Int) throws {
    var last: Tensor?
    for tensor in tensors.sorted(by: { ($0.start, $0.end, $0.name) < ($1.start, $1.end, $1.name) }) {
        let reached = last?.end ?? 0
        if tensor.end > dataCount {
            throw FormatError(
                "tensor '\(tensor.name)' ends at byte \(tensor.end) of the data, which has \(dataCount)",
                at: dataStart + tensor.start, hint: "the file is cut off")
        }
        if let last, tensor.start < reached {
            throw FormatError("tensors '\(last.name)' and '\(tensor.name)' overlap", at: dataStart + tensor.start)
        }
        if tensor.start > reached {
            throw FormatError(
                "\(tensor.start - reached) bytes before tensor '\(tensor.name)' belong to no tensor",
                at: dataStart + reached)
        }
        if tensor.start % tensor.type.size != 0 {
            throw FormatError(
                "tensor '\(tensor.name)' is misaligned: its offset \(tensor.start) is not a multiple of \(tensor.type.size)",
                at: dataStart + tensor.start, hint: "write the file again with the safetensors library")
        }
        last = tensor
    }
    guard (last?.end ?? 0) == dataCount else {
        throw FormatError(
            "\(dataCount - (last?.end ?? 0)) bytes after the last tensor belong to none",
            at: dataStart + (last?.end ?? 0))
    }
}

/// A JSON string.
func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": result += "\\\(scalar)"
        case _ where scalar.value < 0x20:
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
