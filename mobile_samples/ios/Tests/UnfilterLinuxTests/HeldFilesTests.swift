import CryptoKit
import Fixtures
import Foundation
import Unfilter
import UnfilterTurboJpeg
import XCTest

@testable import UnfilterFiles

/// A device that decodes neither AVIF nor WebP.
struct NoDecoder: PictureDecoder {
    func decode(_ content: Data, height: Int, width: Int) -> Pixels? { nil }
}

/// Laws of payloads and top-ups (R25 to R28 of sdk/format/RULES.md): what a file holds of its photo comes back, whatever filters are at hand;
/// what is damaged, stripped or of another file is not used, and that is said; the pixels are restored in any case.
final class HeldFilesTests: XCTestCase {
    private let target = Fixtures.temporary("png")
    private let alone = ": restored from the pixels alone"

    override func tearDown() {
        try? FileManager.default.removeItem(at: target)
    }

    private func held(_ name: String) throws -> Data {
        try Data(contentsOf: Fixtures.conformance.appendingPathComponent("held/\(name)"))
    }

    private func filter() async throws -> Filter {
        try await Filter.open(Fixtures.bundle("bundle-variable"), runtime: Onnx())
    }

    private func levels(_ file: Data) throws -> [UInt8] {
        let png = try PngFile(file)
        return try PngRows(png).readWhole(rows: png.height)
    }

    private func furthest(_ one: [UInt8], _ other: [UInt8]) -> Int {
        one.count == other.count ? zip(one, other).map { abs(Int($0) - Int($1)) }.max() ?? 0 : 256
    }

    /// How `file` was restored by `filter`, and its restored levels.
    private func restored(_ file: Data, _ filter: Filter) throws -> (how: String?, levels: [UInt8]) {
        defer { try? FileManager.default.removeItem(at: target) }
        let how = try filter.restoreFile(file, to: target, jpeg: TurboJpeg()).how
        return (how, try levels(Data(contentsOf: target)))
    }

    /// How the photo that `file` holds whole was restored, and the file that was written; nil where it holds none, and nothing was written.
    private func restoredWithout(_ file: Data) throws -> (how: String?, content: Data)? {
        defer { try? FileManager.default.removeItem(at: target) }
        guard let restored = try restoreHeld(file, to: target, jpeg: TurboJpeg()) else {
            XCTAssertFalse(FileManager.default.fileExists(atPath: target.path))
            return nil
        }
        XCTAssertNil(restored.recognition)
        return (restored.how, try Data(contentsOf: target))
    }

    /// A PNG of `levels`, RGB or RGBA, with a tag and a top-up.
    private func png(_ levels: [UInt8], height: Int, width: Int, tag: String? = nil, topUp: Data? = nil) throws -> Data {
        let made = Fixtures.temporary("png")
        defer { try? FileManager.default.removeItem(at: made) }
        try Data().write(to: made)
        let handle = try FileHandle(forWritingTo: made)
        let writer = try PngWriter(handle, height: height, width: width, channels: levels.count / height / width, chunks: [])
        try writer.write(levels)
        try writer.finish((tag.map { [.text(Tag.keyword, $0)] } ?? []) + (topUp.map { [Chunk(type: "unTP", content: $0)] } ?? []))
        try handle.close()
        return try Data(contentsOf: made)
    }

    /// A tag of the filter, with what is `told` of a payload or a top-up too.
    private func tag(_ bundle: Unfilter.Bundle, _ told: String, _ fingerprint: Fingerprint?, requires: [String] = []) -> String {
        let tag = Tag(
            filter: bundle.filter, restoration: bundle.restoration, codec: .png, fingerprint: fingerprint, requires: requires
        )
        return tag.json.dropLast() + ",\(told)}"
    }

    private func photo(_ content: Data) -> String {
        let digest = hexadecimal(SHA256.hash(data: content), TopUp.digits)
        return "\"top_up\":{\"holds\":\"photo\",\"coding\":\"webp\",\"bytes\":\(content.count),\"sha256\":\"\(digest)\"}"
    }

    private func residual(_ content: Data, coding: Coding = .avif) -> String {
        photo(content).replacingOccurrences(of: "\"photo\",\"coding\":\"webp\"", with: "\"residual\",\"coding\":\"\(coding)\",\"steps\":2")
    }

    func testBothCodingsAreDecodedToTheLevel() throws {
        let decoder = ImageIOPictures()
        let png = try PngFile(held("top_up.png"))
        let webp = try XCTUnwrap(png.topUp)
        XCTAssertEqual(Coding(of: webp), .webp)
        XCTAssertEqual(decoder.decode(webp, height: 51, width: 67)?.levels, [UInt8](try held("top_up.png.rgb")))
        let avif = try XCTUnwrap(payload(of: PngFile(held("payload.png"))))
        XCTAssertEqual(Coding(of: avif), .avif)
        XCTAssertEqual(decoder.decode(avif, height: 51, width: 67)?.levels, [UInt8](try held("payload.png.rgb")))
        for content in [webp, avif] {
            XCTAssertNil(decoder.decode(content, height: 67, width: 51))
            XCTAssertNil(decoder.decode(content.prefix(content.count / 2), height: 51, width: 67))
            XCTAssertNil(decoder.decode(content.prefix(20), height: 51, width: 67))
        }
        XCTAssertNil(decoder.decode(Data(), height: 51, width: 67))
        XCTAssertNil(Coding(of: Data("ftyp".utf8)))
    }

    /// Red and blue of each two columns are alike, as where chroma is halved.
    private struct Halving: PictureDecoder {
        func decode(_ content: Data, height: Int, width: Int) -> Pixels? {
            ImageIOPictures().decode(content, height: height, width: width).map { pixels in
                let levels = pixels.levels.indices.map { pixels.levels[$0 % 3 == 1 ? $0 : $0 / 6 * 6 + $0 % 3] }
                return Pixels(height: height, width: width, levels: levels)
            }
        }
    }

    func testADecoderThatGivesOtherLevelsWouldBeSeen() {
        XCTAssertEqual(ImageIOPictures.exact, Set(Coding.allCases))
        for coding in Coding.allCases {
            XCTAssertTrue(ImageIOPictures().isExact(coding))
            XCTAssertFalse(Halving().isExact(coding))
            XCTAssertFalse(NoDecoder().isExact(coding))
        }
    }

    func testAPhotoThatAFileHoldsWholeTakesNoFilter() async throws {
        let none = ByFile([], runtime: Onnx(), jpeg: TurboJpeg())
        for (name, how) in [("payload.png", "the payload in its low bits"), ("top_up.png", "its top-up, every byte")] {
            let (file, expected) = (try held(name), [UInt8](try held("\(name).rgb")))
            let found = try XCTUnwrap(restoredWithout(file))
            XCTAssertEqual(found.how, "restored from \(how), without the filter")
            XCTAssertEqual(try levels(found.content), expected)
            XCTAssertNil(try PngFile(found.content).tag)
            let among = try await none.restoreFile(file, to: target)
            XCTAssertEqual(among.how, found.how)
            XCTAssertEqual(try Data(contentsOf: target), found.content)
            try FileManager.default.removeItem(at: target)
        }
        let untold = try png(levels(held("payload.png")), height: 51, width: 67)  // an app's own filter has no tag
        XCTAssertEqual(try levels(XCTUnwrap(restoredWithout(untold)).content), [UInt8](try held("payload.png.rgb")))
        XCTAssertNil(try restoredWithout(held("top_up.jpg")))
        do {
            _ = try await none.restoreFile(held("top_up.jpg"), to: target)
            XCTFail("a residual was taken for a photo")
        } catch {
            XCTAssertEqual((error as? Refused)?.refusal, .otherFilter)
        }
    }

    func testAPhotoThatAFileHoldsWholeIsSavedAsJpegToo() throws {
        let file = try held("top_up.png")
        _ = try restoreHeld(file, to: target, as: .jpeg(quality: 95), jpeg: TurboJpeg())
        let pixels = try Pixels(PhotoFile(Data(contentsOf: target), jpeg: TurboJpeg()).pixels)
        let expected = Pixels(height: 51, width: 67, levels: [UInt8](try held("top_up.png.rgb")))
        XCTAssertGreaterThan(decibels(pixels, expected), 25)
    }

    func testATopUpThatIsStrippedDamagedOrOfAnotherFileLeavesTheBaseAndThatIsSaid() async throws {
        let (filter, whole) = (try await filter(), try PngFile(held("top_up.png")))
        let (text, topUp, pixels) = (try XCTUnwrap(whole.tag), try XCTUnwrap(whole.topUp), try levels(held("top_up.png")))
        let base = [UInt8](try held("top_up.png.base.rgb"))
        var damaged = topUp
        damaged[topUp.count / 2] ^= 1
        let junk = Data("RIFF\0\0\0\0WEBP, and nothing else".utf8)
        let (print, own) = (try XCTUnwrap(Tag(json: text)?.fingerprint), filter.bundle)
        for (tag, content, said) in [
            (text, nil, "its top-up is gone, as it is where metadata are stripped"),
            (text, damaged, "its top-up is damaged or of another file"),
            (text, Data(), "its top-up is damaged or of another file"),
            (tag(own, photo(topUp), nil), topUp, "nothing tells that its pixels are those that were saved, so its top-up was not used"),
            (tag(own, "\"top_up\":{\"holds\":\"layers\"}", print), topUp, "it carries more than this app reads, a top-up of a later version or of another file"),
            (tag(own, photo(junk), print), junk, "it carries more than this device reads, a top-up in WEBP"),
            (tag(own, residual(topUp), print), topUp, "it carries more than this device reads, a top-up in AVIF"),
        ] {
            let file = try png(pixels, height: 51, width: 67, tag: tag, topUp: content)
            XCTAssertNil(try restoredWithout(file), said)
            let found = try restored(file, filter)
            XCTAssertEqual(found.how, said + alone)
            XCTAssertLessThanOrEqual(furthest(found.levels, base), 1, said)
        }
    }

    func testATopUpBesideOtherPixelsIsNotUsed() async throws {
        let (filter, whole) = (try await filter(), try PngFile(held("top_up.png")))
        var pixels = try levels(held("top_up.png"))
        pixels[100] ^= 1
        let file = try png(pixels, height: 51, width: 67, tag: whole.tag, topUp: whole.topUp)
        XCTAssertNil(try restoredWithout(file))
        XCTAssertThrowsError(try restored(file, filter)) { XCTAssertEqual(($0 as? Refused)?.refusal, .altered) }
    }

    func testADamagedPayloadLeavesItToTheFilterAndThatIsSaid() async throws {
        let filter = try await filter()
        var pixels = try levels(held("payload.png"))
        pixels[400] ^= 1
        let text = try XCTUnwrap(PngFile(held("payload.png")).tag)
        let altered = try png(pixels, height: 51, width: 67, tag: text)
        XCTAssertNil(try restoredWithout(altered))
        XCTAssertThrowsError(try restored(altered, filter)) { XCTAssertEqual(($0 as? Refused)?.refusal, .altered) }
        let told = "\"payload\":{\"coding\":\"avif\",\"bytes\":9}"
        let unbound = try restored(png(pixels, height: 51, width: 67, tag: tag(filter.bundle, told, nil)), filter)
        XCTAssertEqual(unbound.how, "the payload in its low bits is damaged" + alone)
        XCTAssertLessThanOrEqual(furthest(unbound.levels, [UInt8](try held("payload.png.base.rgb"))), 2)
    }

    /// `whole`, RGBA, with a payload in the low bits of what is seen.
    private func carrying(_ content: Data, _ whole: [UInt8], claiming length: Int? = nil) -> [UInt8] {
        var levels = whole
        let places = whole.indices.filter { $0 % 4 < 3 && whole[$0 / 4 * 4 + 3] > 0 }
        var bytes = [UInt8](Data("UFP1".utf8) + bigEndian(UInt32(length ?? content.count)))
        bytes += SHA256.hash(data: content).prefix(8)
        bytes += content
        for bit in 0..<min(bytes.count * 8, places.count * 8) {
            let (place, plane) = (places[bit % places.count], UInt8(bit / places.count))
            levels[place] = levels[place] & ~(1 << plane) | (bytes[bit / 8] >> UInt8(7 - bit % 8) & 1) << plane
        }
        return levels
    }

    /// 51 x 67 RGBA of which some is hidden, with other colours than grey there.
    private func transparent() -> [UInt8] {
        (0..<51 * 67 * 4).map { (place: Int) -> UInt8 in
            place % 4 == 3 ? [0, 9, 255, 255, 255][place / 4 % 5] : UInt8(place * 37 % 251)
        }
    }

    /// Of RGBA levels: `seen`, RGB, where alpha is above 0, and their own elsewhere.
    private func changedWhereSeen(_ whole: [UInt8], _ seen: [UInt8]) -> [UInt8] {
        whole.indices.map { (place: Int) -> UInt8 in
            place % 4 == 3 || whole[place / 4 * 4 + 3] == 0 ? whole[place] : seen[place / 4 * 3 + place % 4]
        }
    }

    func testColoursUnderFullTransparencyHoldNoPayloadAndStayTheFilesOwn() throws {
        let content = try XCTUnwrap(payload(of: PngFile(held("payload.png"))))
        let carrier = carrying(content, transparent())
        let expected = changedWhereSeen(carrier, [UInt8](try held("payload.png.rgb")))
        var changed = carrier  // as converters change them
        for place in stride(from: 3, to: changed.count, by: 4) where changed[place] == 0 {
            (changed[place - 3], changed[place - 2], changed[place - 1]) = (0, 0, 0)
        }
        let allSeen = tag(try Fixtures.bundle("bundle-variable"), "\"payload\":{\"coding\":\"avif\",\"bytes\":9}", nil)
        for (levels, tag) in [(carrier, nil), (changed, nil), (carrier, allSeen)] {
            let found = try XCTUnwrap(restoredWithout(png(levels, height: 51, width: 67, tag: tag)))
            let seen = try self.levels(found.content)
            XCTAssertEqual(seen, changedWhereSeen(levels, expected.indices.filter { $0 % 4 < 3 }.map { expected[$0] }))
        }
        XCTAssertThrowsError(try restoreHeld(png(carrier, height: 51, width: 67), to: target, as: .jpeg(quality: 90))) {
            XCTAssertTrue("\($0)".contains("transparent"), "\($0)")
        }
        XCTAssertFalse(FileManager.default.fileExists(atPath: target.path))
    }

    func testColoursUnderFullTransparencyStayTheFilesOwnBesideATopUp() async throws {
        let (filter, whole) = (try await filter(), transparent())
        let webp = try XCTUnwrap(PngFile(held("top_up.png")).topUp)
        let avif = try XCTUnwrap(Jpeg(held("top_up.jpg")).topUp)
        let rows = try PngFile(png(whole, height: 51, width: 67)).rows(hides: true)
        let print = try Fingerprint(of: rows)
        func file(_ told: String, _ content: Data?) throws -> Data {
            try png(whole, height: 51, width: 67, tag: tag(filter.bundle, told, print, requires: [Tag.hiddenColours]), topUp: content)
        }
        let exact = try XCTUnwrap(restoredWithout(file(photo(webp), webp)))
        XCTAssertEqual(try levels(exact.content), changedWhereSeen(whole, [UInt8](try held("top_up.png.rgb"))))
        let base = try restored(file(residual(avif), nil), filter).levels
        let (how, better) = try restored(file(residual(avif), avif), filter)
        XCTAssertEqual(how, "restored from its pixels and its top-up")
        let added = try XCTUnwrap(ImageIOPictures().decode(avif, height: 51, width: 67))
        let seen = base.indices.filter { $0 % 4 < 3 }.map { base[$0] }
        XCTAssertEqual(better, changedWhereSeen(whole, toppedUp(seen, added.levels, steps: 2)))
        XCTAssertNotEqual(better, base)
    }

    func testHostileHeadsAndContentsGetAVerdict() throws {
        for (content, length) in [(Data("no picture".utf8), nil), (Data(), nil), (Data("short".utf8), Int(UInt32.max)), (Data("short".utf8), 9)] {
            let levels = carrying(content, transparent(), claiming: length)
            XCTAssertNil(try restoredWithout(png(levels, height: 51, width: 67)))
        }
        XCTAssertNil(try restoredWithout(png([1, 2, 3], height: 1, width: 1)))
        XCTAssertNil(try restoredWithout(png([1, 2, 3, 0], height: 1, width: 1)))
        let small = carrying(Data("short".utf8), [UInt8](repeating: 255, count: 4 * 4 * 4))  // its head reaches into a third bit
        XCTAssertEqual(try payload(of: PngFile(png(small, height: 4, width: 4))), Data("short".utf8))
        for refused in [Data(), Data("text".utf8), try held("top_up.jpg").prefix(2000), try held("payload.png").prefix(900)] {
            XCTAssertThrowsError(try restoreHeld(refused, to: target)) { XCTAssertTrue($0 is Refused, "\($0)") }
        }
    }

    /// APP11 segments, without marker and length.
    private func segments(_ file: Data) -> [Data] {
        var (found, place): ([Data], Int) = ([], 2)
        while file[place + 1] != 0xDA {
            let end = place + 2 + Int(file[place + 2]) << 8 + Int(file[place + 3])
            found += file[place + 1] == 0xEB ? [Data(file[place + 4..<end])] : []
            place = end
        }
        return found
    }

    func testAnEmbeddedFileIsWholeOrNotThereWhateverItsSegmentsAre() throws {
        let file = try held("top_up.jpg")
        let whole = try XCTUnwrap(segments(file).first)
        let topUp = try XCTUnwrap(Jpeg(file).topUp)
        XCTAssertEqual(embedded(in: [whole]), topUp)
        let (start, content) = (whole.prefix(16), Data(whole.dropFirst(16)))
        let parts = stride(from: 0, to: content.count, by: 100).enumerated().map { (index: Int, place: Int) -> Data in
            start.prefix(4) + bigEndian(UInt32(index + 1)) + start.suffix(8) + content.dropFirst(place).prefix(100)
        }
        XCTAssertGreaterThan(parts.count, 3)
        let foreign = Data("JP\0\u{1} of somebody else".utf8)
        XCTAssertEqual(embedded(in: parts.reversed() + [foreign, Data()]), topUp)
        XCTAssertNil(embedded(in: parts.dropFirst().map { $0 }))
        XCTAssertNil(embedded(in: parts.dropLast()))
        XCTAssertNil(embedded(in: parts + [parts[0]]))
        XCTAssertNil(embedded(in: []))
        for count in 0..<200 {
            XCTAssertNil(embedded(in: [whole.prefix(count)]))
        }
        var other = whole
        other[other.startIndex + 16 + 8 + 20] ^= 1  // its label
        XCTAssertNil(embedded(in: [other]))
    }

    func testAResidualInAJpegIsAddedWhereItIsWholeAndTheBaseIsRestoredWhereItIsNot() async throws {
        let (filter, file) = (try await filter(), try held("top_up.jpg"))
        let segment = try XCTUnwrap(segments(file).first)
        let place = try XCTUnwrap(file.range(of: segment)).lowerBound
        let stripped = file.prefix(place - 4) + file.dropFirst(place + segment.count)
        var damaged = file
        damaged[place + segment.count - 1] ^= 1
        let base = [UInt8](try held("top_up.jpg.base.rgb"))
        for (content, how, expected) in [
            (file, "restored from its pixels and its top-up", [UInt8](try held("top_up.jpg.rgb"))),
            (stripped, "its top-up is gone, as it is where metadata are stripped" + alone, base),
            (damaged, "its top-up is damaged or of another file" + alone, base),
        ] {
            let found = try restored(Data(content), filter)
            XCTAssertEqual(found.how, how)
            XCTAssertLessThanOrEqual(furthest(found.levels, expected), 1, how)
        }
    }
}
