import CAvif
import CoreGraphics
import CTurboJpeg
import CWebP
import Foundation

/// A picture of one format, whose header was read.
protocol CodedPicture {
    var height: Int { get }
    var width: Int { get }

    /// Its pixels, also where not all could be decoded.
    func decode() -> (image: CGImage, isWhole: Bool)?
}

struct JpegPicture: CodedPicture {
    let height: Int
    let width: Int
    private let file: [UInt8]
    private let isGrey: Bool

    init?(_ file: [UInt8]) {
        let handle = tjInitDecompress()
        defer { tjDestroy(handle) }
        var (width, height, subsampling, colourspace): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        guard tjDecompressHeader3(handle, file, UInt(file.count), &width, &height, &subsampling, &colourspace) == 0 else {
            return nil
        }
        (self.height, self.width, self.file, isGrey) = (Int(height), Int(width), file, subsampling == 3)
    }

    func decode() -> (image: CGImage, isWhole: Bool)? {
        let handle = tjInitDecompress()
        defer { tjDestroy(handle) }
        var levels = [UInt8](repeating: 0, count: width * height * (isGrey ? 1 : 3))
        let flags = Int32(UNFILTER_TJFLAG_ACCURATEDCT)
        let code = tjDecompress2(handle, file, UInt(file.count), &levels, Int32(width), 0, Int32(height), isGrey ? 6 : 0, flags)
        return (CGImage(height: height, width: width, space: CGColorSpace(isGrey ? .monochrome : .rgb), levels: levels), code == 0)
    }
}

struct WebPPicture: CodedPicture {
    let height: Int
    let width: Int
    private let file: [UInt8]

    init?(_ file: [UInt8]) {
        var (width, height): (Int32, Int32) = (0, 0)
        guard WebPGetInfo(file, file.count, &width, &height) != 0 else {
            return nil
        }
        (self.height, self.width, self.file) = (Int(height), Int(width), file)
    }

    func decode() -> (image: CGImage, isWhole: Bool)? {
        var levels = [UInt8](repeating: 0, count: width * height * 3)
        guard WebPDecodeRGBInto(file, file.count, &levels, levels.count, Int32(width * 3)) != nil else {
            return nil
        }
        return (CGImage(height: height, width: width, space: CGColorSpace(.rgb), levels: levels), true)
    }
}

struct AvifPicture: CodedPicture {
    let height: Int
    let width: Int
    private let file: [UInt8]

    init?(_ file: [UInt8]) {
        let size = Self.opened(file) { (height: Int($0.pointee.image.pointee.height), width: Int($0.pointee.image.pointee.width)) }
        guard let size else {
            return nil
        }
        (height, width, self.file) = (size.height, size.width, file)
    }

    func decode() -> (image: CGImage, isWhole: Bool)? {
        var levels = [UInt8](repeating: 0, count: width * height * 3)
        let isWhole = Self.opened(file) { decoder -> Bool? in
            guard avifDecoderNextImage(decoder) == AVIF_RESULT_OK else {
                return nil
            }
            var rgb = avifRGBImage()
            avifRGBImageSetDefaults(&rgb, decoder.pointee.image)
            (rgb.format, rgb.depth, rgb.rowBytes) = (AVIF_RGB_FORMAT_RGB, 8, UInt32(width * 3))
            return levels.withUnsafeMutableBufferPointer { target -> Bool in
                rgb.pixels = target.baseAddress
                return avifImageYUVToRGB(decoder.pointee.image, &rgb) == AVIF_RESULT_OK
            }
        }
        guard isWhole == true else {
            return nil
        }
        return (CGImage(height: height, width: width, space: CGColorSpace(.rgb), levels: levels), true)
    }

    /// What `use` gives of a decoder that has read the header of `file`; nil where it is none.
    private static func opened<Value>(_ file: [UInt8], _ use: (UnsafeMutablePointer<avifDecoder>) -> Value?) -> Value? {
        guard let decoder = avifDecoderCreate() else {
            return nil
        }
        defer { avifDecoderDestroy(decoder) }
        return file.withUnsafeBufferPointer { bytes -> Value? in
            guard
                avifDecoderSetIOMemory(decoder, bytes.baseAddress, bytes.count) == AVIF_RESULT_OK,
                avifDecoderParse(decoder) == AVIF_RESULT_OK
            else {
                return nil
            }
            return use(decoder)
        }
    }
}
