import Unfilter

private let whole = 1024  // side of the square by which size and place are found again
private let finer = 12  // sizes that are tried on either side
private let band = 64  // rows that are looked at at once
private let tiny = 1e-9

/// `pixels`, upright, less the filter's mark that was found at `scale` of its size, as far as compression left it (R32 of
/// sdk/format/RULES.md): size and place are found again, finer, by more of the picture; how much is left of the mark is fitted by least
/// squares.
func without(_ pixels: Pixels, restoration: String, scale: Double) throws -> Pixels {
    let seen = try placed(pixels, restoration, scale)
    var (product, power) = (0.0, 0.0)
    for start in stride(from: 0, to: pixels.height, by: band) {
        let blue = slowCourseOff(pixels, rows: start..<min(pixels.height, start + band))
        for y in 0..<blue.height {
            let pattern = seen.row(start + y)
            for x in pattern.indices {
                product += Double(blue.values[y * blue.width + x]) * Double(pattern[x])
                power += Double(pattern[x]) * Double(pattern[x])
            }
        }
    }
    let count = Double(pixels.height) * Double(pixels.width)
    let gain = Float(min(max(product / count / (power / count + tiny), 0), 1))
    var levels = pixels.levels
    for y in 0..<pixels.height {
        let pattern = seen.row(y)
        for x in pattern.indices {
            let place = (y * pixels.width + x) * 3 + 2
            let level = (Float(levels[place]) - gain * pattern[x]).rounded(.toNearestOrEven)
            levels[place] = UInt8(min(max(level, 0), 255))
        }
    }
    return Pixels(height: pixels.height, width: pixels.width, levels: levels)
}

/// What each pixel sees of a pattern: linear between the middles of its cells.
private struct Seen {
    /// Of a line: the cell before it and the one behind, and how much each counts.
    typealias Place = (below: Int, above: Int, first: Float, second: Float)

    let levels: [Float]
    let rows: [Place]
    let columns: [Place]

    func row(_ y: Int) -> [Float] {
        let place = rows[y]
        let line = (0..<cells).map { (column: Int) -> Float in
            place.first * levels[place.below * cells + column] + place.second * levels[place.above * cells + column]
        }
        return columns.map { $0.first * line[$0.below] + $0.second * line[$0.above] }
    }

    /// Of each line of an axis of `length`, where the square that was looked at begins at `start`.
    static func places(_ length: Int, from start: Int, _ scale: Double, _ shift: Double) -> [Place] {
        (0..<length).map { (line: Int) -> Place in
            let at = (Double(line - start) + 0.5) / (scale * Double(cell)) + shift - 0.5
            let (below, far) = (modulo(at), at - at.rounded(.down))
            return (below, (below + 1) % cells, Float(1 - far), Float(far))
        }
    }
}

private func placed(_ pixels: Pixels, _ restoration: String, _ scale: Double) throws -> Seen {
    let square = quietBlue(try middle(PixelRows(pixels), side: whole))
    let waves = conjugate(restoration, turns: 0, mirrored: false)
    let step = Double(cell) * 0.5 / Double(max(square.height, square.width)) * scale
    var best = (deviations: -1.0, scale: scale, shift: 0.0, place: 0)
    for index in -finer...finer {
        for shift in [0.0, 0.5] {
            let size = scale + step * Double(index)
            let values = folded(square, scale: size, shift: shift).correlated(waves).real
            let found = deviations(values)
            if found > best.deviations {
                best = (found, size, shift, values.indices.max { values[$0] < values[$1] } ?? 0)
            }
        }
    }
    let (top, left) = (max(0, (pixels.height - whole) / 2), max(0, (pixels.width - whole) / 2))
    return Seen(
        levels: markOf(restoration).map(Float.init),
        rows: Seen.places(pixels.height, from: top, best.scale, best.shift - Double(best.place / cells)),
        columns: Seen.places(pixels.width, from: left, best.scale, best.shift - Double(best.place % cells))
    )
}
