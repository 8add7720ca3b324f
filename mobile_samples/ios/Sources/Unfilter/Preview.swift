/// A filter for what a camera sees: the forward graph at one small size, so that it is compiled once and stays warm.
///
/// Its bytes are for the eye, so any precision and any compute units will do. Not for several threads at once.
public final class Preview {
    public let height: Int
    public let width: Int
    private let bundle: Bundle
    private let graph: any Graph

    /// `longest` is the longer side's limit in pixels; frames are 4:3, upright.
    public init(_ bundle: Bundle, graph: any Graph, longest: Int = 320) {
        let cell = bundle.tiles.alignment
        let side = min(longest, bundle.tiles.tile)
        (self.bundle, self.graph) = (bundle, graph)
        (height, width) = (max(cell, bundle.tiles.aligned(side)), max(cell, bundle.tiles.aligned(side * 3 / 4)))
    }

    /// With the graph run once, so that the first frame does not wait for what the device compiles.
    public static func open(_ bundle: Bundle, runtime: any Runtime, longest: Int = 320) async throws -> sending Preview {
        let preview = Preview(bundle, graph: try await runtime.openGraph(bundle, .forward), longest: longest)
        _ = try preview.show([UInt8](repeating: 0, count: preview.height * preview.width * 3))
        return preview
    }

    /// `levels` are height x width x 3.
    public func show(_ levels: [UInt8], parameters: [String: Double] = [:]) throws -> Pixels {
        let places = try bundle.hyperParameters.places(parameters)
        let filtered = try graph.run(levels.map(toFloat), height: height, width: width, places: places, output: nil)
        return Pixels(height: height, width: width, levels: filtered.map(toLevel))
    }

    /// The same of a camera's frame in memory, 32 bits a pixel (BGRA), whose middle fills the preview.
    public func show(
        bgra frame: UnsafeRawBufferPointer,
        height: Int,
        width: Int,
        bytesPerRow: Int,
        parameters: [String: Double] = [:]
    ) throws -> Pixels {
        let scale = min(Double(height) / Double(self.height), Double(width) / Double(self.width))
        let top = (Double(height) - scale * Double(self.height)) / 2
        let left = (Double(width) - scale * Double(self.width)) / 2
        let columns = (0..<self.width).map { 4 * min(width - 1, Int(left + (Double($0) + 0.5) * scale)) }
        var levels: [UInt8] = []
        levels.reserveCapacity(self.height * self.width * 3)
        for row in 0..<self.height {
            let start = min(height - 1, Int(top + (Double(row) + 0.5) * scale)) * bytesPerRow
            for column in columns {
                levels.append(frame[start + column + 2])
                levels.append(frame[start + column + 1])
                levels.append(frame[start + column])
            }
        }
        return try show(levels, parameters: parameters)
    }
}
