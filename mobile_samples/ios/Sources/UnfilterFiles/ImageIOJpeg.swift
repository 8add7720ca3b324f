import CoreGraphics
import Foundation
import ImageIO
import Unfilter

/// JPEG by the platform. Its decoder is not libjpeg-turbo, and may be another on the next device: fingerprints of its pixels are
/// compared by their cells. Its scale of quality is not libjpeg's either, so a tag has the quality that the file's tables are of.
///
/// ImageIO writes 4:2:0 below quality 1.0, as far as is known; Apple documents neither.
public struct ImageIOJpeg: JpegCodec {
    public let decoder = "ImageIO"
    public let isReproducible = false

    public init() {}

    public func decode(_ bare: Data) throws -> any PixelSource {
        guard
            let source = CGImageSourceCreateWithData(NSData(data: bare) as CFData, nil),
            let image = CGImageSourceCreateImageAtIndex(source, 0, nil),
            CGImageSourceGetStatusAtIndex(source, 0) == .statusComplete
        else {
            throw Refused(.damaged, "damaged or cut short (cannot be decoded)")
        }
        return try DecodedRows(image)
    }

    public func encode(_ pixels: Pixels, quality: Int) throws -> Data {
        let (file, type) = (NSMutableData(), "public.jpeg" as NSString as CFString)
        guard
            let provider = CGDataProvider(data: NSData(data: Data(pixels.levels)) as CFData),
            let space = CGColorSpace(name: CGColorSpace.sRGB),
            let image = CGImage(
                width: pixels.width,
                height: pixels.height,
                bitsPerComponent: 8,
                bitsPerPixel: 24,
                bytesPerRow: pixels.width * 3,
                space: space,
                bitmapInfo: CGBitmapInfo(rawValue: CGImageAlphaInfo.none.rawValue),
                provider: provider,
                decode: nil,
                shouldInterpolate: false,
                intent: .defaultIntent
            ),
            let destination = CGImageDestinationCreateWithData(file as CFMutableData, type, 1, nil)
        else {
            throw Refused(.otherFormat, "\(pixels.width) x \(pixels.height) pixels cannot be encoded as JPEG")
        }
        let options: NSDictionary = [kCGImageDestinationLossyCompressionQuality as NSString: NSNumber(value: Double(quality) / 100)]
        CGImageDestinationAddImage(destination, image, options as CFDictionary)
        guard CGImageDestinationFinalize(destination) else {
            throw Refused(.otherFormat, "\(pixels.width) x \(pixels.height) pixels cannot be encoded as JPEG")
        }
        return try Jpeg(Data(referencing: file)).bare  // without the profile and EXIF that ImageIO adds
    }
}

/// Rows of a decoded picture. Each band is drawn into a bitmap of the image's own colour space, so nothing is converted: a Display P3
/// photo stays one, because its profile travels beside the pixels (docs/photos.md). Grey becomes three equal channels.
private final class DecodedRows: PixelSource {
    private let image: CGImage
    private let space: CGColorSpace
    private var next = 0

    init(_ image: CGImage) throws {
        guard let space = image.colorSpace, [.rgb, .monochrome].contains(space.model) else {
            throw Refused(.otherFormat, "of another colour model than grey or RGB")
        }
        (self.image, self.space) = (image, space)
    }

    var height: Int { image.height }
    var width: Int { image.width }

    func read(rows: Int) throws -> [UInt8] {
        let isGrey = space.model == .monochrome
        let (width, channels) = (image.width, isGrey ? 1 : 4)
        guard let band = image.cropping(to: CGRect(x: 0, y: next, width: width, height: rows)) else {
            throw Refused(.damaged, "damaged (cannot be decoded at row \(next))")
        }
        var drawn = [UInt8](repeating: 0, count: rows * width * channels)
        let isDrawn = drawn.withUnsafeMutableBytes { bytes -> Bool in
            let context = CGContext(
                data: bytes.baseAddress,
                width: width,
                height: rows,
                bitsPerComponent: 8,
                bytesPerRow: width * channels,
                space: space,
                bitmapInfo: (isGrey ? CGImageAlphaInfo.none : CGImageAlphaInfo.noneSkipLast).rawValue
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
        var levels = [UInt8](repeating: 0, count: rows * width * 3)
        for pixel in 0..<rows * width {
            for channel in 0..<3 {
                levels[3 * pixel + channel] = drawn[channels * pixel + (isGrey ? 0 : channel)]
            }
        }
        return levels
    }
}
