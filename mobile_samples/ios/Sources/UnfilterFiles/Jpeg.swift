import Foundation
import Unfilter

/// A JPEG taken apart. `chunks` are its profile, EXIF and XMP, byte by byte, as the chunks of a PNG. `bare` is the JPEG without
/// them, so that a decoder gives the pixels as they are stored: it finds no orientation to apply and no colour space to convert from.
///
/// Source: ITU-T T.81 annex B for segments; ICC.1:2022 annex B.4, Exif 3.0 section 4.7.2 and XMP part 3 for what is in them.
public struct Jpeg {
    public let chunks: [Chunk]
    public let bare: Data

    private static let exif = Data("Exif\0\0".utf8)
    private static let profile = Data("ICC_PROFILE\0".utf8)
    private static let xmp = Data("http://ns.adobe.com/xap/1.0/\0".utf8)

    /// Throws `Refused` for what is no JPEG.
    public init(_ file: Data) throws {
        let file = Data(file)  // so that it begins at 0
        guard file.starts(with: [0xFF, 0xD8]) else {
            throw Refused(.notAPhoto, "no JPEG")
        }
        var chunks: [Chunk] = []
        var profiles: [UInt8: Data] = [:]
        var bare = Data([0xFF, 0xD8])
        var next = 2
        while next + 4 <= file.count {
            let marker = Int(file[next]) << 8 | Int(file[next + 1])
            if marker == 0xFFDA {
                break  // the pixels begin
            }
            let end = next + 2 + (Int(file[next + 2]) << 8 | Int(file[next + 3]))
            guard marker > 0xFF00, end >= next + 4, end <= file.count else {
                throw Refused(.damaged, "damaged (no segment at byte \(next))")
            }
            let segment = Data(file[next + 4..<end])
            if marker == 0xFFE1, segment.starts(with: Jpeg.exif) {
                chunks.append(Chunk(type: "eXIf", content: Data(segment.dropFirst(Jpeg.exif.count))))
            } else if marker == 0xFFE1, segment.starts(with: Jpeg.xmp) {
                let packet = String(decoding: segment.dropFirst(Jpeg.xmp.count), as: UTF8.self)
                chunks.append(.text(xmpKeyword, packet))
            } else if marker == 0xFFE2, segment.starts(with: Jpeg.profile), segment.count > Jpeg.profile.count + 2 {
                profiles[segment[Jpeg.profile.count]] = segment.dropFirst(Jpeg.profile.count + 2)
            } else {
                bare += file[next..<end]
            }
            next = end
        }
        bare += file[next...]
        let parts = profiles.sorted { $0.key < $1.key }.map(\.value)
        if !parts.isEmpty {
            chunks.append(Chunk(type: "iCCP", content: Data("icc\0\0".utf8) + (try zlib(Data(parts.joined())))))
        }
        (self.chunks, self.bare) = (chunks, bare)
    }
}
