import CoreGraphics
import Foundation
import ImageIO
import Unfilter

/// AVIF and WebP by the platform: iOS decodes WebP since 14 and AVIF since 16. A lossless WebP is exact, since it is drawn in its own colour
/// space (`DecodedRows`); an AVIF's levels are its decoder's, and may be one off.
///
/// It takes the picture twice, as ImageIO decodes it and as levels: 84 MB for 12 megapixels, of which 36 MB stay.
public struct ImageIODecoder: PictureDecoder {
    private static let band = 64  // rows that are drawn at once

    public init() {}

    public func decode(_ content: Data, height: Int, width: Int) -> Pixels? {
        guard
            let source = CGImageSourceCreateWithData(NSData(data: content) as CFData, nil), CGImageSourceGetCount(source) == 1,
            let told = CGImageSourceCopyPropertiesAtIndex(source, 0, nil) as NSDictionary?,
            told[kCGImagePropertyPixelHeight as NSString] as? Int == height, told[kCGImagePropertyPixelWidth as NSString] as? Int == width,
            let image = CGImageSourceCreateImageAtIndex(source, 0, nil), (image.height, image.width) == (height, width),
            let rows = try? DecodedRows(image)
        else {
            return nil
        }
        var levels: [UInt8] = []
        levels.reserveCapacity(height * width * 3)
        for row in stride(from: 0, to: height, by: Self.band) {
            guard let drawn = try? rows.read(rows: min(Self.band, height - row)) else {
                return nil
            }
            levels += drawn
        }
        return Pixels(height: height, width: width, levels: levels)
    }
}
