// swift-tools-version: 6.1
// Every arrow between modules is a line here; Tests/StructureTests checks the imports against it.
import PackageDescription

let package = Package(
    name: "netc",
    products: [
        .executable(name: "netc", targets: ["netc"]),
        .library(name: "Compiler", targets: ["Compiler"]),
        .library(name: "NetRuntime", targets: ["NetRuntime"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
    ],
    targets: [
        // Front: text to network.
        .target(name: "Diagnostics"),
        .target(name: "Language", dependencies: ["Diagnostics"]),
        .target(name: "Network", dependencies: ["Diagnostics"]),
        .target(name: "IR"),
        .target(name: "Layers", dependencies: ["Diagnostics", "Language", "Network", "IR"]),
        .target(name: "Reference", dependencies: ["Network"]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "Formats", dependencies: ["Diagnostics", "Network", "CZlib"]),

        .target(name: "Import", dependencies: ["Layers", "Network"]),
        .target(name: "HDF5", dependencies: ["Formats"]),
        .target(
            name: "KerasFiles",
            dependencies: ["Diagnostics", "Formats", "Import", "Language", "Layers", "Network"]),
        .target(
            name: "ONNX",
            dependencies: ["Formats", "Import", "IR", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
            exclude: ["onnx.proto"]),

        // Middle and back: network to C.
        .target(name: "Interpreter", dependencies: ["IR"]),
        .target(name: "Target"),
        .target(name: "Passes", dependencies: ["IR", "Target"]),
        .target(name: "Templates", path: "Templates", sources: ["embed.c"]),
        .target(name: "Kernels", dependencies: ["IR", "Target", "Templates"]),
        .target(name: "CodeGen", dependencies: ["IR", "Kernels", "Target", "Templates"]),
        .systemLibrary(name: "CSpawn"),
        .target(name: "Toolchain", dependencies: ["Target", "CSpawn"]),

        // The whole.
        .target(
            name: "Compiler",
            dependencies: [
                "Diagnostics", "Language", "Network", "Layers", "Formats", "HDF5", "Import", "KerasFiles", "ONNX", "IR",
                "Passes", "Target", "Kernels", "CodeGen", "Toolchain",
            ]),
        .target(name: "CNetABI"),
        .target(name: "NetRuntime", dependencies: ["CNetABI"]),
        .target(
            name: "Verification",
            dependencies: [
                "Compiler", "Diagnostics", "IR", "Kernels", "Network", "NetRuntime", "Reference", "Target", "Toolchain",
            ]),
        .executableTarget(
            name: "netc",
            dependencies: [
                "Compiler", "Diagnostics", "Formats", "Layers", "NetRuntime", "Network", "Verification",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .target(name: "RandomNetworks", dependencies: ["Compiler", "Diagnostics", "Layers", "Network"]),
        .executableTarget(
            name: "soak",
            dependencies: [
                "Compiler", "Network", "RandomNetworks", "Target", "Toolchain", "Verification",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .target(
            name: "HostileInput",
            dependencies: [
                "Compiler", "CZlib", "Diagnostics", "Formats", "KerasFiles", "Language", "Network", "ONNX",
            ]),
        .executableTarget(name: "classify", dependencies: ["NetRuntime"], path: "Examples/swift/loaded"),

        // Tests.
        .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics"]),
        .testTarget(
            name: "ONNXTests",
            dependencies: [
                "Compiler", "Diagnostics", "Formats", "Network", "ONNX", "Reference",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ], exclude: ["cases.txt"]),
        .testTarget(name: "LanguageTests", dependencies: ["Language", "Diagnostics"]),
        .testTarget(
            name: "LayersTests",
            dependencies: ["Layers", "Network", "Reference", "Interpreter", "IR", "Diagnostics"]),
        .testTarget(
            name: "FormatsTests", dependencies: ["Formats", "Network", "Diagnostics"], exclude: ["Fixtures"]),
        .testTarget(
            name: "KerasFilesTests",
            dependencies: [
                "Compiler", "Diagnostics", "Formats", "Import", "KerasFiles", "Language", "Layers", "Network",
                "Reference", "netc",
            ], exclude: ["Fixtures"]),
        .testTarget(name: "KernelsTests", dependencies: ["Kernels", "IR", "Target", "Toolchain"]),
        .testTarget(
            name: "CodeGenTests", dependencies: ["CodeGen", "Kernels", "IR", "Interpreter", "Target", "Toolchain"]),
        .testTarget(
            name: "ElaborationTests", dependencies: ["Diagnostics", "Language", "Network", "Layers", "IR"],
            exclude: ["Pasted", "Samples", "WrongFiles"]),
        .testTarget(
            name: "KerasTests",
            dependencies: [
                "Compiler", "Diagnostics", "Formats", "Language", "Layers", "Network", "Reference", "Target",
                "Verification",
            ], exclude: ["Cases", "Goldens", "Names"]),
        .testTarget(name: "CommandTests", dependencies: ["netc", "Compiler"], exclude: ["Fixtures"]),
        .testTarget(
            name: "VerificationTests",
            dependencies: [
                "Compiler", "Diagnostics", "Kernels", "Layers", "Network", "RandomNetworks", "Reference", "Target",
                "Toolchain", "Verification",
            ],
            exclude: [
                "Grid/strided_dilated.py", "Grid/strided_dilated.txt", "Resize/onnx_resize.py",
                "Resize/onnx_resize.txt", "measured.tsv",
            ]),
        .testTarget(name: "ToolchainTests", dependencies: ["Toolchain", "Target"]),
        .testTarget(name: "PassesTests", dependencies: ["IR", "Interpreter", "Passes", "Target"]),
        .testTarget(
            name: "RuntimeTests", dependencies: ["NetRuntime", "Toolchain", "Target", "netc", "classify"],
            exclude: ["doubler.c"]),
        .testTarget(
            name: "GeneratedTests", dependencies: ["CodeGen", "Compiler", "Diagnostics", "Kernels", "Toolchain"],
            exclude: ["Nets", "exercise.c", "misuse.c"]),
        .testTarget(name: "HostileInputTests", dependencies: ["HostileInput"], exclude: ["Corpus"]),
        .testTarget(name: "StructureTests"),
    ],
    cLanguageStandard: .gnu2x
)

// libFuzzer brings a main function of its own: no build but `make fuzz` may see this target.
if Context.environment["NETC_FUZZ"] != nil {
    package.targets.append(.executableTarget(name: "fuzz", dependencies: ["HostileInput"]))
}
