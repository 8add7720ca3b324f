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
/// where it holds none that can be read here; throws `Refused` for what is no photo of a kind that this app restores. The photo is in memory
/// as a whole: beside what is coded, as much as `decoder` takes.
public func restoreHeld(
    _ file: Data,
    to target: URL,
    as format: SavedAs = .png,
    jpeg codec: any JpegCodec = ImageIOJpeg(),
    pictures decoder: any PictureDecoder = ImageIOPictures()
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
    guard let told = file.tag?.topUp, told.holds == .photo, let topUp = file.topUp, isWhole(topUp, told), try isAsSaved(file) else {
        return nil
    }
    return try held(topUp, told.coding, "its top-up, every byte")
}

/// What is restored from the pixels of a file that is as it was saved, with what its top-up adds, row by row.
struct Refinement {
    /// A line that says so, where there is something to say.
    let how: String?
    private var residual: (rows: PixelRows, steps: Int)?

    init(_ how: String?) {
        self.how = how
    }

    init(_ how: String, adding residual: Pixels, steps: Int) {
        self.how = how
        self.residual = (PixelRows(residual), steps)
    }

    /// The next rows, from the top.
    func refined(_ base: [UInt8]) -> [UInt8] {
        guard let residual else {
            return base
        }
        return toppedUp(base, residual.rows.read(rows: base.count / 3 / residual.rows.width), steps: residual.steps)
    }
}

/// What the top-up of `file`, which is as it was saved, adds to what its pixels restore to; it is decoded as a whole.
func refinement(_ file: OpenedFile, _ decoder: any PictureDecoder) throws -> Refinement {
    let plain = { (why: String) in Refinement("\(why): \(base)") }
    let unread = { (what: String) in "it carries more than this device reads, a \(what)" }
    guard let told = file.tag?.topUp else {
        if file.topUp != nil {
            return plain("it carries more than this app reads, a top-up of a later version or of another file")
        }
        if let payload = try file.payload() {
            return plain(unread("payload" + (Coding(of: payload).map { " in \($0.rawValue.uppercased())" } ?? " of a later version")))
        }
        return file.tag?.payload == nil ? Refinement(nil) : plain("the payload in its low bits is damaged")
    }
    guard let topUp = file.topUp else {
        return plain("its top-up is gone, as it is where metadata are stripped")
    }
    guard isWhole(topUp, told) else {
        return plain("its top-up is damaged or of another file")
    }
    guard try isAsSaved(file) else {
        return plain("nothing tells that its pixels are those that were saved, so its top-up was not used")
    }
    guard let steps = told.steps, let added = decoded(topUp, as: told.coding, like: try file.rows(), decoder) else {
        return plain(unread("top-up in \(told.coding.rawValue.uppercased())"))
    }
    return Refinement("restored from its pixels and its top-up", adding: added, steps: steps)
}

/// Whether a top-up is the one that a tag tells of, every byte.
private func isWhole(_ topUp: Data, _ told: TopUp) -> Bool {
    hexadecimal(SHA256.hash(data: topUp), TopUp.digits) == told.sha256
}

/// Whether the tag tells that the pixels are those that were saved (R17).
private func isAsSaved(_ file: OpenedFile) throws -> Bool {
    try file.tag?.fingerprint != nil && file.alteration() == nil
}
