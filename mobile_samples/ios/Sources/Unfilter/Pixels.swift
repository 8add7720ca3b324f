/// Pixels that come row by row, from the top: 8-bit RGB as the file stores it, not colour-converted, not rotated
/// (R1 of sdk/format/RULES.md).
public protocol PixelSource: AnyObject {
    var height: Int { get }
    var width: Int { get }

    /// The next `rows` rows, `rows * width * 3` bytes.
    func read(rows: Int) throws -> [UInt8]
}

/// A photo that is wholly in memory: height x width x 3 levels, row by row.
public struct Pixels: Equatable, Sendable {
    public let height: Int
    public let width: Int
    public let levels: [UInt8]

    public init(height: Int, width: Int, levels: [UInt8]) {
        precondition(height > 0 && width > 0 && levels.count == height * width * 3, "no \(width) x \(height) RGB")
        self.height = height
        self.width = width
        self.levels = levels
    }
}

/// The rows of `Pixels`.
public final class PixelRows: PixelSource {
    private let pixels: Pixels
    private var next = 0

    public init(_ pixels: Pixels) {
        self.pixels = pixels
    }

    public var height: Int { pixels.height }
    public var width: Int { pixels.width }

    public func read(rows: Int) -> [UInt8] {
        let stride = width * 3
        defer { next += rows }
        return Array(pixels.levels[next * stride..<(next + rows) * stride])
    }
}

/// Run `graph` over `source`, tile by tile, and give the result's rows to `write` as they are done. `output`, of the same size, is cut by
/// the same tiles (R29); left-over lines are those of `source`.
///
/// A photo of any size takes the memory of one row of tiles: of 48 megapixels (8064 x 6048) two bands of 19 MB, and one tile.
/// `progress` is called with the share that is done, 0...1.
public func filterRows(
    _ graph: any Graph,
    plan: TilePlan,
    places: [Float],
    source: any PixelSource,
    output: (any PixelSource)? = nil,
    progress: (Double) -> Void,
    write: ([UInt8]) throws -> Void
) throws {
    let height = source.height
    let width = source.width
    let stride = width * 3
    let rows = plan.spans(height, fixedSize: graph.fixedSize)
    let columns = plan.spans(width, fixedSize: graph.fixedSize)
    if rows.isEmpty || columns.isEmpty {
        return try write(source.read(rows: height))  // below one cell there is no neighbour inside
    }
    var window: [UInt8] = []
    var guide: [UInt8] = []
    var top = 0
    var band: [UInt8] = []
    var done = 0.0
    for row in rows {
        let seen = (row.start - top) * stride  // what lies behind it, the halo reads again
        top = row.start
        try move(&window, behind: seen, rows: row.length, source)
        if let output {
            try move(&guide, behind: seen, rows: row.length, output)
        }
        band = [UInt8](repeating: 0, count: (row.keepStop - row.keepStart) * stride)
        for column in columns {
            let image = floats(window, stride: stride, row: row, column: column)
            let guiding = output == nil ? nil : floats(guide, stride: stride, row: row, column: column)
            let values = try graph.run(image, height: row.length, width: column.length, places: places, output: guiding)
            store(values, row: row, column: column, band: &band, stride: stride)
            done += 1
            progress(done / Double(rows.count * columns.count))
        }
        carryColumns(before: window, offset: (row.keepStart - top) * stride, after: &band, plan: plan, width: width)
        try write(band)
    }
    let left = height - plan.aligned(height)
    if left == 0 {
        return
    }
    let before = try source.read(rows: left)
    var after = before
    for place in before.indices {
        let column = place % stride
        let neighbour = (before: window[window.count - stride + column], after: band[band.count - stride + column])
        after[place] = moved(before[place], before: neighbour.before, after: neighbour.after)
    }
    carryColumns(before: before, offset: 0, after: &after, plan: plan, width: width)
    try write(after)
}

/// Let go of what lies before `seen` in `window`, and read as much more of `source` as makes `rows` rows.
private func move(_ window: inout [UInt8], behind seen: Int, rows: Int, _ source: any PixelSource) throws {
    window.removeFirst(seen)
    window += try source.read(rows: rows - window.count / (source.width * 3))
}

private func floats(_ window: [UInt8], stride: Int, row: Span, column: Span) -> [Float] {
    var image: [Float] = []
    image.reserveCapacity(row.length * column.length * 3)
    for y in 0..<row.length {
        let start = y * stride + column.start * 3
        image.append(contentsOf: window[start..<start + column.length * 3].lazy.map(toFloat))
    }
    return image
}

private func store(_ values: [Float], row: Span, column: Span, band: inout [UInt8], stride: Int) {
    let count = (column.keepStop - column.keepStart) * 3
    for y in row.keepStart..<row.keepStop {
        let from = ((y - row.start) * column.length + column.keepStart - column.start) * 3
        let to = (y - row.keepStart) * stride + column.keepStart * 3
        for index in 0..<count {
            band[to + index] = toLevel(values[from + index])
        }
    }
}

/// Fill the columns of `after` that the alignment leaves over; its first row is at `offset` in `before`.
private func carryColumns(before: [UInt8], offset: Int, after: inout [UInt8], plan: TilePlan, width: Int) {
    let inside = plan.aligned(width)
    for start in Swift.stride(from: 0, to: after.count, by: width * 3) {
        for place in start + inside * 3..<start + width * 3 {
            let neighbour = start + (inside - 1) * 3 + (place - start) % 3
            after[place] = moved(before[offset + place], before: before[offset + neighbour], after: after[neighbour])
        }
    }
}
