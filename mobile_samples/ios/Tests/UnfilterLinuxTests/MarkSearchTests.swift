import Fixtures
import Foundation
import Unfilter
import UnfilterTurboJpeg
import XCTest

@testable import UnfilterFiles

/// Law: marks and bars are found, and marks taken off, as sdk/format/conformance says (R31 to R34 of sdk/format/RULES.md).
final class MarkSearchTests: XCTestCase {
    private func read(_ path: String) throws -> OpenedFile {
        try OpenedFile(Data(contentsOf: Fixtures.conformance.appendingPathComponent(path)), TurboJpeg())
    }

    func testTheStrongestMarkIsTheOneThatTheCaseSaysAndIsTakenOff() throws {
        let cases = try MarkCases.read()
        XCTAssertEqual(cases.threshold, threshold)
        XCTAssertTrue(cases.pictures.contains { $0.inside != nil } && cases.pictures.contains { $0.without != nil })
        for each in cases.pictures {
            let picture = try read(each.path)
            let inside = each.inside.map { Inside(rows: $0[0]..<$0[1], columns: $0[2]..<$0[3]) }
            if let inside {
                let whole = try XCTUnwrap(strongest(middle(picture.rows(), side: side), cases.restorations))
                XCTAssertLessThan(whole.deviations, threshold, each.name)
                XCTAssertEqual(try within(picture.rows), inside, each.name)
            }
            let square = try middle(picture.rows(), side: side, inside: inside)
            let mark = strongest(square, cases.restorations.reversed())
            guard let told = each.mark else {
                XCTAssertNil(mark, each.name)
                continue
            }
            try check(each, told, XCTUnwrap(mark), cases.tolerances)
            if let without = each.without {
                try check(without, picture, XCTUnwrap(mark), each.name, cases.tolerances.levels)
            }
        }
    }

    private func check(_ each: MarkCases.Picture, _ told: MarkCases.Mark, _ mark: Mark, _ near: MarkCases.Tolerances) throws {
        XCTAssertEqual(mark.deviations, told.deviations, accuracy: near.deviations, each.name)
        XCTAssertEqual(mark.deviations >= threshold, each.counts, each.name)
        guard each.counts else {
            return
        }
        XCTAssertEqual(mark.scale, try XCTUnwrap(told.scale), accuracy: near.scale, each.name)
        XCTAssertEqual(mark.restoration, told.restoration, each.name)
        XCTAssertEqual(mark.turns, told.turns, each.name)
        XCTAssertEqual(mark.mirrored, told.mirrored, each.name)
    }

    private func check(_ told: MarkCases.Without, _ picture: OpenedFile, _ mark: Mark, _ name: String, _ near: Int) throws {
        var found = Recognition(.shared, name)
        (found.turns, found.mirrored) = (mark.turns, mark.mirrored)
        let shared = try Shared(picture.rows(), found, restoration: mark.restoration, scale: mark.scale)
        XCTAssertEqual([shared.height, shared.width], [told.height, told.width], name)
        let levels = try shared.read(rows: shared.height)
        for (row, expected) in told.blue.enumerated() {
            for (column, level) in expected.enumerated() {
                let place = (row * told.step * shared.width + column * told.step) * 3 + 2
                XCTAssertLessThanOrEqual(abs(Int(levels[place]) - level), near, "\(name): \(row), \(column)")
            }
        }
    }

    func testWhatToExpectIsWhatTheCardSays() throws {
        let cases = try MarkCases.read()
        for each in cases.expectations {
            let quality = Card(each.scores).quality(at: each.scale)
            XCTAssertEqual(quality == nil, each.restored == nil)
            XCTAssertEqual(quality?.restored ?? 0, each.restored ?? 0, accuracy: cases.tolerances.db)
            XCTAssertEqual(quality?.arrived ?? 0, each.arrived ?? 0, accuracy: cases.tolerances.db)
        }
    }
}

/// `shared/marks.json` of the conformance cases.
struct MarkCases: Decodable {
    struct Tolerances: Decodable {
        let deviations: Double
        let scale: Double
        let levels: Int
        let restored: Int
        let db: Double
    }

    struct Mark: Decodable {
        let deviations: Double
        let restoration: String?
        let scale: Double?
        let turns: Int?
        let mirrored: Bool?
    }

    struct Without: Decodable {
        let height: Int
        let width: Int
        let step: Int
        let blue: [[Int]]
    }

    struct Picture: Decodable {
        let name: String
        let path: String
        let mark: Mark?
        let counts: Bool
        let inside: [Int]?
        let without: Without?
    }

    struct Expectation: Decodable {
        let scores: [Card.Score]
        let scale: Double
        let restored: Double?
        let arrived: Double?
    }

    struct Restored: Decodable {
        let path: String
        let bundle: String
        let verdict: Origin
        let scale: Double
        let height: Int
        let width: Int
        let step: Int
        let levels: [[[Int]]]
    }

    let restorations: [String]
    let threshold: Double
    let tolerances: Tolerances
    let pictures: [Picture]
    let expectations: [Expectation]
    let restored: Restored

    static func read() throws -> MarkCases {
        struct Cases: Decodable {
            let marks: String
        }

        let cases = try JSONDecoder().decode(Cases.self, from: Data(contentsOf: Fixtures.conformance.appendingPathComponent("cases.json")))
        return try JSONDecoder().decode(MarkCases.self, from: Data(contentsOf: Fixtures.conformance.appendingPathComponent(cases.marks)))
    }
}
