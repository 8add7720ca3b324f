import Foundation
import Unfilter

/// What a photo is saved as.
public enum SavedAs: Equatable, Sendable {
    /// Every level is kept; 12 megapixels take some 13 MB.
    case png
    /// 4:2:0 at a quality of 1...100: what people share. Only filters that were trained for it restore from it (R18 of
    /// sdk/format/RULES.md).
    case jpeg(quality: Int)

    public var suffix: String { self == .png ? "png" : "jpg" }
}

extension Unfilter.Bundle {
    /// What a save button makes: a JPEG where the filter was trained for it, a PNG otherwise.
    public var savedAs: SavedAs { carriers.contains(.jpeg) ? .jpeg(quality: 90) : .png }
}

extension Filter {
    /// Filter a photo of any size into a file that says what made it. A PNG takes the memory of a band of rows, a JPEG that of the
    /// whole photo three times. With `mark` its pixels say what made them too, after sharing: a weak pattern in blue, which costs some quality
    /// then (docs/sharing.md). A guided filter takes the `output` of another one: of the same size, and stored turned alike.
    ///
    /// Throws `Refused` where the filter was not trained for `format`, and `BundleError` where the output is not what it takes, before it
    /// reads a row.
    public func applyFile(
        _ photo: PhotoFile,
        to target: URL,
        as format: SavedAs = .png,
        parameters: [String: Double] = [:],
        jpeg codec: any JpegCodec = ImageIOJpeg(),
        mark: Bool = false,
        output: PhotoFile? = nil,
        progress: (Double) -> Void = { _ in }
    ) throws {
        try bundle.check(photo.pixels, output: output?.pixels)
        try output?.mustLie(on: photo)
        let values = try bundle.hyperParameters.complete(parameters)
        let tag = { (codec: Codec, quality: Int?, fingerprint: Fingerprint, requires: [String]) in
            Tag(
                filter: self.bundle.filter,
                restoration: self.bundle.restoration,
                codec: codec,
                quality: quality,
                parameters: values,
                fingerprint: fingerprint,
                requires: requires + (mark ? [Tag.mark] : [])
            )
        }
        var marking = mark ? Marking(width: photo.pixels.width, restoration: bundle.restoration, sign: 1) : nil
        func filtered(_ write: ([UInt8]) throws -> Void) throws {
            try apply(photo.pixels, parameters: parameters, output: output?.pixels, progress: progress) {
                try write(marking?.moved($0) ?? $0)
            }
        }
        switch format {
        case .png:
            // The packet comes behind the pixels, with the tag in it too (R22 of sdk/format/RULES.md): the fingerprint is known there.
            let ahead = photo.carried.filter { $0.text?.keyword != xmpKeyword }
            try writePng(target, like: photo.pixels, chunks: ahead) { png, transparent in
                var digest = PixelDigest(like: photo.pixels)
                try filtered { rows in
                    let whole = transparent?.joined(rows)
                    digest.update(whole.flatMap { transparent?.seen($0) } ?? rows)
                    try png.write(whole ?? rows)
                }
                let requires = transparent?.hasHidden == true ? [Tag.hiddenColours] : []
                let json = tag(.png, nil, digest.fingerprint, requires).json
                try png.finish([.text(Tag.keyword, json), .text(xmpKeyword, Xmp.packet(xmp(photo.carried), with: json))])
            }
        case .jpeg(let quality):
            guard bundle.carriers.contains(.jpeg) else {
                throw Refused(.otherFormat, "filter \(bundle.filter) was not trained for JPEG, whose losses destroy what it carries")
            }
            guard !photo.isTransparent else {
                throw Refused(.otherFormat, "it is transparent, which a JPEG cannot carry: save as PNG")
            }
            let encoded = try codec.encode(Pixels(like: photo.pixels, filtered), quality: quality)
            let made = try Jpeg(encoded)
            let saved = try Pixels(codec.decode(made.bare))
            let text = tag(.jpeg, made.frame.quality, try Fingerprint(of: saved, made.frame, codec), []).json
            try write(jpeg(encoded, chunks: photo.carried, json: text), to: target)
        }
    }

    /// Restore a file that this filter made into one without a tag, with all else that it carries (R19), a shared one at the size at which
    /// it arrived, upright and without bars; throws `Refused` as `Bundle.look` does, before it writes (R21). A shared file that is nearer to
    /// the photo than what would be restored keeps its own pixels, unless `force` is given. `found` is what `look` said of it, so that it need
    /// not look twice.
    ///
    /// A file that holds its photo whole gives that, as `restoreHeld` does, whatever made it. A residual in its metadata is added to what its
    /// pixels restore to (R28 of sdk/format/RULES.md): a whole picture, of which `decoder` says how much memory it takes. Where it is damaged,
    /// stripped or not decoded by `decoder`, the pixels are restored alone, and `how` says so.
    @discardableResult
    public func restoreFile(
        _ file: Data,
        to target: URL,
        as format: SavedAs = .png,
        jpeg codec: any JpegCodec = ImageIOJpeg(),
        pictures decoder: any PictureDecoder = ImageIOPictures(),
        force: Bool = false,
        found: Recognition? = nil,
        progress: (Double) -> Void = { _ in }
    ) throws -> Restored {
        let opened = try OpenedFile(file, codec)
        if let held = try heldIn(opened, decoder) {
            return try held.save(target, as: format, codec)
        }
        let found = try found ?? bundle.look(opened, force: force)
        return try restored(opened, to: target, as: format, jpeg: codec, pictures: decoder, force: force, found: found, progress: progress)
    }

    /// The same of a file that does not hold its photo whole.
    func restored(
        _ opened: OpenedFile,
        to target: URL,
        as format: SavedAs,
        jpeg codec: any JpegCodec,
        pictures decoder: any PictureDecoder,
        force: Bool = false,
        found: Recognition,
        progress: (Double) -> Void
    ) throws -> Restored {
        let (rows, plain) = try pictures(opened, found)
        let keeps = found.keep && !force
        let carried = found.origin == .shared ? shownAlike(opened.carried, found) : opened.carried
        let refinement = found.origin == .asSaved ? try refinement(opened, decoder) : Refinement(nil)
        func restored(_ write: ([UInt8]) throws -> Void) throws {
            try keeps
                ? write(plain.read(rows: plain.height))
                : restore(plain, progress: progress) { try write(refinement.refined($0)) }
        }
        try save(target, as: format, codec, like: rows, chunks: carried, restored: restored)
        return Restored(how: keeps ? "the file's own pixels, which are nearer to the photo" : refinement.how, recognition: found)
    }

    /// The pixels of a file as they arrived, with alpha where it has it, and the same without a mark.
    private func pictures(_ file: OpenedFile, _ found: Recognition) throws -> (arrived: any PixelSource, plain: any PixelSource) {
        if found.origin == .shared, let scale = found.scale {
            let shared = try Shared(file.rows(), found, restoration: bundle.restoration, scale: scale)
            return (shared.arrived, shared)
        }
        let rows = try file.rows()
        return (rows, file.tag?.requires.contains(Tag.mark) == true ? Unmarked(rows, restoration: bundle.restoration) : rows)
    }
}

/// What goes with a picture that was set upright: with EXIF by which it is shown as the file was. A site turns a phone's photo as its EXIF
/// said, and leaves that out.
private func shownAlike(_ carried: [Chunk], _ found: Recognition) -> [Chunk] {
    withOrientation(carried, alikeShown(orientation(carried) ?? 1, turns: found.turns, mirrored: found.mirrored))
}
