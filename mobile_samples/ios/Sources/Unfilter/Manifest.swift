// What a bundle's manifest lists, read by the law of sdk/format/COMPATIBILITY.md: unknown fields are ignored, unknown artifacts and
// carriers skipped, unknown requirements refused. A later bundle opens wherever it can.

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
    /// What another filter made of the photo; only forward graphs of a guided filter (R29).
    public let output: Tensor?
    public let result: Tensor
    public let parameters: Tensor?
    public let fixedSize: Bool?

    enum CodingKeys: String, CodingKey {
        case format, direction, precision, path, image, output, result, parameters
        case fixedSize = "fixed_size"
    }
}

/// One file of the bundle. A `volatile` one is JSON that a vendor's tools write again: its sha256 is over the sorted content.
public struct FileEntry: Codable, Equatable, Sendable {
    public let path: String
    public let sha256: String
    public let bytes: Int
    public let volatile: Bool?
}

/// `manifest.json`, as far as this app needs it.
struct Manifest: Decodable {
    /// The schema that this app was written for. A later one is read too: `requires` says what a reader must know.
    static let schema = 1
    /// Tiles begin on a grid (R4 of sdk/format/RULES.md).
    static let tileGrid = "tile_grid"
    /// An artifact takes what another filter made of the photo beside it (R29).
    static let guided = "guided"

    let filter: String
    let restoration: String
    let tiles: TilePlan
    let carriers: [Carrier]
    let hyperParameters: [HyperParameter]
    let artifacts: [Artifact]
    let files: [FileEntry]
    let isGuided: Bool
    let card: Card

    private struct Provenance: Decodable {
        let scores: [Card.Score]?
    }

    private enum CodingKeys: String, CodingKey {
        case filter, restoration, requires, tiles, carriers, artifacts, files, provenance
        case schemaVersion = "schema_version"
        case hyperParameters = "hyper_parameters"
    }

    /// Reading begins with what decides whether the rest may be read at all.
    init(from decoder: Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        let version = try fields.decode(Int.self, forKey: .schemaVersion)
        let requires = try fields.decodeIfPresent([String].self, forKey: .requires) ?? []
        let unknown = requires.filter { $0 != Self.tileGrid }
        guard unknown.isEmpty else {
            throw BundleError("requires \(unknown.joined(separator: ", ")), which this app does not know: update the app")
        }
        do {
            filter = try fields.decode(String.self, forKey: .filter)
            restoration = try fields.decode(String.self, forKey: .restoration)
            tiles = try fields.decode(TilePlan.self, forKey: .tiles)
            carriers = try fields.decodeIfPresent([String].self, forKey: .carriers)?.compactMap(Carrier.init) ?? [.exact]
            hyperParameters = try fields.decodeIfPresent([HyperParameter].self, forKey: .hyperParameters) ?? []
            let listed = try fields.decode([Known].self, forKey: .artifacts)
            (artifacts, isGuided) = (listed.compactMap(\.artifact), listed.contains(where: \.isGuided))
            files = try fields.decode([FileEntry].self, forKey: .files)
            card = Card((try? fields.decode(Provenance.self, forKey: .provenance))?.scores ?? [])
        } catch where version > Self.schema {
            throw BundleError("manifest schema \(version), of which this app cannot read enough (\(said(error))): update the app")
        }
        let remedy = version > Self.schema ? "update the app" : "convert the filter again"
        guard tiles.keepsSomething else {
            throw BundleError("tile \(tiles.tile) and halo \(tiles.halo) leave nothing to keep: \(remedy)")
        }
        guard requires.contains(Self.tileGrid) == (tiles.grid != nil) else {
            throw BundleError("a grid of tiles and \(Self.tileGrid) among what it requires go together: \(remedy)")
        }
    }

    /// An artifact that this app can run; nil for any other.
    private struct Known: Decodable {
        let artifact: Artifact?
        let isGuided: Bool

        private enum CodingKeys: String, CodingKey {
            case format, direction, precision, delegate, requires
        }

        init(from decoder: Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            let format = Format(rawValue: try fields.decode(String.self, forKey: .format))
            let direction = Direction(rawValue: try fields.decode(String.self, forKey: .direction))
            let precision = Precision(rawValue: try fields.decode(String.self, forKey: .precision))
            let delegate = try fields.decodeIfPresent(String.self, forKey: .delegate)
            let requires = try fields.decodeIfPresent([String].self, forKey: .requires) ?? []
            let unknown = requires.filter { $0 != Manifest.guided }
            let isKnown = format != nil && direction != nil && precision != nil && delegate == nil && unknown.isEmpty
            artifact = isKnown ? try Artifact(from: decoder) : nil
            isGuided = requires.contains(Manifest.guided)
        }
    }
}

/// A decoding error in one line.
func said(_ error: any Error) -> String {
    switch error as? DecodingError {
    case .keyNotFound(let key, let context): return "no \(path(context.codingPath + [key]))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context): return "\(path(context.codingPath)) has another type"
    case .dataCorrupted(let context): return "\(path(context.codingPath)): \(context.debugDescription)"
    default: return "\(error)"
    }
}

private func path(_ keys: [any CodingKey]) -> String {
    keys.isEmpty ? "file" : keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
}
