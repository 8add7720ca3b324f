import Foundation
import XCTest

@testable import Unfilter

/// Laws: what a tag says of a payload and of a top-up is written as it was read, or passed over where it is of a later version; a residual is
/// added in integers, as R26 of sdk/format/RULES.md has it.
final class TopUpTests: XCTestCase {
    private let digest = String(repeating: "0a", count: 16)

    private func tag(_ more: String) -> String {
        "{\"version\":1,\"filter\":\"l0\",\"restoration\":\"\(String(repeating: "0", count: 64))\",\"codec\":\"png\",\(more)}"
    }

    func testATagThatTellsOfAPayloadAndATopUpIsWrittenAsItWasRead() throws {
        for more in [
            "\"payload\":{\"coding\":\"avif\",\"bytes\":5}",
            "\"top_up\":{\"holds\":\"photo\",\"coding\":\"webp\",\"bytes\":7,\"sha256\":\"\(digest)\"}",
            "\"payload\":{\"coding\":\"webp\",\"bytes\":5},\"top_up\":{\"holds\":\"residual\",\"coding\":\"avif\",\"steps\":2,\"bytes\":7,"
                + "\"sha256\":\"\(digest)\",\"restores_db\":36.12},\"requires\":[\"hidden_colours\"]",
        ] {
            let read = try XCTUnwrap(Tag(json: tag(more)))
            XCTAssertEqual(read.json, tag(more))
            XCTAssertEqual(Tag(json: read.json), read)
            XCTAssertTrue(read.payload != nil || read.topUp != nil)
            XCTAssertNotEqual(read, Tag(json: tag("\"quality\":null")))
        }
    }

    func testWhatALaterVersionSaysOfItIsPassedOverAndNothingElse() throws {
        let known = "\"coding\":\"webp\",\"bytes\":7,\"sha256\":\"\(digest)\""
        for later in [
            "\"holds\":\"layers\",\(known)", "\"holds\":\"photo\",\"steps\":2,\(known)", "\"holds\":\"residual\",\(known)",
            "\"holds\":\"residual\",\"steps\":9,\(known)", "\"holds\":\"residual\",\"steps\":0,\(known)", "\"holds\":\"photo\"",
            "\"holds\":\"photo\",\"coding\":\"avif\",\"bytes\":7,\"sha256\":\"\(digest)\"",
            "\"holds\":\"photo\",\"coding\":\"webp\",\"bytes\":0,\"sha256\":\"\(digest)\"",
            "\"holds\":\"photo\",\"coding\":\"webp\",\"bytes\":1e99,\"sha256\":\"\(digest)\"",
            "\"holds\":\"photo\",\"coding\":\"webp\",\"bytes\":7,\"sha256\":\"short\"",
        ] {
            let read = try XCTUnwrap(Tag(json: tag("\"top_up\":{\(later)},\"quality\":9")), later)
            XCTAssertNil(read.topUp, later)
            XCTAssertEqual(read.quality, 9)
        }
        for later in ["7", "null", "[]", "\"all\"", "{\"coding\":\"jxl\",\"bytes\":7}", "{\"coding\":\"avif\",\"bytes\":0}"] {
            let read = try XCTUnwrap(Tag(json: tag("\"payload\":\(later),\"top_up\":\(later)")), later)
            XCTAssertNil(read.payload, later)
            XCTAssertNil(read.topUp, later)
        }
        let more = try XCTUnwrap(Tag(json: tag("\"top_up\":{\"holds\":\"photo\",\"layers\":3,\(known)}")))
        XCTAssertEqual(more.topUp?.holds, .photo)
    }

    func testAResidualIsAddedInIntegersAndRoundedDown() {
        for steps in 1...TopUp.mostSteps {
            for base in [0, 3, 128, 255] {
                let added: [UInt8] = Array(0...255)
                let better = toppedUp([UInt8](repeating: UInt8(base), count: 256), added, steps: steps)
                for level in 0...255 {
                    let whole = Int((Double(2 * (level - 128) + steps) / Double(2 * steps)).rounded(.down))
                    XCTAssertEqual(Int(better[level]), min(max(base + whole, 0), 255), "\(base) + \(level) in \(steps)")
                }
            }
        }
    }
}
