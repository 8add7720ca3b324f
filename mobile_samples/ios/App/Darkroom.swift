import Foundation
import Photos
import Unfilter
import UnfilterCoreML
import UnfilterFiles

#if canImport(UnfilterTurboJpeg)
import UnfilterTurboJpeg

private let codec = TurboJpeg()
#else
private let codec = ImageIOJpeg()
#endif

/// What came of a photo: a file that was put into the photo library, and the same file to look at.
struct Developed: Identifiable, Sendable {
    let id = UUID()
    let name: String
    let content: Data
    /// Whether it can be restored.
    let isFiltered: Bool
    /// How it was restored, and what the file was that it was restored from.
    var restored: Restored?
}

/// All work on photos, one after the other: a filter is for one at a time.
actor Darkroom {
    typealias Progress = @Sendable (Double) -> Void

    let bundle: Unfilter.Bundle
    private let goldens: Goldens
    private var exact: Filter?

    init() throws {
        let resources = Foundation.Bundle.main
        guard
            let folder = resources.url(forResource: "bundle", withExtension: nil),
            let goldens = resources.url(forResource: "goldens", withExtension: nil)
        else {
            throw BundleError("the app has no folders bundle and goldens (README)")
        }
        bundle = try Unfilter.Bundle(folder: folder)
        self.goldens = try Goldens(folder: goldens)
    }

    /// Loads the filter on the compute units that are exact on this device, and says which.
    func open() async throws -> String {
        let (filter, units) = try await firstExact(bundle, goldens: goldens)
        exact = filter
        return "Filter \(bundle.filter) on \(units.name)"
    }

    /// The forward graph for what the camera sees, in half precision where the bundle has it: it is for the eye alone. Not for a
    /// guided filter, whose other picture no camera gives.
    nonisolated func preview() async throws -> sending Preview {
        let precision: Precision =
            (try? bundle.artifact(format: .mlpackage, direction: .forward, precision: .fp16)) == nil ? .fp32 : .fp16
        return try await Preview.open(bundle, runtime: CoreMLRuntime(computeUnits: .cpuAndGPU, precision: precision))
    }

    func filter(
        _ photo: Data,
        as wanted: SavedAs,
        parameters: [String: Double],
        marksJpegs: Bool,
        output: Data?,
        progress: @escaping Progress
    ) async throws -> Developed {
        let file = try PhotoFile(photo, jpeg: codec)
        let guide = try output.map { try PhotoFile($0, jpeg: codec) }
        let format = file.isTransparent ? .png : wanted
        let target = place("photo", "unfilter.\(format.suffix)")
        try opened().applyFile(
            file, to: target, as: format, parameters: parameters, jpeg: codec, mark: marksJpegs && format != .png,
            output: guide, progress: progress
        )
        return try await save(target, isFiltered: true)
    }

    /// A file without a tag is restored by the mark that it has; where it has none, only with `force`, where the user says that this filter
    /// made it.
    func restore(_ file: Data, force: Bool = false, progress: @escaping Progress) async throws -> Developed {
        let target = place("restored", "png")
        let restored = try opened().restoreFile(file, to: target, jpeg: codec, force: force, progress: progress)
        var developed = try await save(target, isFiltered: false)
        developed.restored = restored
        return developed
    }

    private func opened() throws -> Filter {
        guard let exact else {
            throw BundleError("the filter is not loaded")
        }
        return exact
    }

    private func place(_ name: String, _ suffix: String) -> URL {
        let stamp = Int(Date().timeIntervalSince1970)
        return FileManager.default.temporaryDirectory.appendingPathComponent("\(name)-\(stamp).\(suffix)")
    }

    /// Put a file into the photo library byte by byte: as a resource, not as an image, which PhotoKit would encode again.
    private func save(_ file: URL, isFiltered: Bool) async throws -> Developed {
        let developed = Developed(name: file.lastPathComponent, content: try Data(contentsOf: file), isFiltered: isFiltered)
        guard await PHPhotoLibrary.requestAuthorization(for: .addOnly) == .authorized else {
            throw BundleError("No permission to add to the photo library")
        }
        // PhotoKit runs it on a queue of its own, so it must not belong to this actor.
        try await PHPhotoLibrary.shared().performChanges { @Sendable in
            let options = PHAssetResourceCreationOptions()
            options.originalFilename = file.lastPathComponent
            options.shouldMoveFile = true
            PHAssetCreationRequest.forAsset().addResource(with: .photo, fileURL: file, options: options)
        }
        return developed
    }
}
