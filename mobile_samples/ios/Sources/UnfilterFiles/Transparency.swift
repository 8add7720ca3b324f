import Unfilter

private let grey: UInt8 = 128  // level of every channel that a filter sees under full transparency

/// The pixels of an RGBA PNG as a filter sees them. Colours under full transparency, which nobody sees and lossless converters change,
/// go around the network, as alpha does (R23 of sdk/format/RULES.md): it sees middle grey there. Unless it `hides`, of a file whose
/// network saw all, it sees them.
final class Transparent: PixelSource {
    let height: Int
    let width: Int
    private let readWhole: (_ rows: Int) throws -> [UInt8]
    private let hides: Bool
    private var kept: [UInt8] = []
    /// Whether own colours and alpha are kept until `joined` takes them.
    var keeps = false
    /// Whether alpha says something in what was read so far.
    private(set) var isTransparent = false
    /// Whether colours went around the network so far.
    private(set) var hasHidden = false

    /// `readWhole` gives the next rows, red, green, blue and alpha.
    init(height: Int, width: Int, hides: Bool = true, readWhole: @escaping (_ rows: Int) throws -> [UInt8]) {
        (self.height, self.width, self.hides, self.readWhole) = (height, width, hides, readWhole)
    }

    convenience init(_ png: PngFile, hides: Bool = true) throws {
        self.init(height: png.height, width: png.width, hides: hides, readWhole: try PngRows(png).readWhole(rows:))
    }

    func read(rows: Int) throws -> [UInt8] {
        let whole = try readWhole(rows)
        for place in stride(from: 3, to: whole.count, by: 4) where whole[place] < 255 {
            isTransparent = true
            hasHidden = hasHidden || hides && whole[place] == 0
        }
        if keeps {
            kept += whole
        }
        return seen(whole)
    }

    /// The next rows, red, green, blue and alpha: `rows`, and own colours where those went around the network.
    func joined(_ rows: [UInt8]) -> [UInt8] {
        var whole = Array(kept.prefix(rows.count / 3 * 4))
        kept.removeFirst(whole.count)
        for pixel in 0..<rows.count / 3 where !isHidden(whole, pixel) {
            for channel in 0..<3 {
                whole[pixel * 4 + channel] = rows[pixel * 3 + channel]
            }
        }
        return whole
    }

    /// The colours of `whole`, and grey where a filter sees none.
    func seen(_ whole: [UInt8]) -> [UInt8] {
        var rows: [UInt8] = []
        rows.reserveCapacity(whole.count / 4 * 3)
        for pixel in 0..<whole.count / 4 {
            if isHidden(whole, pixel) {
                rows += [grey, grey, grey]
            } else {
                rows += whole[pixel * 4..<pixel * 4 + 3]
            }
        }
        return rows
    }

    private func isHidden(_ whole: [UInt8], _ pixel: Int) -> Bool {
        hides && whole[pixel * 4 + 3] == 0
    }
}
