import Foundation
import Unfilter

extension Filter {
    /// Filter a photo of any size into a PNG that says what made it.
    public func applyFile(
        _ photo: PhotoFile,
        to target: URL,
        parameters: [String: Double] = [:],
        progress: (Double) -> Void = { _ in }
    ) throws {
        let values = try bundle.hyperParameters.complete(parameters)
        try writePng(target, like: photo.pixels, chunks: photo.carried) { png in
            var digest = PixelDigest(like: photo.pixels)
            try apply(photo.pixels, parameters: parameters, progress: progress) { rows in
                digest.update(rows)
                try png.write(rows)
            }
            let tag = Tag(
                filter: bundle.filter,
                restoration: bundle.restoration,
                codec: "png",
                parameters: values,
                fingerprint: digest.fingerprint
            )
            try png.finish([.text(Tag.keyword, tag.json)])
        }
    }

    /// Restore a PNG that this filter saved into one without a tag; throws `Refused` as `inspect` does, before it writes.
    public func restoreFile(_ file: Data, to target: URL, progress: (Double) -> Void = { _ in }) throws {
        let filtered = try PngFile(file)
        _ = try inspect(filtered)
        let rows = try PngRows(filtered)
        try writePng(target, like: rows, chunks: filtered.carried) { png in
            try restore(rows, progress: progress, write: png.write)
            try png.finish()
        }
    }

    /// The tag of a file that this filter saved and that is as it was saved; throws `Refused` for any other.
    public func inspect(_ file: Data) throws -> Tag {
        try inspect(PngFile(file))
    }

    private func inspect(_ png: PngFile) throws -> Tag {
        let tag = try inspect(tag: png.tag)
        guard png.isPlain else {
            throw Refused(.otherFormat, "a PNG of another kind than this app saves (8-bit RGB)")
        }
        if let altered = try tag.fingerprint?.alteration(PngRows(png)) {
            throw Refused(.altered, "altered since: \(altered)")
        }
        return tag
    }
}

/// Write a PNG at `target`, which is there only when it is whole; `write` gives its rows and finishes it.
private func writePng(_ target: URL, like source: PixelSource, chunks: [Chunk], write: (PngWriter) throws -> Void) throws {
    let partial = target.appendingPathExtension("partial")
    try Data().write(to: partial)
    defer { try? FileManager.default.removeItem(at: partial) }
    let handle = try FileHandle(forWritingTo: partial)
    defer { try? handle.close() }
    try write(PngWriter(handle, height: source.height, width: source.width, chunks: chunks))
    try handle.synchronize()
    try FileManager.default.moveItem(at: partial, to: target)
}
