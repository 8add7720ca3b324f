package dev.unfilter.app

import android.content.ContentResolver
import android.content.ContentValues
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.BitmapRegionDecoder
import android.graphics.Rect
import android.net.Uri
import android.os.Environment
import android.provider.MediaStore
import dev.unfilter.Chunk
import dev.unfilter.Jpeg
import dev.unfilter.PixelSource
import dev.unfilter.PngInfo
import dev.unfilter.PngReader
import java.io.IOException
import java.io.OutputStream
import java.nio.ByteBuffer

/** A photo to filter: its pixels as they are stored, and what travels along. */
class Photo(val pixels: PixelSource, val carried: List<Chunk>)

/** Throws [IOException] for what is neither JPEG nor 8-bit RGB PNG. */
fun readPhoto(file: ByteArray): Photo {
    if (Jpeg.isJpeg(file)) return Jpeg.read(file).run { Photo(JpegPixels(bare), chunks) }
    val info = PngInfo.read(file.inputStream())
    if (!info.plain) throw IOException("a PNG of another kind than 8-bit RGB")
    return Photo(PngReader(file.inputStream()), info.carried)
}

/**
 * Rows of a JPEG without metadata, decoded as they are read, so that 48 megapixels need no bitmap of 193 MB.
 *
 * `copyPixelsToBuffer` copies as is; `getPixels` would convert to sRGB.
 */
private class JpegPixels(bare: ByteArray) : PixelSource {
    private val decoder = BitmapRegionDecoder.newInstance(bare, 0, bare.size)
    private val options = BitmapFactory.Options().apply { inPreferredConfig = Bitmap.Config.ARGB_8888 }
    private var next = 0
    override val height = decoder.height
    override val width = decoder.width

    override fun read(rows: Int): ByteArray {
        val bitmap = decoder.decodeRegion(Rect(0, next, width, next + rows), options) ?: throw IOException("damaged at row $next")
        next += rows
        val rgba = ByteBuffer.allocate(bitmap.byteCount)
        bitmap.copyPixelsToBuffer(rgba)
        bitmap.recycle()
        return ByteArray(rows * width * 3) { rgba[it / 3 * 4 + it % 3] }
    }
}

/**
 * Save a PNG in the gallery: the bytes that [write] writes, which nothing decodes or compresses again. It appears when it is whole.
 *
 * Source: developer.android.com/training/data-storage/shared/media, "Toggle pending status".
 */
fun savePng(resolver: ContentResolver, name: String, write: (OutputStream) -> Unit): Uri {
    val values = ContentValues().apply {
        put(MediaStore.Images.Media.DISPLAY_NAME, name)
        put(MediaStore.Images.Media.MIME_TYPE, "image/png")
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
