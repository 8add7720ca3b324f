import CryptoKit
import Foundation
import Unfilter

/// The fingerprint of rows that come one after the other, from the top.
struct PixelDigest {
    private let height: Int
    private let width: Int
    private var sha256 = SHA256()

    init(like source: PixelSource) {
        height = source.height
        width = source.width
    }

    mutating func update(_ rows: [UInt8]) {
        sha256.update(data: rows)
    }

    /// Of all rows so far.
    var fingerprint: Fingerprint {
        let digest = sha256.finalize().map { String(format: "%02x", $0) }.joined()
        return Fingerprint(width: width, height: height, sha256: String(digest.prefix(Fingerprint.digits)))
    }
}

extension Fingerprint {
    private static let band = 64  // rows that are read at once

    /// Reads all of `pixels`, in the memory of a few rows.
    public init(of pixels: PixelSource) throws {
        var digest = PixelDigest(like: pixels)
        for row in stride(from: 0, to: pixels.height, by: Self.band) {
            digest.update(try pixels.read(rows: min(Self.band, pixels.height - row)))
        }
        self = digest.fingerprint
    }

    /// What was done to `pixels` since they were saved, in words; nil where every level is the same.
    func alteration(_ pixels: PixelSource) throws -> String? {
        guard pixels.width == width, pixels.height == height else {
            return "it was saved with \(width) x \(height) pixels and has \(pixels.width) x \(pixels.height) now"
        }
        return try Fingerprint(of: pixels) == self ? nil : "its pixels are not those that were saved"
    }
}
