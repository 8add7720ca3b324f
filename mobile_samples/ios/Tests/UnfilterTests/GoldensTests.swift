import Foundation
import XCTest

@testable import Unfilter

/// Law: this code plans, rounds, tags and refuses what the Python SDK does (docs/goldens.md).
final class GoldensTests: XCTestCase {
    private static let fixtures = URL(fileURLWithPath: #filePath)
        .appendingPathComponent("../../../../../tests/fixtures").standardizedFileURL

    private func goldens() throws -> Goldens {
        try Goldens(folder: Self.fixtures.appendingPathComponent("goldens-version-1"))
    }

    private func bundle() throws -> Unfilter.Bundle {
        try Unfilter.Bundle(folder: Self.fixtures.appendingPathComponent("bundle-schema-1"))
    }

    func testTheGoldensAreOfThisBundle() throws {
        XCTAssertEqual(try bundle().restoration, try goldens().content.restoration)
        XCTAssertEqual(try bundle().tiles, try goldens().content.tiles)
        XCTAssertEqual(try bundle().artifact(format: .mlpackage, direction: .forward).image.name, "photo")
    }

    func testTilesAreThoseOfThePlan() throws {
        let content = try goldens().content
        for plan in content.plans {
            let (rows, columns) = (plan.rows.map(span), plan.columns.map(span))
            XCTAssertEqual(content.tiles.spans(plan.height, fixedSize: plan.fixedSize), rows)
            XCTAssertEqual(content.tiles.spans(plan.width, fixedSize: plan.fixedSize), columns)
            let tiles = content.tiles.tiles(height: plan.height, width: plan.width, fixedSize: plan.fixedSize)
            XCTAssertEqual(tiles, rows.flatMap { row in columns.map { Tile(rows: row, columns: $0) } })
        }
    }

    func testLevelsAreRoundedByTheOneRule() throws {
        for rounding in try goldens().content.roundings {
            XCTAssertEqual(toLevel(Float(bitPattern: rounding.bits)), rounding.level)
        }
        for level in UInt8.min...UInt8.max {
            XCTAssertEqual(toLevel(toFloat(level)), level)
        }
    }

    func testATagIsReadAndWrittenToTheLetter() throws {
        // Those of a later version are read, and what is not known of them is not written.
        for file in try goldens().content.files where !file.path.hasSuffix("of_version_2.png") && file.refusal != .needsUpdate {
            guard let text = file.tag else { continue }
            XCTAssertEqual(Tag(json: text)?.json, file.refusal == .noTag ? nil : text)
        }
    }

    func testAFingerprintOfALaterVersionIsPassedOver() throws {
        let texts = try goldens().content.files.filter { $0.path.contains("/fingerprint_of_version_2") || $0.path.contains("/old_tag") }
        let tags = try texts.map { try XCTUnwrap($0.tag.flatMap(Tag.init(json:))) }
        XCTAssertEqual(tags.count, 2)
        XCTAssertEqual(tags[0], tags[1])
        XCTAssertNil(tags[0].fingerprint)
    }

    func testPixelsComeThroughTilesWhereTheGraphChangesNothing() throws {
        let golden = try XCTUnwrap(goldens().content.photos.first { $0.name == "odd" })
        let photo = try goldens().pixels(golden, golden.photo)
        var levels: [UInt8] = []
        let plan = TilePlan(tile: 16, halo: 4, alignment: 2)
        try filterRows(Identity(), plan: plan, places: [], source: PixelRows(photo), progress: { _ in }, write: { levels += $0 })
        XCTAssertEqual(levels, photo.levels)
    }

    private func span(_ numbers: [Int]) -> Span {
        Span(start: numbers[0], stop: numbers[1], keepStart: numbers[2], keepStop: numbers[3])
    }
}

private final class Identity: Graph {
    let fixedSize = false

    func run(_ image: [Float], height: Int, width: Int, places: [Float], output: [Float]?) -> [Float] {
        image
    }
}
