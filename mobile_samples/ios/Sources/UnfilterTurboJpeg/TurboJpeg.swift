import CTurboJpeg
import Foundation
import Unfilter
import UnfilterFiles

/// JPEG by libjpeg-turbo, which the SDK decodes with too: the same file has the same levels in both, and a fingerprint is compared
/// level by level. The app that uses this links libjpeg-turbo (README).
public struct TurboJpeg: JpegCodec {
    public let decoder = "libjpeg-turbo"
    public let isReproducible = true

    public init() {}

    public func decode(_ bare: Data) throws -> any PixelSource {
        let handle = try opened(tjInitDecompress())
        defer { tjDestroy(handle) }
        return try bare.withUnsafeBytes { bytes in
            let (file, size) = (bytes.bindMemory(to: UInt8.self).baseAddress, UInt(bytes.count))
            var (width, height, subsampling, colourspace): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
            guard tjDecompressHeader3(handle, file, size, &width, &height, &subsampling, &colourspace) == 0 else {
                throw damaged(handle)
            }
            var levels = [UInt8](repeating: 0, count: Int(width) * Int(height) * 3)
            let flags = Int32(UNFILTER_TJFLAG_ACCURATEDCT)
            let format = Int32(UNFILTER_TJPF_RGB)
            // Fails with a warning, too, such as that the file ends too early.
            guard tjDecompress2(handle, file, size, &levels, width, 0, height, format, flags) == 0 else {
                throw damaged(handle)
            }
            return PixelRows(Pixels(height: Int(height), width: Int(width), levels: levels))
        }
    }

    public func encode(_ pixels: Pixels, quality: Int) throws -> Data {
        let handle = try opened(tjInitCompress())
        defer { tjDestroy(handle) }
        var (file, size): (UnsafeMutablePointer<UInt8>?, UInt) = (nil, 0)
        defer { tjFree(file) }
        let (width, height) = (Int32(pixels.width), Int32(pixels.height))
        let (format, flags) = (Int32(UNFILTER_TJPF_RGB), Int32(UNFILTER_TJFLAG_ACCURATEDCT))
        let subsampling = Int32(UNFILTER_TJSAMP_420)
        let code = tjCompress2(
            handle, pixels.levels, width, 0, height, format, &file, &size, subsampling, Int32(min(max(quality, 1), 100)), flags
        )
        guard code == 0, let file else {
            throw Refused(.otherFormat, "cannot be encoded as JPEG (\(String(cString: tjGetErrorStr2(handle))))")
        }
        return Data(bytes: file, count: Int(size))
    }

    private func opened(_ handle: tjhandle?) throws -> tjhandle {
        guard let handle else {
            throw Refused(.otherFormat, "cannot be decoded: libjpeg-turbo has no memory")
        }
        return handle
    }

    private func damaged(_ handle: tjhandle) -> Refused {
        Refused(.damaged, "damaged or cut short (\(String(cString: tjGetErrorStr2(handle))))")
    }
}
