import Foundation
import Unfilter

private let length = 64  // of a side

/// The `picture` by Pillow 13's libavif at quality 100 in 4:4:4, and by its libwebp without loss.
private let probes: [Coding: String] = [
    .avif: "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUEAAADrbWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAAAAAAAOcGl0bQAAAAAA"
        + "AQAAAB5pbG9jAAAAAEQAAAEAAQAAAAEAAAETAAAAjQAAAChpaW5mAAAAAAABAAAAGmluZmUCAAAAAAEAAGF2MDFDb2xvcgAAAABqaXBycAAAAEtpcGNvAAAA"
        + "FGlzcGUAAAAAAAAAQAAAAEAAAAAQcGl4aQAAAAADCAgIAAAADGF2MUOBIAAAAAAAE2NvbHJuY2x4AAEADQAGgAAAABdpcG1hAAAAAAAAAAEAAQQBAoMEAAAA"
        + "lW1kYXQSAAoJOBV//5QENBpAMn5EAAAyKAdJ65u/uF5jRPJRBuOO91oWusBCQ1u3wLeO5yKbLaBDJV4zYZdWzeAC1k+0UU1DoHelmEb0RIK00BStdnNSeFje"
        + "YFdyXTL31hNStktVU4JpBb0VVAtGqfE6GoWSp+gYV9RdrnZIX3V1ykNVOvcL9tIWoBUGxWhUf/A=",
    .webp: "UklGRj4AAABXRUJQVlA4TDEAAAAvP8APAB8gECDkKBKpWCCQhDP7lAKBJN5Jx5r/sA9OgJCA+D/BJ8dkJaL/i2BGtm8DAA==",
]

/// Levels that a decoder may be off: the AVIF itself is 2 off, and what turns it to RGB may round otherwise.
private let tolerances: [Coding: Int] = [.avif: 4, .webp: 0]

extension PictureDecoder {
    /// Whether this decoder gives the levels of a picture in `coding`, measured on a small one whose colours change from pixel to pixel: one
    /// that halves the chroma, takes another matrix or range of it, or converts colours is tens of levels off. A residual of such levels would
    /// do harm.
    public func isExact(_ coding: Coding) -> Bool {
        guard
            let content = probes[coding].flatMap({ Data(base64Encoded: $0) }), let tolerance = tolerances[coding],
            let levels = decode(content, height: length, width: length)?.levels
        else {
            return false
        }
        return levels.indices.allSatisfy { abs(Int(levels[$0]) - picture($0)) <= tolerance }
    }
}

/// Levels of the picture: red and blue change with every column, green with every other row.
private func picture(_ place: Int) -> Int {
    let (y, x) = (place / 3 / length, place / 3 % length)
    switch place % 3 {
    case 0: return 40 + 170 * (x % 2)
    case 1: return 40 + 170 * (y / 2 % 2)
    default: return 200 - 150 * (x % 2)
    }
}
