import Foundation

/// Measures of a grid of cells over a photo, by which a JPEG is known whoever decodes it: of each cell the means of Y, Cb and Cr
/// (ITU T.871), and of how far Y is from its neighbour to the right plus that below, in 1/64 levels:
/// R16 and R17 of sdk/format/RULES.md.
///
/// Law: `deviation` between what two decoders give of one JPEG is at most 1.
public struct Cells: Equatable, Sendable {
    private static let most = 8
    private static let leastSide = 32
    private static let measures = 4
    private static let steps = 64.0
    private static let allowed = [0.35, 0.45, 0.45, 0.12]
    private static let ofRoughness = 0.05

    /// Row by row, four of each cell.
    let numbers: [UInt16]

    /// Nil where they are not those of a photo of that size.
    init?(base64: String, height: Int, width: Int) {
        let count = Self.count(height) * Self.count(width) * Self.measures
        guard let bytes = Data(base64Encoded: base64).map([UInt8].init), bytes.count == 2 * count else {
            return nil
        }
        numbers = (0..<count).map { UInt16(bytes[2 * $0]) | UInt16(bytes[2 * $0 + 1]) << 8 }
    }

    public init(_ pixels: Pixels) {
        let (rows, columns) = (Self.count(pixels.height), Self.count(pixels.width))
        var numbers: [UInt16] = []
        for row in 0..<rows {
            for column in 0..<columns {
                let down = pixels.height * row / rows..<pixels.height * (row + 1) / rows
                let across = pixels.width * column / columns..<pixels.width * (column + 1) / columns
                numbers += Self.measured(pixels, down, across).map { UInt16(($0 * Self.steps).rounded(.toNearestOrEven)) }
            }
        }
        self.numbers = numbers
    }

    var base64: String {
        Data(numbers.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }).base64EncodedString()
    }

    /// How far `other` is from these, in units of what decoders of one JPEG may differ by.
    public func deviation(_ other: Cells) -> Double {
        let far = numbers.indices.map { place -> Double in
            let (own, others) = (Double(numbers[place]) / Self.steps, Double(other.numbers[place]) / Self.steps)
            let measure = place % Self.measures
            return abs(others - own) / (Self.allowed[measure] + (measure == 3 ? Self.ofRoughness * own : 0))
        }
        return far.max() ?? 0
    }

    private static func count(_ length: Int) -> Int {
        min(most, max(1, length / leastSide))
    }

    private static func measured(_ pixels: Pixels, _ rows: Range<Int>, _ columns: Range<Int>) -> [Double] {
        var (red, blue, sum, steps) = (0.0, 0.0, 0.0, 0.0)
        var above: [Float] = []
        for row in rows {
            let start = (row * pixels.width + columns.lowerBound) * 3
            var line: [Float] = []
            line.reserveCapacity(columns.count)
            for place in Swift.stride(from: start, to: start + columns.count * 3, by: 3) {
                let (r, g, b) = (Float(pixels.levels[place]), Float(pixels.levels[place + 1]), Float(pixels.levels[place + 2]))
                let y = 0.299 * r + 0.587 * g + 0.114 * b
                (red, blue, sum) = (red + Double(r), blue + Double(b), sum + Double(y))
                steps += line.last.map { Double(abs(y - $0)) } ?? 0
                line.append(y)
            }
            steps += zip(line, above).reduce(0) { $0 + Double(abs($1.0 - $1.1)) }
            above = line
        }
        let count = Double(rows.count * columns.count)
        let (r, y, b) = (red / count, sum / count, blue / count)
        return [y, 128 + (b - y) / 1.772, 128 + (r - y) / 1.402, steps / count]
    }
}
