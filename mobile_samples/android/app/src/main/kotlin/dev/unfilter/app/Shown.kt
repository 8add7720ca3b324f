package dev.unfilter.app

import android.content.ContentResolver
import android.graphics.Bitmap
import android.graphics.ImageDecoder
import android.net.Uri
import dev.unfilter.Origin
import dev.unfilter.Restored

private const val LONGEST = 1600 // pixels of the longer side: as large as a screen shows

/** A saved file as it is shown after saving. [canBeRestored]: it is a filtered one; otherwise [restored] says of what and by what it was restored. */
class Shown(val uri: Uri, val picture: Bitmap, val canBeRestored: Boolean, private val restored: Restored? = null) {
    private val found get() = restored?.recognition
    val message get() = when {
        canBeRestored -> R.string.saved
        found?.keep == true -> R.string.kept
        else -> R.string.restored
    }

    /** Of a shared file, with the quality to expect; of others by what they were restored, where that is not their pixels alone. */
    val verdict get() = found?.takeIf { it.origin == Origin.SHARED }?.toString() ?: restored?.how
}

/** A file of the gallery, turned as its EXIF says, for the eye alone: its pixels are converted and scaled. */
fun picture(resolver: ContentResolver, uri: Uri): Bitmap =
    ImageDecoder.decodeBitmap(ImageDecoder.createSource(resolver, uri)) { decoder, info, _ ->
        val longest = maxOf(info.size.width, info.size.height)
        decoder.setTargetSampleSize(((longest + LONGEST - 1) / LONGEST).coerceAtLeast(1))
    }
