@_exported import CoreGraphics
import CTurboJpeg
import Foundation

// Stand-in for Apple's framework of that name, over libjpeg-turbo, libwebp and libavif, for tests on Linux: it proves our code, not Apple's,
// whose codecs give other levels. Declared as in https://developer.apple.com/documentation/imageio/cgimagesource, .../cgimagedestination
// and .../image-properties.

public enum CGImageSourceStatus: Sendable {
    case statusComplete, statusIncomplete
}

public final class CGImageSource {
    fileprivate let picture: (any CodedPicture)?
    fileprivate lazy var decoded = picture?.decode()

    fileprivate init(_ file: [UInt8]) {
        picture = JpegPicture(file) ?? WebPPicture(file) ?? AvifPicture(file)
    }
}

public func CGImageSourceCreateWithData(_ data: CFData, _ options: CFDictionary?) -> CGImageSource? {
    CGImageSource([UInt8](Data(referencing: data)))
}

public func CGImageSourceGetCount(_ source: CGImageSource) -> Int {
    source.picture == nil ? 0 : 1
}

nonisolated(unsafe) public let kCGImagePropertyPixelHeight: CFString = "PixelHeight"
nonisolated(unsafe) public let kCGImagePropertyPixelWidth: CFString = "PixelWidth"

/// Of its header: no pixel is decoded.
public func CGImageSourceCopyPropertiesAtIndex(_ source: CGImageSource, _ index: Int, _ options: CFDictionary?) -> CFDictionary? {
    source.picture.map { [kCGImagePropertyPixelHeight: NSNumber(value: $0.height), kCGImagePropertyPixelWidth: NSNumber(value: $0.width)] }
}

public func CGImageSourceCreateImageAtIndex(_ source: CGImageSource, _ index: Int, _ options: CFDictionary?) -> CGImage? {
    source.decoded?.image
}

public func CGImageSourceGetStatusAtIndex(_ source: CGImageSource, _ index: Int) -> CGImageSourceStatus {
    source.decoded?.isWhole == true ? .statusComplete : .statusIncomplete
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
