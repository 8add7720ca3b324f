// swift-tools-version: 5.10
import PackageDescription

let package = Package(
    name: "Unfilter",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [
        .library(name: "Unfilter", targets: ["Unfilter"]),
        .library(name: "UnfilterFiles", targets: ["UnfilterFiles"]),
        .library(name: "UnfilterCoreML", targets: ["UnfilterCoreML"]),
    ],
    targets: [
        .target(name: "Unfilter"),
        .target(name: "UnfilterFiles", dependencies: ["Unfilter"]),
        .target(name: "UnfilterCoreML", dependencies: ["Unfilter"]),
        .testTarget(name: "UnfilterTests", dependencies: ["Unfilter"]),
        .testTarget(name: "UnfilterFilesTests", dependencies: ["Unfilter", "UnfilterFiles", "UnfilterCoreML"]),
    ]
)
