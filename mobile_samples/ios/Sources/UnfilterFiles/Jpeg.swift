import Foundation
import Unfilter

/// A JPEG taken apart. `chunks` are its profile, EXIF and XMP, byte by byte, as the chunks of a PNG, but for what must not travel along
/// (R24 of sdk/format/RULES.md) and a tag of ours. `bare`
/// is the JPEG without them, so that a decoder gives the pixels as they are stored: it finds no orientation to apply and no colour
/// space to convert from. A further picture (gain map, second eye) is left behind with its index.
///
/// Source: ITU-T T.81 annex B for segments; ICC.1:2022 annex B.4, Exif 3.0 section 4.7.2 and XMP part 3 for what is in them.
public struct Jpeg {
    public let chunks: [Chunk]
    public let bare: Data
    /// The JSON of its tag.
    public let tag: String?
    let frame: JpegFrame
    /// A coded picture that holds more of the photo (R27).
    let topUp: Data?

    static let exif = Data("Exif\0\0".utf8)
    static let profile = Data("ICC_PROFILE\0".utf8)
    static let xmp = Data("http://ns.adobe.com/xap/1.0/\0".utf8)

    /// Throws `Refused` for what is no JPEG, or one of another kind than 8-bit grey or colour.
    public init(_ file: Data) throws {
        let file = Data(file)  // so that it begins at 0
        guard file.starts(with: [0xFF, 0xD8, 0xFF]) else {
            throw Refused(.notAPhoto, "no JPEG")
        }
        var (chunks, packet, profiles): ([Chunk], String?, [UInt8: Data]) = ([], nil, [:])
        var (bare, frame, boxes): (Data, JpegFrame, [Data]) = (Data([0xFF, 0xD8]), JpegFrame(), [])
        var next = 2
        while true {
            while next + 1 < file.count, file[next] == 0xFF, file[next + 1] == 0xFF {
                next += 1  // a marker may be filled up with 0xFF
            }
            guard next + 4 <= file.count else {
                throw Refused(.damaged, "damaged or cut short (ends before its pixels)")
            }
            let marker = file[next + 1]
            if file[next] == 0xFF, marker == 0xDA {
                break  // the pixels begin
            }
            let end = next + 2 + (Int(file[next + 2]) << 8 | Int(file[next + 3]))
            guard file[next] == 0xFF, end >= next + 4, end <= file.count else {
                throw Refused(.damaged, "damaged (no segment at byte \(next))")
            }
            let segment = Data(file[next + 4..<end])
            switch marker {
            case 0xE1 where segment.starts(with: Jpeg.exif):
                chunks.append(Chunk(type: "eXIf", content: withoutPictures(Data(segment.dropFirst(Jpeg.exif.count)))))
            case 0xE1 where segment.starts(with: Jpeg.xmp):
                packet = packet ?? String(decoding: segment.dropFirst(Jpeg.xmp.count), as: UTF8.self)
            case 0xE2 where segment.starts(with: Jpeg.profile) && segment.count > Jpeg.profile.count + 2:
                profiles[segment[Jpeg.profile.count]] = segment.dropFirst(Jpeg.profile.count + 2)
            case 0xEB:
                boxes.append(segment)
            case 0xE1, 0xE2:
                break
            default:
                try frame.read(marker, segment)
                bare += file[next..<end]
            }
            next = end
        }
        bare += file[next...]
        try frame.check()
        if let kept = packet.flatMap(Xmp.travelling) {
            chunks.append(.text(xmpKeyword, kept))
        }
        let whole = Data(profiles.sorted { $0.key < $1.key }.map(\.value).joined())
        if !whole.isEmpty {
            guard !(frame.components.count == 1 && whole.dropFirst(16).starts(with: Data("GRAY".utf8))) else {
                throw Refused(.otherFormat, "a grey photo with a grey profile, which RGB cannot carry")
            }
            chunks.append(Chunk(type: "iCCP", content: Data("icc\0\0".utf8) + (try zlib(whole))))
        }
        (self.chunks, self.bare, self.frame, tag) = (chunks, bare, frame, packet.flatMap(Xmp.tag))
        topUp = embedded(in: boxes)
    }
}

/// `bare`, what an encoder made, with what `chunks` carry and the tag of `json`; throws `Refused` where that is too much for a JPEG.
func jpeg(_ bare: Data, chunks: [Chunk], json: String?) throws -> Data {
    var head = Data([0xFF, 0xD8])
    if let exif = chunks.first(where: { $0.type == "eXIf" }) {
        head += try segment(0xE1, Jpeg.exif + exif.content, "its EXIF")
    }
    let packet = xmp(chunks)
    if let xmp = json.map({ Xmp.packet(packet, with: $0) }) ?? packet {
        head += try segment(0xE1, Jpeg.xmp + Data(xmp.utf8), "its XMP")
    }
    if let profile = try chunks.first(where: { $0.type == "iCCP" }).map({ try unpacked($0.content) }) {
        let size = 0xFFFF - 2 - Jpeg.profile.count - 2
        let count = (profile.count + size - 1) / size
        guard count <= 255 else {
            throw Refused(.otherFormat, "its profile is too large for a JPEG")
        }
        for index in 0..<count {
            let part = profile.dropFirst(index * size).prefix(size)
            head += try segment(0xE2, Jpeg.profile + Data([UInt8(index + 1), UInt8(count)]) + part, "its profile")
        }
    }
    return head + bare.dropFirst(2)
}

/// The packet among what a photo carries.
func xmp(_ chunks: [Chunk]) -> String? {
    chunks.lazy.compactMap(\.text).first { $0.keyword == xmpKeyword }?.text
}

private func segment(_ marker: UInt8, _ content: Data, _ what: String) throws -> Data {
    guard content.count <= 0xFFFF - 2 else {
        throw Refused(.otherFormat, "\(what) has \(content.count) bytes, more than a JPEG can carry: save it as PNG")
    }
    return Data([0xFF, marker, UInt8((content.count + 2) >> 8), UInt8((content.count + 2) & 0xFF)]) + content
}

/// The profile in an iCCP chunk: a name, a method, and a zlib stream.
private func unpacked(_ content: Data) throws -> Data {
    guard let end = content.firstIndex(of: 0), content.distance(from: end, to: content.endIndex) > 4 else {
        throw Refused(.damaged, "damaged (its profile cannot be read)")
    }
    return try inflated(Data(content[content.index(end, offsetBy: 2)...]))
}
