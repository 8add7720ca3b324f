import Fixtures
import Foundation
import Unfilter
@testable import UnfilterFiles
import UnfilterTurboJpeg
import XCTest

/// Law: a guided filter hides the photo in the output of another one, with the golden bytes, and restores from the saved file alone (R29).
final class GuidedTests: XCTestCase {
    private let target = Fixtures.temporary("png")
    private let exif = Data([0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0])

    override func tearDown() {
        try? FileManager.default.removeItem(at: target)
    }

    private func filter() async throws -> Filter {
        try await Filter.open(Fixtures.bundle("bundle-guided"), runtime: Onnx())
    }

    private func pair(_ name: String) throws -> (photo: Pixels, output: Pixels) {
        let goldens = try Fixtures.goldens("goldens-guided")
        let golden = try XCTUnwrap(goldens.content.photos.first { $0.name == name })
        return (try goldens.pixels(golden, golden.photo), try goldens.pixels(golden, XCTUnwrap(golden.output)))
    }

    func testFilteredAndRestoredBytesAreAtMostALevelOffFromOneTileAndFromTwo() async throws {
        let (filter, goldens) = (try await filter(), try Fixtures.goldens("goldens-guided"))
        try filter.warmUp()
        XCTAssertGreaterThan(goldens.content.photos.count, 3)
        for golden in goldens.content.photos {
            XCTAssertLessThanOrEqual(try goldens.levelsOff(filter, golden), goldens.content.tolerance, golden.name)
        }
        let (photo, output) = try pair("odd")
        XCTAssertNotEqual(try filter.apply(photo, output: output), try filter.apply(photo, output: photo))
    }

    func testAFileIsWrittenWithWhatTheOutputMakesOfIt() async throws {
        let filter = try await filter()
        let (photo, output) = try pair("wide")
        try filter.applyFile(PhotoFile(PixelRows(photo)), to: target, output: PhotoFile(PixelRows(output)))
        let content = try Data(contentsOf: target)
        let png = try PngFile(content)
        XCTAssertEqual(try PngRows(png).read(rows: png.height), try filter.apply(photo, output: output).levels)
        try FileManager.default.removeItem(at: target)
        XCTAssertEqual(try filter.restoreFile(content, to: target, jpeg: TurboJpeg()).recognition?.origin, .asSaved)
    }

    func testWhatDoesNotLieOnThePhotoIsRefusedAndNothingIsWritten() async throws {
        let filter = try await filter()
        let (odd, even) = (try pair("odd").photo, try pair("even").photo)
        let turned = Pixels(height: odd.width, width: odd.height, levels: odd.levels)
        let cases: [(Pixels?, String)] = [(nil, "is guided: it hides"), (even, "has 64 x 48 pixels, the photo 67 x 51"), (turned, "may be turned")]
        for (output, words) in cases {
            let guide = output.map { PhotoFile(PixelRows($0)) }
            XCTAssertThrowsError(try filter.applyFile(PhotoFile(PixelRows(odd)), to: target, output: guide)) { error in
                XCTAssertTrue(error is BundleError && "\(error)".contains(words), "\(error)")
            }
        }
        let other = try await Filter.open(Fixtures.bundle("bundle-schema-1"), runtime: Onnx())
        XCTAssertThrowsError(try other.apply(even, output: even)) { XCTAssertTrue("\($0)".contains("makes its look itself"), "\($0)") }
        XCTAssertFalse(FileManager.default.fileExists(atPath: target.path))
    }

    func testAnOutputThatIsStoredTurnedOtherwiseIsRefusedAndOneThatDoesNotSayIsTaken() throws {
        let photo = try pair("odd").photo
        let file = { (exif: Data?) in PhotoFile(PixelRows(photo), carrying: exif.map { [Chunk(type: "eXIf", content: $0)] } ?? []) }
        let (plain, turned, cut) = (file(nil), file(exif), file(exif.prefix(14)))
        XCTAssertThrowsError(try turned.mustLie(on: plain)) { XCTAssertTrue("\($0)".contains("orientation 6, the photo with 1"), "\($0)") }
        try turned.mustLie(on: turned)
        try plain.mustLie(on: turned)
        try cut.mustLie(on: plain)
    }
}
