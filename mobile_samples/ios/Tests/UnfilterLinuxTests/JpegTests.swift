import CTurboJpeg
import Fixtures
import Foundation
import Unfilter
import UnfilterFiles
import UnfilterTurboJpeg
import XCTest

/// Laws: a filtered JPEG is restored, by whichever decoder; one that was altered is refused; what a photo carries comes through.
/// `TurboJpeg` is the real libjpeg-turbo; on Linux `ImageIOJpeg` is a stand-in's, and its dB are not Apple's.
final class JpegTests: XCTestCase {
    private let target = Fixtures.temporary("jpg")
    private let second = Fixtures.temporary("jpg")

    override func tearDown() {
        for file in [target, second] {
            try? FileManager.default.removeItem(at: file)
        }
    }

    /// A photo that is large enough for several cells, from the golden that fills most.
    private func photo() throws -> Pixels {
        let goldens = try Fixtures.goldens("goldens-variable")
        let golden = try XCTUnwrap(goldens.content.photos.first { $0.name == "odd" })
        let small = try goldens.pixels(golden, golden.photo)
        let (height, width) = (2 * small.height, 3 * small.width)
        var levels: [UInt8] = []
        for row in 0..<height {
            for column in 0..<width {
                let start = (row % small.height * small.width + column % small.width) * 3
                levels += small.levels[start..<start + 3]
            }
        }
        return Pixels(height: height, width: width, levels: levels)
    }

    private func filter() async throws -> Filter {
        try await Filter.open(Fixtures.bundle("bundle-variable"), runtime: Onnx())
    }

    private let exif = Chunk(type: "eXIf", content: Data([0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 0, 0]))
    private let xmp = Chunk.text("XML:com.adobe.xmp", "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF></rdf:RDF></x:xmpmeta>")

    func testAFilteredJpegIsRestoredByEitherCodec() async throws {
        let (filter, photo) = (try await filter(), try photo())
        let codecs: [any JpegCodec] = [TurboJpeg(), ImageIOJpeg()]
        for (writer, reader) in codecs.flatMap({ writer in codecs.map { (writer, $0) } }) {
            defer { tearDown() }
            try filter.applyFile(PhotoFile(PixelRows(photo), carrying: [exif, xmp]), to: target, as: .jpeg(quality: 85), jpeg: writer)
            let saved = try Data(contentsOf: target)
            let tag = try filter.bundle.inspect(saved, jpeg: reader)
            XCTAssertEqual(tag.codec, .jpeg)
            XCTAssertEqual(tag.quality, 85)
            XCTAssertEqual(tag.fingerprint?.decoder, writer.decoder)
            XCTAssertEqual(try Jpeg(saved).chunks, [exif, xmp])
            try filter.restoreFile(saved, to: second, jpeg: reader)
            let png = try PngFile(Data(contentsOf: second))
            XCTAssertNil(png.tag)
            XCTAssertEqual(png.carried, [exif, xmp])
            let restored = Pixels(height: png.height, width: png.width, levels: try PngRows(png).read(rows: png.height))
            let decoded = try TurboJpeg().decode(Jpeg(saved).bare)
            let levels = try decoded.read(rows: decoded.height)
            XCTAssertEqual(restored, try filter.restore(Pixels(height: decoded.height, width: decoded.width, levels: levels)))
        }
    }

    func testAJpegOfAConvertedFilterRestoresThePhoto() async throws {
        guard let bundle = try Fixtures.converted()?.bundle else {
            throw XCTSkip("UNFILTER_BUNDLE names no converted bundle (README)")
        }
        XCTAssertEqual(bundle.savedAs, .jpeg(quality: 90))
        let filter = try await Filter.open(bundle, runtime: Onnx())
        let given = try Data(contentsOf: bundle.folder.appendingPathComponent("goldens/astronaut.png"))
        try filter.applyFile(PhotoFile(given), to: target, as: bundle.savedAs, jpeg: TurboJpeg())
        try filter.restoreFile(Data(contentsOf: target), to: second, jpeg: TurboJpeg())
        let (photo, filtered) = (try pixels(given), try pixels(Data(contentsOf: target)))
        let restored = try pixels(Data(contentsOf: second))
        print("JPEG 4:2:0 at 90: filtered \(decibels(filtered, photo)) dB, restored \(decibels(restored, photo)) dB")
        XCTAssertGreaterThan(decibels(restored, photo), decibels(filtered, photo) + 3)
    }

    private func pixels(_ file: Data) throws -> Pixels {
        let source = try PhotoFile(file, jpeg: TurboJpeg()).pixels
        return Pixels(height: source.height, width: source.width, levels: try source.read(rows: source.height))
    }

    func testAJpegThatWasAlteredIsRefused() async throws {
        let (filter, codec) = (try await filter(), TurboJpeg())
        try filter.applyFile(PhotoFile(PixelRows(photo())), to: target, as: .jpeg(quality: 85), jpeg: codec)
        let saved = try Data(contentsOf: target)
        let tag = try XCTUnwrap(Jpeg(saved).tag)
        let pixels = try codec.decode(Jpeg(saved).bare)
        let (height, width) = (pixels.height, pixels.width)
        var levels = try pixels.read(rows: height)
        func refused(_ file: Data, _ what: String) throws {
            for reader in [TurboJpeg(), ImageIOJpeg()] as [any JpegCodec] {
                XCTAssertThrowsError(try filter.bundle.inspect(file, jpeg: reader), what) {
                    XCTAssertEqual(($0 as? Refused)?.refusal, .altered, what)
                }
            }
        }
        let again = Pixels(height: height, width: width, levels: levels)
        try refused(tagged(codec.encode(again, quality: 70), tag), "compressed again")
        for place in stride(from: 0, to: levels.count / 2, by: 3) {
            levels[place] = UInt8(min(255, Int(levels[place]) + 20))
        }
        try refused(tagged(codec.encode(Pixels(height: height, width: width, levels: levels), quality: 85), tag), "redder")
        let smaller = Pixels(height: height / 2, width: width, levels: Array(levels.prefix(height / 2 * width * 3)))
        try refused(tagged(codec.encode(smaller, quality: 85), tag), "cut")
        XCTAssertThrowsError(try filter.bundle.inspect(saved.prefix(saved.count * 2 / 3), jpeg: codec)) {
            XCTAssertEqual(($0 as? Refused)?.refusal, .damaged)
        }
    }

    func testALargeProfileIsCarriedThroughJpegAndPng() async throws {
        let filter = try await filter()
        let profile = Data((0..<150_000).map { (place: Int) -> UInt8 in UInt8(place * 7 % 251) })
        var file = try TurboJpeg().encode(photo(), quality: 90)
        for (index, start) in stride(from: 0, to: profile.count, by: 60_000).enumerated() {
            var content = Data("ICC_PROFILE\0".utf8)
            content.append(contentsOf: [UInt8(index + 1), 3])
            content.append(profile.dropFirst(start).prefix(60_000))
            file = with(0xE2, content, file)
        }
        let given = try Jpeg(file).chunks
        XCTAssertEqual(given.map(\.type), ["iCCP"])
        try filter.applyFile(PhotoFile(file, jpeg: TurboJpeg()), to: target, as: .jpeg(quality: 85), jpeg: TurboJpeg())
        XCTAssertEqual(try Jpeg(Data(contentsOf: target)).chunks, given)
        try filter.restoreFile(Data(contentsOf: target), to: second, jpeg: TurboJpeg())
        XCTAssertEqual(try PngFile(Data(contentsOf: second)).carried, given)
    }

    func testAGreyJpegIsThreeEqualChannels() throws {
        let grey = try greyJpeg(height: 24, width: 40)
        for codec in [TurboJpeg(), ImageIOJpeg()] as [any JpegCodec] {
            let pixels = try PhotoFile(grey, jpeg: codec).pixels
            let levels = try pixels.read(rows: 24)
            XCTAssertEqual(pixels.width, 40)
            XCTAssertTrue(stride(from: 0, to: levels.count, by: 3).allSatisfy { Set(levels[$0..<$0 + 3]).count == 1 })
            XCTAssertGreaterThan(Set(levels).count, 10)
        }
    }

    func testAFilterThatWasNotTrainedForJpegRefusesItBeforeItWrites() async throws {
        let filter = try await Filter.open(Fixtures.bundle("bundle-schema-1"), runtime: Onnx())
        XCTAssertEqual(filter.bundle.savedAs, .png)
        XCTAssertThrowsError(try filter.applyFile(PhotoFile(PixelRows(photo())), to: target, as: .jpeg(quality: 85))) {
            XCTAssertTrue("\($0)".contains("not trained for JPEG"))
        }
        XCTAssertFalse(FileManager.default.fileExists(atPath: target.path))
    }

    func testWhatIsNoJpegOfEightBitsIsRefusedForItsReason() throws {
        let whole = try TurboJpeg().encode(photo(), quality: 85)
        let start = try XCTUnwrap(whole.range(of: Data([0xFF, 0xC0]))).lowerBound
        var (deep, inks) = (whole, whole)
        deep[start + 4] = 12
        inks[start + 9] = 4
        for (file, refusal) in [
            (deep, Refusal.otherFormat), (inks, .damaged), (whole.prefix(30), .damaged), (whole.prefix(3), .damaged),
            (Data([0xFF, 0xD8]), .notAPhoto),
        ] {
            XCTAssertThrowsError(try PhotoFile(file)) { XCTAssertEqual(($0 as? Refused)?.refusal, refusal) }
        }
    }

    private func greyJpeg(height: Int, width: Int) throws -> Data {
        let handle = tjInitCompress()
        defer { tjDestroy(handle) }
        var (file, size): (UnsafeMutablePointer<UInt8>?, UInt) = (nil, 0)
        defer { tjFree(file) }
        let levels = (0..<height * width).map { (place: Int) -> UInt8 in UInt8(place * 5 % 200) }
        let code = tjCompress2(handle, levels, Int32(width), 0, Int32(height), 6, &file, &size, 3, 90, 0)
        XCTAssertEqual(code, 0)
        return Data(bytes: try XCTUnwrap(file), count: Int(size))
    }

    /// `file` with the tag of `json`, as somebody would who passes metadata on.
    private func tagged(_ file: Data, _ json: String) -> Data {
        with(0xE1, Data("http://ns.adobe.com/xap/1.0/\0\(Xmp.packet(nil, with: json))".utf8), file)
    }

    /// `file` with one more segment at its start.
    private func with(_ marker: UInt8, _ content: Data, _ file: Data) -> Data {
        let length = content.count + 2
        var longer = Data([0xFF, 0xD8, 0xFF, marker, UInt8(length >> 8), UInt8(length & 255)])
        longer.append(content)
        longer.append(file.dropFirst(2))
        return longer
    }
}

/// PSNR in dB.
func decibels(_ one: Pixels, _ other: Pixels) -> Double {
    var squares = 0.0
    for (level, wanted) in zip(one.levels, other.levels) {
        let off = Double(level) - Double(wanted)
        squares += off * off
    }
    return 10 * log10(65025 * Double(one.levels.count) / squares)
}
