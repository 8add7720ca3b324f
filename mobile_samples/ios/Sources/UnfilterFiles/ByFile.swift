import Foundation
import Unfilter

/// All filters of an app: finds the one that made a file, by its tag, or where that is gone by the mark in its pixels.
///
///     let filters = ByFile(bundles, runtime: CoreMLRuntime())
///     try await filters.restoreFile(Data(contentsOf: file), to: restoredFile)  // throws Refused
///
/// A filter is opened when it is first needed. Not for several threads at once: keep it in one actor, as a `Filter`.
public final class ByFile {
    private let bundles: [Unfilter.Bundle]
    private let jpeg: any JpegCodec
    private let decoder: any PictureDecoder
    private let runtime: any Runtime
    private var filters: [String: Filter] = [:]

    public init(
        _ bundles: [Unfilter.Bundle],
        runtime: any Runtime,
        jpeg: any JpegCodec = ImageIOJpeg(),
        pictures decoder: any PictureDecoder = ImageIOPictures()
    ) {
        (self.bundles, self.runtime, self.jpeg, self.decoder) = (bundles, runtime, jpeg, decoder)
    }

    /// What a file is, among all filters; throws `Refused` for what is no photo of a kind that this app restores.
    public func recognised(_ file: Data) throws -> Recognition {
        try looked(OpenedFile(file, jpeg), bundles).recognition
    }

    /// As `Filter.restoreFile` of the filter that made the file, which the result names; throws `Refused` where none is known to have. One that
    /// holds its photo whole takes no filter (`restoreHeld`).
    @discardableResult
    public func restoreFile(
        _ file: Data,
        to target: URL,
        as format: SavedAs = .png,
        isolation: isolated (any Actor)? = #isolation,
        progress: (Double) -> Void = { _ in }
    ) async throws -> Restored {
        let opened = try OpenedFile(file, jpeg)
        if let held = try heldIn(opened, decoder) {
            return try held.save(target, as: format, jpeg)
        }
        let looked = try looked(opened, bundles)
        if let refused = looked.refused {
            throw refused
        }
        let found = looked.recognition
        guard let bundle = bundles.first(where: { $0.restoration == found.restoration }) else {
            throw BundleError("the filter of the file is not at hand")
        }
        let filter: Filter
        if let opened = filters[bundle.restoration] {
            filter = opened
        } else {
            filter = try await Filter.open(bundle, runtime: runtime)
            filters[bundle.restoration] = filter
        }
        return try filter.restored(opened, to: target, as: format, jpeg: jpeg, pictures: decoder, found: found, progress: progress)
    }
}
