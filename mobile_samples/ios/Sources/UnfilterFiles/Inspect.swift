import Foundation
import Unfilter

extension Unfilter.Bundle {
    /// The tag of a file that this filter saved and that is as it was saved; throws `Refused` for any other.
    public func inspect(_ file: Data, jpeg codec: any JpegCodec = ImageIOJpeg()) throws -> Tag {
        try checked(OpenedFile(file, codec), [self])
    }

    /// What a file is to this filter, if `Filter.restoreFile` restores it; throws `Refused` for any other. With `force` it restores all
    /// whose pixels can be read: for a user who knows what made a file where nothing tells.
    public func look(_ file: Data, force: Bool = false, jpeg codec: any JpegCodec = ImageIOJpeg()) throws -> Recognition {
        try look(OpenedFile(file, codec), force: force)
    }

    /// What a file is to this filter; throws `Refused` for what is no photo of a kind that this app restores.
    public func arrival(_ file: Data, jpeg codec: any JpegCodec = ImageIOJpeg()) throws -> Recognition {
        try looked(OpenedFile(file, codec), [self]).recognition
    }

    func look(_ file: OpenedFile, force: Bool) throws -> Recognition {
        let looked = try looked(file, [self])
        if let refused = looked.refused, !(force && file.isPlain) {
            throw refused
        }
        return looked.recognition
    }
}

/// A file to restore, opened as far as its metadata.
final class OpenedFile {
    let codec: Codec
    /// The JSON of its tag.
    let text: String?
    let tag: Tag?
    let carried: [Chunk]
    /// Whether this app restores from its pixels.
    let isPlain: Bool
    private let saved: Saved
    private let jpeg: any JpegCodec
    private lazy var decoded = Result { try decode() }

    init(_ file: Data, _ jpeg: any JpegCodec) throws {
        (saved, self.jpeg) = (try Saved(file), jpeg)
        switch saved {
        case .png(let png):
            (codec, text, carried, isPlain) = (.png, png.tag, png.carried, png.channels > 0)
        case .jpeg(let jpeg):
            (codec, text, carried, isPlain) = (.jpeg, jpeg.tag, jpeg.chunks, true)
        }
        tag = text.flatMap(Tag.init(json:))
    }

    /// Its pixels from the top, each time.
    func rows() throws -> any PixelSource {
        switch saved {
        case .png(let png): return try png.rows(hides: tag?.requires.contains(Tag.hiddenColours) ?? true)
        case .jpeg: return PixelRows(try decoded.get())
        }
    }

    /// What was done to its pixels since they were saved, in words; nil where nothing shows.
    func alteration(_ tag: Tag) throws -> String? {
        guard case .jpeg(let file) = saved else {
            return try tag.fingerprint?.alteration(rows())
        }
        if let alteration = try tag.fingerprint?.alteration(decoded.get(), file.frame, jpeg) {
            return alteration
        }
        if tag.fingerprint == nil, let saved = tag.quality, let now = file.frame.quality, abs(saved - now) > 1 {
            return "it was saved at quality \(saved), and its tables are of \(now) now"
        }
        return nil
    }

    private func decode() throws -> Pixels {
        guard case .jpeg(let file) = saved else {
            throw Refused(.otherFormat, "no JPEG")
        }
        return try Pixels(jpeg.decode(file.bare))
    }
}
