import Unfilter

/// A shared file as it is restored: what lies within bars, upright and without the mark, row by row. It is in memory as a whole, up to three
/// times.
final class Shared: PixelSource {
    /// The same with its mark, and with alpha where the file has it.
    let arrived: any PixelSource
    private let freed: PixelRows

    var height: Int { freed.height }
    var width: Int { freed.width }

    init(_ rows: any PixelSource, _ found: Recognition, restoration: String, scale: Double) throws {
        let raster = try Raster(rows).within(found.inside).upright(found.turns, found.mirrored)
        arrived = raster.source
        freed = PixelRows(try without(Pixels(raster.source), restoration: restoration, scale: scale))
    }

    func read(rows: Int) throws -> [UInt8] {
        if arrived is Transparent {
            _ = try arrived.read(rows: rows)  // which keeps alpha for the file that is written
        }
        return freed.read(rows: rows)
    }
}

/// Rows of 3 or 4 channels, in memory.
private struct Raster {
    let height: Int
    let width: Int
    let channels: Int
    let levels: [UInt8]

    init(height: Int, width: Int, channels: Int, levels: [UInt8]) {
        (self.height, self.width, self.channels, self.levels) = (height, width, channels, levels)
    }

    init(_ source: any PixelSource) throws {
        (height, width) = (source.height, source.width)
        guard let transparent = source as? Transparent else {
            (channels, levels) = (3, try source.read(rows: source.height))
            return
        }
        transparent.keeps = true
        (channels, levels) = (4, transparent.joined(try transparent.read(rows: height)))
    }

    /// From the top.
    var source: any PixelSource {
        guard channels == 4 else {
            return PixelRows(Pixels(height: height, width: width, levels: levels))
        }
        var next = 0
        return Transparent(height: height, width: width) { [levels, width] rows in
            defer { next += rows }
            return Array(levels[next * width * 4..<(next + rows) * width * 4])
        }
    }

    func within(_ inside: Inside?) -> Raster {
        guard let inside else {
            return self
        }
        let cut = inside.rows.flatMap { (y: Int) -> ArraySlice<UInt8> in
            levels[(y * width + inside.columns.lowerBound) * channels..<(y * width + inside.columns.upperBound) * channels]
        }
        return Raster(height: inside.rows.count, width: inside.columns.count, channels: channels, levels: cut)
    }

    /// As it was before it was mirrored left and right, and then turned to the left by so many quarters.
    func upright(_ turns: Int, _ mirrored: Bool) -> Raster {
        guard turns != 0 || mirrored else {
            return self
        }
        let (high, wide) = turns % 2 == 1 ? (width, height) : (height, width)
        var turned = [UInt8](repeating: 0, count: levels.count)
        for place in 0..<height * width {
            var (row, column, high, wide) = (place / width, place % width, height, width)
            for _ in 0..<turns {  // to the right
                (row, column, high, wide) = (column, high - 1 - row, wide, high)
            }
            let to = row * wide + (mirrored ? wide - 1 - column : column)
            for channel in 0..<channels {
                turned[to * channels + channel] = levels[place * channels + channel]
            }
        }
        return Raster(height: high, width: wide, channels: channels, levels: turned)
    }
}
