package dev.unfilter

import java.io.IOException

/** A photo to filter: its pixels as they are stored, and what travels along. */
class Photo(val pixels: PixelSource, val carried: List<Chunk>) {
    companion object {
        /** Throws [IOException], one line for the user, for what is neither JPEG nor 8-bit RGB PNG, and for what is damaged. */
        fun read(file: ByteArray, codec: JpegCodec): Photo {
            if (Jpeg.isJpeg(file)) return refusing { Jpeg.read(file).run { Photo(codec.decode(bare), chunks) } }
            val info = PngInfo.read(file.inputStream())
            if (!info.plain) throw Refused(Refusal.OTHER_FORMAT, "a PNG of another kind than 8-bit RGB: save it as that or as JPEG first")
            return Photo(PngReader(file.inputStream()), info.carried)
        }
    }
}
