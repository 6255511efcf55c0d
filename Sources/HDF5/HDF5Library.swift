// HDF5's C library, found when it is needed: netc builds and runs without it. The functions have the types of its header for
// versions 1.10 to 1.14; identifiers have 64 bits since 1.10.
// https://support.hdfgroup.org/documentation/hdf5/latest/_r_m.html

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An object of the library; negative where there is none.
typealias HID = Int64

/// What goes wrong with the library, or with a file that it reads, in one line.
public struct HDF5Error: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String
    /// The library is not there: nothing is wrong with the file.
    public var isMissingLibrary: Bool

    init(_ description: String, isMissingLibrary: Bool = false) {
        self.description = description
        self.isMissingLibrary = isMissingLibrary
    }
}

/// The functions of the library that are used, under the names of its header.
struct HDF5Library {
    typealias Get = @convention(c) (HID) -> HID
    typealias Ask = @convention(c) (HID) -> Int32
    typealias Open = @convention(c) (HID, UnsafePointer<CChar>, HID) -> HID
    typealias Lengths = UnsafeMutablePointer<Int>
    typealias Extents = UnsafeMutablePointer<UInt64>
    typealias Number = UnsafeMutablePointer<UInt32>
    /// Called for each link of a group with its name and what is known of it, which begins with its kind.
    typealias LinkVisitor =
        @convention(c) (
            HID, UnsafePointer<CChar>?, UnsafeRawPointer?, UnsafeMutableRawPointer?
        ) -> Int32

    let fOpen: @convention(c) (UnsafePointer<CChar>, UInt32, HID) -> HID
    let oOpen: Open
    let oClose: Ask
    let iType: Ask
    let lIterate: @convention(c) (HID, Int32, Int32, Extents?, LinkVisitor, UnsafeMutableRawPointer?) -> Int32

    let dSpace: Get
    let dType: Get
    let dCreation: Get
    let dOffset: @convention(c) (HID) -> UInt64
    let dRead: @convention(c) (HID, HID, HID, HID, HID, UnsafeMutableRawPointer) -> Int32
    let pLayout: Ask
    let pExternalCount: Ask
    let pClose: Ask

    let sKind: Ask
    let sRank: Ask
    let sExtents: @convention(c) (HID, Extents?, Extents?) -> Int32
    let sClose: Ask

    let tClass: Ask
    let tSize: @convention(c) (HID) -> Int
    let tOrder: Ask
    let tSign: Ask
    let tFields: @convention(c) (HID, Lengths, Lengths, Lengths, Lengths, Lengths) -> Int32
    let tIsVariableString: Ask
    let tClose: Ask

    let aCount: Ask
    let aOpenIndex: @convention(c) (HID, UInt32) -> HID
    let aName: @convention(c) (HID, Int, UnsafeMutablePointer<CChar>?) -> Int
    let aSpace: Get
    let aType: Get
    let aRead: @convention(c) (HID, HID, UnsafeMutableRawPointer) -> Int32
    let aClose: Ask

    /// Loads the library: the one at `path`, else the first that the system has.
    init(path: String?) throws(HDF5Error) {
        let handle = try Self.load(path)
        func find<Function>(_ names: String...) throws(HDF5Error) -> Function {
            guard let symbol = names.lazy.compactMap({ dlsym(handle, $0) }).first else {
                throw HDF5Error("the HDF5 library lacks '\(names[0])'; \(Self.advice)", isMissingLibrary: true)
            }
            return unsafeBitCast(symbol, to: Function.self)
        }
        let initialize: @convention(c) () -> Int32 = try find("H5open")
        let version: @convention(c) (Number, Number, Number) -> Int32 = try find("H5get_libversion")
        let silence: @convention(c) (HID, UnsafeRawPointer?, UnsafeMutableRawPointer?) -> Int32 = try find(
            "H5Eset_auto2")
        var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
        guard initialize() >= 0, version(&major, &minor, &release) >= 0, (major, minor) >= (1, 10) else {
            throw HDF5Error(
                "the HDF5 library is version \(major).\(minor).\(release), where 1.10 is the least; \(Self.advice)",
                isMissingLibrary: true)
        }
        // Its own reports of errors would go to standard error.
        _ = silence(0, nil, nil)

        fOpen = try find("H5Fopen")
        oOpen = try find("H5Oopen")
        oClose = try find("H5Oclose")
        iType = try find("H5Iget_type")
        lIterate = try find("H5Literate2", "H5Literate1", "H5Literate")
        dSpace = try find("H5Dget_space")
        dType = try find("H5Dget_type")
        dCreation = try find("H5Dget_create_plist")
        dOffset = try find("H5Dget_offset")
        dRead = try find("H5Dread")
        pLayout = try find("H5Pget_layout")
        pExternalCount = try find("H5Pget_external_count")
        pClose = try find("H5Pclose")
        sKind = try find("H5Sget_simple_extent_type")
        sRank = try find("H5Sget_simple_extent_ndims")
        sExtents = try find("H5Sget_simple_extent_dims")
        sClose = try find("H5Sclose")
        tClass = try find("H5Tget_class")
        tSize = try find("H5Tget_size")
        tOrder = try find("H5Tget_order")
        tSign = try find("H5Tget_sign")
        tFields = try find("H5Tget_fields")
        tIsVariableString = try find("H5Tis_variable_str")
        tClose = try find("H5Tclose")
        aCount = try find("H5Aget_num_attrs")
        aOpenIndex = try find("H5Aopen_idx")
        aName = try find("H5Aget_name")
        aSpace = try find("H5Aget_space")
        aType = try find("H5Aget_type")
        aRead = try find("H5Aread")
        aClose = try find("H5Aclose")
    }

    private static func load(_ path: String?) throws(HDF5Error) -> UnsafeMutableRawPointer {
        for name in path.map({ [$0] }) ?? names {
            if let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) { return handle }
        }
        let reason = path.map { "'\($0)' can't be loaded" } ?? "it is not installed"
        throw HDF5Error("Keras' files need the HDF5 library, and \(reason); \(advice)", isMissingLibrary: true)
    }

    /// The names of its versions 1.14, 1.12 and 1.10, as Debian and others have them.
    private static let names = [
        "libhdf5_serial.so.310", "libhdf5_serial.so.200", "libhdf5_serial.so.103", "libhdf5.so.310", "libhdf5.so.200",
        "libhdf5.so.103", "libhdf5_serial.so", "libhdf5.so", "libhdf5.dylib", "/opt/homebrew/lib/libhdf5.dylib",
    ]

    private static let advice =
        "install it, on Debian 12 by 'apt-get install libhdf5-103-1', on Debian 13 by 'apt-get install libhdf5-310'"
        + " (libhdf5-dev brings it everywhere), or name it by $NETC_HDF5"
}
