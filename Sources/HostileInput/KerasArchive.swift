import CZlib

/// A `.keras` file of a text: the configuration, and behind a zero byte, where there is one, the listing of its HDF5 file. A fuzzer would not find the
/// checksums of the zip file by itself.
func kerasArchive(_ text: [UInt8]) -> [UInt8] {
    let parts = text.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false).map(Array.init)
    let none = Array(#"{"datasets":[],"texts":{},"unreadable":{}}"#.utf8)
    var archive: [UInt8] = []
    var directory: [UInt8] = []
    for (name, bytes) in [("config.json", parts[0]), ("model.weights.h5", parts.count > 1 ? parts[1] : none)] {
        let offset = archive.count
        let common = stored(name, bytes)
        archive += number(0x0403_4B50, 4) + common + Array(name.utf8) + bytes
        // No comment, disk 0, no attributes.
        directory += number(0x0201_4B50, 4) + number(20, 2) + common
        directory += number(0, 10) + number(offset, 4) + Array(name.utf8)
    }
    let end = number(0x0605_4B50, 4) + number(0, 4) + number(2, 2) + number(2, 2)
    return archive + directory + end + number(directory.count, 4) + number(archive.count, 4) + number(0, 2)
}

/// What the local header and the directory say alike of a member that is stored as it is: version, method, time, checksum, lengths.
private func stored(_ name: String, _ bytes: [UInt8]) -> [UInt8] {
    let checksum = Int(crc32(0, bytes, UInt32(bytes.count)))
    return number(20, 2) + number(0, 8) + number(checksum, 4) + number(bytes.count, 4) + number(bytes.count, 4)
        + number(name.utf8.count, 2) + number(0, 2)
}

/// A number of so many bytes, the least significant first.
private func number(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 }
}
