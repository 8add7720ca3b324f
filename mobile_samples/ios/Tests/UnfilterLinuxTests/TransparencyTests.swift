import Fixtures
import Foundation
import Unfilter
import XCTest

@testable import UnfilterFiles

/// Law: what becomes of colours under full transparency changes nothing that is seen (R23 of sdk/format/RULES.md).
final class TransparencyTests: XCTestCase {
    private let target = Fixtures.temporary("png")

    override func tearDown() {
        try? FileManager.default.removeItem(at: target)
    }

    func testColoursUnderFullTransparencyGoAroundTheNetworkAndChangeNothingThatIsSeen() async throws {
        var (levels, black): ([UInt8], [UInt8]) = ([], [])
        for pixel in 0..<40 * 56 {
            let alpha: UInt8 = [0, 0, 7, 255][pixel % 56 / 14]
            let colour: [UInt8] = (0..<3).map { _ in UInt8.random(in: .min ... .max) }
            levels += colour + [alpha]
            black += alpha == 0 ? [0, 0, 0, 0] : colour + [alpha]
        }
        let filter = try await Filter.open(Fixtures.bundle("bundle-variable"), runtime: Onnx())
        let (filtered, other) = (try applied(filter, levels), try applied(filter, black))
        let (whole, changed) = (try PngRows(PngFile(filtered)).readWhole(rows: 40), try PngRows(PngFile(other)).readWhole(rows: 40))
        XCTAssertNotEqual(whole, levels)
        for place in levels.indices {
            let passes = place % 4 == 3 || levels[place / 4 * 4 + 3] == 0
            XCTAssertEqual(whole[place], passes ? levels[place] : changed[place])
        }
        let tag = try filter.bundle.inspect(filtered)
        XCTAssertEqual(tag.requires, [Tag.hiddenColours])
        XCTAssertEqual(tag.fingerprint, try filter.bundle.inspect(other).fingerprint)
        XCTAssertEqual(try filter.bundle.inspect(applied(filter, levels.map { (level: UInt8) in max(level, 1) })).requires, [])
    }

    /// The file of a photo, 40 x 56 RGBA, filtered.
    private func applied(_ filter: Filter, _ levels: [UInt8]) throws -> Data {
        try write(levels, height: 40, width: 56)
        let photo = try PhotoFile(Data(contentsOf: target))
        XCTAssertTrue(photo.isTransparent)
        XCTAssertThrowsError(try filter.applyFile(photo, to: target, as: .jpeg(quality: 90))) {
            XCTAssertTrue("\($0)".contains("transparent"), "\($0)")
        }
        try FileManager.default.removeItem(at: target)
        try filter.applyFile(photo, to: target)
        defer { try? FileManager.default.removeItem(at: target) }
        return try Data(contentsOf: target)
    }

    private func write(_ levels: [UInt8], height: Int, width: Int) throws {
        try Data().write(to: target)
        let handle = try FileHandle(forWritingTo: target)
        let writer = try PngWriter(handle, height: height, width: width, channels: 4, chunks: [])
        try writer.write(levels)
        try writer.finish()
        try handle.close()
    }
}
