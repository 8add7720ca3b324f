import Fixtures
import Foundation
import Unfilter
import UnfilterCoreML
@testable import UnfilterFiles
import XCTest

/// Laws: a PNG gives back every level; files that must be refused are, for the golden's reason.
final class FilesTests: XCTestCase {
    private let target = Fixtures.temporary("png")

    override func tearDown() {
        try? FileManager.default.removeItem(at: target)
    }

    func testFilesOfTheFilterHaveTheGoldenBytesAndOthersAreRefused() throws {
        for (name, folder) in [("bundle-schema-1", "goldens-version-1"), ("bundle-variable", "goldens-variable")] {
            let (bundle, goldens) = (try Fixtures.bundle(name), try Fixtures.goldens(folder))
            for file in goldens.content.files {
                try check(file, bundle, goldens)
            }
        }
    }

    private func check(_ file: Goldens.File, _ bundle: Unfilter.Bundle, _ goldens: Goldens) throws {
        let content = try Data(contentsOf: goldens.folder.appendingPathComponent(file.path))
        if let refusal = file.refusal {
            XCTAssertThrowsError(try bundle.inspect(content), file.path) { error in
                XCTAssertEqual((error as? Refused)?.refusal, refusal, file.path)
            }
            return
        }
        XCTAssertEqual(try bundle.inspect(content), file.tag.flatMap(Tag.init(json:)), file.path)
        let png = try PngFile(content)
        let photo = try XCTUnwrap(goldens.content.photos.first { $0.name == file.photo ?? "odd" })
        XCTAssertEqual(try PngRows(png).read(rows: png.height), try goldens.pixels(photo, photo.filtered).levels)
        let carried = png.carried.map { ($0.type, $0.content.map { String(format: "%02x", $0) }.joined()) }
        XCTAssertEqual(Dictionary(uniqueKeysWithValues: carried), file.carried)
    }

    func testAFingerprintIsThatOfTheGoldenPixels() throws {
        let goldens = try Fixtures.goldens("goldens-version-1")
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

    func testAPngGivesBackAlphaToo() throws {
        let levels: [UInt8] = (0..<37 * 29 * 4).map { _ in UInt8.random(in: .min ... .max) }
        try write(levels, height: 37, width: 29)
        let png = try PngFile(Data(contentsOf: target))
        XCTAssertEqual(png.channels, 4)
        XCTAssertEqual(try PngRows(png).readWhole(rows: 37), levels)
    }

    private func write(_ levels: [UInt8], height: Int, width: Int) throws {
        try Data().write(to: target)
        let handle = try FileHandle(forWritingTo: target)
        let writer = try PngWriter(handle, height: height, width: width, channels: 4, chunks: [])
        try writer.write(levels)
        try writer.finish()
        try handle.close()
    }

    func testATagInXmpCountsWhereAPngHasNoChunkOfItsOwn() async throws {
        let goldens = try Fixtures.goldens("goldens-variable")
        let golden = try XCTUnwrap(goldens.content.files.first { $0.path == "files/filtered.png" })
        let whole = try PngFile(Data(contentsOf: goldens.folder.appendingPathComponent(golden.path)))
        let packet = Xmp.packet(nil, with: try XCTUnwrap(golden.tag))
        try Data().write(to: target)
        let handle = try FileHandle(forWritingTo: target)
        let chunks = [Chunk.text("XML:com.adobe.xmp", packet)]
        let writer = try PngWriter(handle, height: whole.height, width: whole.width, chunks: chunks)
        try writer.write(PngRows(whole).read(rows: whole.height))
        try writer.finish()
        try handle.close()
        let saved = try Data(contentsOf: target)
        XCTAssertEqual(try Fixtures.bundle("bundle-variable").inspect(saved), Tag(json: try XCTUnwrap(golden.tag)))
        XCTAssertEqual(try PngFile(saved).carried, [])
    }
}
