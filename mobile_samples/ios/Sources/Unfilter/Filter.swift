/// Both directions of one bundle on one runtime, loaded.
///
///     let l0 = try await Filter.open(Unfilter.Bundle(folder: url), runtime: CoreMLRuntime())
///     let filtered = try l0.apply(pixels)
///     let restored = try l0.restore(filtered)
///
/// Law: `restore(apply(photo))` is `photo` to the accuracy on the model card, whatever ran either direction.
/// Not for several threads at once: keep it in one actor, which the compiler sees to.
public final class Filter {
    public let bundle: Bundle
    private let forward: any Graph
    private let inverse: any Graph

    public init(_ bundle: Bundle, forward: any Graph, inverse: any Graph) {
        (self.bundle, self.forward, self.inverse) = (bundle, forward, inverse)
    }

    public static func open(_ bundle: Bundle, runtime: any Runtime) async throws -> sending Filter {
        let inverse = try await runtime.openGraph(bundle, .inverse)
        let forward = try await runtime.openGraph(bundle, .forward)
        return Filter(bundle, forward: forward, inverse: inverse)
    }

    /// The filtered photo, of the same size. Save it exactly, or in a JPEG if the filter was trained for that. A guided filter hides the
    /// photo in `output`, what another filter made of it: pixel on pixel, of the same size (R29). Throws `BundleError` where that is missing
    /// or superfluous.
    public func apply(_ photo: Pixels, parameters: [String: Double] = [:], output: Pixels? = nil) throws -> Pixels {
        try whole(photo) {
            try apply(PixelRows(photo), parameters: parameters, output: output.map(PixelRows.init), progress: { _ in }, write: $0)
        }
    }

    /// The photo that `apply` made `filtered` from, at whatever parameters.
    public func restore(_ filtered: Pixels) throws -> Pixels {
        try whole(filtered) { try restore(PixelRows(filtered), progress: { _ in }, write: $0) }
    }

    /// The same for a photo of any size: rows are given to `write` as they are done.
    public func apply(
        _ photo: any PixelSource,
        parameters: [String: Double] = [:],
        output: (any PixelSource)? = nil,
        progress: (Double) -> Void,
        write: ([UInt8]) throws -> Void
    ) throws {
        try bundle.check(photo, output: output)
        let places = try bundle.hyperParameters.places(parameters)
        try filterRows(
            forward, plan: bundle.tiles.of(.forward), places: places, source: photo, output: output, progress: progress, write: write
        )
    }

    public func restore(_ filtered: any PixelSource, progress: (Double) -> Void, write: ([UInt8]) throws -> Void) throws {
        try filterRows(inverse, plan: bundle.tiles.of(.inverse), places: [], source: filtered, progress: progress, write: write)
    }

    /// Run each graph once, so that the first photo does not wait for what the device compiles.
    public func warmUp() throws {
        let side = bundle.tiles.tile
        let image = [Float](repeating: 0, count: side * side * 3)
        let places = try bundle.hyperParameters.places([:])
        _ = try forward.run(image, height: side, width: side, places: places, output: bundle.isGuided ? image : nil)
        _ = try inverse.run(image, height: side, width: side, places: [], output: nil)
    }

    private func whole(_ photo: Pixels, _ run: (([UInt8]) throws -> Void) throws -> Void) throws -> Pixels {
        var levels: [UInt8] = []
        levels.reserveCapacity(photo.levels.count)
        try run { levels += $0 }
        return Pixels(height: photo.height, width: photo.width, levels: levels)
    }
}
