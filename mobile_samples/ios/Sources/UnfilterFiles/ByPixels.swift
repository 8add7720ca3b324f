import Foundation
import Unfilter

private let leastToTell = 64  // least side of a picture whose pixels tell anything, pixels

/// An installed filter, with what its model card says of shared files.
struct Candidate {
    let name: String
    let restoration: String
    let card: Card

    init(_ bundle: Unfilter.Bundle) {
        (name, restoration, card) = (bundle.filter, bundle.restoration, bundle.card)
    }
}

/// Which of the candidates made a picture: the one whose mark its pixels have, or what lies within bars of it. Runs none of them (R34 of
/// sdk/format/RULES.md). `open` gives its rows from the top each time. Law: which one is found does not hang on their order.
func recognise(_ candidates: [Candidate], _ open: () throws -> any PixelSource) throws -> Recognition {
    guard !candidates.isEmpty else {
        return Recognition(.cannotTell, "no filter is installed")
    }
    let picture = try open()
    if let found = try marked(middle(picture, side: side), candidates) {
        return found
    }
    if let inside = try within(open), var found = try marked(middle(open(), side: side, inside: inside), candidates) {
        found.inside = inside
        found.reason += ", within bars that are cut off"
        return found
    }
    let names = Set(candidates.map(\.name)).sorted().joined(separator: " or ")
    let isLarge = min(picture.height, picture.width) >= leastToTell
    let few = "\(picture.width) x \(picture.height) pixels are too few to tell by, which takes \(leastToTell) x \(leastToTell)"
    var open = Recognition(.cannotTell, isLarge ? "its pixels do not tell whether \(names) made it" : few)
    open.candidates = candidates.map(\.restoration).sorted()
    return open
}

/// The filter whose mark a picture has, of which `square` is the middle; nil where none counts.
private func marked(_ square: Pixels, _ candidates: [Candidate]) throws -> Recognition? {
    guard
        let mark = strongest(square, candidates.map(\.restoration)), mark.deviations >= threshold,
        let made = candidates.first(where: { $0.restoration == mark.restoration })
    else {
        return nil
    }
    let far = String(format: "%.1f deviations), at %.2f of the size", mark.deviations, mark.scale)
    let turned = mark.turns == 0 ? "" : ", turned by \(90 * mark.turns) degrees to the left"
    let reason = "its pixels have the filter's mark (\(far)\(turned)\(mark.mirrored ? ", mirrored" : "")"
    var found = Recognition(.shared, reason, filter: made.name, restoration: made.restoration)
    let quality = made.card.quality(at: mark.scale)
    (found.expectedDb, found.arrivedDb) = (quality?.restored, quality?.arrived)
    (found.scale, found.turns, found.mirrored) = (mark.scale, mark.turns, mark.mirrored)
    return found
}
