import CryptoKit
import Foundation
import Unfilter

/// The fingerprint of rows that come one after the other, from the top.
struct PixelDigest {
    private let height: Int
    private let width: Int
    private var sha256 = SHA256()

    init(like source: any PixelSource) {
        height = source.height
        width = source.width
    }

    mutating func update(_ rows: [UInt8]) {
        sha256.update(data: rows)
    }

    /// Of all rows so far.
    var fingerprint: Fingerprint {
        Fingerprint(width: width, height: height, sha256: hexadecimal(sha256.finalize(), Fingerprint.digits))
    }
}

/// The first `digits` of a digest.
func hexadecimal(_ digest: some Sequence<UInt8>, _ digits: Int) -> String {
    String(digest.map { String(format: "%02x", $0) }.joined().prefix(digits))
}

extension Fingerprint {
    private static let band = 64  // rows that are read at once

    /// Reads all of `pixels`, in the memory of a few rows.
    public init(of pixels: any PixelSource) throws {
        var digest = PixelDigest(like: pixels)
        for row in stride(from: 0, to: pixels.height, by: Self.band) {
            digest.update(try pixels.read(rows: min(Self.band, pixels.height - row)))
        }
        self = digest.fingerprint
    }

    /// What was done to the pixels of an exact file since they were saved, in words; nil where every level is the same.
    func alteration(_ pixels: any PixelSource) throws -> String? {
        try resized(pixels.height, pixels.width) ?? (Fingerprint(of: pixels).sha256 == sha256 ? nil : Self.others)
    }

    static let others = "its pixels are not those that were saved"

    func resized(_ height: Int, _ width: Int) -> String? {
        (height, width) == (self.height, self.width)
            ? nil : "it was saved with \(self.width) x \(self.height) pixels and has \(width) x \(height) now"
    }
}
