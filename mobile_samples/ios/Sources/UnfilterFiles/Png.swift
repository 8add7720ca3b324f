import Compression
import Foundation
import Unfilter

// PNG, row by row: 8-bit RGB, which is what filters save. The platform's codecs are not used for restorable files: they convert
// colours or drop chunks. Source: PNG specification, third edition. `Algorithm.zlib` is raw DEFLATE (RFC 1951), around which PNG
// wants a header and a checksum (RFC 1950).

/// A chunk that travels along untouched, such as the profile (`iCCP`) or EXIF (`eXIf`).
public struct Chunk: Equatable {
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
}

private let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
private let carriedTypes: Set = ["iCCP", "cICP", "sRGB", "gAMA", "cHRM", "eXIf"]
private let mostPixels = 200_000_000  // as the SDK
let xmpKeyword = "XML:com.adobe.xmp"

/// What a PNG holds. Every checksum was compared.
public struct PngFile {
    public let height: Int
    public let width: Int
    /// Whether the pixels are 8-bit RGB, not interlaced.
    public let isPlain: Bool
    public let tag: String?
    public let carried: [Chunk]
    fileprivate let file: Data
    fileprivate let pixels: [Range<Int>]

    /// Throws `Refused` for what is no PNG to its end.
    public init(_ file: Data) throws {
        try PngFile.checkSignature(file)
        var (header, tag, carried, pixels): (Data?, String?, [Chunk], [Range<Int>]) = (nil, nil, [], [])
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
                isPlain = [UInt8](header.suffix(5)) == [8, 2, 0, 0, 0]
                (self.tag, self.carried, self.file, self.pixels) = (tag, carried, file, pixels)
                return
            case "IHDR":
                header = Data(file[content])
            case "IDAT":
                pixels.append(content)
            case "iTXt":
                let text = PngFile.text(file[content])
                if text?.keyword == Tag.keyword {
                    tag = tag ?? text?.text
                }
                if text?.keyword == xmpKeyword {
                    carried.append(Chunk(type: type, content: Data(file[content])))
                }
            default:
                if carriedTypes.contains(type) {
                    carried.append(Chunk(type: type, content: Data(file[content])))
                }
            }
        }
    }

    private static func checkSignature(_ file: Data) throws {
        if file.starts(with: signature) {
            return
        }
        let start = String(decoding: file.prefix(12), as: Unicode.ASCII.self)
        let isPhoto = file.starts(with: [0xFF, 0xD8, 0xFF]) || start.hasPrefix("RIFF") || start.dropFirst(4).hasPrefix("ftyp")
            || start.hasPrefix("GIF8") || start.hasPrefix("II*\0") || start.hasPrefix("MM\0*")
        if isPhoto {
            throw Refused(.otherFormat, "a photo, but no PNG, which is what filters save here")
        }
        throw Refused(.notAPhoto, "no photo")
    }

    /// Keyword and text of an iTXt chunk; nil where it is none, or compressed, which filters do not write.
    private static func text(_ content: Data) -> (keyword: String, text: String)? {
        let parts = content.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].starts(with: [0, 0]) else {
            return nil
        }
        let rest = parts[1].dropFirst(2).split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
        guard rest.count == 3 else {
            return nil
        }
        return (String(decoding: parts[0], as: UTF8.self), String(decoding: rest[2], as: UTF8.self))
    }
}

/// The pixels of a plain PNG.
public final class PngRows: PixelSource {
    public let height: Int
    public let width: Int
    private let inflated: InputFilter<Data>
    private var above: [UInt8]

    public init(_ png: PngFile) throws {
        height = png.height
        width = png.width
        above = [UInt8](repeating: 0, count: png.width * 3)
        var skipped = 0  // the two bytes of zlib's header
        var parts = png.pixels[...]
        let file = png.file
        inflated = try InputFilter(.decompress, using: .zlib) { (_: Int) -> Data? in
            while let part = parts.popFirst() {
                let skip = min(2 - skipped, part.count)
                skipped += skip
                if part.count > skip {
                    return Data(file[part.lowerBound + skip..<part.upperBound])
                }
            }
            return nil
        }
    }

    public func read(rows: Int) throws -> [UInt8] {
        var levels: [UInt8] = []
        levels.reserveCapacity(rows * width * 3)
        for _ in 0..<rows {
            let scanline = try bytes(1 + width * 3)
            var line = [UInt8](scanline.dropFirst())
            for place in line.indices {
                let left = place < 3 ? 0 : Int(line[place - 3])
                let corner = place < 3 ? 0 : Int(above[place - 3])
                let prediction = try predicted(scanline[0], left, Int(above[place]), corner)
                line[place] &+= UInt8(prediction)
            }
            levels += line
            above = line
        }
        return levels
    }

    private func predicted(_ type: UInt8, _ left: Int, _ up: Int, _ corner: Int) throws -> Int {
        switch type {
        case 0: return 0
        case 1: return left
        case 2: return up
        case 3: return (left + up) / 2
        case 4: return paeth(left, up, corner)
        default: throw Refused(.damaged, "damaged (filter type \(type))")
        }
    }

    private func bytes(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            guard let more = try inflated.readData(ofLength: count - bytes.count), !more.isEmpty else {
                throw Refused(.damaged, "damaged (too few pixels)")
            }
            bytes += more
        }
        return bytes
    }
}

/// Writes a PNG row by row, with `chunks` before the pixels. The file is whole after `finish`.
public final class PngWriter {
    private let output: FileHandle
    private let width: Int
    private var above: [UInt8]
    private var deflated = Data([0x78, 0x9C])
    private var deflater: OutputFilter!
    private var checksum = Adler32()

    public init(_ output: FileHandle, height: Int, width: Int, chunks: [Chunk]) throws {
        self.output = output
        self.width = width
        above = [UInt8](repeating: 0, count: width * 3)
        deflater = try OutputFilter(.compress, using: .zlib) { [unowned self] (data: Data?) in
            deflated.append(data ?? Data())
            if deflated.count > 1 << 20 {
                try flush()
            }
        }
        try output.write(contentsOf: Data(signature))
        try write(Chunk(type: "IHDR", content: bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + Data([8, 2, 0, 0, 0])))
        try chunks.forEach(write)
    }

    public func write(_ rows: [UInt8]) throws {
        let stride = width * 3
        var lines = [UInt8]()
        lines.reserveCapacity(rows.count + rows.count / stride)
        for start in Swift.stride(from: 0, to: rows.count, by: stride) {
            lines.append(4)  // Paeth: of the fixed choices the smallest on photos
            for place in 0..<stride {
                let left = place < 3 ? 0 : Int(rows[start + place - 3])
                let corner = place < 3 ? 0 : Int(above[place - 3])
                lines.append(rows[start + place] &- UInt8(paeth(left, Int(above[place]), corner)))
            }
            above = Array(rows[start..<start + stride])
        }
        checksum.update(lines)
        try deflater.write(Data(lines))
    }

    public func finish() throws {
        try deflater.finalize()
        deflated.append(bigEndian(checksum.value))
        try flush()
        try write(Chunk(type: "IEND", content: Data()))
    }

    private func flush() throws {
        try write(Chunk(type: "IDAT", content: deflated))
        deflated = Data()
    }

    private func write(_ chunk: Chunk) throws {
        let named = Data(chunk.type.utf8) + chunk.content
        try output.write(contentsOf: bigEndian(UInt32(chunk.content.count)) + named + bigEndian(crc32(named)))
    }
}

/// `data` as a zlib stream (RFC 1950).
func zlib(_ data: Data) throws -> Data {
    var checksum = Adler32()
    checksum.update([UInt8](data))
    let deflated = try (data as NSData).compressed(using: .zlib) as Data
    return Data([0x78, 0x9C]) + deflated + bigEndian(checksum.value)
}

private func paeth(_ left: Int, _ up: Int, _ corner: Int) -> Int {
    let (a, b, c) = (abs(up - corner), abs(left - corner), abs(left + up - 2 * corner))
    return a <= b && a <= c ? left : b <= c ? up : corner
}

private func number(_ data: Data, _ place: Int) -> UInt32 {
    data[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
}

private func bigEndian(_ number: UInt32) -> Data {
    withUnsafeBytes(of: number.bigEndian) { Data($0) }
}

private let crcTable: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
}

private func crc32(_ data: Data) -> UInt32 {
    data.withUnsafeBytes { bytes in
        ~bytes.reduce(~UInt32(0)) { crcTable[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ ($0 >> 8) }
    }
}

private struct Adler32 {
    private var low: UInt32 = 1
    private var high: UInt32 = 0

    var value: UInt32 { high << 16 | low }

    mutating func update(_ bytes: [UInt8]) {
        for byte in bytes {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
    }
}
