/// Of a picture within a picture: AVIF, which loses a little, and lossless WebP.
public enum Coding: String, CaseIterable, Codable, Sendable {
    case avif, webp
}

/// What a tag says of the top-up beside it: what of the photo the inverse does not restore, as a coded picture in the file's metadata
/// (R26 and R28 of sdk/format/RULES.md). This app reads them, and writes none.
public struct TopUp: Equatable, Sendable {
    /// What is added to the restored photo, or all of the photo.
    public enum Holds: String, Codable, Sendable {
        case residual, photo
    }

    /// The digits that are kept of a digest.
    public static let digits = 32
    static let mostSteps = 8
    /// Level of a residual that changes nothing.
    static let zero = 128

    public let holds: Holds
    public let coding: Coding
    /// Of a residual: steps of a level, 1...8.
    public let steps: Int?
    /// Length of the coded picture.
    public let bytes: Int
    /// First half of the digest of the coded picture.
    public let sha256: String
    /// To which a residual restored when it was made, in dB.
    public let restoresDb: Double?

    /// The text that the SDK writes, to the letter.
    var json: String {
        var text = "{\"holds\":\"\(holds.rawValue)\",\"coding\":\"\(coding.rawValue)\""
        text += steps.map { ",\"steps\":\($0)" } ?? ""
        text += ",\"bytes\":\(bytes),\"sha256\":\"\(sha256)\""
        return text + (restoresDb.map { ",\"restores_db\":\($0)" } ?? "") + "}"
    }
}

extension TopUp: Decodable {
    private enum CodingKeys: String, CodingKey {
        case holds, coding, steps, bytes, sha256
        case restoresDb = "restores_db"
    }

    /// Throws for what is not as its schema says, and so of a later version.
    public init(from decoder: Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        holds = try fields.decode(Holds.self, forKey: .holds)
        coding = try fields.decode(Coding.self, forKey: .coding)
        steps = try fields.decodeIfPresent(Int.self, forKey: .steps)
        bytes = try fields.decode(Int.self, forKey: .bytes)
        sha256 = try fields.decode(String.self, forKey: .sha256)
        restoresDb = try fields.decodeIfPresent(Double.self, forKey: .restoresDb)
        let isKnown = switch holds {
        case .residual: (1...Self.mostSteps).contains(steps ?? 0)
        case .photo: steps == nil && coding == .webp
        }
        guard isKnown, bytes >= 1, isHexadecimal(sha256, Self.digits) else {
            throw DecodingError.dataCorruptedError(forKey: .holds, in: fields, debugDescription: "no top-up of this version")
        }
    }
}

/// `base` with a residual added: `clip(base + floor((2 (added - 128) + steps) / (2 steps)), 0, 255)`, in integers. Both have as many levels;
/// `steps` is 1...8.
public func toppedUp(_ base: [UInt8], _ added: some Sequence<UInt8>, steps: Int) -> [UInt8] {
    let whole = (0...255).map { (level: Int) -> Int in
        let steppedUp = 2 * (level - TopUp.zero) + steps
        return (steppedUp - (steppedUp < 0 ? 2 * steps - 1 : 0)) / (2 * steps)  // division cuts towards zero, which is not down
    }
    return zip(base, added).map { UInt8(min(max(Int($0) + whole[Int($1)], 0), 255)) }
}
