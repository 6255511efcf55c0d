import Formats
import Foundation
import Import
import SwiftProtobuf

/// A piece of a file.
struct StoredRange: Hashable, Sendable {
    var offset: Int
    var count: Int
}

/// Weights of more bytes than this stay in the file until they are needed.
private let largestInMemory = 1024
/// The most bytes that a model may have beside its weights.
private let largestModel = 1 << 30

/// Reads a model. The bytes of its large weights are left where they are: `stored` says where, by the position among the initialisers.
func readModelProto(_ source: any ByteSource) throws -> (Onnx_ModelProto, stored: [Int: StoredRange]) {
    var scanner = WireScanner(source: source)
    do {
        let bytes = try scanner.withoutWeights()
        return (try Onnx_ModelProto(serializedBytes: bytes), scanner.stored)
    } catch is WireError {
        throw ImportError(["the file is not an ONNX model, or is cut off"])
    } catch is BinaryDecodingError {
        throw ImportError(["the file is not an ONNX model, or is damaged"])
    } catch is SwiftProtobufError {
        throw ImportError(["the file is not an ONNX model, or is damaged"])
    }
}

private struct WireError: Error {}

/// Walks over the fields of protocol buffers in a file (https://protobuf.dev/programming-guides/encoding/) and copies all but the bytes of
/// large weights.
private struct WireScanner {
    let source: any ByteSource
    private(set) var stored: [Int: StoredRange] = [:]
    private var copied = 0

    init(source: any ByteSource) { self.source = source }

    /// Numbers of fields in onnx.proto.
    private enum Field {
        static let graph = 7
        static let initializer = 5
        static let rawData = 9
    }

    mutating func withoutWeights() throws -> [UInt8] {
        var result: [UInt8] = []
        var graphs = 0
        for field in try fields(0..<source.count) {
            if field.number == Field.graph, let payload = field.payload {
                graphs += 1
                guard graphs == 1 else { throw WireError() }
                append(try graph(payload), Field.graph, to: &result)
            } else {
                try copy(field.range, to: &result)
            }
        }
        return result
    }

    private mutating func graph(_ range: Range<Int>) throws -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        for field in try fields(range) {
            if field.number == Field.initializer, let payload = field.payload {
                append(try tensor(payload, index), Field.initializer, to: &result)
                index += 1
            } else {
                try copy(field.range, to: &result)
            }
        }
        return result
    }

    private mutating func tensor(_ range: Range<Int>, _ index: Int) throws -> [UInt8] {
        var result: [UInt8] = []
        for field in try fields(range) {
            if field.number == Field.rawData, let payload = field.payload, payload.count > largestInMemory {
                stored[index] = StoredRange(offset: payload.lowerBound, count: payload.count)
            } else {
                try copy(field.range, to: &result)
            }
        }
        return result
    }

    private mutating func copy(_ range: Range<Int>, to result: inout [UInt8]) throws {
        copied += range.count
        guard copied <= largestModel else { throw WireError() }
        result += try source.bytes(at: range.lowerBound, count: range.count)
    }

    private func append(_ bytes: [UInt8], _ field: Int, to result: inout [UInt8]) {
        result.append(UInt8(field << 3 | 2))
        var count = bytes.count
        while count >= 128 {
            result.append(UInt8(count & 127 | 128))
            count >>= 7
        }
        result.append(UInt8(count))
        result += bytes
    }

    private struct WireField {
        var number: Int
        /// With its tag.
        var range: Range<Int>
        /// Of a field of variable length.
        var payload: Range<Int>?
    }

    private func fields(_ range: Range<Int>) throws -> [WireField] {
        var fields: [WireField] = []
        var position = range.lowerBound
        while position < range.upperBound {
            let start = position
            let tag = try varint(&position, range.upperBound)
            var payload: Range<Int>?
            switch tag & 7 {
            case 0: _ = try varint(&position, range.upperBound)
            case 1: position += 8
            case 5: position += 4
            case 2:
                let count = try varint(&position, range.upperBound)
                guard count <= UInt64(range.upperBound - position) else { throw WireError() }
                payload = position..<position + Int(count)
                position += Int(count)
            default: throw WireError()
            }
            guard position <= range.upperBound, tag >> 3 < 1 << 29 else { throw WireError() }
            fields.append(WireField(number: Int(tag >> 3), range: start..<position, payload: payload))
        }
        return fields
    }

    private func varint(_ position: inout Int, _ end: Int) throws -> UInt64 {
        let bytes = try source.bytes(at: position, count: min(10, end - position))
        var value: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            value |= UInt64(byte & 127) << UInt64(7 * index)
            if byte < 128 {
                position += index + 1
                return value
            }
        }
        throw WireError()
    }
}
