import CoreML
import Fixtures
import Foundation
import Unfilter
import UnfilterFiles
import XCTest

@testable import UnfilterCoreML

/// Laws, of a bundle as `convert` makes it today (UNFILTER_BUNDLE, UNFILTER_GOLDENS): every precision is read; Core ML makes and
/// restores the golden bytes. On Linux the stand-in computes in fp32 whatever the precision: it proves this package, not Core ML.
final class CoreMLTests: XCTestCase {
    private let target = Fixtures.temporary("png")

    override func tearDown() {
        try? FileManager.default.removeItem(at: target)
    }

    private func converted() throws -> (bundle: Unfilter.Bundle, goldens: Goldens) {
        guard let converted = try Fixtures.converted() else {
            throw XCTSkip("UNFILTER_BUNDLE and UNFILTER_GOLDENS name no converted bundle and its goldens (README)")
        }
        return converted
    }

    func testEveryPrecisionOfAConvertedBundleIsRead() throws {
        let bundle = try converted().bundle
        for precision in [Precision.fp32, .fp16, .w8] {
            for direction in Direction.allCases {
                let artifact = try bundle.artifact(format: .mlpackage, direction: direction, precision: precision)
                XCTAssertNoThrow(try bundle.check(artifact), artifact.path)
            }
        }
    }

    func testCoreMLMakesAndRestoresTheGoldenBytes() async throws {
        let (bundle, goldens) = try converted()
        let (filter, units) = try await firstExact(bundle, goldens: goldens)
        XCTAssertEqual(units.name, "Neural Engine, GPU and CPU")
        for photo in goldens.content.photos {
            XCTAssertLessThanOrEqual(try goldens.levelsOff(filter, photo), goldens.content.tolerance, photo.name)
        }
        let file = try XCTUnwrap(goldens.content.files.first { $0.path == "files/filtered.png" })
        try filter.restoreFile(Data(contentsOf: goldens.folder.appendingPathComponent(file.path)), to: target)
        XCTAssertNil(try PngFile(Data(contentsOf: target)).tag)
        let photo = try PhotoFile(Data(contentsOf: target))
        try FileManager.default.removeItem(at: target)
        try filter.applyFile(photo, to: target)
        let saved = try Data(contentsOf: target)
        XCTAssertEqual(try bundle.inspect(saved).fingerprint, try Fingerprint(of: PngRows(PngFile(saved))))
    }

    func testTheNeuralEngineIsGivenWholeTiles() async throws {
        let bundle = try converted().bundle
        for (units, precision, whole) in [
            (MLComputeUnits.all, Precision.fp16, true), (.cpuAndNeuralEngine, .w8, true), (.cpuAndGPU, .fp16, false),
            (.all, .fp32, false),
        ] {
            let runtime = CoreMLRuntime(computeUnits: units, precision: precision)
            let graph = try await runtime.openGraph(bundle, .forward)
            XCTAssertEqual(graph.fixedSize, whole, "\(units.name) \(precision)")
        }
    }

    func testANewConversionIsCompiledAnewThoughItsRestorationIdStays() throws {
        let bundle = try Fixtures.bundle("bundle-schema-1")
        let folder = Fixtures.temporary("bundle")
        addTeardownBlock { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.copyItem(at: bundle.folder, to: folder)
        let manifest = String(decoding: bundle.manifest, as: UTF8.self).replacingOccurrences(of: "\"9.0\"", with: "\"9.1\"")
        try Data(manifest.utf8).write(to: folder.appendingPathComponent("manifest.json"))
        let other = try Unfilter.Bundle(folder: folder)
        let artifact = try bundle.artifact(format: .mlpackage, direction: .forward)
        XCTAssertEqual(other.restoration, bundle.restoration)
        XCTAssertNotEqual(try CompiledModels().url(other, artifact), try CompiledModels().url(bundle, artifact))
    }

    func testWhatTheManifestDoesNotVouchForIsRefused() throws {
        let converted = try converted().bundle
        let folder = Fixtures.temporary("bundle")
        addTeardownBlock { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.copyItem(at: converted.folder, to: folder)
        let bundle = try Unfilter.Bundle(folder: folder)
        let artifact = try bundle.artifact(format: .mlpackage, direction: .forward)
        let package = folder.appendingPathComponent(artifact.path)
        let added = package.appendingPathComponent("Data/more.bin")
        try Data([1]).write(to: added)
        XCTAssertThrowsError(try bundle.check(artifact)) { XCTAssertTrue("\($0)".contains("more.bin")) }
        try FileManager.default.removeItem(at: added)
        XCTAssertNoThrow(try bundle.check(artifact))
        let weights = package.appendingPathComponent("Data/com.apple.CoreML/weights/weight.bin")
        var content = try Data(contentsOf: weights)
        content[content.count / 2] ^= 1
        try content.write(to: weights)
        XCTAssertThrowsError(try bundle.check(artifact)) { XCTAssertTrue("\($0)".contains("sha256 differs")) }
    }

    func testVolatileJsonIsComparedByItsSortedContentInAscii() throws {
        let value = try JSONSerialization.jsonObject(with: Data(#"{"10":true,"9":[1,null],"é":"a\/\"\u000b🙂"}"#.utf8))
        XCTAssertEqual(try canonical(value), #"{"10":true,"9":[1,null],"\u00e9":"a/\"\u000b\ud83d\ude42"}"#)
    }
}
