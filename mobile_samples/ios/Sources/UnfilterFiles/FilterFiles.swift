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
        let tag = Tag(filter: bundle.filter, restoration: bundle.restoration, codec: "png", parameters: values)
        let chunks = photo.carried + [.text(Tag.keyword, tag.json)]
        try writePng(target, like: photo.pixels, chunks: chunks) { png in
            try apply(photo.pixels, parameters: parameters, progress: progress, write: png.write)
        }
    }

    /// Restore a PNG that this filter saved into one without a tag; throws `Refused` as `inspect` does, before it writes.
    public func restoreFile(_ file: Data, to target: URL, progress: (Double) -> Void = { _ in }) throws {
        let filtered = try PngFile(file)
        _ = try inspect(filtered)
        let rows = try PngRows(filtered)
        try writePng(target, like: rows, chunks: filtered.carried) { png in
            try restore(rows, progress: progress, write: png.write)
        }
    }

    /// The tag of a file that this filter saved and that is whole; throws `Refused` for any other.
    public func inspect(_ file: Data) throws -> Tag {
        try inspect(PngFile(file))
    }

    private func inspect(_ png: PngFile) throws -> Tag {
        let tag = try inspect(tag: png.tag)
        guard png.isPlain else {
            throw Refused(.otherFormat, "a PNG of another kind than this app saves (8-bit RGB)")
        }
        return tag
    }
}

/// Write a PNG at `target`, which is there only when it is whole.
private func writePng(_ target: URL, like source: PixelSource, chunks: [Chunk], rows: (PngWriter) throws -> Void) throws {
    let partial = target.appendingPathExtension("partial")
    try Data().write(to: partial)
    defer { try? FileManager.default.removeItem(at: partial) }
    let handle = try FileHandle(forWritingTo: partial)
    defer { try? handle.close() }
    let png = try PngWriter(handle, height: source.height, width: source.width, chunks: chunks)
    try rows(png)
    try png.finish()
    try handle.synchronize()
    try FileManager.default.moveItem(at: partial, to: target)
}
