/// One axis of a tile, in photo pixels: it reads `start..<stop`, and its result is kept for `keepStart..<keepStop`.
public struct Span: Equatable, Sendable {
    public let start: Int
    public let stop: Int
    public let keepStart: Int
    public let keepStop: Int

    public init(start: Int, stop: Int, keepStart: Int, keepStop: Int) {
        self.start = start
        self.stop = stop
        self.keepStart = keepStart
        self.keepStop = keepStop
    }

    public var length: Int { stop - start }
}

/// A rectangle of the photo that a graph sees at once.
public struct Tile: Equatable, Sendable {
    public let rows: Span
    public let columns: Span
}

/// How photos are cut for the graphs, R4 of sdk/format/RULES.md: tiles lie flush with the photo's edges, where nothing is invented beyond them (R6),
/// and only their inner sides have a halo that is computed and thrown away. A network that works on coarser scales needs tiles to begin
/// at multiples of its coarsest cell, `grid`: then the last tile is the smaller one. Where forward graphs reach less far than inverse ones,
/// `forwardHalo` is theirs.
public struct TilePlan: Codable, Equatable, Sendable {
    public let tile: Int
    public let halo: Int
    public let alignment: Int
    public let grid: Int?
    public let forwardHalo: Int?

    private enum CodingKeys: String, CodingKey {
        case tile, halo, alignment, grid
        case forwardHalo = "forward_halo"
    }

    public init(tile: Int, halo: Int, alignment: Int, grid: Int? = nil, forwardHalo: Int? = nil) {
        self.tile = tile
        self.halo = halo
        self.alignment = alignment
        self.grid = grid
        self.forwardHalo = forwardHalo
    }

    /// The plan of one direction's graphs, with their own halo.
    public func of(_ direction: Direction) -> TilePlan {
        guard direction == .forward, let forwardHalo else {
            return self
        }
        return TilePlan(tile: tile, halo: forwardHalo, alignment: alignment, grid: grid)
    }

    private var cell: Int { grid ?? alignment }

    /// Whether tiles advance, in whole cells.
    var keepsSomething: Bool {
        alignment > 0 && halo >= 0 && tile > 2 * halo && tile % alignment == 0 && halo % alignment == 0
            && cell > 0 && cell % alignment == 0 && tile % cell == 0 && halo % cell == 0
            && (0...halo).contains(forwardHalo ?? halo) && (forwardHalo ?? halo) % cell == 0
    }

    /// The part of a side that the graph sees; what the alignment leaves over is carried by `filterRows`.
    public func aligned(_ length: Int) -> Int {
        length - length % alignment
    }

    /// Tiles along an axis of `length` pixels: all of the plan's size, or, unless `fixedSize`, as many smaller ones.
    public func spans(_ length: Int, fixedSize: Bool) -> [Span] {
        let end = aligned(length)
        if end == 0 {
            return []
        }
        if end <= tile {
            return [Span(start: 0, stop: end, keepStart: 0, keepStop: end)]
        }
        let planned = ceiling(end - 2 * halo, tile - 2 * halo)
        let side = fixedSize ? tile : ceiling(end + 2 * halo * (planned - 1), planned * cell) * cell
        let step = side - 2 * halo
        let count = grid == nil ? planned : ceiling(end - 2 * halo, step)
        return (0..<count).map { index in
            let isLast = index == count - 1
            let start = isLast && grid == nil ? end - side : index * step
            return Span(
                start: start,
                stop: min(start + side, end),
                keepStart: index == 0 ? 0 : index * step + halo,
                keepStop: isLast ? end : start + side - halo
            )
        }
    }

    public func tiles(height: Int, width: Int, fixedSize: Bool) -> [Tile] {
        let columns = spans(width, fixedSize: fixedSize)
        return spans(height, fixedSize: fixedSize).flatMap { row in columns.map { Tile(rows: row, columns: $0) } }
    }

    private func ceiling(_ a: Int, _ b: Int) -> Int {
        (a + b - 1) / b
    }
}
