import Foundation

/// What a tag tells of the pixels as they were saved, so that a file that was altered since is known:
/// R15 to R17 of sdk/format/RULES.md.
/// `UnfilterFiles` takes it of pixels: a digest needs more than Foundation.
public struct Fingerprint: Equatable, Sendable {
    /// The digits that are kept of a digest.
    public static let digits = 32
    static let codingDigits = 16

    public let width: Int
    public let height: Int
    /// First half of the digest of the RGB levels, row by row.
    public let sha256: String
    /// Of a JPEG: whose pixels the digest is of.
    public let decoder: String?
    /// Of a JPEG: a digest of its quantiser tables and sampling.
    public let coding: String?
    /// Of a JPEG: means of cells, which decoders hardly differ in (`Cells`).
    public let cells: Cells?

    public init(width: Int, height: Int, sha256: String, decoder: String? = nil, coding: String? = nil, cells: Cells? = nil) {
        (self.width, self.height, self.sha256) = (width, height, sha256)
        (self.decoder, self.coding, self.cells) = (decoder, coding, cells)
    }

    /// The text that the SDK writes, to the letter.
    var json: String {
        var text = "{\"version\":1,\"width\":\(width),\"height\":\(height),\"sha256\":\"\(sha256)\""
        for (name, value) in [("decoder", decoder), ("coding", coding), ("cells", cells?.base64)] {
            text += value.map { ",\"\(name)\":\"\($0)\"" } ?? ""
        }
        return text + "}"
    }
}

extension Fingerprint: Decodable {
    private enum CodingKeys: String, CodingKey {
        case version, width, height, sha256, decoder, coding, cells
    }

    /// Throws for what is none of version 1.
    public init(from decoder: Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        let (width, height) = (try fields.decode(Int.self, forKey: .width), try fields.decode(Int.self, forKey: .height))
        let version = try fields.decodeIfPresent(Int.self, forKey: .version) ?? 1
        let sha256 = try fields.decode(String.self, forKey: .sha256)
        let coding = try fields.decodeIfPresent(String.self, forKey: .coding)
        let text = try fields.decodeIfPresent(String.self, forKey: .cells)
        let cells = width > 0 && height > 0 ? text.flatMap { Cells(base64: $0, height: height, width: width) } : nil
        let isWhole = version == 1 && width > 0 && height > 0 && isHexadecimal(sha256, Self.digits)
            && (coding.map { isHexadecimal($0, Self.codingDigits) } ?? true) && (text == nil || cells != nil)
        guard isWhole else {
            throw DecodingError.dataCorruptedError(forKey: .version, in: fields, debugDescription: "no fingerprint of version 1")
        }
        (self.width, self.height, self.sha256, self.coding, self.cells) = (width, height, sha256, coding, cells)
        self.decoder = try fields.decodeIfPresent(String.self, forKey: .decoder)
    }
}

func isHexadecimal(_ text: String, _ digits: Int) -> Bool {
    text.range(of: "^[0-9a-f]{\(digits)}$", options: .regularExpression) != nil
}
