import Foundation
import Unfilter
@testable import UnfilterFiles
import XCTest

/// Laws: what was set upright is shown as it arrived, and EXIF says so without losing anything else (R34 of sdk/format/RULES.md).
final class OrientationTests: XCTestCase {
    private let little: [UInt8] = [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0]
    private let big: [UInt8] = [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8]
    private let artist: [UInt8] = [0x82, 0x98, 0, 2, 0, 0, 0, 2, 65, 0, 0, 0]

    /// A picture, row by row, as a viewer shows it: by Exif 3.0, section 4.6.5, where the first row and column of what is stored are.
    private func shown(_ stored: [[Int]], _ orientation: Int) -> [[Int]] {
        let mirrored = [2, 4, 5, 7].contains(orientation) ? stored.map { $0.reversed() } : stored
        let quarters = [6: 1, 7: 1, 3: 2, 4: 2, 8: 3, 5: 3][orientation] ?? 0
        return (0..<quarters).reduce(mirrored) { each, _ in right(each) }
    }

    private func right(_ rows: [[Int]]) -> [[Int]] {
        rows[0].indices.map { column in rows.map { $0[column] }.reversed() }
    }

    func testWhateverBecameOfAPictureItIsShownAsItArrived() {
        let upright = [[0, 1, 2], [3, 4, 5]]
        XCTAssertEqual(shown(upright, 6), [[3, 0], [4, 1], [5, 2]])
        XCTAssertEqual(shown(upright, 5), [[0, 3], [1, 4], [2, 5]])
        for orientation in 1...8 {
            for turns in 0..<4 {
                for mirrored in [false, true] {
                    let before = mirrored ? upright.map { $0.reversed() } : upright
                    let arrived = (0..<(4 - turns) % 4).reduce(before) { each, _ in right(each) }  // to the left
                    let alike = alikeShown(orientation, turns: turns, mirrored: mirrored)
                    XCTAssertEqual(shown(upright, alike), shown(arrived, orientation), "\(orientation), \(turns), \(mirrored)")
                }
            }
        }
    }

    func testExifNamesTheOrientationAndKeepsItsEntries() throws {
        let other = big + [0, 1] + artist + [0, 0, 0, 0]
        let cases: [([UInt8]?, Int?)] = [
            (nil, nil),
            (little + [1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0], 6),
            (other, 1),
            (little + [9], 1),
            ([1, 2, 3], 1),
        ]
        for (content, before) in cases {
            let carried = content.map { [Chunk(type: "eXIf", content: Data($0))] } ?? []
            XCTAssertEqual(orientation(carried), before)
            for wanted in 1...8 {
                let made = withOrientation([Chunk(type: "sRGB", content: Data([0]))] + carried, wanted)
                XCTAssertEqual(orientation(made) ?? 1, wanted)
                XCTAssertEqual(made.count, before == nil && wanted == 1 ? 1 : 2)
            }
        }
        let made = [UInt8](try XCTUnwrap(withOrientation([Chunk(type: "eXIf", content: Data(other))], 8).first).content)
        let at = made[4..<8].reduce(0) { $0 << 8 | Int($1) }
        XCTAssertEqual([UInt8](made[at..<at + 2]), [0, 2])
        let behind = at + 2 + artist.count  // the orientation, whose tag is lower
        XCTAssertEqual([UInt8](made[behind..<behind + artist.count]), artist)
    }
}
