import Foundation
import Unfilter

extension Unfilter.Bundle {
    /// The tag of a file that this filter saved and that is as it was saved; throws `Refused` for any other.
    public func inspect(_ file: Data, jpeg codec: any JpegCodec = ImageIOJpeg()) throws -> Tag {
        try examined(file, codec).tag
    }

    /// The same, with the file's pixels from the top and what it carries.
    func examined(_ file: Data, _ codec: any JpegCodec) throws -> (tag: Tag, pixels: any PixelSource, carried: [Chunk]) {
        switch try Saved(file) {
        case .png(let png):
            let tag = try inspect(tag: png.tag, codec: .png)
            let hides = tag.requires.contains(Tag.hiddenColours)
            try refuse(tag.fingerprint?.alteration(png.rows(hides: hides)))
            return (tag, try png.rows(hides: hides), png.carried)
        case .jpeg(let jpeg):
            let tag = try inspect(tag: jpeg.tag, codec: .jpeg)
            let pixels = try Pixels(codec.decode(jpeg.bare))
            try refuse(tag.fingerprint?.alteration(pixels, jpeg.frame, codec))
            if tag.fingerprint == nil, let saved = tag.quality, let now = jpeg.frame.quality, abs(saved - now) > 1 {
                try refuse("it was saved at quality \(saved), and its tables are of \(now) now")
            }
            return (tag, PixelRows(pixels), jpeg.chunks)
        }
    }
}

private func refuse(_ alteration: String?) throws {
    if let alteration {
        throw Refused(.altered, "altered since: \(alteration)")
    }
}
