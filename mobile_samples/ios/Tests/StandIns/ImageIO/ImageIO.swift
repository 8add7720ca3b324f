@_exported import CoreGraphics
import CTurboJpeg
import Foundation

// Stand-in for Apple's framework of that name, over libjpeg-turbo, for tests on Linux: it proves our code, not Apple's, whose codec
// gives other levels. Declared as in https://developer.apple.com/documentation/imageio/cgimagesource and .../cgimagedestination.

public enum CGImageSourceStatus: Sendable {
    case statusComplete, statusIncomplete
}

public final class CGImageSource {
    fileprivate let image: CGImage?
    fileprivate let status: CGImageSourceStatus

    fileprivate init(_ file: [UInt8]) {
        let handle = tjInitDecompress()
        defer { tjDestroy(handle) }
        var (width, height, subsampling, colourspace): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        guard tjDecompressHeader3(handle, file, UInt(file.count), &width, &height, &subsampling, &colourspace) == 0 else {
            (image, status) = (nil, .statusIncomplete)
            return
        }
        let isGrey = subsampling == 3
        var levels = [UInt8](repeating: 0, count: Int(width) * Int(height) * (isGrey ? 1 : 3))
        let flags = Int32(UNFILTER_TJFLAG_ACCURATEDCT)
        let code = tjDecompress2(handle, file, UInt(file.count), &levels, width, 0, height, isGrey ? 6 : 0, flags)
        let space = CGColorSpace(isGrey ? .monochrome : .rgb)
        image = CGImage(height: Int(height), width: Int(width), space: space, levels: levels)
        status = code == 0 ? .statusComplete : .statusIncomplete
    }
}

public func CGImageSourceCreateWithData(_ data: CFData, _ options: CFDictionary?) -> CGImageSource? {
    CGImageSource([UInt8](Data(referencing: data)))
}

public func CGImageSourceCreateImageAtIndex(_ source: CGImageSource, _ index: Int, _ options: CFDictionary?) -> CGImage? {
    source.image
}

public func CGImageSourceGetStatusAtIndex(_ source: CGImageSource, _ index: Int) -> CGImageSourceStatus {
    source.status
}

nonisolated(unsafe) public let kCGImageDestinationLossyCompressionQuality: CFString = "kCGImageDestinationLossyCompressionQuality"

public final class CGImageDestination {
    fileprivate let target: CFMutableData
    fileprivate var added: (image: CGImage, quality: Int)?

    fileprivate init(_ target: CFMutableData) {
        self.target = target
    }
}

public func CGImageDestinationCreateWithData(
    _ data: CFMutableData, _ type: CFString, _ count: Int, _ options: CFDictionary?
) -> CGImageDestination? {
    type == "public.jpeg" ? CGImageDestination(data) : nil
}

public func CGImageDestinationAddImage(_ destination: CGImageDestination, _ image: CGImage, _ properties: CFDictionary?) {
    let quality = properties?[kCGImageDestinationLossyCompressionQuality] as? NSNumber
    destination.added = (image, Int(((quality?.doubleValue ?? 1) * 100).rounded()))
}

public func CGImageDestinationFinalize(_ destination: CGImageDestination) -> Bool {
    guard let (image, quality) = destination.added else {
        return false
    }
    let handle = tjInitCompress()
    defer { tjDestroy(handle) }
    var (file, size): (UnsafeMutablePointer<UInt8>?, UInt) = (nil, 0)
    defer { tjFree(file) }
    let (width, height) = (Int32(image.width), Int32(image.height))
    let flags = Int32(UNFILTER_TJFLAG_ACCURATEDCT)
    guard tjCompress2(handle, image.levels, width, 0, height, 0, &file, &size, 2, Int32(quality), flags) == 0, let file else {
        return false
    }
    destination.target.append(file, length: Int(size))
    return true
}
