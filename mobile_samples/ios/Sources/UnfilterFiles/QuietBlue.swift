import Unfilter

private let window = 25
private let most: Float = 8  // levels that blue is clipped to
private let leastPower: Float = 2
private let bandOfRows = 64  // that are read at once

/// Floats, row by row.
struct Plane {
    let height: Int
    let width: Int
    var values: [Float]
}

/// Blue of `pixels` without its own slow course, weighed by how quiet it is around each pixel (R31 of sdk/format/RULES.md, its step 2).
func quietBlue(_ pixels: Pixels) -> Plane {
    var blue = slowCourseOff(pixels)
    let power = means(Plane(height: blue.height, width: blue.width, values: blue.values.map { $0 * $0 }))
    for place in blue.values.indices {
        blue.values[place] /= power.values[place] + leastPower
    }
    return blue
}

/// Blue beside red and green, less its means, within a few levels.
func slowCourseOff(_ pixels: Pixels) -> Plane {
    let levels = pixels.levels
    let blue = stride(from: 0, to: levels.count, by: 3).map { (place: Int) -> Float in
        Float(levels[place + 2]) - (Float(levels[place]) + Float(levels[place + 1])) / 2
    }
    let means = means(Plane(height: pixels.height, width: pixels.width, values: blue))
    let held = blue.indices.map { (place: Int) -> Float in min(max(blue[place] - means.values[place], -most), most) }
    return Plane(height: pixels.height, width: pixels.width, values: held)
}

/// The same of `rows` of the whole of `pixels`, in the memory of these.
func slowCourseOff(_ pixels: Pixels, rows: Range<Int>) -> Plane {
    let seen = max(0, rows.lowerBound - window / 2)..<min(pixels.height, rows.upperBound + window / 2)
    let stride = pixels.width * 3
    let levels = Array(pixels.levels[seen.lowerBound * stride..<seen.upperBound * stride])
    let band = slowCourseOff(Pixels(height: seen.count, width: pixels.width, levels: levels))
    let start = (rows.lowerBound - seen.lowerBound) * band.width
    return Plane(height: rows.count, width: band.width, values: Array(band.values[start..<start + rows.count * band.width]))
}

/// Means over 25 x 25 around each value; the first and last lines go on beyond the plane.
private func means(_ plane: Plane) -> Plane {
    let (height, width) = (plane.height, plane.width)
    var (down, across) = (plane.values, plane.values)
    plane.values.withUnsafeBufferPointer { values in
        down.withUnsafeMutableBufferPointer { down in
            across.withUnsafeMutableBufferPointer { across in
                for x in 0..<width {
                    mean(values.baseAddress! + x, down.baseAddress! + x, height, width)
                }
                for y in 0..<height {
                    mean(UnsafePointer(down.baseAddress! + y * width), across.baseAddress! + y * width, width, 1)
                }
            }
        }
    }
    return Plane(height: height, width: width, values: across)
}

/// Of one line of `count` values, `stride` apart.
private func mean(_ values: UnsafePointer<Float>, _ means: UnsafeMutablePointer<Float>, _ count: Int, _ stride: Int) {
    let half = window / 2
    var sum = 0.0
    for index in -half..<half {
        sum += Double(values[min(max(index, 0), count - 1) * stride])
    }
    var index = 0
    while index < count {
        let (next, last) = (index + half, index - half)
        sum += Double(values[(next < count ? next : count - 1) * stride])
        means[index * stride] = Float(sum / Double(window))
        sum -= Double(values[(last > 0 ? last : 0) * stride])
        index += 1
    }
}

/// The middle of `picture`, or of what lies `inside` bars of it, at most `side` x `side` pixels, in the memory of these.
func middle(_ picture: any PixelSource, side: Int, inside: Inside? = nil) throws -> Pixels {
    let rows = middle(inside?.rows ?? 0..<picture.height, side)
    let columns = middle(inside?.columns ?? 0..<picture.width, side)
    var levels: [UInt8] = []
    levels.reserveCapacity(rows.count * columns.count * 3)
    for start in stride(from: 0, to: rows.upperBound, by: bandOfRows) {
        let band = start..<min(start + bandOfRows, rows.upperBound)
        let read = try picture.read(rows: band.count)
        for y in band.clamped(to: rows) {
            let row = ((y - start) * picture.width + columns.lowerBound) * 3
            levels += read[row..<row + columns.count * 3]
        }
    }
    return Pixels(height: rows.count, width: columns.count, levels: levels)
}

private func middle(_ lines: Range<Int>, _ side: Int) -> Range<Int> {
    let start = lines.lowerBound + max(0, (lines.count - side) / 2)
    return start..<start + min(side, lines.count)
}
