import Unfilter

/// What a file is to the filters of some bundles, and why it is refused, if it is.
struct Looked {
    let recognition: Recognition
    var refused: Refused?
}

/// What `file` is to the filters of `bundles` (R34 of sdk/format/RULES.md): by tag and fingerprint first, then by the mark in its pixels.
/// Throws `Refused` for what is no photo of a kind that this app restores, and for one that takes a later version.
func looked(_ file: OpenedFile, _ bundles: [Unfilter.Bundle]) throws -> Looked {
    let refused: Refused
    do {
        let tag = try checked(file, bundles)
        let pixels = tag.fingerprint == nil ? "which tells nothing of its pixels" : "and its pixels are those that were saved"
        return Looked(recognition: Recognition(.asSaved, "its tag says so, \(pixels)", filter: tag.filter, restoration: tag.restoration, tag: tag))
    } catch let error as Refused {
        refused = error
    }
    var found: Recognition
    switch refused.refusal {
    case .otherFilter:
        found = Recognition(.notOurs, refused.description, filter: file.tag?.filter, restoration: file.tag?.restoration)
    case .noTag:
        found = try searched(file, bundles)
    case .otherCodec, .altered:
        found = try searched(file, bundles.filter { $0.restoration == file.tag?.restoration })
        if found.origin != .shared {
            found = Recognition(.notOurs, refused.description)
        }
    default:
        throw refused
    }
    if found.origin == .shared {
        return Looked(recognition: found)
    }
    let reason = found.origin == .cannotTell ? "\(refused.description), and \(found.reason)" : refused.description
    return Looked(recognition: found, refused: Refused(refused.refusal, reason, found))
}

private func searched(_ file: OpenedFile, _ bundles: [Unfilter.Bundle]) throws -> Recognition {
    guard file.isPlain else {
        return Recognition(.cannotTell, "it is a PNG of another kind than 8-bit RGB or RGBA")
    }
    return try recognise(bundles.map(Candidate.init), file.rows)
}

/// The tag of a file that a filter of `bundles` saved and that is as it was saved; throws `Refused` for any other (R20).
func checked(_ file: OpenedFile, _ bundles: [Unfilter.Bundle]) throws -> Tag {
    guard let bundle = bundles.first(where: { $0.restoration == file.tag?.restoration }) ?? bundles.first else {
        throw Refused(file.tag == nil ? .noTag : .otherFilter, "no filter is installed")
    }
    let tag = try bundle.inspect(tag: file.text, codec: file.codec)
    guard file.isPlain else {
        throw Refused(.otherFormat, "a PNG of another kind than 8-bit RGB or RGBA")
    }
    if let alteration = try file.alteration() {
        throw Refused(.altered, "altered since: \(alteration)")
    }
    return tag
}
