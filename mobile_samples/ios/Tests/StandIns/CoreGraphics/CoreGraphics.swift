import Foundation

// Stand-in for Apple's framework of that name, for tests on Linux: bitmaps of 8 bits in memory, drawn only as this package draws them,
// without scaling or colour conversion. It proves our code, not Apple's. Declared as in
// https://developer.apple.com/documentation/coregraphics/cgimage, .../cgcontext, .../cgcolorspace and .../cgdataprovider.

public typealias CFData = NSData
public typealias CFMutableData = NSMutableData
public typealias CFString = NSString
public typealias CFDictionary = NSDictionary

public enum CGColorSpaceModel: Sendable {
    case monochrome, rgb, cmyk
}

public final class CGColorSpace: Sendable {
    nonisolated(unsafe) public static let sRGB: CFString = "kCGColorSpaceSRGB"
    public let model: CGColorSpaceModel

    public init?(name: CFString) {
        model = .rgb
    }

    public init(_ model: CGColorSpaceModel) {
        self.model = model
    }
}

public enum CGImageAlphaInfo: UInt32, Sendable {
    case none = 0, noneSkipLast = 5
}

public struct CGBitmapInfo: OptionSet, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }
}

public enum CGColorRenderingIntent: Sendable {
    case defaultIntent
}

public enum CGBlendMode: Sendable {
    case copy
}

public enum CGInterpolationQuality: Sendable {
    case none
}

public final class CGDataProvider {
    let bytes: [UInt8]

    public init?(data: CFData) {
        bytes = [UInt8](Data(referencing: data))
    }
}

public final class CGImage {
    public let height: Int
    public let width: Int
    public let colorSpace: CGColorSpace?
    /// Row by row, one channel or three, without gaps.
    public let levels: [UInt8]

    public init?(
        width: Int,
        height: Int,
        bitsPerComponent: Int,
        bitsPerPixel: Int,
        bytesPerRow: Int,
        space: CGColorSpace,
        bitmapInfo: CGBitmapInfo,
        provider: CGDataProvider,
        decode: UnsafePointer<Double>?,
        shouldInterpolate: Bool,
        intent: CGColorRenderingIntent
    ) {
        let channels = space.model == .monochrome ? 1 : 3
        guard bitsPerComponent == 8, bitsPerPixel == 8 * channels, bytesPerRow == width * channels else {
            return nil
        }
        guard provider.bytes.count == height * bytesPerRow else {
            return nil
        }
        (self.height, self.width, colorSpace, levels) = (height, width, space, provider.bytes)
    }

    public init(height: Int, width: Int, space: CGColorSpace, levels: [UInt8]) {
        (self.height, self.width, colorSpace, self.levels) = (height, width, space, levels)
    }

    public func cropping(to rect: CGRect) -> CGImage? {
        let (top, rows) = (Int(rect.minY), Int(rect.height))
        guard let colorSpace, Int(rect.minX) == 0, Int(rect.width) == width, top >= 0, top + rows <= height else {
            return nil
        }
        let stride = levels.count / height
        return CGImage(height: rows, width: width, space: colorSpace, levels: Array(levels[top * stride..<(top + rows) * stride]))
    }
}

public final class CGContext {
    private let target: UnsafeMutableRawBufferPointer
    private let space: CGColorSpace
    public var interpolationQuality = CGInterpolationQuality.none

    public init?(
        data: UnsafeMutableRawPointer?,
        width: Int,
        height: Int,
        bitsPerComponent: Int,
        bytesPerRow: Int,
        space: CGColorSpace,
        bitmapInfo: UInt32
    ) {
        // As Apple's, which draws into no bitmap of 24 bits per pixel.
        let channels = [CGImageAlphaInfo.none.rawValue: 1, CGImageAlphaInfo.noneSkipLast.rawValue: 4][bitmapInfo] ?? 0
        guard let data, bitsPerComponent == 8, (space.model == .monochrome) == (channels == 1), bytesPerRow == width * channels else {
            return nil
        }
        (target, self.space) = (UnsafeMutableRawBufferPointer(start: data, count: height * bytesPerRow), space)
    }

    public func setBlendMode(_ mode: CGBlendMode) {}

    public func draw(_ image: CGImage, in rect: CGRect) {
        guard image.colorSpace === space else {
            return  // would convert, which this package must not ask for
        }
        let (from, to) = space.model == .monochrome ? (1, 1) : (3, 4)
        for pixel in 0..<image.levels.count / from {
            for channel in 0..<from {
                target[pixel * to + channel] = image.levels[pixel * from + channel]
            }
        }
    }
}
