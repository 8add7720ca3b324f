import Foundation

/// What a photo file is saved as; all but JPEG keep every level.
public enum Codec: String, Codable, Sendable {
    case png, jpeg, webp, heic
}

/// What a filtered file says of itself: R12 of sdk/format/RULES.md. JSON in a PNG's
/// iTXt chunk `unfilter` (R13), in the XMP of a JPEG (R14, `Xmp`).
/// Law: `Tag(json: tag.json) == tag` of what this app writes.
public struct Tag: Equatable, Sendable {
    public static let keyword = "unfilter"
    /// What a tag requires where colours under full transparency went around the network (R23).
    public static let hiddenColours = "hidden_colours"
    /// What it requires of a file that has a mark in its pixels (R30).
    public static let mark = "mark"

    public let filter: String
    public let restoration: String
    public let codec: Codec
    /// Of a JPEG, 1...100 on libjpeg's scale.
    public let quality: Int?
    /// Values of the hyper-parameters, in the manifest's order.
    public let parameters: [(name: String, value: Double)]
    /// Of the pixels as they were saved; older files lack it.
    public let fingerprint: Fingerprint?
    /// The photo in the low bits of the pixels (R25); this app writes none.
    public let payload: Payload?
    /// What the metadata hold beyond what the pixels restore to (R26); this app writes none.
    public let topUp: TopUp?
    /// What a reader must know to restore the file; this app knows `hiddenColours` and `mark`.
    public let requires: [String]

    /// What a tag says of a payload.
    public struct Payload: Equatable, Decodable, Sendable {
        public let coding: Coding
        /// Length of the coded photo.
        public let bytes: Int

        fileprivate var json: String { "{\"coding\":\"\(coding.rawValue)\",\"bytes\":\(bytes)}" }
    }

    public init(
        filter: String,
        restoration: String,
        codec: Codec,
        quality: Int? = nil,
        parameters: [(name: String, value: Double)] = [],
        fingerprint: Fingerprint? = nil,
        requires: [String] = []
    ) {
        self.filter = filter
        self.restoration = restoration
        self.codec = codec
        self.quality = quality
        self.parameters = parameters
        self.fingerprint = fingerprint
        (payload, topUp) = (nil, nil)
        self.requires = requires
    }

    /// What is passed over where it is none of this version.
    private struct Known<Value: Decodable>: Decodable {
        let value: Value?

        init(from decoder: Decoder) {
            value = try? Value(from: decoder)
        }
    }

    private struct Fields: Decodable {
        let version: Int?
        let filter: String
        let restoration: String
        let codec: Codec
        let quality: Int?
        let parameters: [String: Double]?
        let fingerprint: Known<Fingerprint>?
        let payload: Known<Payload>?
        let topUp: Known<TopUp>?
        let requires: [String]?

        private enum CodingKeys: String, CodingKey {
            case version, filter, restoration, codec, quality, parameters, fingerprint, payload, requires
            case topUp = "top_up"
        }
    }

    /// What this version knows of the tag in `json`; nil where it is none.
    public init?(json: String) {
        guard
            let fields = try? JSONDecoder().decode(Fields.self, from: Data(json.utf8)),
            (fields.version ?? 1) >= 1
        else {
            return nil
        }
        let isWellFormed = fields.filter.range(of: "^[a-z0-9_]{1,64}$", options: .regularExpression) != nil
            && fields.restoration.range(of: "^[0-9a-f]{64}$", options: .regularExpression) != nil
            && (1...100).contains(fields.quality ?? 100)
        guard isWellFormed else {
            return nil
        }
        filter = fields.filter
        restoration = fields.restoration
        codec = fields.codec
        quality = fields.quality
        parameters = (fields.parameters ?? [:]).map { (name: $0.key, value: $0.value) }.sorted { $0.name < $1.name }
        fingerprint = fields.fingerprint?.value
        payload = fields.payload?.value.flatMap { $0.bytes >= 1 ? $0 : nil }
        topUp = fields.topUp?.value
        requires = fields.requires ?? []
    }

    /// The text that the SDK writes, to the letter.
    public var json: String {
        var text = "{\"version\":1,\"filter\":\"\(filter)\",\"restoration\":\"\(restoration)\",\"codec\":\"\(codec.rawValue)\""
        if let quality {
            text += ",\"quality\":\(quality)"
        }
        if !parameters.isEmpty {
            text += ",\"parameters\":{" + parameters.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ",") + "}"
        }
        if let fingerprint {
            text += ",\"fingerprint\":" + fingerprint.json
        }
        for (name, told) in [("payload", payload?.json), ("top_up", topUp?.json)] {
            text += told.map { ",\"\(name)\":\($0)" } ?? ""
        }
        if !requires.isEmpty {
            text += ",\"requires\":[" + requires.map { "\"\($0)\"" }.joined(separator: ",") + "]"
        }
        return text + "}"
    }

    public static func == (one: Tag, other: Tag) -> Bool {
        (one.filter, one.restoration, one.codec, one.quality) == (other.filter, other.restoration, other.codec, other.quality)
            && (one.fingerprint, one.payload, one.topUp) == (other.fingerprint, other.payload, other.topUp)
            && one.requires == other.requires
            && Dictionary(uniqueKeysWithValues: one.parameters.map { ($0.name, $0.value) })
                == Dictionary(uniqueKeysWithValues: other.parameters.map { ($0.name, $0.value) })
    }
}
