/// One direction of a filter, loaded and ready to run. Not for several threads at once.
public protocol Graph: AnyObject {
    /// Whether it takes tiles of the plan's size only; a photo that is smaller than a tile is given as it is.
    var fixedSize: Bool { get }

    /// Run on a tile: `image` is height x width x 3 floats, 0..1, row by row; sides are multiples of the alignment, at most the
    /// plan's tile. `places` are those of the hyper-parameters, 0..1; empty for an inverse. `output`, like `image`, is what a guided
    /// filter's forward graph takes beside it (R29), and no other. The result has the image's shape and is not clipped.
    func run(_ image: [Float], height: Int, width: Int, places: [Float], output: [Float]?) throws -> [Float]
}

/// What runs an artifact; `CoreMLRuntime` in this package.
public protocol Runtime: Sendable {
    func openGraph(_ bundle: Bundle, _ direction: Direction) async throws -> sending any Graph
}
