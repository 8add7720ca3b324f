// What a bundle's manifest lists. Unknown fields are ignored; an artifact whose format, direction or precision this app does not know
// is skipped, so that a later bundle opens wherever it can.

public enum Direction: String, Codable, CaseIterable, Sendable {
    case forward, inverse
}

public enum Format: String, Codable, Sendable {
    case onnx, tflite, mlpackage, pt2
}

/// `w8`: weights in 8 bits, arithmetic in float; `w8a16`: activations in 16-bit integers too (docs/precisions.md).
public enum Precision: String, Codable, CaseIterable, Sendable {
    case fp32, fp16, w8, w8a16
}

/// What filtered bytes may be saved in: `exact` keeps every level (PNG).
public enum Carrier: String, Codable, Sendable {
    case exact, jpeg
}

/// A graph's input or output: float32, batch 1, in `NCHW` or `NHWC`.
public struct Tensor: Codable, Equatable, Sendable {
    public let name: String
    public let layout: String
    public let channels: Int
}

/// One graph: a direction of the filter in one format and precision.
public struct Artifact: Codable, Equatable, Sendable {
    public let format: Format
    public let direction: Direction
    public let precision: Precision
    public let path: String
    public let image: Tensor
    public let result: Tensor
    public let parameters: Tensor?
    public let fixedSize: Bool?

    enum CodingKeys: String, CodingKey {
        case format, direction, precision, path, image, result, parameters
        case fixedSize = "fixed_size"
    }
}

/// One file of the bundle. A `volatile` one is JSON that a vendor's tools write again: its sha256 is over the sorted content.
public struct FileEntry: Codable, Equatable, Sendable {
    public let path: String
    public let sha256: String
    public let volatile: Bool?
}

/// `manifest.json`, schema 1, as far as this app needs it.
struct Manifest: Decodable {
    static let schema = 1

    let filter: String
    let restoration: String
    let tiles: TilePlan
    let carriers: [Carrier]
    let hyperParameters: [HyperParameter]
    let artifacts: [Artifact]
    let files: [FileEntry]

    private enum CodingKeys: String, CodingKey {
        case filter, restoration, requires, tiles, carriers, artifacts, files
        case schemaVersion = "schema_version"
        case hyperParameters = "hyper_parameters"
    }

    /// Reading begins with what decides whether the rest may be read at all.
    init(from decoder: Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        let version = try fields.decode(Int.self, forKey: .schemaVersion)
        guard version == Self.schema else {
            throw BundleError("manifest schema \(version), this app reads \(Self.schema): update the app, or convert again")
        }
        let required = try fields.decodeIfPresent([String].self, forKey: .requires) ?? []
        guard required.isEmpty else {
            throw BundleError("requires \(required.joined(separator: ", ")), which this app does not know: update the app")
        }
        filter = try fields.decode(String.self, forKey: .filter)
        restoration = try fields.decode(String.self, forKey: .restoration)
        tiles = try fields.decode(TilePlan.self, forKey: .tiles)
        carriers = try fields.decodeIfPresent([String].self, forKey: .carriers)?.compactMap(Carrier.init) ?? [.exact]
        hyperParameters = try fields.decodeIfPresent([HyperParameter].self, forKey: .hyperParameters) ?? []
        artifacts = try fields.decode([Known].self, forKey: .artifacts).compactMap(\.artifact)
        files = try fields.decode([FileEntry].self, forKey: .files)
    }

    /// An artifact that this app can name; nil for any other.
    private struct Known: Decodable {
        let artifact: Artifact?

        init(from decoder: Decoder) throws {
            let fields = try decoder.container(keyedBy: Artifact.CodingKeys.self)
            let format = Format(rawValue: try fields.decode(String.self, forKey: .format))
            let direction = Direction(rawValue: try fields.decode(String.self, forKey: .direction))
            let precision = Precision(rawValue: try fields.decode(String.self, forKey: .precision))
            let isKnown = format != nil && direction != nil && precision != nil
            artifact = isKnown ? try Artifact(from: decoder) : nil
        }
    }
}
