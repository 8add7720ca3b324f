import CoreGraphics
import Foundation
import ImageIO
import Unfilter

/// A photo to filter: its pixels as they are stored, and what travels along.
public struct PhotoFile {
    public let pixels: PixelSource
    public let carried: [Chunk]

    /// Throws `Refused` for what is neither JPEG nor 8-bit RGB PNG. A HEIC is given as JPEG by PhotosPicker's `.compatible`.
    public init(_ file: Data) throws {
        if file.starts(with: [0xFF, 0xD8]) {
            let jpeg = try Jpeg(file)
            pixels = try JpegRows(jpeg.bare)
            carried = jpeg.chunks
            return
        }
        let png = try PngFile(file)
        guard png.isPlain else {
            throw Refused(.otherFormat, "a PNG of another kind than 8-bit RGB")
        }
        pixels = try PngRows(png)
        carried = png.carried
    }
}

/// Rows of a JPEG without metadata. Each band is drawn into a bitmap of the image's own colour space, so nothing is converted:
/// a Display P3 photo stays one, because its profile travels beside the pixels (docs/photos.md).
private final class JpegRows: PixelSource {
    private let image: CGImage
    private let space: CGColorSpace
    private var next = 0

    init(_ bare: Data) throws {
        guard
            let source = CGImageSourceCreateWithData(bare as CFData, nil),
            let image = CGImageSourceCreateImageAtIndex(source, 0, nil),
            let space = image.colorSpace, space.model == .rgb
        else {
            throw Refused(.damaged, "cannot be decoded as RGB")
        }
        (self.image, self.space) = (image, space)
    }

    var height: Int { image.height }
    var width: Int { image.width }

    func read(rows: Int) throws -> [UInt8] {
        var rgbx = [UInt8](repeating: 0, count: rows * width * 4)
        let bounds = CGRect(x: 0, y: next, width: width, height: rows)
        guard let band = image.cropping(to: bounds) else {
            throw Refused(.damaged, "cannot be decoded at row \(next)")
        }
        let isDrawn = rgbx.withUnsafeMutableBytes { bytes -> Bool in
            let context = CGContext(
                data: bytes.baseAddress,
                width: width,
                height: rows,
                bitsPerComponent: 8,
                bytesPerRow: width * 4,
                space: space,
                bitmapInfo: CGImageAlphaInfo.noneSkipLast.rawValue
            )
            context?.setBlendMode(.copy)
            context?.interpolationQuality = .none
            context?.draw(band, in: CGRect(x: 0, y: 0, width: width, height: rows))
            return context != nil
        }
        guard isDrawn else {
            throw Refused(.otherFormat, "its colour space cannot be drawn")
        }
        next += rows
        var levels: [UInt8] = []
        levels.reserveCapacity(rows * width * 3)
        for pixel in stride(from: 0, to: rgbx.count, by: 4) {
            levels += rgbx[pixel..<pixel + 3]
        }
        return levels
    }
}
