import Compression
import Foundation
import Unfilter

// PNG, row by row: 8-bit RGB and RGBA, which is what filters save. The platform's codecs are not used for restorable files: they convert
// colours or drop chunks. Source: PNG specification, third edition. `Algorithm.zlib` is raw DEFLATE (RFC 1951), around which PNG
// wants a header and a checksum (RFC 1950).

/// The pixels of a PNG that has channels; of four, `read` leaves alpha out.
public final class PngRows: PixelSource {
    public let height: Int
    public let width: Int
    private let channels: Int
    private let inflated: InputFilter<Data>
    private var above: [UInt8]

    public init(_ png: PngFile) throws {
        height = png.height
        width = png.width
        channels = png.channels
        above = [UInt8](repeating: 0, count: png.width * png.channels)
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
        let whole = try readWhole(rows: rows)
        return channels == 3 ? whole : (0..<whole.count / 4 * 3).map { whole[$0 / 3 * 4 + $0 % 3] }
    }

    /// The next rows, with alpha where the file has it.
    func readWhole(rows: Int) throws -> [UInt8] {
        var levels: [UInt8] = []
        levels.reserveCapacity(rows * width * channels)
        for _ in 0..<rows {
            let scanline = try bytes(1 + width * channels)
            var line = [UInt8](scanline.dropFirst())
            for place in line.indices {
                let left = place < channels ? 0 : Int(line[place - channels])
                let corner = place < channels ? 0 : Int(above[place - channels])
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

    /// Throws `Refused` where they cannot be unpacked, too.
    private func bytes(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            guard let more = try? inflated.readData(ofLength: count - bytes.count), !more.isEmpty else {
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
    private let channels: Int
    private let stride: Int
    private var above: [UInt8]
    private var deflated = Data([0x78, 0x9C])
    private var deflater: OutputFilter!
    private var checksum = Adler32()

    /// `channels` are 3, or 4 with alpha.
    public init(_ output: FileHandle, height: Int, width: Int, channels: Int = 3, chunks: [Chunk]) throws {
        self.output = output
        self.channels = channels
        stride = width * channels
        above = [UInt8](repeating: 0, count: stride)
        deflater = try OutputFilter(.compress, using: .zlib) { [unowned self] (data: Data?) in
            deflated.append(data ?? Data())
            if deflated.count > 1 << 20 {
                try flush()
            }
        }
        try output.write(contentsOf: Data(signature))
        let type = colourTypes.first { $0.value == channels }!.key
        try write(Chunk(type: "IHDR", content: bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + Data([8, type, 0, 0, 0])))
        try chunks.forEach(write)
    }

    public func write(_ rows: [UInt8]) throws {
        var lines = [UInt8]()
        lines.reserveCapacity(rows.count + rows.count / stride)
        for start in Swift.stride(from: 0, to: rows.count, by: stride) {
            lines.append(4)  // Paeth: of the fixed choices the smallest on photos
            for place in 0..<stride {
                let left = place < channels ? 0 : Int(rows[start + place - channels])
                let corner = place < channels ? 0 : Int(above[place - channels])
                lines.append(rows[start + place] &- UInt8(paeth(left, Int(above[place]), corner)))
            }
            above = Array(rows[start..<start + stride])
        }
        checksum.update(lines)
        try deflater.write(Data(lines))
    }

    /// `chunks` are what can be said only when all pixels are known.
    public func finish(_ chunks: [Chunk] = []) throws {
        try deflater.finalize()
        deflated.append(bigEndian(checksum.value))
        try flush()
        try chunks.forEach(write)
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

private func paeth(_ left: Int, _ up: Int, _ corner: Int) -> Int {
    let (a, b, c) = (abs(up - corner), abs(left - corner), abs(left + up - 2 * corner))
    return a <= b && a <= c ? left : b <= c ? up : corner
}
