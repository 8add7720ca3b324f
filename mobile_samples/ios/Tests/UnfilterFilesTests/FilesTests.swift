import Foundation
import Unfilter
import UnfilterCoreML
import UnfilterFiles
import XCTest

/// Laws, on macOS and iOS: a PNG gives back every level; files that must be refused are, for the golden's reason; and where
/// UNFILTER_BUNDLE and UNFILTER_GOLDENS name a converted bundle and its goldens, Core ML makes and restores the golden bytes.
final class FilesTests: XCTestCase {
    private static let committed = URL(fileURLWithPath: #filePath)
        .appendingPathComponent("../../../../../tests/fixtures/goldens-version-1").standardizedFileURL
    private let target = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).png")

    override func tearDown() {
        try? FileManager.default.removeItem(at: target)
    }

    func testFilesOfTheFilterHaveTheGoldenBytesAndOthersAreRefused() throws {
        let goldens = try Goldens(folder: Self.committed)
        let bundle = try Unfilter.Bundle(folder: Self.committed.appendingPathComponent("../bundle-schema-1"))
        let filter = Filter(bundle, runtime: CoreMLRuntime())
        for file in goldens.content.files {
            let content = try Data(contentsOf: goldens.folder.appendingPathComponent(file.path))
            if let refusal = file.refusal {
                XCTAssertThrowsError(try filter.inspect(content), file.path) { error in
                    XCTAssertEqual((error as? Refused)?.refusal, refusal, file.path)
                }
                continue
            }
            XCTAssertEqual(try filter.inspect(content), file.tag.flatMap(Tag.init(json:)), file.path)
            let png = try PngFile(content)
            let photo = try XCTUnwrap(goldens.content.photos.first { $0.name == file.photo })
            XCTAssertEqual(try PngRows(png).read(rows: png.height), try goldens.pixels(photo, photo.filtered).levels)
            let carried = png.carried.map { ($0.type, $0.content.map { String(format: "%02x", $0) }.joined()) }
            XCTAssertEqual(Dictionary(uniqueKeysWithValues: carried), file.carried)
        }
    }

    func testAFingerprintIsThatOfTheGoldenPixels() throws {
        let goldens = try Goldens(folder: Self.committed)
        let photo = try XCTUnwrap(goldens.content.photos.first { $0.name == "odd" })
        let text = try XCTUnwrap(goldens.content.files.first { $0.refusal == nil }?.tag)
        let filtered = try goldens.pixels(photo, photo.filtered)
        XCTAssertEqual(Tag(json: text)?.fingerprint, try Fingerprint(of: PixelRows(filtered)))
    }

    func testAPngGivesBackEveryLevelAndItsChunks() throws {
        let levels = (0..<37 * 29 * 3).map { _ in UInt8.random(in: .min ... .max) }
        let chunks = [Chunk(type: "eXIf", content: Data([1, 2, 3])), Chunk.text(Tag.keyword, "grün")]
        try Data().write(to: target)
        let handle = try FileHandle(forWritingTo: target)
        let writer = try PngWriter(handle, height: 37, width: 29, chunks: chunks)
        try writer.write(Array(levels.prefix(30 * 29 * 3)))
        try writer.write(Array(levels.dropFirst(30 * 29 * 3)))
        try writer.finish()
        try handle.close()
        let png = try PngFile(Data(contentsOf: target))
        XCTAssertEqual(try PngRows(png).read(rows: 37), levels)
        XCTAssertEqual(png.carried, [chunks[0]])
        XCTAssertEqual(png.tag, "grün")
    }

    func testCoreMLMakesAndRestoresTheGoldenBytes() throws {
        let environment = ProcessInfo.processInfo.environment
        guard let bundle = environment["UNFILTER_BUNDLE"], let folder = environment["UNFILTER_GOLDENS"] else {
            throw XCTSkip("UNFILTER_BUNDLE and UNFILTER_GOLDENS name no converted bundle and its goldens (README)")
        }
        let goldens = try Goldens(folder: URL(fileURLWithPath: folder))
        let opened = try Unfilter.Bundle(folder: URL(fileURLWithPath: bundle))
        let filter = Filter(opened, runtime: CoreMLRuntime(computeUnits: .cpuOnly))
        for photo in goldens.content.photos {
            XCTAssertLessThanOrEqual(try goldens.levelsOff(filter, photo), goldens.content.tolerance, photo.name)
        }
        let file = try XCTUnwrap(goldens.content.files.first { $0.refusal == nil })
        try filter.restoreFile(Data(contentsOf: goldens.folder.appendingPathComponent(file.path)), to: target)
        XCTAssertNil(try PngFile(Data(contentsOf: target)).tag)
        let photo = try PhotoFile(Data(contentsOf: target))
        try FileManager.default.removeItem(at: target)
        try filter.applyFile(photo, to: target)
        let saved = try Data(contentsOf: target)
        XCTAssertEqual(try filter.inspect(saved).fingerprint, try Fingerprint(of: PngRows(PngFile(saved))))
    }
}
