// swift-tools-version: 6.0
import PackageDescription

// The iOS sample's library, at the root of the repository so that SwiftPM finds it by URL. What it is: mobile_samples/ios/README.md.

let ios = "mobile_samples/ios"

func target(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "\(ios)/Sources/\(name)")
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "\(ios)/Tests/\(name)")
}

#if os(Linux)
// Linux has none of Apple's frameworks. Stand-ins of their names let the same sources compile and run there, for tests alone: they
// prove this package's code, not Apple's.
func standIn(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "\(ios)/Tests/StandIns/\(name)")
}

func library(_ name: String) -> Target {
    .systemLibrary(name: name, path: "\(ios)/Tests/StandIns/\(name)")
}

// The app's sources are type-checked against declarations of what they use of SwiftUI, AVFoundation and PhotoKit. They do not run.
func declared(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "\(ios)/Tests/Declarations/\(name)")
}

let ofFiles: [Target.Dependency] = ["Compression", "CoreGraphics", "CryptoKit", "ImageIO"]
let ofCoreML: [Target.Dependency] = ["CoreML", "CryptoKit"]
let ofCoreMLTests: [Target.Dependency] = ["CoreML"]
let more: [Target] = [
    library("CAvif"), library("COnnxRuntime"), library("COpenSSL"), library("CWebP"), library("CZlib"),
    standIn("Compression", ["CZlib"]), standIn("CoreGraphics"), standIn("CryptoKit", ["COpenSSL"]),
    standIn("CoreML", ["OnnxRuntime"]), standIn("ImageIO", ["CAvif", "CoreGraphics", "CTurboJpeg", "CWebP"]),
    standIn("OnnxRuntime", ["COnnxRuntime"]),
    declared("AVFoundation", ["CoreGraphics"]), declared("Photos"), declared("PhotosUI", ["SwiftUI"]),
    declared("SwiftUI", ["AVFoundation", "CoreGraphics"]),
    .executableTarget(
        name: "App",
        dependencies: [
            "AVFoundation", "Photos", "PhotosUI", "SwiftUI", "Unfilter", "UnfilterCoreML", "UnfilterFiles", "UnfilterTurboJpeg",
        ],
        path: "\(ios)/App",
        exclude: ["Info.plist"]
    ),
    // What needs a runtime or a codec that only Linux has at hand.
    tests("UnfilterLinuxTests", ["CryptoKit", "CTurboJpeg", "Fixtures", "OnnxRuntime", "Unfilter", "UnfilterFiles", "UnfilterTurboJpeg"]),
]
#else
let ofFiles: [Target.Dependency] = []
let ofCoreML: [Target.Dependency] = []
let ofCoreMLTests: [Target.Dependency] = []
let more: [Target] = []
#endif

let package = Package(
    name: "Unfilter",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [
        .library(name: "Unfilter", targets: ["Unfilter"]),
        .library(name: "UnfilterFiles", targets: ["UnfilterFiles"]),
        .library(name: "UnfilterCoreML", targets: ["UnfilterCoreML"]),
        .library(name: "UnfilterTurboJpeg", targets: ["UnfilterTurboJpeg"]),
    ],
    targets: [
        target("Unfilter"),
        target("UnfilterFiles", ["Unfilter"] + ofFiles),
        target("UnfilterCoreML", ["Unfilter"] + ofCoreML),
        target("UnfilterTurboJpeg", ["Unfilter", "UnfilterFiles", "CTurboJpeg"]),
        .target(
            name: "CTurboJpeg",
            path: "\(ios)/Sources/CTurboJpeg",
            // An iOS app links its own build of libjpeg-turbo.
            linkerSettings: [.linkedLibrary("turbojpeg", .when(platforms: [.linux]))]
        ),
        tests("UnfilterTests", ["Fixtures", "Unfilter"]),
        tests("UnfilterFilesTests", ["Fixtures", "Unfilter", "UnfilterFiles", "UnfilterCoreML"] + ofCoreMLTests),
        .target(name: "Fixtures", dependencies: ["Unfilter"], path: "\(ios)/Tests/Fixtures"),
    ] + more
)
