package dev.unfilter

import java.io.IOException

/** A photo to filter: its pixels as they are stored, and what travels along. One that [isTransparent] can only be saved as PNG. */
class Photo(val pixels: PixelSource, val carried: List<Chunk>, val isTransparent: Boolean = false) {
    companion object {
        /** Throws [IOException], one line for the user, for what is neither JPEG nor 8-bit RGB or RGBA PNG, and for what is damaged. */
        fun read(file: ByteArray, codec: JpegCodec): Photo {
            if (Jpeg.isJpeg(file)) return refusing { Jpeg.read(file).run { Photo(codec.decode(bare), chunks) } }
            val info = PngInfo.read(file.inputStream())
            if (info.channels == 0) throw Refused(Refusal.OTHER_FORMAT, "a PNG of another kind than 8-bit RGB: save it as that or as JPEG first")
            if (info.channels == 3) return Photo(PngReader(file.inputStream()), info.carried)
            val looked = Transparent(PngReader(file.inputStream()))
            repeat(info.height) { looked.read(1) }
            return Photo(Transparent(PngReader(file.inputStream())), info.carried, looked.isTransparent)
        }
    }
}
