import Foundation
import Unfilter

/// Deviations from which on a mark counts.
let threshold = 6.5
/// Side of the square in the middle that is looked at, pixels at most.
let side = 512
private let least = 96  // side of a picture that is looked at, pixels
private let largest = 1.25  // factor of the size at which a mark is looked for
private let smallest = 0.25
private let tiny = 1e-9

/// A mark that was found.
struct Mark {
    /// Of the filter that it names.
    let restoration: String
    /// How far it stands out.
    let deviations: Double
    /// Factor of the size that the picture has now.
    let scale: Double
    /// Quarter turns to the left, after mirroring left and right, that were made of the picture.
    let turns: Int
    let mirrored: Bool
}

/// The mark that stands out most in `square`, the middle of a picture, whether it counts or not; nil where its pixels are too few (R31 of
/// sdk/format/RULES.md). The square is folded onto the pattern's cells at every size that the picture may have had, and correlated with
/// every pattern at every place and in every orientation.
func strongest(_ square: Pixels, _ restorations: [String]) -> Mark? {
    guard !restorations.isEmpty, min(square.height, square.width) >= least else {
        return nil
    }
    let blue = quietBlue(square)
    let patterns = Set(restorations).sorted().flatMap { id in [false, true].flatMap { pairs(id, mirrored: $0) } }
    var best: Mark?
    for scale in scales(max(square.height, square.width)) {
        let waves = folded(blue, scale: scale)
        for pair in patterns {
            let correlation = waves.correlated(pair.waves)
            for (by, values) in [correlation.real, correlation.imaginary].enumerated() {
                let found = deviations(values)
                if found > best?.deviations ?? -1 {
                    best = Mark(
                        restoration: pair.restoration, deviations: found, scale: scale, turns: pair.turns + by, mirrored: pair.mirrored
                    )
                }
            }
        }
    }
    return best
}

/// By how many deviations of all values the greatest one stands out.
func deviations(_ values: [Double]) -> Double {
    values.withUnsafeBufferPointer { buffer in
        let values = buffer.baseAddress!
        var (greatest, power) = (values[0], 0.0)
        var place = 0
        while place < cells * cells {
            let value = values[place]
            greatest = value > greatest ? value : greatest
            power += value * value
            place += 1
        }
        return greatest / ((power / Double(cells * cells)).squareRoot() + tiny)
    }
}

/// Factors so close that over `length` pixels no cell is missed.
private func scales(_ length: Int) -> [Double] {
    let step = Double(cell) * 0.75 / Double(length)
    let count = Int(((1 / smallest + step - 1 / largest) / step).rounded(.up))
    return (0..<count).map { 1 / (1 / largest + Double($0) * step) }
}

/// The waves of the means of the pixels that fall into each cell, over all repetitions, evened.
func folded(_ blue: Plane, scale: Double, shift: Double = 0) -> Waves {
    let (rows, columns) = (lines(blue.height, scale, shift), lines(blue.width, scale, shift))
    var down = [Float](repeating: 0, count: cells * blue.width)
    blue.values.withUnsafeBufferPointer { values in
        down.withUnsafeMutableBufferPointer { down in
            for y in 0..<blue.height {
                add(values.baseAddress! + y * blue.width, to: down.baseAddress! + rows[y] * blue.width, blue.width)
            }
        }
    }
    var waves = Waves()
    waves.real.withUnsafeMutableBufferPointer { sums in
        for row in 0..<cells {
            add(down, row * blue.width, to: sums.baseAddress! + row * cells, by: columns, blue.width)
        }
    }
    let (high, wide) = (counts(rows), counts(columns))
    for place in waves.real.indices {
        waves.real[place] /= Double(max(1, high[place / cells] * wide[place % cells]))
    }
    let mean = waves.real.reduce(0, +) / Double(waves.real.count)
    for place in waves.real.indices {
        waves.real[place] -= mean
    }
    waves.transform()
    waves.even()
    return waves
}

private func add(_ values: UnsafePointer<Float>, to sums: UnsafeMutablePointer<Float>, _ count: Int) {
    var place = 0
    while place < count {
        sums[place] += values[place]
        place += 1
    }
}

private func add(_ values: UnsafePointer<Float>, _ start: Int, to sums: UnsafeMutablePointer<Double>, by columns: UnsafePointer<Int>, _ count: Int) {
    var place = 0
    while place < count {
        sums[columns[place]] += Double(values[start + place])
        place += 1
    }
}

/// Which cell each line falls into.
private func lines(_ length: Int, _ scale: Double, _ shift: Double) -> [Int] {
    (0..<length).map { modulo((Double($0) + 0.5) / (scale * Double(cell)) + shift) }
}

/// The cell that a place along an axis, in cells, is in.
func modulo(_ place: Double) -> Int {
    let rest = Int(place.rounded(.down)) % cells
    return rest < 0 ? rest + cells : rest
}

private func counts(_ lines: [Int]) -> [Int] {
    lines.reduce(into: [Int](repeating: 0, count: cells)) { $0[$1] += 1 }
}

/// A pattern as it is turned by `turns` quarters to the left, and by one more: two are correlated at once, as one complex number.
private struct Pair {
    let restoration: String
    let turns: Int
    let mirrored: Bool
    let waves: Waves
}

private func pairs(_ restoration: String, mirrored: Bool) -> [Pair] {
    [0, 2].map { turns in
        let one = conjugate(restoration, turns: turns, mirrored: mirrored)
        let other = conjugate(restoration, turns: turns + 1, mirrored: mirrored)
        let waves = Waves(
            real: zip(one.real, other.imaginary).map { $0 - $1 },
            imaginary: zip(one.imaginary, other.real).map { $0 + $1 }
        )
        return Pair(restoration: restoration, turns: turns, mirrored: mirrored, waves: waves)
    }
}

/// The conjugate waves of a pattern less its mean, mirrored left and right, and then turned to the left.
func conjugate(_ restoration: String, turns: Int, mirrored: Bool) -> Waves {
    let levels = markOf(restoration)
    let mean = Double(levels.reduce(0, +)) / Double(levels.count)
    let last = cells - 1
    var waves = Waves()
    for place in levels.indices {
        var (row, column) = (place / cells, place % cells)
        for _ in 0..<turns {
            (row, column) = (column, last - row)  // the last column becomes the first row
        }
        waves.real[place] = Double(levels[row * cells + (mirrored ? last - column : column)]) - mean
    }
    waves.transform()
    waves.imaginary = waves.imaginary.map { -$0 }
    return waves
}
