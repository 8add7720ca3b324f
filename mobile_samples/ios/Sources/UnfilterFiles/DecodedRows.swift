import CoreGraphics
import Foundation
import Unfilter

/// Rows of a decoded picture. Each band is drawn into a bitmap of the image's own colour space, so nothing is converted: a Display P3
/// photo stays one, because its profile travels beside the pixels (docs/photos.md). Grey becomes three equal channels.
final class DecodedRows: PixelSource {
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
