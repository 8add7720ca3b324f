package dev.unfilter.app

import android.content.ContentResolver
import android.graphics.Bitmap
import android.graphics.ImageDecoder
import android.net.Uri
import dev.unfilter.Origin
import dev.unfilter.Recognition

private const val LONGEST = 1600 // pixels of the longer side: as large as a screen shows

/** A saved file as it is shown after saving. [canBeRestored]: it is a filtered one; otherwise [found] is what the file was that it was restored from. */
class Shown(val uri: Uri, val picture: Bitmap, val canBeRestored: Boolean, private val found: Recognition? = null) {
    val message get() = when {
        canBeRestored -> R.string.saved
        found?.keep == true -> R.string.kept
        found?.tag?.carriesMore == true -> R.string.restored_from_pixels // of what its file held, the pixels were read alone
        else -> R.string.restored
    }

    /** Of a shared file, with the quality to expect. */
    val verdict get() = found?.takeIf { it.origin == Origin.SHARED }?.toString()
}

/** A file of the gallery, turned as its EXIF says, for the eye alone: its pixels are converted and scaled. */
fun picture(resolver: ContentResolver, uri: Uri): Bitmap =
    ImageDecoder.decodeBitmap(ImageDecoder.createSource(resolver, uri)) { decoder, info, _ ->
        val longest = maxOf(info.size.width, info.size.height)
        decoder.setTargetSampleSize(((longest + LONGEST - 1) / LONGEST).coerceAtLeast(1))
    }
