import Foundation
import Unfilter

/// A chunk that travels along untouched, such as the profile (`iCCP`) or EXIF (`eXIf`).
public struct Chunk: Equatable, Sendable {
    public let type: String
    public let content: Data

    public init(type: String, content: Data) {
        self.type = type
        self.content = content
    }

    /// An iTXt chunk, not compressed.
    public static func text(_ keyword: String, _ text: String) -> Chunk {
        Chunk(type: "iTXt", content: Data(keyword.utf8) + Data(count: 5) + Data(text.utf8))
    }

    /// Keyword and text of an iTXt chunk; nil where it is none, or compressed, which filters do not write.
    var text: (keyword: String, text: String)? {
        let parts = content.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        guard type == "iTXt", parts.count == 2, parts[1].starts(with: [0, 0]) else {
            return nil
        }
        let rest = parts[1].dropFirst(2).split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
        guard rest.count == 3 else {
            return nil
        }
        return (String(decoding: parts[0], as: UTF8.self), String(decoding: rest[2], as: UTF8.self))
    }
}

let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
private let carriedTypes: Set = ["iCCP", "cICP", "sRGB", "gAMA", "cHRM", "eXIf"]
private let topUpType = "unTP"  // by its name not to be copied by who changes pixels
let mostPixels = 200_000_000  // as the SDK
let colourTypes: [UInt8: Int] = [2: 3, 6: 4]  // with their channels (PNG specification, section 11.2.1)
let xmpKeyword = "XML:com.adobe.xmp"

/// What a PNG holds. Every checksum was compared.
public struct PngFile {
    public let height: Int
    public let width: Int
    /// 3, or 4 with alpha; 0 where the pixels are not 8-bit RGB or RGBA, or interlaced.
    public let channels: Int
    /// The JSON of its tag: of a chunk of its own, or else of its XMP packet (R13).
    public let tag: String?
    public let carried: [Chunk]
    /// A coded picture that holds more of the photo (R27).
    let topUp: Data?
    let file: Data
    let pixels: [Range<Int>]

    /// Throws `Refused` for what is no PNG to its end.
    public init(_ file: Data) throws {
        try PngFile.checkSignature(file)
        var (header, tag, carried, pixels): (Data?, String?, [Chunk], [Range<Int>]) = (nil, nil, [], [])
        var (tagInXmp, topUp): (String?, Data?) = (nil, nil)
        var place = file.startIndex + signature.count
        while true {
            guard place + 12 <= file.endIndex else {
                throw Refused(.damaged, "damaged or cut short (ends too early)")
            }
            let length = Int(number(file, place))
            let start = place + 8
            guard length <= file.endIndex - start - 4 else {
                throw Refused(.damaged, "damaged or cut short (ends too early)")
            }
            let content = start..<start + length
            let type = String(decoding: file[place + 4..<start], as: UTF8.self)
            guard crc32(file[place + 4..<content.upperBound]) == number(file, content.upperBound) else {
                throw Refused(.damaged, "damaged (the checksum of \(type) does not fit)")
            }
            place = content.upperBound + 4
            switch type {
            case "IEND":
                guard let header, header.count == 13 else {
                    throw Refused(.damaged, "damaged (no header)")
                }
                width = Int(number(header, header.startIndex))
                height = Int(number(header, header.startIndex + 4))
                guard width > 0, height > 0 else {
                    throw Refused(.damaged, "damaged (\(width) x \(height) pixels)")
                }
                guard width <= mostPixels / height else {
                    throw Refused(.otherFormat, "\(width) x \(height) pixels are more than this app takes")
                }
                channels = colourTypes.first { [UInt8](header.suffix(5)) == [8, $0.key, 0, 0, 0] }?.value ?? 0
                (self.tag, self.carried, self.file, self.pixels) = (tag ?? tagInXmp, carried, file, pixels)
                self.topUp = topUp
                return
            case "IHDR":
                header = Data(file[content])
            case "IDAT":
                pixels.append(content)
            case topUpType:
                topUp = topUp ?? Data(file[content])
            case "iTXt":
                let chunk = Chunk(type: type, content: Data(file[content]))
                if chunk.text?.keyword == Tag.keyword {
                    tag = tag ?? chunk.text?.text
                }
                if let text = chunk.text, text.keyword == xmpKeyword {
                    tagInXmp = Xmp.tag(text.text)
                    carried += Xmp.travelling(text.text).map { [$0 == text.text ? chunk : Chunk.text(xmpKeyword, $0)] } ?? []
                }
            default:
                if carriedTypes.contains(type) {
                    let whole = Data(file[content])
                    carried.append(Chunk(type: type, content: type == "eXIf" ? withoutPictures(whole) : whole))
                }
            }
        }
    }

    private static func checkSignature(_ file: Data) throws {
        if file.starts(with: signature) {
            return
        }
        let start = String(decoding: file.prefix(12), as: Unicode.ASCII.self)
        let isPhoto = start.hasPrefix("RIFF") || start.dropFirst(4).hasPrefix("ftyp")
            || start.hasPrefix("GIF8") || start.hasPrefix("II*\0") || start.hasPrefix("MM\0*")
        if isPhoto {
            throw Refused(.otherFormat, "a photo, but neither JPEG nor PNG, which are what this app reads")
        }
        throw Refused(.notAPhoto, "no photo")
    }
}
