import Foundation

/// What a tag tells of the pixels as they were saved, so that a file that was altered since is known (docs/detection.md).
/// `UnfilterFiles` takes it of pixels: a digest needs more than Foundation.
public struct Fingerprint: Equatable, Decodable {
    /// The digits that are kept of a digest.
    public static let digits = 32

    public let width: Int
    public let height: Int
    /// First half of the digest of the RGB levels, row by row.
    public let sha256: String

    public init(width: Int, height: Int, sha256: String) {
        self.width = width
        self.height = height
        self.sha256 = sha256
    }

    private enum CodingKeys: String, CodingKey {
        case version, width, height, sha256
    }

    /// Throws for what is none of version 1. What a JPEG's has beside is left out.
    public init(from decoder: Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        width = try fields.decode(Int.self, forKey: .width)
        height = try fields.decode(Int.self, forKey: .height)
        sha256 = try fields.decode(String.self, forKey: .sha256)
        let version = try fields.decodeIfPresent(Int.self, forKey: .version) ?? 1
        let isDigest = sha256.range(of: "^[0-9a-f]{\(Self.digits)}$", options: .regularExpression) != nil
        guard version == 1, width > 0, height > 0, isDigest else {
            throw DecodingError.dataCorruptedError(forKey: .version, in: fields, debugDescription: "no fingerprint of version 1")
        }
    }

    /// The text that the SDK writes, to the letter.
    var json: String {
        "{\"version\":1,\"width\":\(width),\"height\":\(height),\"sha256\":\"\(sha256)\"}"
    }
}
