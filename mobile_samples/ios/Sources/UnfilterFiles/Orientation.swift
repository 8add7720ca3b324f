import Foundation

// How a file says that its pixels are turned: EXIF's orientation, 1 to 8 (Exif 3.0, section 4.6.5). Pixels come as they are stored (R1 of
// sdk/format/RULES.md).

private let tag = 0x0112
private let entrySize = 12
/// Those that turn to the right by 0 to 3 quarters; the second ones mirror left and right before.
private let turned = [[1, 6, 3, 8], [2, 7, 4, 5]]
/// A TIFF whose directory is empty.
private let empty = [UInt8]([0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0])

/// The orientation in EXIF among `carried`, 1 where it does not say; nil without EXIF.
func orientation(_ carried: [Chunk]) -> Int? {
    guard let content = carried.first(where: { $0.type == "eXIf" })?.content else {
        return nil
    }
    guard let directory = Directory([UInt8](content)), let place = directory.places[tag] else {
        return 1
    }
    let value = directory.number(place + 8, 2) ?? 1
    return (1...8).contains(value) ? value : 1
}

/// The orientation by which a picture is shown as it was with `orientation` before it was set upright: it had been mirrored left and right,
/// where `mirrored`, and then turned to the left by `turns` quarters (R34).
func alikeShown(_ orientation: Int, turns: Int, mirrored: Bool) -> Int {
    let mirrors = !turned[0].contains(orientation)
    let quarters = (turned[mirrors ? 1 : 0].firstIndex(of: orientation) ?? 0) + (mirrors ? turns : 4 - turns)
    return turned[mirrors != mirrored ? 1 : 0][quarters % 4]
}

/// `carried` with EXIF that names `orientation`; none is made to say what holds without any. All else in it stays where it is.
func withOrientation(_ carried: [Chunk], _ orientation: Int) -> [Chunk] {
    guard (UnfilterFiles.orientation(carried) ?? 1) != orientation else {
        return carried
    }
    let exif = carried.first { $0.type == "eXIf" }.map { [UInt8]($0.content) }
    return carried.filter { $0.type != "eXIf" } + [Chunk(type: "eXIf", content: Data(oriented(exif ?? empty, orientation)))]
}

private func oriented(_ tiff: [UInt8], _ orientation: Int) -> [UInt8] {
    guard let directory = Directory(tiff) else {
        return oriented(empty, orientation)  // nobody understands it
    }
    let bytes = { (value: Int, count: Int) -> [UInt8] in
        let low = (0..<count).map { UInt8(value >> (8 * $0) & 0xFF) }
        return directory.isLittle ? low : low.reversed()
    }
    let entry = bytes(tag, 2) + bytes(3, 2) + bytes(1, 4) + bytes(orientation, 2) + [0, 0]
    var made = tiff
    if let place = directory.places[tag] {
        made.replaceSubrange(place..<place + entrySize, with: entry)
        return made
    }
    // A directory with one entry more, in ascending order, behind all else.
    var entries = directory.places.mapValues { [UInt8](tiff[$0..<$0 + entrySize]) }
    entries[tag] = entry
    made += [UInt8](repeating: 0, count: tiff.count % 2)
    made.replaceSubrange(4..<8, with: bytes(made.count, 4))
    made += bytes(entries.count, 2) + entries.sorted { $0.key < $1.key }.flatMap(\.value)
    made += bytes(directory.number(directory.end, 4) ?? 0, 4)
    return made
}

/// The first one of a TIFF (TIFF 6.0, section 2): where each entry begins, by its tag, and where they end.
private struct Directory {
    let isLittle: Bool
    let number: (Int, Int) -> Int?
    let places: [Int: Int]
    let end: Int

    /// Nil where there is none, or it is cut short.
    init?(_ tiff: [UInt8]) {
        guard let number = numbers(tiff), let first = number(4, 4), let count = number(first, 2) else {
            return nil
        }
        (self.number, isLittle) = (number, tiff[0] == 0x49)
        end = first + 2 + entrySize * count
        guard end <= tiff.count else {
            return nil
        }
        let starts = (0..<count).map { first + 2 + entrySize * $0 }
        places = Dictionary(starts.compactMap { place in number(place, 2).map { ($0, place) } }, uniquingKeysWith: { $1 })
    }
}
