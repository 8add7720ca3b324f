package dev.unfilter.app

import android.content.ContentResolver
import android.graphics.Bitmap
import android.graphics.ImageDecoder
import android.net.Uri

private const val LONGEST = 1600 // pixels of the longer side: as large as a screen shows

/** A saved file as it is shown after saving. [canBeRestored]: it is a filtered one. [carriedMore]: of what its file held, the pixels were read alone. */
class Shown(val uri: Uri, val picture: Bitmap, val canBeRestored: Boolean, private val carriedMore: Boolean = false) {
    val message get() = if (canBeRestored) R.string.saved else if (carriedMore) R.string.restored_from_pixels else R.string.restored
}

/** A file of the gallery, turned as its EXIF says, for the eye alone: its pixels are converted and scaled. */
fun picture(resolver: ContentResolver, uri: Uri): Bitmap =
    ImageDecoder.decodeBitmap(ImageDecoder.createSource(resolver, uri)) { decoder, info, _ ->
        val longest = maxOf(info.size.width, info.size.height)
        decoder.setTargetSampleSize(((longest + LONGEST - 1) / LONGEST).coerceAtLeast(1))
    }
