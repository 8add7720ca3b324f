package dev.unfilter

import java.io.IOException

/**
 * What decodes and encodes the pixels of JPEG files: the platform's. Metadata is none of its business: it gets none ([Jpeg.bare]), and
 * what it writes of its own is dropped.
 */
interface JpegCodec {
    /** Whose levels it gives. Decoders of one name give the same, level by level; `libjpeg-turbo` is what the SDK decodes with. */
    val decoder: String

    /** The pixels of a JPEG without metadata, neither turned nor converted. Throws [IOException] for what it cannot decode. */
    fun decode(bare: ByteArray): PixelSource

    fun encoder(height: Int, width: Int): JpegEncoder
}

/** Takes the rows of one picture, from the top. */
interface JpegEncoder {
    /** `n * width * 3` levels. */
    fun write(rows: ByteArray)

    /** The whole file, 4:2:0, at [quality] 1..100 as libjpeg counts it. */
    fun finish(quality: Int): ByteArray
}

/** What a photo is saved as. */
sealed interface Codec {
    /** Keeps every level, in ten times the bytes. */
    data object Png : Codec

    /** What people share. [quality] 1..100; 80 to 90 is what filters are trained for. */
    data class Jpeg(val quality: Int = 85) : Codec {
        init {
            require(quality in 1..100) { "a JPEG's quality is 1..100, not $quality" }
        }
    }
}
