import Foundation

/// A bundle that is missing, broken, changed or of another version; one line that says which.
public struct BundleError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}

public enum Direction: String, Codable, CaseIterable {
    case forward, inverse
}

public enum Precision: String, Codable {
    case fp32, fp16
}

/// A graph's input or output: float32, batch 1, in `NCHW` or `NHWC`.
public struct Tensor: Codable, Equatable {
    public let name: String
    public let layout: String
    public let channels: Int
}

/// One graph: a direction of the filter in one format and precision.
public struct Artifact: Codable, Equatable {
    public let format: String
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
public struct FileEntry: Codable, Equatable {
    public let path: String
    public let sha256: String
    public let volatile: Bool?
}

/// One folder that holds a filter; see docs/bundles.md. Opening reads `manifest.json`.
///
/// Where Foundation is imported too, write `Unfilter.Bundle`.
public final class Bundle {
    public let folder: URL
    public let filter: String
    public let restoration: String
    public let tiles: TilePlan
    public let hyperParameters: [HyperParameter]
    public let artifacts: [Artifact]
    public let files: [FileEntry]

    private struct Manifest: Codable {
        let filter: String
        let restoration: String
        let tiles: TilePlan
        let hyperParameters: [HyperParameter]?
        let artifacts: [Artifact]
        let files: [FileEntry]

        enum CodingKeys: String, CodingKey {
            case filter, restoration, tiles, artifacts, files
            case hyperParameters = "hyper_parameters"
        }
    }

    private struct Version: Codable {
        let schemaVersion: Int

        enum CodingKeys: String, CodingKey {
            case schemaVersion = "schema_version"
        }
    }

    public init(folder: URL) throws {
        self.folder = folder
        let manifest: Manifest
        do {
            let content = try Data(contentsOf: folder.appendingPathComponent("manifest.json"))
            let version = try JSONDecoder().decode(Version.self, from: content).schemaVersion
            guard version == 1 else {
                throw BundleError("manifest schema \(version), this app reads 1: update the app, or convert again")
            }
            manifest = try JSONDecoder().decode(Manifest.self, from: content)
        } catch let error as BundleError {
            throw error
        } catch {
            throw BundleError("\(folder.lastPathComponent)/manifest.json: cannot be read (\(error))")
        }
        filter = manifest.filter
        restoration = manifest.restoration
        tiles = manifest.tiles
        hyperParameters = manifest.hyperParameters ?? []
        artifacts = manifest.artifacts
        files = manifest.files
    }

    /// Throws `BundleError` where the bundle has none.
    public func artifact(format: String, direction: Direction, precision: Precision = .fp32) throws -> Artifact {
        let found = artifacts.first { $0.format == format && $0.direction == direction && $0.precision == precision }
        guard let found else {
            throw BundleError("filter \(filter): holds no \(format) \(direction.rawValue) in \(precision.rawValue)")
        }
        return found
    }
}
