import Foundation
import Photos
import Unfilter
import UnfilterCoreML
import UnfilterFiles

/// All work on photos, one after the other: a filter is for one at a time.
actor Darkroom {
    private var exact: Filter?

    /// Loads the filter on the compute units that are exact on this device, and says which.
    func open() throws -> String {
        let resources = Foundation.Bundle.main
        guard
            let folder = resources.url(forResource: "bundle", withExtension: nil),
            let goldens = resources.url(forResource: "goldens", withExtension: nil)
        else {
            throw BundleError("the app has no folders bundle and goldens (README)")
        }
        let (filter, units) = try firstExact(Unfilter.Bundle(folder: folder), goldens: Goldens(folder: goldens))
        exact = filter
        return "Filter \(filter.bundle.filter), compute units \(units.rawValue)"
    }

    func filter(_ photo: Data, progress: @escaping (Double) -> Void) async throws -> String {
        let target = place("photo", "unfilter.png")
        try opened().applyFile(PhotoFile(photo), to: target, progress: progress)
        return try await save(target)
    }

    func restore(_ file: Data, progress: @escaping (Double) -> Void) async throws -> String {
        let target = place("restored", "png")
        try opened().restoreFile(file, to: target, progress: progress)
        return try await save(target)
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
    private func save(_ file: URL) async throws -> String {
        guard await PHPhotoLibrary.requestAuthorization(for: .addOnly) == .authorized else {
            throw BundleError("No permission to add to the photo library")
        }
        try await PHPhotoLibrary.shared().performChanges {
            let options = PHAssetResourceCreationOptions()
            options.originalFilename = file.lastPathComponent
            options.shouldMoveFile = true
            PHAssetCreationRequest.forAsset().addResource(with: .photo, fileURL: file, options: options)
        }
        return "Saved as \(file.lastPathComponent)"
    }
}
