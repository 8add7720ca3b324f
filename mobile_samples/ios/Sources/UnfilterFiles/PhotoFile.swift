import Foundation
import Unfilter

/// A photo to filter: its pixels as they are stored, and what travels along.
public struct PhotoFile {
    public let pixels: any PixelSource
    public let carried: [Chunk]

    public init(_ pixels: any PixelSource, carrying carried: [Chunk] = []) {
        (self.pixels, self.carried) = (pixels, carried)
    }

    /// Throws `Refused` for what is neither JPEG nor 8-bit RGB PNG. A HEIC is given as JPEG by PhotosPicker's `.compatible`.
    public init(_ file: Data, jpeg codec: any JpegCodec = ImageIOJpeg()) throws {
        switch try Saved(file) {
        case .jpeg(let jpeg):
            (pixels, carried) = (try codec.decode(jpeg.bare), jpeg.chunks)
        case .png(let png):
            guard png.isPlain else {
                throw Refused(.otherFormat, "a PNG of another kind than 8-bit RGB")
            }
            (pixels, carried) = (try PngRows(png), png.carried)
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
