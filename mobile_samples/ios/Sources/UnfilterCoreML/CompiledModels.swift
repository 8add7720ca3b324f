import CoreML
import CryptoKit
import Foundation
import Unfilter

/// Compiled models in the caches folder, so that only the first start compiles. They are kept under the digest of the bundle's
/// manifest, which a new conversion changes; the restoration id it does not, and the old model would stay.
struct CompiledModels {
    private let folder: URL

    init() throws {
        let caches = try FileManager.default.url(for: .cachesDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
        folder = caches.appendingPathComponent("unfilter", isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func url(_ bundle: Unfilter.Bundle, _ artifact: Artifact) -> URL {
        let id = SHA256.hash(data: bundle.manifest).map { String(format: "%02x", $0) }.joined().prefix(16)
        return folder.appendingPathComponent("\(id)-\(artifact.direction.rawValue)-\(artifact.precision.rawValue).mlmodelc")
    }

    /// The model, compiled if it is not yet, or if what is kept cannot be loaded, as after an update of the system.
    func load(_ bundle: Unfilter.Bundle, _ artifact: Artifact, _ configuration: MLModelConfiguration) async throws -> MLModel {
        let kept = url(bundle, artifact)
        if FileManager.default.fileExists(atPath: kept.path) {
            if let model = try? await MLModel.load(contentsOf: kept, configuration: configuration) {
                return model
            }
            try FileManager.default.removeItem(at: kept)
        }
        try bundle.check(artifact)
        let fresh = try await MLModel.compileModel(at: bundle.folder.appendingPathComponent(artifact.path))
        do {
            try FileManager.default.moveItem(at: fresh, to: kept)
        } catch CocoaError.fileWriteFileExists {
            try FileManager.default.removeItem(at: fresh)  // another task was faster
        }
        return try await MLModel.load(contentsOf: kept, configuration: configuration)
    }
}
