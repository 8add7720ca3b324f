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
