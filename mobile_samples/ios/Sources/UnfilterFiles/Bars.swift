import Unfilter

private let most: UInt8 = 12  // that a level of a bar is away from black or white: compression moves some
private let share = 0.99  // of a line's pixels that are so
private let least = 4  // lines of the thinnest bar: thinner ones are a photo's own
private let blurred = 3  // lines next to a bar that compression blurred, which are cut too
private let left = 64  // least side of what a picture without its bars has

/// What lies within white or black bars around a picture, as letterboxes and screenshots have them; nil where there are none (R33 of
/// sdk/format/RULES.md). It is read row by row, and once more where it has bars above or below: `open` gives its rows from the top each time.
func within(_ open: () throws -> any PixelSource) throws -> Inside? {
    let picture = try open()
    let whole = (rows: 0..<picture.height, columns: 0..<picture.width)
    let lines = try looked(picture, whole.rows)
    let rows = lines.rows.within(whole.columns.count)
    guard rows.count >= left else {
        return nil
    }
    let columns = (rows == whole.rows ? lines.columns : try looked(open(), rows).columns).within(rows.count)
    guard columns.count >= left, rows != whole.rows || columns != whole.columns else {
        return nil
    }
    return Inside(rows: rows, columns: columns)
}

/// The lines of `rows` of `picture`, along both axes.
private func looked(_ picture: any PixelSource, _ rows: Range<Int>) throws -> (rows: Lines, columns: Lines) {
    var (down, across) = (Lines(rows.count), Lines(picture.width))
    for y in 0..<rows.upperBound {
        let row = try picture.read(rows: 1)
        guard y >= rows.lowerBound else {
            continue
        }
        for x in 0..<picture.width {
            let (red, green, blue) = (row[x * 3], row[x * 3 + 1], row[x * 3 + 2])
            if red <= most, green <= most, blue <= most {
                down.black[y - rows.lowerBound] += 1
                across.black[x] += 1
            } else if red >= 255 - most, green >= 255 - most, blue >= 255 - most {
                down.white[y - rows.lowerBound] += 1
                across.white[x] += 1
            }
        }
    }
    return (down, across)
}

/// How many pixels of each line are black, and how many white.
private struct Lines {
    var black: [Int]
    var white: [Int]

    init(_ count: Int) {
        black = [Int](repeating: 0, count: count)
        white = black
    }

    /// Which lines, of `length` pixels each, are no bar; none where too little is left.
    func within(_ length: Int) -> Range<Int> {
        let count = black.count
        let first = max(bar(black, length), bar(white, length))
        let last = max(bar(black.reversed(), length), bar(white.reversed(), length))
        guard first + last < count else {
            return 0..<count
        }
        let start = first == 0 ? 0 : first + blurred
        return start..<max(start, count - (last == 0 ? 0 : last + blurred))
    }

    private func bar(_ counts: [Int], _ length: Int) -> Int {
        let count = counts.prefix { Double($0) / Double(length) >= share }.count
        return count >= least ? count : 0
    }
}
