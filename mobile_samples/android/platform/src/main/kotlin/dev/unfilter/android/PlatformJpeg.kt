package dev.unfilter.android

import android.graphics.Bitmap
import android.graphics.BitmapFactory
import dev.unfilter.Goldens
import dev.unfilter.JpegCodec
import dev.unfilter.JpegEncoder
import dev.unfilter.PixelSource
import java.io.ByteArrayOutputStream
import java.io.IOException
import java.nio.ByteBuffer

private const val LIBJPEG_TURBO = "libjpeg-turbo"

/**
 * Android's codec, under the name of libjpeg-turbo only where it gives its levels on *this* phone: Skia decodes by that library, but
 * vendors put hardware in its place. Under another name, files are told by what decoders have in common (R16 of sdk/format/RULES.md).
 */
fun platformJpeg(goldens: Goldens): JpegCodec {
    val codec = PlatformJpeg()
    return if (goldens.levelsOff(codec) == 0) PlatformJpeg(LIBJPEG_TURBO) else codec
}

/**
 * Android's own codec: Skia over libjpeg-turbo, 4:2:0 when it writes. Use [platformJpeg] for files that are to be restored.
 *
 * A picture is a bitmap outside of the app's heap, 4 bytes a pixel: 48 MB for 12 megapixels. `BitmapRegionDecoder` would take less, but
 * begins anew from the top for each region.
 */
class PlatformJpeg(override val decoder: String = "android") : JpegCodec {
    override fun decode(bare: ByteArray): PixelSource {
        val options = BitmapFactory.Options().apply { inPreferredConfig = Bitmap.Config.ARGB_8888 }
        return Decoded(BitmapFactory.decodeByteArray(bare, 0, bare.size, options) ?: throw IOException("it cannot be decoded"))
    }

    override fun encoder(height: Int, width: Int): JpegEncoder = Encoder(Bitmap.createBitmap(width, height, Bitmap.Config.ARGB_8888))
}

/** The rows of a bitmap, which is recycled. */
internal class Decoded(bitmap: Bitmap) : PixelSource {
    override val height = bitmap.height
    override val width = bitmap.width
    private val rgba = ByteBuffer.allocateDirect(bitmap.byteCount)
    private val stride = bitmap.rowBytes
    private var next = 0

    init {
        bitmap.copyPixelsToBuffer(rgba) // as is, where getPixels would convert to sRGB
        bitmap.recycle()
    }

    override fun read(rows: Int): ByteArray {
        val levels = ByteArray(rows * width * 3)
        var place = 0
        for (y in next until next + rows) {
            for (x in 0 until width) {
                for (channel in 0..2) levels[place++] = rgba.get(y * stride + x * 4 + channel)
            }
        }
        next += rows
        return levels
    }
}

private class Encoder(private val bitmap: Bitmap) : JpegEncoder {
    private var next = 0

    override fun write(rows: ByteArray) {
        val colours = IntArray(rows.size / 3) { pixel ->
            val (red, green, blue) = List(3) { rows[pixel * 3 + it].toInt() and 0xFF }
            (0xFF shl 24) or (red shl 16) or (green shl 8) or blue
        }
        val count = colours.size / bitmap.width
        bitmap.setPixels(colours, 0, bitmap.width, 0, next, bitmap.width, count)
        next += count
    }

    override fun finish(quality: Int): ByteArray {
        val file = ByteArrayOutputStream()
        if (!bitmap.compress(Bitmap.CompressFormat.JPEG, quality, file)) throw IOException("Android cannot write this JPEG")
        bitmap.recycle()
        return file.toByteArray()
    }
}
