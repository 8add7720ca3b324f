import Foundation
import Unfilter

/// Write a restored photo, of which `restored` gives the rows, without a tag: as PNG with alpha where `source` has it. `source` is read as
/// the rows are given. Throws `Refused` where it is transparent, or what `chunks` carry is too much, and a JPEG is asked for.
func save(
    _ target: URL,
    as format: SavedAs,
    _ codec: any JpegCodec,
    like source: any PixelSource,
    chunks: [Chunk],
    restored: (_ write: ([UInt8]) throws -> Void) throws -> Void
) throws {
    switch format {
    case .png:
        try writePng(target, like: source, chunks: chunks) { png, transparent in
            try restored { try png.write(transparent?.joined($0) ?? $0) }
            try png.finish()
        }
    case .jpeg(let quality):
        let pixels = try Pixels(like: source, restored)
        guard (source as? Transparent)?.isTransparent != true else {
            throw Refused(.otherFormat, "it is transparent, which a JPEG cannot carry: save as PNG")
        }
        try write(jpeg(codec.encode(pixels, quality: quality), chunks: chunks, json: nil), to: target)
    }
}

extension Pixels {
    /// All rows that `run` gives, as many and as wide as those of `source`.
    init(like source: any PixelSource, _ run: (_ write: ([UInt8]) throws -> Void) throws -> Void) throws {
        var levels: [UInt8] = []
        levels.reserveCapacity(source.height * source.width * 3)
        try run { levels += $0 }
        self.init(height: source.height, width: source.width, levels: levels)
    }
}

/// Write a PNG at `target`, which is there only when it is whole; `write` gives its rows, with alpha where `source` has it, and
/// finishes it.
func writePng(
    _ target: URL,
    like source: any PixelSource,
    chunks: [Chunk],
    write: (PngWriter, Transparent?) throws -> Void
) throws {
    let transparent = source as? Transparent
    transparent?.keeps = true
    try replaced(target) { handle in
        let channels = transparent == nil ? 3 : 4
        try write(PngWriter(handle, height: source.height, width: source.width, channels: channels, chunks: chunks), transparent)
    }
}

func write(_ content: Data, to target: URL) throws {
    try replaced(target) { try $0.write(contentsOf: content) }
}

private func replaced(_ target: URL, write: (FileHandle) throws -> Void) throws {
    let partial = target.appendingPathExtension("partial")
    try Data().write(to: partial)
    defer { try? FileManager.default.removeItem(at: partial) }
    let handle = try FileHandle(forWritingTo: partial)
    defer { try? handle.close() }
    try write(handle)
    try handle.synchronize()
    try FileManager.default.moveItem(at: partial, to: target)
}
