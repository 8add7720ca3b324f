package dev.unfilter.android

import android.graphics.Bitmap
import android.graphics.BitmapFactory
import dev.unfilter.Coding
import dev.unfilter.PictureDecoder
import dev.unfilter.PixelSource
import dev.unfilter.isExact

/**
 * Android's decoder of pictures within pictures, for the codings that it decodes exactly on *this* phone: it decodes lossless WebP since
 * Android 4.2 and AVIF since 12, and phones differ in what decodes that. Of another coding nothing is read, and files are restored from their pixels.
 */
fun platformPictures(): PictureDecoder {
    val pictures = PlatformPictures()
    return PlatformPictures(Coding.entries.filter(pictures::isExact).toSet())
}

/**
 * Android's own decoder, of [codings] alone. Use [platformPictures] for what is to be exact.
 *
 * A picture is a bitmap, 4 bytes a pixel, and the same again as it is read: 96 MB for 12 megapixels, of which 48 MB stay.
 */
class PlatformPictures(private val codings: Set<Coding> = Coding.entries.toSet()) : PictureDecoder {
    override fun decode(content: ByteArray, height: Int, width: Int): PixelSource? {
        if (Coding.of(content) !in codings) return null
        val options = BitmapFactory.Options().apply { inJustDecodeBounds = true }
        BitmapFactory.decodeByteArray(content, 0, content.size, options)
        if (options.outHeight != height || options.outWidth != width) return null // its pixels may take any memory
        options.apply {
            inJustDecodeBounds = false
            inPreferredConfig = Bitmap.Config.ARGB_8888
            inPremultiplied = false // and it has no profile, so nothing is converted either
        }
        return try {
            BitmapFactory.decodeByteArray(content, 0, content.size, options)?.let(::Decoded)
        } catch (_: OutOfMemoryError) { // the pixels of the file may be restored all the same
            null
        }
    }
}
