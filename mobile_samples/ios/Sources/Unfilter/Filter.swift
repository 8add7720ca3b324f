/// Both directions of one bundle on one runtime.
///
///     let l0 = Filter(try Unfilter.Bundle(folder: url), runtime: CoreMLRuntime())
///     let filtered = try l0.apply(pixels)
///     let restored = try l0.restore(filtered)
///
/// Graphs are loaded when first needed. Not for several threads at once: use it from one actor.
public final class Filter {
    public let bundle: Bundle
    private let runtime: Runtime
    private var graphs: [Direction: Graph] = [:]

    public init(_ bundle: Bundle, runtime: Runtime) {
        self.bundle = bundle
        self.runtime = runtime
    }

    /// The filtered photo, of the same size. Save it exactly, or nothing can be restored.
    public func apply(_ photo: Pixels, parameters: [String: Double] = [:]) throws -> Pixels {
        try whole(photo) { try apply(PixelRows(photo), parameters: parameters, progress: { _ in }, write: $0) }
    }

    /// The photo that `apply` made `filtered` from, at whatever parameters.
    public func restore(_ filtered: Pixels) throws -> Pixels {
        try whole(filtered) { try restore(PixelRows(filtered), progress: { _ in }, write: $0) }
    }

    /// The same for a photo of any size: rows are given to `write` as they are done.
    public func apply(
        _ photo: PixelSource,
        parameters: [String: Double] = [:],
        progress: (Double) -> Void,
        write: ([UInt8]) throws -> Void
    ) throws {
        let places = try places(parameters)
        try filterRows(graph(.forward), plan: bundle.tiles, places: places, source: photo, progress: progress, write: write)
    }

    public func restore(_ filtered: PixelSource, progress: (Double) -> Void, write: ([UInt8]) throws -> Void) throws {
        try filterRows(graph(.inverse), plan: bundle.tiles, places: [], source: filtered, progress: progress, write: write)
    }

    /// The tag of a file of this filter, given what the file says; throws `Refused` for any other. Its pixels are not looked at.
    public func inspect(tag text: String?) throws -> Tag {
        guard let tag = text.flatMap(Tag.init(json:)) else {
            throw Refused(.noTag, "no filter says that it made this file")
        }
        guard tag.restoration == bundle.restoration else {
            let (other, own) = (tag.restoration.prefix(12), bundle.restoration.prefix(12))
            throw Refused(.otherFilter, "made by filter \(tag.filter) \(other), this is \(bundle.filter) \(own)")
        }
        guard tag.codec == "png" else {
            throw Refused(.otherCodec, "saved as \(tag.codec), and again as PNG since: what it carried is damaged")
        }
        return tag
    }

    /// Load both graphs and run each once, so that the first photo does not wait for what the device compiles.
    public func warmUp() throws {
        let side = bundle.tiles.tile
        let image = [Float](repeating: 0, count: side * side * 3)
        for direction in Direction.allCases {
            _ = try graph(direction).run(image, height: side, width: side, places: direction == .forward ? places([:]) : [])
        }
    }

    private func places(_ parameters: [String: Double]) throws -> [Float] {
        let values = try bundle.hyperParameters.complete(parameters)
        return try zip(bundle.hyperParameters, values).map { try $0.place($1.value) }
    }

    private func graph(_ direction: Direction) throws -> Graph {
        if let loaded = graphs[direction] {
            return loaded
        }
        let opened = try runtime.openGraph(bundle, direction)
        graphs[direction] = opened
        return opened
    }

    private func whole(_ photo: Pixels, _ run: (([UInt8]) throws -> Void) throws -> Void) throws -> Pixels {
        var levels: [UInt8] = []
        levels.reserveCapacity(photo.levels.count)
        try run { levels += $0 }
        return Pixels(height: photo.height, width: photo.width, levels: levels)
    }
}
