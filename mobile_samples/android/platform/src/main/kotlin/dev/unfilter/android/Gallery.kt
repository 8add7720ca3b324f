package dev.unfilter.android

import android.content.ContentResolver
import android.content.ContentValues
import android.net.Uri
import android.os.Environment
import android.provider.MediaStore
import dev.unfilter.Codec
import java.io.IOException
import java.io.OutputStream

/** The ending of a file's name. */
val Codec.ending get() = if (this is Codec.Jpeg) "jpg" else "png"

/**
 * Save a photo in the gallery: the bytes that [write] writes, which nothing decodes or compresses again. It appears when it is whole.
 *
 * Source: developer.android.com/training/data-storage/shared/media, "Toggle pending status".
 */
fun savePhoto(resolver: ContentResolver, name: String, codec: Codec, write: (OutputStream) -> Unit): Uri {
    val values = ContentValues().apply {
        put(MediaStore.Images.Media.DISPLAY_NAME, "$name.${codec.ending}")
        put(MediaStore.Images.Media.MIME_TYPE, if (codec is Codec.Jpeg) "image/jpeg" else "image/png")
        put(MediaStore.Images.Media.RELATIVE_PATH, "${Environment.DIRECTORY_PICTURES}/Unfilter")
        put(MediaStore.Images.Media.IS_PENDING, 1)
    }
    val collection = MediaStore.Images.Media.getContentUri(MediaStore.VOLUME_EXTERNAL_PRIMARY)
    val uri = resolver.insert(collection, values) ?: throw IOException("the gallery takes no photo")
    try {
        (resolver.openOutputStream(uri) ?: throw IOException("the gallery cannot be written")).buffered(1 shl 16).use(write)
        resolver.update(uri, ContentValues().apply { put(MediaStore.Images.Media.IS_PENDING, 0) }, null, null)
        return uri
    } catch (error: Throwable) {
        resolver.delete(uri, null, null)
        throw error
    }
}
