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
    /// A coded picture in its metadata that holds more of the photo, which the tag tells of (R26).
    let topUp: Data?
    /// Whether this app restores from its pixels.
    let isPlain: Bool
    private let saved: Saved
    private let jpeg: any JpegCodec
    private lazy var decoded = Result { try decode() }
    private lazy var coded = Result { try inLowBits() }
    private lazy var altered = Result { try compared() }

    init(_ file: Data, _ jpeg: any JpegCodec) throws {
        (saved, self.jpeg) = (try Saved(file), jpeg)
        switch saved {
        case .png(let png):
            (codec, text, carried, topUp, isPlain) = (.png, png.tag, png.carried, png.topUp, png.channels > 0)
        case .jpeg(let jpeg):
            (codec, text, carried, topUp, isPlain) = (.jpeg, jpeg.tag, jpeg.chunks, jpeg.topUp, true)
        }
        tag = text.flatMap(Tag.init(json:))
    }

    /// Its pixels from the top, each time, as the network saw them.
    func rows() throws -> any PixelSource {
        try rows(hides: tag?.requires.contains(Tag.hiddenColours) ?? true)
    }

    /// The same, whatever its tag says of colours under full transparency.
    func rows(hides: Bool) throws -> any PixelSource {
        switch saved {
        case .png(let png): return try png.rows(hides: hides)
        case .jpeg: return PixelRows(try decoded.get())
        }
    }

    /// The coded photo in its low bits; nil where there is none whole.
    func payload() throws -> Data? {
        try coded.get()
    }

    /// What was done to its pixels since they were saved, in words; nil where nothing shows.
    func alteration() throws -> String? {
        try altered.get()
    }

    private func compared() throws -> String? {
        guard let tag else {
            return nil
        }
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

    private func inLowBits() throws -> Data? {
        guard case .png(let png) = saved else {
            return nil  // a JPEG keeps no low bits
        }
        return try UnfilterFiles.payload(of: png)
    }

    private func decode() throws -> Pixels {
        guard case .jpeg(let file) = saved else {
            throw Refused(.otherFormat, "no JPEG")
        }
        return try Pixels(jpeg.decode(file.bare))
    }
}
