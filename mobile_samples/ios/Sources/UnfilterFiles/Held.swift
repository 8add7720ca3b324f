import CryptoKit
import Foundation
import Unfilter

// What a file holds of its photo beside what the inverse restores from its pixels: a payload, or a top-up (R25 and R28 of
// sdk/format/RULES.md).
//
// Law: what is damaged, stripped, or not decoded by this device is not used, and that is said; the pixels are restored in any case.

private let base = "restored from the pixels alone"

/// How a file was restored.
public struct Restored: Sendable {
    /// By what, in a line, where that was not its pixels alone or there is more than was read.
    public let how: String?
    /// What the file turned out to be, where it does not hold its photo whole.
    public let recognition: Recognition?
}

/// Restore the photo that a file holds whole, in its low bits or its metadata: no filter is needed, nor known. Nil, and nothing is written,
/// where it holds none that can be read here; throws `Refused` for what is no photo of a kind that this app restores. It takes the memory of
/// the whole photo twice: 84 MB for 12 megapixels, and what is coded.
public func restoreHeld(
    _ file: Data,
    to target: URL,
    as format: SavedAs = .png,
    jpeg codec: any JpegCodec = ImageIOJpeg(),
    coded decoder: any PictureDecoder = ImageIODecoder()
) throws -> Restored? {
    try heldIn(OpenedFile(file, codec), decoder)?.save(target, as: format, codec)
}

/// A photo that a file holds whole.
struct Held {
    private static let band = 64  // rows that are written at once

    let photo: Pixels
    /// The file's pixels, which give alpha and what colours it hides.
    let source: any PixelSource
    let carried: [Chunk]
    let how: String

    func save(_ target: URL, as format: SavedAs, _ codec: any JpegCodec) throws -> Restored {
        let rows = PixelRows(photo)
        try UnfilterFiles.save(target, as: format, codec, like: source, chunks: carried) { write in
            for row in stride(from: 0, to: photo.height, by: Held.band) {
                let count = min(Held.band, photo.height - row)
                if source is Transparent {
                    _ = try source.read(rows: count)  // which keeps them for the file that is written
                }
                try write(rows.read(rows: count))
            }
        }
        return Restored(how: how, recognition: nil)
    }
}

/// The photo that `file` holds whole; nil where it holds none that `decoder` decodes.
func heldIn(_ file: OpenedFile, _ decoder: any PictureDecoder) throws -> Held? {
    guard file.isPlain else {
        return nil
    }
    func held(_ content: Data, _ coding: Coding, _ how: String) throws -> Held? {
        let source = try file.rows(hides: true)
        let photo = decoded(content, as: coding, like: source, decoder)
        return photo.map { Held(photo: $0, source: source, carried: file.carried, how: "restored from \(how), without the filter") }
    }
    if let payload = try file.payload() {
        return try Coding(of: payload).flatMap { try held(payload, $0, "the payload in its low bits") }
    }
    guard let told = file.tag?.topUp, told.holds == .photo, let topUp = try usable(file) else {
        return nil
    }
    return try held(topUp, told.coding, "its top-up, every byte")
}

/// What is added to the rows that are restored from the pixels of `file`, which is as it was saved; and a line, where there is something to
/// say.
func refined(_ file: OpenedFile, _ decoder: any PictureDecoder) throws -> (residual: Residual?, how: String?) {
    func plain(_ why: String) -> (Residual?, String?) {
        (nil, "\(why): \(base)")
    }
    let unread = { (what: String) in "it carries more than this device reads, a \(what)" }
    guard let told = file.tag?.topUp else {
        if file.topUp != nil {
            return plain("it carries more than this app reads, a top-up of a later version or of another file")
        }
        if let payload = try file.payload() {
            return plain(unread("payload" + (Coding(of: payload).map { " in \($0.rawValue.uppercased())" } ?? " of a later version")))
        }
        return file.tag?.payload == nil ? (nil, nil) : plain("the payload in its low bits is damaged")
    }
    guard file.topUp != nil else {
        return plain("its top-up is gone, as it is where metadata are stripped")
    }
    guard let topUp = try usable(file) else {
        return plain("its top-up is damaged or of another file")
    }
    guard let steps = told.steps, let added = decoded(topUp, as: told.coding, like: try file.rows(), decoder) else {
        return plain(unread("top-up in \(told.coding.rawValue.uppercased())"))
    }
    return (Residual(added, steps: steps), "restored from its pixels and its top-up")
}

/// The residual of a top-up, for rows that come one after the other, from the top.
struct Residual {
    private let rows: PixelRows
    private let steps: Int

    init(_ pixels: Pixels, steps: Int) {
        (rows, self.steps) = (PixelRows(pixels), steps)
    }

    /// The next rows, restored, with what it adds to them.
    func added(to restored: [UInt8]) -> [UInt8] {
        toppedUp(restored, rows.read(rows: restored.count / 3 / rows.width), steps: steps)
    }
}

/// The top-up of `file` where it is the one that the tag tells of, every byte, and the pixels are those that were saved; nil otherwise.
private func usable(_ file: OpenedFile) throws -> Data? {
    guard let tag = file.tag, tag.fingerprint != nil, let told = tag.topUp, let topUp = file.topUp else {
        return nil
    }
    guard hexadecimal(SHA256.hash(data: topUp), TopUp.digits) == told.sha256, try file.alteration() == nil else {
        return nil
    }
    return topUp
}
