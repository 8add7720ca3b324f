import Foundation
import Unfilter

/// A photo to filter: its pixels as they are stored, and what travels along.
public struct PhotoFile {
    public let pixels: any PixelSource
    public let carried: [Chunk]
    /// Whether it can only be saved as PNG.
    public let isTransparent: Bool

    public init(_ pixels: any PixelSource, carrying carried: [Chunk] = []) {
        (self.pixels, self.carried, isTransparent) = (pixels, carried, false)
    }

    /// Throws `Refused` for what is neither JPEG nor 8-bit RGB or RGBA PNG. A HEIC is given as JPEG by PhotosPicker's `.compatible`.
    public init(_ file: Data, jpeg codec: any JpegCodec = ImageIOJpeg()) throws {
        switch try Saved(file) {
        case .jpeg(let jpeg):
            (pixels, carried, isTransparent) = (try codec.decode(jpeg.bare), jpeg.chunks, false)
        case .png(let png):
            isTransparent = try png.channels == 4 && PhotoFile.says(png)
            (pixels, carried) = (try png.rows(hides: true), png.carried)
        }
    }

    /// Throws `BundleError` where EXIF says that this output of another filter is stored turned otherwise than `photo`; one without EXIF
    /// says nothing.
    func mustLie(on photo: PhotoFile) throws {
        guard let own = orientation(carried), case let other = orientation(photo.carried) ?? 1, own != other else {
            return
        }
        throw BundleError("the output is stored with orientation \(own), the photo with \(other); save both turned alike")
    }

    /// Whether alpha is below 255 anywhere.
    private static func says(_ png: PngFile) throws -> Bool {
        let rows = try Transparent(png)
        for _ in 0..<png.height where !rows.isTransparent {
            _ = try rows.read(rows: 1)
        }
        return rows.isTransparent
    }
}

extension PngFile {
    /// Its pixels as a filter sees them, colours under full transparency too unless it `hides` them (R23 of sdk/format/RULES.md).
    func rows(hides: Bool) throws -> any PixelSource {
        switch channels {
        case 3: return try PngRows(self)
        case 4: return try Transparent(self, hides: hides)
        default: throw Refused(.otherFormat, "a PNG of another kind than 8-bit RGB or RGBA")
        }
    }
}

/// A file of a format that is read here.
enum Saved {
    case png(PngFile)
    case jpeg(Jpeg)

    init(_ file: Data) throws {
        self = file.starts(with: [0xFF, 0xD8, 0xFF]) ? .jpeg(try Jpeg(file)) : .png(try PngFile(file))
    }
}
