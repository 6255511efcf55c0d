import Formats

/// Lists what an HDF5 file holds; elements that don't lie in it in one piece go to `copies`, in the file's own element type.
///
/// The library is C that damaged files can crash: this runs in a process of its own, whose memory and time are limited. The file's word is
/// taken for nothing: what would be larger than the file can hold is refused before memory is taken.
public func listHDF5(
    _ path: String, size: Int, library: String?, copies: (UnsafeRawBufferPointer) throws -> Void
) throws -> HDF5Listing {
    let hdf5 = try HDF5Library(path: library)
    let file = hdf5.fOpen(path, 0, 0)
    guard file >= 0 else {
        throw HDF5Error("the HDF5 library can't open it: the file is cut off, damaged or no HDF5")
    }
    return try withoutActuallyEscaping(copies) { copies in
        let walk = Walk(hdf5, fileSize: size, copies: copies)
        try walk.list(file)
        return walk.listing
    }
}

/// Limits far beyond any network's file.
private enum Limits {
    static let depth = 32
    static let objects = 1 << 18
    static let pathBytes = 4096
    static let textBytes = 64 << 20
    static let copiedBytes = 4 << 30
}

/// What the library calls back with.
private final class Names { var all: [String] = [] }

/// A walk over the groups of a file, from the root.
private final class Walk {
    let hdf5: HDF5Library
    let fileSize: Int
    let copies: (UnsafeRawBufferPointer) throws -> Void
    var listing = HDF5Listing()
    private var objects = 0
    private var textBytes = 0
    private var copiedBytes = 0

    init(_ hdf5: HDF5Library, fileSize: Int, copies: @escaping (UnsafeRawBufferPointer) throws -> Void) {
        self.hdf5 = hdf5
        self.fileSize = fileSize
        self.copies = copies
    }

    /// Visits all groups, those that are open kept on a stack of their paths. A cycle of links ends at the greatest depth.
    func list(_ file: HID) throws {
        var open: [(path: String, depth: Int)] = [("", 0)]
        while let (path, depth) = open.popLast() {
            let group = hdf5.oOpen(file, path.isEmpty ? "/" : path, 0)
            guard group >= 0 else { throw HDF5Error("group '\(path)' can't be opened: the file is damaged") }
            defer { _ = hdf5.oClose(group) }
            guard depth <= Limits.depth else {
                throw HDF5Error("groups nest deeper than \(Limits.depth) levels, or in a cycle, at '\(path)'")
            }
            try readTexts(of: group, path)
            var groups: [String] = []
            for name in try links(of: group, path) {
                objects += 1
                let child = path.isEmpty ? name : "\(path)/\(name)"
                guard objects <= Limits.objects, child.utf8.count <= Limits.pathBytes else {
                    throw HDF5Error("the file has more than \(Limits.objects) objects, or names too long")
                }
                if try visit(group, name, path: child) { groups.append(child) }
            }
            open += groups.reversed().map { ($0, depth + 1) }
        }
    }

    /// Takes a dataset into the listing; whether the object is a group instead.
    private func visit(_ group: HID, _ name: String, path: String) throws -> Bool {
        let object = hdf5.oOpen(group, name, 0)
        guard object >= 0 else {
            listing.unreadable[path] = "it can't be opened: the file is damaged"
            return false
        }
        defer { _ = hdf5.oClose(object) }
        switch hdf5.iType(object) {
        case 2: return true
        case 5:
            do { try readDataset(object, path) } catch let error as HDF5Error {
                listing.unreadable[path] = error.description
            }
        default: break
        }
        return false
    }

    /// The names of what lies in a group itself: links to other places and other files are not followed.
    private func links(of group: HID, _ path: String) throws -> [String] {
        let names = Names()
        let result = hdf5.lIterate(
            group, 0, 0, nil,
            { _, name, link, context in
                guard let name, let link, let context else { return -1 }
                guard link.loadUnaligned(as: Int32.self) == 0 else { return 0 }
                let names = Unmanaged<Names>.fromOpaque(context).takeUnretainedValue()
                names.all.append(String(cString: name))
                return names.all.count > Limits.objects ? -1 : 0
            }, Unmanaged.passUnretained(names).toOpaque())
        guard result >= 0 else { throw HDF5Error("the links of group '/\(path)' can't be read: the file is damaged") }
        return names.all.filter { !$0.contains("/") }
    }

    // MARK: - Datasets

    private func readDataset(_ dataset: HID, _ path: String) throws {
        let type = hdf5.dType(dataset)
        let space = hdf5.dSpace(dataset)
        let creation = hdf5.dCreation(dataset)
        defer {
            _ = hdf5.tClose(type)
            _ = hdf5.sClose(space)
            _ = hdf5.pClose(creation)
        }
        guard let (element, isBigEndian) = elementType(type) else { throw HDF5Error("its elements are no numbers") }
        guard let shape = shape(of: space) else { throw HDF5Error("it has no shape") }
        // Compact 0, in one piece 1, in chunks 2; other kinds are spread over other files.
        let layout = hdf5.pLayout(creation)
        guard (0...2).contains(layout), hdf5.pExternalCount(creation) == 0 else {
            throw HDF5Error("its elements lie outside the file")
        }
        var entry = HDF5Listing.Dataset(
            path: path, shape: shape, elementType: element, isBigEndian: isBigEndian, offset: 0, isCopied: false)
        let offset = hdf5.dOffset(dataset)
        if layout == 1, offset != UInt64.max {
            guard let offset = Int(exactly: offset) else { throw HDF5Error("it lies outside the file") }
            entry.offset = offset
        } else {
            entry.offset = copiedBytes
            entry.isCopied = true
            try copy(dataset, type, shape, size: element.size)
        }
        listing.datasets.append(entry)
    }

    /// Reads all elements as they are stored. Compression shrinks at most about a thousandfold.
    private func copy(_ dataset: HID, _ type: HID, _ shape: [Int], size: Int) throws {
        var count = size
        for extent in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard !overflow else { throw HDF5Error("its shape \(shape) is too large") }
            count = product
        }
        guard count <= (fileSize + 1) << 10, count <= Limits.copiedBytes - copiedBytes else {
            throw HDF5Error("it claims \(count) bytes, which the file's \(fileSize) can't hold")
        }
        guard count > 0 else { return }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
        defer { buffer.deallocate() }
        guard hdf5.dRead(dataset, type, 0, 0, 0, buffer.baseAddress!) >= 0 else {
            throw HDF5Error("its elements can't be read: the file is damaged, or compressed in a way that is not known")
        }
        try copies(UnsafeRawBufferPointer(buffer))
        copiedBytes += count
    }

    private func shape(of space: HID) -> [Int]? {
        // A single value 0, a grid 1.
        switch hdf5.sKind(space) {
        case 0: return []
        case 1:
            let rank = Int(hdf5.sRank(space))
            guard rank >= 0, rank <= 32 else { return nil }
            var extents = [UInt64](repeating: 0, count: rank + 1)
            guard hdf5.sExtents(space, &extents, nil) >= 0 else { return nil }
            let shape = extents.prefix(rank).compactMap(Int.init(exactly:))
            return shape.count == rank ? shape : nil
        default: return nil
        }
    }

    /// Whole numbers are class 0, floating-point numbers 1, bytes without a meaning 5 (bfloat16 of older writers), enumerations 8 (booleans).
    private func elementType(_ type: HID) -> (ElementType, isBigEndian: Bool)? {
        let size = hdf5.tSize(type)
        let isBigEndian = hdf5.tOrder(type) == 1
        let element: ElementType?
        switch hdf5.tClass(type) {
        case 0:
            let isSigned = hdf5.tSign(type) == 1
            let types: [Int: (ElementType, ElementType)] = [
                1: (.int8, .uint8), 2: (.int16, .uint16), 4: (.int32, .uint32), 8: (.int64, .uint64),
            ]
            element = types[size].map { isSigned ? $0.0 : $0.1 }
        case 1: element = floatType(type, size: size)
        case 5: element = size == 2 ? .bfloat16 : nil
        case 8: element = size == 1 ? .bool : nil
        default: element = nil
        }
        return element.map { ($0, isBigEndian) }
    }

    /// By the places of exponent and mantissa: there are two types of 16 bits.
    private func floatType(_ type: HID, size: Int) -> ElementType? {
        var (sign, exponent, exponentSize, mantissa, mantissaSize) = (0, 0, 0, 0, 0)
        guard hdf5.tFields(type, &sign, &exponent, &exponentSize, &mantissa, &mantissaSize) >= 0 else { return nil }
        switch (size, exponentSize, mantissaSize) {
        case (2, 5, 10): return .float16
        case (2, 8, 7): return .bfloat16
        case (4, 8, 23): return .float32
        case (8, 11, 52): return .float64
        default: return nil
        }
    }

    // MARK: - Attributes

    /// The attributes of a group that are texts.
    private func readTexts(of group: HID, _ path: String) throws {
        let count = min(hdf5.aCount(group), 4096)
        guard count > 0 else { return }
        var texts: [String: [String]] = [:]
        for index in 0..<UInt32(count) {
            let attribute = hdf5.aOpenIndex(group, index)
            guard attribute >= 0 else { continue }
            defer { _ = hdf5.aClose(attribute) }
            var name = [CChar](repeating: 0, count: 1024)
            guard hdf5.aName(attribute, name.count, &name) >= 0, let value = try self.texts(of: attribute) else {
                continue
            }
            texts[String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)] = value
        }
        if !texts.isEmpty { listing.texts[path] = texts }
    }

    /// The elements of an attribute of strings, of fixed length or not; `nil` for one of another type.
    private func texts(of attribute: HID) throws -> [String]? {
        let type = hdf5.aType(attribute)
        let space = hdf5.aSpace(attribute)
        defer {
            _ = hdf5.tClose(type)
            _ = hdf5.sClose(space)
        }
        guard hdf5.tClass(type) == 3, let shape = shape(of: space), shape.allSatisfy({ $0 <= Limits.objects }),
            shape.count <= 1
        else { return nil }
        let count = shape.first ?? 1
        let isVariable = hdf5.tIsVariableString(type) > 0
        let size = isVariable ? MemoryLayout<UnsafePointer<CChar>?>.size : hdf5.tSize(type)
        guard count > 0 else { return [] }
        guard size > 0, size <= Limits.textBytes / count else { throw HDF5Error("an attribute is too large") }
        var bytes = [UInt8](repeating: 0, count: count * size)
        guard bytes.withUnsafeMutableBytes({ hdf5.aRead(attribute, type, $0.baseAddress!) }) >= 0 else { return nil }
        return try (0..<count).map { index in
            let text: String
            if isVariable {
                let pointer = bytes.withUnsafeBytes {
                    $0.loadUnaligned(fromByteOffset: index * size, as: UnsafePointer<CChar>?.self)
                }
                text = pointer.map { String(cString: $0) } ?? ""
            } else {
                text = String(decoding: bytes[index * size..<(index + 1) * size].prefix { $0 != 0 }, as: UTF8.self)
            }
            textBytes += text.utf8.count
            guard textBytes <= Limits.textBytes else { throw HDF5Error("the attributes are too large") }
            return text
        }
    }
}
