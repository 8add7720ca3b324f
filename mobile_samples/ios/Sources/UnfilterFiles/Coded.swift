import Foundation
import Unfilter

/// What decodes a picture within a picture (R25 and R26 of sdk/format/RULES.md): an AVIF or a lossless WebP, opaque and without a profile.
/// `ImageIOPictures` is the platform's.
public protocol PictureDecoder: Sendable {
    /// The pixels of a coded picture, RGB as it stores them: no colour is converted, none multiplied by alpha, nothing turned. Nil where this
    /// device does not decode it, it is damaged, not a single picture, or not of that size, which is known before its pixels are decoded.
    func decode(_ content: Data, height: Int, width: Int) -> Pixels?
}

extension Coding {
    /// Where in a coded picture it says what it is.
    private static let signatures: [(coding: Coding, place: Int, signature: String)] = [(.avif, 4, "ftyp"), (.webp, 8, "WEBP")]

    /// What a coded picture says that it is; nil where it is neither.
    init?(of content: Data) {
        let known = Coding.signatures.first { content.dropFirst($0.place).starts(with: Data($0.signature.utf8)) }
        guard let known else {
            return nil
        }
        self = known.coding
    }
}

/// The pixels of a picture that is to be of `coding`; nil where it is not, or `decoder` gives none of that size.
func decoded(_ content: Data, as coding: Coding, like source: any PixelSource, _ decoder: any PictureDecoder) -> Pixels? {
    guard Coding(of: content) == coding else {
        return nil
    }
    let pixels = decoder.decode(content, height: source.height, width: source.width)
    return pixels.flatMap { ($0.height, $0.width) == (source.height, source.width) ? $0 : nil }
}
