import Foundation

// EXIF without pictures of its own: its thumbnail and a camera's previews would show the photo as it was (R24 of
// sdk/format/RULES.md). Every other byte stays where it is, since makers' notes hold offsets. Source: Exif 3.0, section 4.5; TIFF 6.0,
// section 2.

private let sizes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4]  // bytes of a value, by its type
private let places = [0x0111, 0x0201]  // where a thumbnail begins, in strips or as a JPEG
private let lengths = [0x0117, 0x0202]
private let short = 3
private let mostEntries = 1024

/// `tiff` with zeros where pictures stood. Law: what comes of it comes of itself.
func withoutPictures(_ tiff: Data) -> Data {
    var bytes = [UInt8](tiff)
    for (start, size) in thumbnail(bytes) {
        let end = min(start + size, bytes.count)
        for place in min(start, end)..<end {
            bytes[place] = 0
        }
    }
    clearPreviews(&bytes)
    return Data(bytes)
}

/// Reads numbers of a TIFF, by place and count of bytes, nil where it is cut short; nil for what is no TIFF.
func numbers(_ tiff: [UInt8]) -> ((Int, Int) -> Int?)? {
    let isLittle = tiff.starts(with: [0x49, 0x49, 0x2A, 0])
    guard isLittle || tiff.starts(with: [0x4D, 0x4D, 0, 0x2A]) else {
        return nil
    }
    return { at, count in
        guard at >= 0, at + count <= tiff.count else {
            return nil
        }
        let bytes = tiff[at..<at + count]
        return (isLittle ? bytes.reversed() : Array(bytes)).reduce(0) { $0 << 8 | Int($1) }
    }
}

/// What holds the thumbnail: the pointer to the second directory, that, its values, and the picture. Empty where there is none, or
/// nobody understands it.
private func thumbnail(_ tiff: [UInt8]) -> [(start: Int, size: Int)] {
    guard let number = numbers(tiff), let first = number(4, 4), let known = number(first, 2) else {
        return []
    }
    let pointer = first + 2 + 12 * known
    guard let second = number(pointer, 4), second != 0 else {
        return []
    }
    let room = (tiff.count - second - 2) / 12  // the file may be cut short
    let count = room > 0 ? min(number(second, 2) ?? 0, mostEntries, room) : 0
    var blank = [(start: second, size: 2 + 12 * count + 4)]
    var values: [Int: Int] = [:]
    for at in stride(from: second + 2, to: second + 2 + 12 * count, by: 12) {
        guard let tag = number(at, 2), let kind = number(at + 2, 2), let repeats = number(at + 4, 4), let value = number(at + 8, 4) else {
            return []
        }
        let size = repeats * (sizes.indices.contains(kind) ? sizes[kind] : 0)
        values[tag] = kind == short ? number(at + 8, 2) : value
        if size > 4 {
            blank.append((start: value, size: size))
        }
    }
    if let place = places.lazy.compactMap({ values[$0] }).first, let length = lengths.lazy.compactMap({ values[$0] }).first {
        blank.append((start: place, size: length))
    }
    // Only what lies behind the first directory: a hostile file may point anywhere.
    return [(start: pointer, size: 4)] + blank.filter { $0.start > pointer }
}

private func clearPreviews(_ tiff: inout [UInt8]) {
    var place = 0
    while place + 4 <= tiff.count {
        let begins = tiff[place] == 0xFF && tiff[place + 1] == 0xD8 && tiff[place + 2] == 0xFF && (0xC0...0xFE).contains(tiff[place + 3])
        guard begins, let end = endOfJpeg(tiff, place) else {
            place += 1
            continue
        }
        for index in place..<end {
            tiff[index] = 0
        }
        place = end
    }
}

/// Where the JPEG ends that begins at `start`; nil where it has no end (ITU-T T.81, annex B).
private func endOfJpeg(_ content: [UInt8], _ start: Int) -> Int? {
    var at = start + 2
    while at + 2 <= content.count, content[at] == 0xFF {
        let marker = content[at + 1]
        switch marker {
        case 0xD9: return at + 2
        case 0x00, 0xD8: return nil
        case 0xFF: at += 1  // fill
        case 0x01, 0xD0...0xD7: at += 2
        default:
            guard at + 4 <= content.count else {
                return nil
            }
            at += 2 + (Int(content[at + 2]) << 8 | Int(content[at + 3]))
        }
        if marker == 0xDA {
            while at + 1 < content.count, !(content[at] == 0xFF && isMarker(content[at + 1])) {
                at += 1
            }
        }
    }
    return nil
}

/// Of what follows 0xFF within a scan.
private func isMarker(_ byte: UInt8) -> Bool {
    byte != 0x00 && byte != 0xFF && !(0xD0...0xD7).contains(byte)
}
