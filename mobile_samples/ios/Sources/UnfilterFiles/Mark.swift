import CryptoKit
import Foundation
import Unfilter

let cell = 4  // side in pixels
let cells = 32  // of the pattern, in both directions
private let digests = 4  // that its bits come from

/// Moves blue of rows that come one after the other, from the top, by the mark of a filter: a weak pattern that says which filter made
/// them, and survives sharing (R30 of sdk/format/RULES.md).
struct Marking {
    private let width: Int
    private let sign: Int
    private let pattern: [Int]
    private var row = 0

    /// `sign` is 1 to put it there, and -1 to take it off.
    init(width: Int, restoration: String, sign: Int) {
        (self.width, self.sign, pattern) = (width, sign, markOf(restoration))
    }

    /// The next rows.
    mutating func moved(_ rows: [UInt8]) -> [UInt8] {
        var levels = rows
        for place in stride(from: 2, to: levels.count, by: 3) {
            let (y, x) = (row + place / 3 / width, place / 3 % width)
            let raised = pattern[y / cell % cells * cells + x / cell % cells]
            levels[place] = UInt8(max(0, min(255, Int(levels[place]) + sign * raised)))
        }
        row += rows.count / 3 / width
        return levels
    }
}

/// The pixels of a marked file without the mark, which is taken off before a file that is as it was saved is restored.
final class Unmarked: PixelSource {
    let height: Int
    let width: Int
    private let marked: any PixelSource
    private var marking: Marking

    init(_ marked: any PixelSource, restoration: String) {
        (self.marked, height, width) = (marked, marked.height, marked.width)
        marking = Marking(width: marked.width, restoration: restoration, sign: -1)
    }

    func read(rows: Int) throws -> [UInt8] {
        marking.moved(try marked.read(rows: rows))
    }
}

/// By how many levels blue is raised in each cell of a filter's pattern, row by row.
func markOf(_ restoration: String) -> [Int] {
    var signs: [Int] = []
    for number in 0..<digests {
        for byte: UInt8 in SHA256.hash(data: Data("\(restoration) mark \(number)".utf8)) {
            signs += (0..<8).map { (bit: Int) -> Int in byte & (0x80 >> bit) != 0 ? 1 : -1 }
        }
    }
    let down = smoothed(signs) { (y: Int, x: Int, by: Int) -> Int in around(y + by) * cells + x }
    let across = smoothed(down) { (y: Int, x: Int, by: Int) -> Int in y * cells + around(x + by) }
    return across.map { $0 / 2 }
}

private func smoothed(_ sums: [Int], _ neighbour: (Int, Int, Int) -> Int) -> [Int] {
    sums.indices.map { (place: Int) -> Int in
        let (y, x) = (place / cells, place % cells)
        let beside: Int = sums[neighbour(y, x, -1)] + sums[neighbour(y, x, 1)]
        return beside + 2 * sums[place]
    }
}

private func around(_ index: Int) -> Int {
    (index + cells) % cells
}
