import Fixtures
import Foundation
import Unfilter
import UnfilterTurboJpeg
import XCTest

@testable import UnfilterFiles

/// Laws (R34 of sdk/format/RULES.md): a file that a site gave back, without a tag, is restored by the filter whose mark it has, upright and at
/// its size. One without a mark is refused unless forced, and never made worse than it arrived.
final class SharedFilesTests: XCTestCase {
    private let target = Fixtures.temporary("png")

    override func tearDown() {
        try? FileManager.default.removeItem(at: target)
    }

    private func file(_ path: String) throws -> Data {
        try Data(contentsOf: Fixtures.conformance.appendingPathComponent(path))
    }

    private func filter() async throws -> Filter {
        try await Filter.open(Fixtures.bundle(MarkCases.read().restored.bundle), runtime: Onnx())
    }

    private func pixels(_ file: Data) throws -> Pixels {
        try Pixels(OpenedFile(file, TurboJpeg()).rows())
    }

    private func restored(_ file: Data, _ filter: Filter, force: Bool = false, found: Recognition? = nil) throws -> Data {
        defer { try? FileManager.default.removeItem(at: target) }
        try filter.restoreFile(file, to: target, jpeg: TurboJpeg(), force: force, found: found)
        return try Data(contentsOf: target)
    }

    /// A PNG of `levels`, with a tag too.
    private func png(_ levels: [UInt8], height: Int, width: Int, tag: Tag? = nil) throws -> Data {
        defer { try? FileManager.default.removeItem(at: target) }
        try Data().write(to: target)
        let handle = try FileHandle(forWritingTo: target)
        let chunks = tag.map { [Chunk.text(Tag.keyword, $0.json)] } ?? []
        let writer = try PngWriter(handle, height: height, width: width, channels: levels.count / height / width, chunks: chunks)
        try writer.write(levels)
        try writer.finish()
        try handle.close()
        return try Data(contentsOf: target)
    }

    /// A PNG with a tag that is of other pixels.
    private func tagged(_ pixels: Pixels, _ bundle: Unfilter.Bundle) throws -> Data {
        let other = Fingerprint(width: pixels.width, height: pixels.height, sha256: String(repeating: "0", count: 32))
        let tag = Tag(filter: bundle.filter, restoration: bundle.restoration, codec: .png, fingerprint: other)
        return try png(pixels.levels, height: pixels.height, width: pixels.width, tag: tag)
    }

    func testAFileWithoutATagIsRestoredAtItsSizeByTheMarkThatItHas() async throws {
        let (cases, filter) = (try MarkCases.read(), try await filter())
        let told = cases.restored
        let found = try filter.bundle.arrival(file(told.path), jpeg: TurboJpeg())
        XCTAssertEqual(found.origin, told.verdict)
        XCTAssertEqual(try XCTUnwrap(found.scale), told.scale, accuracy: cases.tolerances.scale)
        let start = "shared, made by \(filter.bundle.filter): its pixels have the filter's mark ("
        XCTAssertTrue("\(found)".hasPrefix(start), "\(found)")
        let back = try pixels(restored(file(told.path), filter))
        XCTAssertEqual([back.height, back.width], [told.height, told.width])
        for (row, line) in told.levels.enumerated() {
            for (column, expected) in line.enumerated() {
                let place = (row * told.step * back.width + column * told.step) * 3
                let far = (0..<3).map { (channel: Int) -> Int in abs(Int(back.levels[place + channel]) - expected[channel]) }
                XCTAssertLessThanOrEqual(far.max() ?? 0, cases.tolerances.restored, "\(row), \(column)")
            }
        }
    }

    func testAFileThatNothingTellsOfIsRefusedAndRestoredWhereThatIsForced() async throws {
        let (filter, unmarked) = (try await filter(), try file("shared/unmarked.jpg"))
        XCTAssertThrowsError(try filter.restoreFile(unmarked, to: target, jpeg: TurboJpeg())) { error in
            let refused = error as? Refused
            XCTAssertEqual(refused?.refusal, .noTag)
            XCTAssertEqual(refused?.recognition?.origin, .cannotTell)
            XCTAssertEqual(refused?.recognition?.candidates, [filter.bundle.restoration])
            XCTAssertTrue("\(error)".contains("do not tell whether \(filter.bundle.filter) made it"), "\(error)")
        }
        XCTAssertFalse(FileManager.default.fileExists(atPath: target.path))
        let expected = try filter.restore(pixels(unmarked))
        XCTAssertEqual(try pixels(restored(unmarked, filter, force: true)), expected)
    }

    func testATagOfOtherPixelsCountsOnlyWithAMark() async throws {
        let bundle = try await filter().bundle
        let found = try bundle.arrival(tagged(pixels(file("shared/filtered.jpg")), bundle), jpeg: TurboJpeg())
        XCTAssertEqual(found.origin, .shared)
        XCTAssertNil(found.tag)
        XCTAssertThrowsError(try bundle.look(tagged(pixels(file("shared/unmarked.jpg")), bundle), jpeg: TurboJpeg())) { error in
            XCTAssertEqual((error as? Refused)?.refusal, .altered)
            XCTAssertEqual((error as? Refused)?.recognition?.origin, .notOurs)
        }
    }

    func testAScreenshotThatWasMirroredAndTurnedIsRestoredUprightWithItsAlpha() async throws {
        let (filter, picture) = (try await filter(), try pixels(file("shared/filtered.jpg")))
        let (high, wide) = (picture.height + 700, picture.width)  // so that the middle is a bar
        var turned = [UInt8](repeating: 0, count: high * wide * 4)  // mirrored, and then turned to the left: rows and columns are exchanged
        for place in 0..<high * wide {
            let (y, x) = (place / wide, place % wide)
            let to = (x * high + y) * 4
            turned[to + 3] = y == 40 && x == 7 ? 9 : 255
            if y >= 30, y < 30 + picture.height {
                let from = ((y - 30) * wide + x) * 3
                (turned[to], turned[to + 1], turned[to + 2]) = (picture.levels[from], picture.levels[from + 1], picture.levels[from + 2])
            }
        }
        let content = try png(turned, height: wide, width: high)
        let found = try filter.bundle.arrival(content, jpeg: TurboJpeg())
        XCTAssertEqual(found.origin, .shared)
        XCTAssertEqual(found.turns, 1)
        XCTAssertTrue(found.mirrored)
        let inside = try XCTUnwrap(found.inside)
        XCTAssertEqual(inside.rows, 0..<wide)
        let back = try PngFile(restored(content, filter, found: found))
        XCTAssertEqual(orientation(back.carried), alikeShown(1, turns: 1, mirrored: true))
        XCTAssertEqual([back.height, back.width, back.channels], [inside.columns.count, wide, 4])
        let levels = try PngRows(back).readWhole(rows: back.height)
        let alphas = stride(from: 3, to: levels.count, by: 4).filter { levels[$0] != 255 }
        XCTAssertEqual(alphas, [((40 - inside.columns.lowerBound) * wide + 7) * 4 + 3])
        let start = (inside.columns.lowerBound - 30) * wide * 3
        let part = Pixels(height: back.height, width: wide, levels: Array(picture.levels[start..<start + back.height * wide * 3]))
        let freed = try without(part, restoration: filter.bundle.restoration, scale: XCTUnwrap(found.scale))
        let expected = try filter.restore(freed).levels
        XCTAssertTrue(expected.indices.allSatisfy { levels[$0 / 3 * 4 + $0 % 3] == expected[$0] })
    }

    func testAFileThatIsNearerToThePhotoIsKeptUnlessRestoringIsForced() async throws {
        let (filter, shared) = (try await filter(), try file("shared/filtered.jpg"))
        var found = try filter.bundle.look(shared, jpeg: TurboJpeg())
        let usual = try restored(shared, filter, found: found)
        (found.expectedDb, found.arrivedDb) = (30, 31)
        XCTAssertTrue("\(found)".contains("the file itself is nearer to the photo (about 31 dB)"), "\(found)")
        let freed = try without(pixels(shared), restoration: filter.bundle.restoration, scale: XCTUnwrap(found.scale))
        XCTAssertEqual(try pixels(restored(shared, filter, found: found)), freed)
        XCTAssertEqual(try restored(shared, filter, force: true, found: found), usual)
    }

    func testTheFilterOfAFileIsFoundAmongAll() async throws {
        let (bundle, other) = (try Fixtures.bundle("bundle-variable"), try Fixtures.bundle("bundle-schema-1"))
        let filters = ByFile([other, bundle], runtime: Onnx(), jpeg: TurboJpeg())
        let restoredFile = try await filters.restoreFile(file("shared/filtered.jpg"), to: target)
        let found = try XCTUnwrap(restoredFile.recognition)
        XCTAssertEqual(found.filter, bundle.filter)
        let content = try Data(contentsOf: target)
        try FileManager.default.removeItem(at: target)
        let expected = try await restored(file("shared/filtered.jpg"), filter(), found: found)
        XCTAssertEqual(content, expected)
        let among = try filters.recognised(file("shared/unmarked.jpg"))
        XCTAssertEqual(among.origin, .cannotTell)
        XCTAssertEqual(among.candidates, [bundle.restoration, other.restoration].sorted())
        let foreign = try tagged(Pixels(height: 8, width: 8, levels: [UInt8](repeating: 0, count: 192)), bundle)
        XCTAssertEqual(try ByFile([other], runtime: Onnx()).recognised(foreign).origin, .notOurs)
        let none = try ByFile([], runtime: Onnx(), jpeg: TurboJpeg()).recognised(file("shared/filtered.jpg"))
        XCTAssertEqual(none.origin, .cannotTell)
    }

    func testAMarkedFileIsRestoredAsIfItHadNoneAndIsRecognisedWhereItsTagIsGone() async throws {
        let (filter, whole) = (try await filter(), try pixels(file("shared/unmarked.jpg")))
        let photo = Pixels(height: 400, width: whole.width, levels: Array(whole.levels.prefix(400 * whole.width * 3)))
        for format in [SavedAs.png, .jpeg(quality: 90)] {
            defer { try? FileManager.default.removeItem(at: target) }
            try filter.applyFile(PhotoFile(PixelRows(photo)), to: target, as: format, jpeg: TurboJpeg(), mark: true)
            let saved = try Data(contentsOf: target)
            try FileManager.default.removeItem(at: target)
            XCTAssertEqual(try filter.bundle.inspect(saved, jpeg: TurboJpeg()).requires, [Tag.mark])
            let marked = try pixels(saved)
            let found = try filter.bundle.arrival(png(marked.levels, height: marked.height, width: marked.width))
            XCTAssertEqual(found.origin, .shared, "\(format): \(found)")
            guard format == .png else {
                continue
            }
            var marking = Marking(width: photo.width, restoration: filter.bundle.restoration, sign: 1)
            let plain = Pixels(height: photo.height, width: photo.width, levels: marking.moved(try filter.apply(photo).levels))
            let expected = try filter.restore(Pixels(Unmarked(PixelRows(plain), restoration: filter.bundle.restoration)))
            XCTAssertEqual(try pixels(restored(saved, filter)), expected)
        }
    }

    func testHostileSizesGetAVerdict() throws {
        let bundle = try Fixtures.bundle("bundle-variable")
        for (name, size) in [("one_pixel", "1 x 1"), ("thin", "20000 x 30")] {
            let found = try bundle.arrival(file("shared/\(name).png"))
            XCTAssertEqual(found.origin, .cannotTell)
            XCTAssertTrue(found.reason.contains("\(size) pixels are too few to tell by"), found.reason)
        }
    }
}
