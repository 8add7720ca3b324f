import CryptoKit
import Foundation
import Unfilter

private let magic = Data("UFP1".utf8)
private let head = 16  // bytes: the magic word, the length of the content, the first bytes of its digest
private let digest = 8  // bytes
private let band = 64  // rows that are read at once

/// The coded photo in the low bits of a PNG's levels; nil where there is none whole. It needs no tag (R25 of sdk/format/RULES.md).
///
/// Of a PNG without one, some rows are read; of one that has it all levels are in memory, 36 MB for 12 megapixels.
func payload(of png: PngFile) throws -> Data? {
    guard png.channels > 0 else {
        return nil
    }
    let rows = try PngRows(png)
    var (levels, left): ([UInt8], Int) = ([], png.height)
    func read(rows count: Int) throws {
        left -= count
        levels += seen(try rows.readWhole(rows: count), channels: png.channels)
    }
    while left > 0, levels.count < head * 8 {
        try read(rows: min(band, left))
    }
    guard let start = bytes(levels, from: 0, count: head), start.starts(with: magic) else {
        return nil
    }
    levels.reserveCapacity(png.height * png.width * 3)
    while left > 0 {
        try read(rows: min(band, left))
    }
    let content = bytes(levels, from: head, count: Int(number(start, magic.count)))
    return content.flatMap { SHA256.hash(data: $0).prefix(digest).elementsEqual(start.suffix(digest)) ? $0 : nil }
}

/// The levels of `whole` that hold it: of all pixels whose alpha is above 0.
private func seen(_ whole: [UInt8], channels: Int) -> [UInt8] {
    guard channels == 4 else {
        return whole
    }
    return stride(from: 0, to: whole.count, by: 4).flatMap { (place: Int) -> ArraySlice<UInt8> in
        whole[place..<place + (whole[place + 3] == 0 ? 0 : 3)]
    }
}

/// Bytes `start` to `start + count` of what the low bits say: bit i is bit i div n of level i mod n, of n levels, the highest bit of each byte
/// first. Nil where there are not as many. More levels than `8 (start + count)` change nothing.
private func bytes(_ levels: [UInt8], from start: Int, count: Int) -> Data? {
    guard start + count <= levels.count else {
        return nil
    }
    var (plane, place) = (start * 8).quotientAndRemainder(dividingBy: max(levels.count, 1))
    return Data((0..<count).map { (_: Int) -> UInt8 in
        var byte: UInt8 = 0
        for _ in 0..<8 {
            if place == levels.count {
                (plane, place) = (plane + 1, 0)
            }
            byte = byte << 1 | (levels[place] >> UInt8(plane)) & 1
            place += 1
        }
        return byte
    })
}
