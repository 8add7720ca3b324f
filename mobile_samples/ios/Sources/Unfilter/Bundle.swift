import Foundation

/// A bundle that is missing, broken, changed or of another version; one line that says which.
public struct BundleError: Error, CustomStringConvertible, Sendable {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}

/// One folder that holds a filter; see docs/bundles.md. Opening reads `manifest.json`.
///
/// Foundation has a `Bundle` too: wherever it is imported, by whatever framework, write `Unfilter.Bundle`.
public final class Bundle: Sendable {
    public let folder: URL
    /// The bytes of `manifest.json`, which name every other file by its digest.
    public let manifest: Data
    public let filter: String
    /// Says which inverse undoes a file (R11): bundles with equal ids restore each other's files.
    public let restoration: String
    public let tiles: TilePlan
    /// What the filter was trained to be saved in.
    public let carriers: [Carrier]
    public let hyperParameters: [HyperParameter]
    /// Those of formats and precisions that this app knows.
    public let artifacts: [Artifact]
    public let files: [FileEntry]
    /// Whether it hides the photo in what another filter made of it (R29), which it takes too.
    public let isGuided: Bool
    /// What the model card says of shared files.
    public let card: Card

    public init(folder: URL) throws {
        self.folder = folder
        let fields: Manifest
        do {
            manifest = try Data(contentsOf: folder.appendingPathComponent("manifest.json"))
            fields = try JSONDecoder().decode(Manifest.self, from: manifest)
        } catch let error as BundleError {
            throw BundleError("\(folder.lastPathComponent)/manifest.json: \(error)")
        } catch {
            throw BundleError("\(folder.lastPathComponent)/manifest.json: cannot be read (\(said(error))); convert the filter again")
        }
        filter = fields.filter
        restoration = fields.restoration
        tiles = fields.tiles
        carriers = fields.carriers
        hyperParameters = fields.hyperParameters
        artifacts = fields.artifacts
        files = fields.files
        isGuided = fields.isGuided
        card = fields.card
    }

    /// By format, direction and precision, all three (R8). Throws `BundleError` where the bundle has none.
    public func artifact(format: Format, direction: Direction, precision: Precision = .fp32) throws -> Artifact {
        let found = artifacts.first { $0.format == format && $0.direction == direction && $0.precision == precision }
        guard let found else {
            throw BundleError("filter \(filter): holds no \(format.rawValue) \(direction.rawValue) in \(precision.rawValue)")
        }
        return found
    }

    /// The tag of a file of this filter, given what the file says and the `codec` that it is saved in; throws `Refused` for any
    /// other, for the reasons of R20 of sdk/format/RULES.md. Its pixels are not looked at.
    public func inspect(tag text: String?, codec: Codec) throws -> Tag {
        guard let tag = text.flatMap(Tag.init(json:)) else {
            throw Refused(.noTag, "no filter says that it made this file")
        }
        let unknown = tag.requires.filter { $0 != Tag.hiddenColours && $0 != Tag.mark }
        guard unknown.isEmpty else {
            throw Refused(.needsUpdate, "requires \(unknown.joined(separator: ", ")) to be restored, which this app does not know: update the app")
        }
        guard tag.restoration == restoration else {
            let (other, own) = (tag.restoration.prefix(12), restoration.prefix(12))
            throw Refused(.otherFilter, "made by filter \(tag.filter) \(other), this is \(filter) \(own)")
        }
        guard tag.codec == codec else {
            throw Refused(
                .otherCodec,
                "saved as \(tag.codec.rawValue), and again as \(codec.rawValue) since: what it carried is damaged"
            )
        }
        return tag
    }
}
