import Fixtures
import Foundation
import Unfilter
@testable import UnfilterFiles
import UnfilterTurboJpeg
import XCTest

/// Law: files of the past and of the future are opened or refused as in every other language (sdk/format/conformance).
final class ConformanceTests: XCTestCase {
    private struct Cases: Decodable {
        let tolerance: Int
        let plans: String
        let travels: String
        let bundles: [BundleCase]
        let files: [FileCase]
        let goldens: [GoldensCase]
    }

    private struct BundleCase: Decodable {
        struct Left: Decodable, Equatable {
            let format: Format
            let direction: Direction
            let precision: Precision
        }

        let name: String
        let manifest: String
        let files: String
        let expect: String
        let artifacts: [Left]?
        /// The same for readers that know the case's rule.
        let artifactsByRule: [Left]?
        let words: [String]?
        let refusesToFilter: [String]?

        enum CodingKeys: String, CodingKey {
            case name, manifest, files, expect, artifacts, words
            case artifactsByRule = "artifacts_by_rule"
            case refusesToFilter = "refuses_to_filter"
        }
    }

    private struct FileCase: Decodable {
        let name: String
        let path: String
        let bundle: String
        let expect: String
        let restored: String?
        let height: Int?
        let width: Int?
        let channels: Int?
        let refusal: Refusal?
        let words: [String]?
        let rule: String?
        /// What readers that know the rule restore.
        let restoredByRule: String?

        enum CodingKeys: String, CodingKey {
            case name, path, bundle, expect, restored, height, width, channels, refusal, words, rule
            case restoredByRule = "restored_by_rule"
        }
    }

    private struct PlanCase: Decodable {
        let tiles: TilePlan
        let direction: Direction
        let fixedSize: Bool
        let lengths: [Spans]

        enum CodingKeys: String, CodingKey {
            case tiles, direction, lengths
            case fixedSize = "fixed_size"
        }
    }

    /// A length, and where each of its tiles starts, stops, and is kept from and to.
    private struct Spans: Decodable {
        let length: Int
        let spans: [Span]

        init(from decoder: Decoder) throws {
            var entry = try decoder.unkeyedContainer()
            length = try entry.decode(Int.self)
            spans = try entry.decode([[Int]].self).map { Span(start: $0[0], stop: $0[1], keepStart: $0[2], keepStop: $0[3]) }
        }
    }

    private struct Travels: Decodable {
        struct Case: Decodable {
            let before: String
            let after: String
        }

        let xmp: [Case]
        let exif: [Case]
    }

    private struct GoldensCase: Decodable {
        let bundle: String
        let goldens: String
    }

    private let target = Fixtures.temporary("png")

    override func tearDown() {
        try? FileManager.default.removeItem(at: target)
    }

    private func cases() throws -> Cases {
        try JSONDecoder().decode(Cases.self, from: Data(contentsOf: Fixtures.conformance.appendingPathComponent("cases.json")))
    }

    /// The files of a bundle with another manifest.
    private func opened(_ bundle: BundleCase) throws -> Unfilter.Bundle {
        let folder = Fixtures.temporary("bundle")
        addTeardownBlock { try? FileManager.default.removeItem(at: folder) }
        let files = Fixtures.conformance.appendingPathComponent(bundle.files).standardizedFileURL
        try FileManager.default.copyItem(at: files, to: folder)
        let manifest = folder.appendingPathComponent("manifest.json")
        try FileManager.default.removeItem(at: manifest)
        try FileManager.default.copyItem(at: Fixtures.conformance.appendingPathComponent(bundle.manifest), to: manifest)
        return try Unfilter.Bundle(folder: folder)
    }

    func testTilesAreWhereThePlanSays() throws {
        let file = Fixtures.conformance.appendingPathComponent(try cases().plans)
        let plans = try JSONDecoder().decode([PlanCase].self, from: Data(contentsOf: file))
        XCTAssertTrue(plans.contains { $0.tiles.grid != nil })
        for plan in plans {
            for each in plan.lengths {
                XCTAssertEqual(plan.tiles.of(plan.direction).spans(each.length, fixedSize: plan.fixedSize), each.spans, "\(plan.tiles) \(each.length)")
            }
        }
    }

    func testNoPictureAndNoClaimOfWhatAPhotoDoesNotHaveTravelsAlong() throws {
        let file = Fixtures.conformance.appendingPathComponent(try cases().travels)
        let travels = try JSONDecoder().decode(Travels.self, from: Data(contentsOf: file))
        for each in travels.xmp {
            XCTAssertEqual(Xmp.withoutClaims(each.before), each.after)
        }
        for each in travels.exif {
            let bytes = stride(from: 0, to: each.before.count, by: 2).compactMap { (place: Int) -> UInt8? in
                let start = each.before.index(each.before.startIndex, offsetBy: place)
                return UInt8(each.before[start..<each.before.index(start, offsetBy: 2)], radix: 16)
            }
            let after = withoutPictures(Data(bytes)).map { String(format: "%02x", $0) }.joined()
            XCTAssertEqual(after, each.after)
        }
    }

    func testBundlesAreOpenedOrRefusedAsInEveryLanguage() throws {
        for each in try cases().bundles {
            guard each.expect == "opens" else {
                XCTAssertThrowsError(try opened(each), each.name) { error in
                    let said = "\(error)".lowercased()
                    XCTAssertTrue(error is BundleError && (each.words ?? []).allSatisfy(said.contains), "\(each.name): \(error)")
                }
                continue
            }
            let bundle = try opened(each)
            if let expected = each.artifactsByRule ?? each.artifacts {  // R29 is known
                let left = bundle.artifacts.map {
                    BundleCase.Left(format: $0.format, direction: $0.direction, precision: $0.precision)
                }
                XCTAssertEqual(left, expected, each.name)
            }
        }
    }

    /// Bundles of the future, those whose artifacts are given, restore the files of the fixture that they were made of.
    func testFilesAreRestoredOrRefusedAsInEveryLanguageThroughEveryBundleThatOpens() async throws {
        let cases = try cases()
        for bundle in cases.bundles where bundle.expect == "opens" {
            let filter = try await Filter.open(opened(bundle), runtime: Onnx())
            let isOfTheFuture = bundle.artifacts != nil && bundle.refusesToFilter == nil
            let name = isOfTheFuture ? "bundle-variable" : bundle.name
            for file in cases.files where file.bundle == name {
                try check(file, filter, cases.tolerance, "\(file.name) by \(bundle.name)")
            }
        }
    }

    func testAFilterThatNeedsMoreThanAPhotoSaysSo() async throws {
        let guided = try cases().bundles.filter { $0.refusesToFilter != nil }
        XCTAssertFalse(guided.isEmpty)
        for each in guided {
            let filter = try await Filter.open(opened(each), runtime: Onnx())
            XCTAssertThrowsError(try filter.apply(Pixels(height: 4, width: 6, levels: [UInt8](repeating: 0, count: 72)))) { error in
                XCTAssertTrue(error is BundleError && (each.refusesToFilter ?? []).allSatisfy("\(error)".contains), "\(error)")
            }
        }
    }

    func testOnlyAFileThatHoldsMoreThanItsPixelsIsSaidToHaveBeenRestoredByThat() async throws {
        let cases = try cases()
        let by = ["R25": "the payload in its low bits", "R26": "top-up"]
        for file in cases.files where file.expect == "restores" {
            let bundle = try opened(XCTUnwrap(cases.bundles.first { $0.name == file.bundle }))
            let content = try Data(contentsOf: Fixtures.conformance.appendingPathComponent(file.path))
            let tag = try bundle.inspect(content, jpeg: TurboJpeg())
            XCTAssertEqual([tag.payload != nil, tag.topUp != nil], [file.rule == "R25", file.rule == "R26"], file.name)
            defer { try? FileManager.default.removeItem(at: target) }
            let how = try await Filter.open(bundle, runtime: Onnx()).restoreFile(content, to: target, jpeg: TurboJpeg()).how
            XCTAssertEqual(how?.contains("restored from"), file.restoredByRule.map { _ in true }, file.name)
            XCTAssertEqual(how?.contains(file.rule.flatMap { by[$0] } ?? ""), file.restoredByRule.map { _ in true }, "\(how ?? "")")
        }
    }

    func testWhatADeviceDoesNotDecodeIsRestoredFromThePixelsAndSaid() async throws {
        let cases = try cases()
        let held = cases.files.filter { $0.restoredByRule != nil }
        XCTAssertEqual(Set(held.map(\.rule)), ["R25", "R26"])
        for file in held {
            let filter = try await Filter.open(opened(XCTUnwrap(cases.bundles.first { $0.name == file.bundle })), runtime: Onnx())
            try check(file, filter, cases.tolerance, file.name, NoDecoder())
        }
    }

    /// R25 and R26 are known, where `decoder` decodes what a file holds.
    private func check(
        _ file: FileCase, _ filter: Filter, _ tolerance: Int, _ what: String, _ decoder: any PictureDecoder = ImageIOPictures()
    ) throws {
        let content = try Data(contentsOf: Fixtures.conformance.appendingPathComponent(file.path))
        defer { try? FileManager.default.removeItem(at: target) }
        let decodes = !(decoder is NoDecoder)
        guard let restored = decodes ? file.restoredByRule ?? file.restored : file.restored, let height = file.height, let width = file.width else {
            XCTAssertThrowsError(try filter.restoreFile(content, to: target, jpeg: TurboJpeg()), what) { error in
                XCTAssertEqual((error as? Refused)?.refusal, file.refusal, what)
                XCTAssertTrue((file.words ?? []).allSatisfy("\(error)".lowercased().contains), "\(what): \(error)")
            }
            XCTAssertFalse(FileManager.default.fileExists(atPath: target.path), what)
            return
        }
        let how = try filter.restoreFile(content, to: target, jpeg: TurboJpeg(), pictures: decoder).how
        if !decodes {
            let said = try XCTUnwrap(how)
            XCTAssertTrue(said.hasPrefix("it carries more than this device reads, a "), said)
            XCTAssertTrue(said.hasSuffix(": restored from the pixels alone"), said)
        }
        let levels = [UInt8](try Data(contentsOf: Fixtures.conformance.appendingPathComponent(restored).standardizedFileURL))
        let png = try PngFile(Data(contentsOf: target))
        XCTAssertNil(png.tag)
        XCTAssertEqual([png.height, png.width, png.channels], [height, width, file.channels ?? 3], what)
        let found = try PngRows(png).readWhole(rows: png.height)
        XCTAssertEqual(found.count, levels.count, what)
        let apart: [Int] = zip(found, levels).map { (one: UInt8, other: UInt8) -> Int in abs(Int(one) - Int(other)) }
        XCTAssertLessThanOrEqual(apart.max() ?? 0, tolerance, what)
        if file.channels == 4 {
            XCTAssertTrue(stride(from: 3, to: apart.count, by: 4).allSatisfy { apart[$0] == 0 }, "\(what): alpha")
        }
    }

    func testCommittedGoldensComeOutOnARealRuntime() async throws {
        for each in try cases().goldens {
            let goldens = try Goldens(folder: Fixtures.conformance.appendingPathComponent(each.goldens).standardizedFileURL)
            let filter = try await Filter.open(Fixtures.bundle(each.bundle), runtime: Onnx())
            for photo in goldens.content.photos {
                let off = try goldens.levelsOff(filter, photo)
                XCTAssertLessThanOrEqual(off, goldens.content.tolerance, "\(each.bundle) \(photo.name)")
            }
        }
    }

    func testJpegGoldensAreDecodedToTheLevelAndRestored() async throws {
        for each in try cases().goldens {
            let goldens = try Goldens(folder: Fixtures.conformance.appendingPathComponent(each.goldens).standardizedFileURL)
            let filter = try await Filter.open(Fixtures.bundle(each.bundle), runtime: Onnx())
            let jpegs = try XCTUnwrap(goldens.content.jpegs)
            XCTAssertFalse(jpegs.isEmpty)
            for golden in jpegs {
                try check(golden, filter, goldens)
            }
        }
    }

    private func check(_ golden: Goldens.Jpeg, _ filter: Filter, _ goldens: Goldens) throws {
        let file = try Data(contentsOf: goldens.folder.appendingPathComponent(golden.path))
        let source = try PhotoFile(file, jpeg: TurboJpeg()).pixels
        let decoded = Pixels(height: source.height, width: source.width, levels: try source.read(rows: source.height))
        XCTAssertEqual(golden.decoder, TurboJpeg().decoder)
        XCTAssertEqual(apart(decoded, try goldens.pixels(golden, golden.decoded)), 0, golden.path)
        guard let restored = golden.restored, let tag = golden.tag else {
            return
        }
        let read = try filter.bundle.inspect(file, jpeg: TurboJpeg())
        XCTAssertEqual(read, Tag(json: tag), golden.path)
        XCTAssertEqual(inOrder(read, filter.bundle).json, tag, golden.path)
        // The SDK adds in float32, so a cell may be rounded to the next 64th of a level.
        let cells = try XCTUnwrap(read.fingerprint?.cells)
        XCTAssertLessThanOrEqual(cells.deviation(Cells(decoded)), 0.14, golden.path)
        let own = try filter.restore(decoded)
        XCTAssertLessThanOrEqual(apart(own, try goldens.pixels(golden, restored)), goldens.content.tolerance, golden.path)
    }

    /// `tag` with its parameters as the manifest orders them, which reading JSON does not keep.
    private func inOrder(_ tag: Tag, _ bundle: Unfilter.Bundle) -> Tag {
        let values = Dictionary(uniqueKeysWithValues: tag.parameters.map { ($0.name, $0.value) })
        return Tag(
            filter: tag.filter,
            restoration: tag.restoration,
            codec: tag.codec,
            quality: tag.quality,
            parameters: bundle.hyperParameters.compactMap { one in values[one.name].map { (name: one.name, value: $0) } },
            fingerprint: tag.fingerprint
        )
    }
}
