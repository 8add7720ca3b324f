import CoreGraphics
import Foundation
import ImageIO
import Unfilter

/// AVIF and WebP by the platform: iOS decodes WebP since 14 and AVIF since 16. They are drawn in their own colour space (`DecodedRows`), so
/// that nothing is converted; what this device decodes to other levels all the same is left out.
///
/// It takes the picture twice, as ImageIO decodes it and as levels: 84 MB for 12 megapixels, of which 36 MB stay.
public struct ImageIOPictures: PictureDecoder {
    private static let band = 64  // rows that are drawn at once

    /// The codings that this device decodes exactly, measured once.
    public static let exact = Set(Coding.allCases.filter(ImageIOPictures(Set(Coding.allCases)).isExact))
    private let codings: Set<Coding>

    public init() {
        self.init(Self.exact)
    }

    private init(_ codings: Set<Coding>) {
        self.codings = codings
    }

    public func decode(_ content: Data, height: Int, width: Int) -> Pixels? {
        guard
            let coding = Coding(of: content), codings.contains(coding),
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
