import Foundation
import Unfilter

/// What decodes and encodes JPEGs. The pixels of a JPEG are its decoder's, and decoders differ by a few levels: what that costs is in
/// mobile_samples/ios/README.md. `ImageIOJpeg` is the platform's; `TurboJpeg` (UnfilterTurboJpeg) gives the SDK's very levels.
public protocol JpegCodec: Sendable {
    /// The decoder's name in fingerprints.
    var decoder: String { get }
    /// Whether all that have this name give the same levels.
    var isReproducible: Bool { get }

    /// The pixels of a JPEG without metadata, RGB as stored, not turned; throws `Refused` where it cannot be decoded to its end.
    func decode(_ bare: Data) throws -> any PixelSource

    /// A JPEG with chroma at half resolution along both axes (4:2:0); `quality` is 1...100.
    func encode(_ pixels: Pixels, quality: Int) throws -> Data
}

extension Pixels {
    /// All of `source`.
    init(_ source: any PixelSource) throws {
        self.init(height: source.height, width: source.width, levels: try source.read(rows: source.height))
    }
}

extension Fingerprint {
    /// Of a JPEG that `codec` gave `pixels` of.
    init(of pixels: Pixels, _ frame: JpegFrame, _ codec: any JpegCodec) throws {
        let exact = try Fingerprint(of: PixelRows(pixels))
        self.init(
            width: exact.width,
            height: exact.height,
            sha256: exact.sha256,
            decoder: codec.decoder,
            coding: frame.coding,
            cells: Cells(pixels)
        )
    }

    /// What was done to a JPEG since it was saved, in words; nil where its pixels are those that were saved, as far as decoders agree.
    func alteration(_ pixels: Pixels, _ frame: JpegFrame, _ codec: any JpegCodec) throws -> String? {
        if let resized = resized(pixels.height, pixels.width) {
            return resized
        }
        if let coding, let now = frame.coding, now != coding {
            return "it was compressed again: its quantiser tables or its chroma sampling are others"
        }
        if try Fingerprint(of: PixelRows(pixels)).sha256 == sha256 {
            return nil
        }
        guard let cells, !(codec.isReproducible && codec.decoder == decoder) else {
            return Self.others
        }
        return cells.deviation(Cells(pixels)) <= 1 ? nil : "its colours or details are not those that were saved"
    }
}
