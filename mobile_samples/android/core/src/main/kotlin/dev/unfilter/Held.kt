package dev.unfilter

import java.io.InputStream
import java.io.OutputStream

private const val BASE = "restored from the pixels alone"
private const val BAND = 64 // rows that are written at once

/**
 * A photo that was restored: [how] is a line that says by what, null where that was its pixels alone and there is nothing more.
 * [recognition] is what the file turned out to be; null where it holds its photo whole, so that nothing was asked of it.
 */
data class Restored(val how: String?, val recognition: Recognition? = null)

/** The photo that a file holds whole, decoded, and [how] it is restored, in a line. */
class Held internal constructor(
    private val saved: SavedFile,
    private val photo: PixelSource,
    private val jpeg: JpegCodec?,
    val how: String,
) {
    /** Writes it with all else that the file carries, once. Throws [java.io.IOException] for what [codec] cannot keep. */
    fun write(target: OutputStream, codec: Codec = Codec.Png): Restored = saved.changedWhereSeen(photo) { whole ->
        val restored = photoWriter(codec, whole, saved.carried, target, jpeg, isTagged = false)
        for (row in 0 until whole.height step BAND) restored.write(whole.read(minOf(BAND, whole.height - row)))
        restored.finish(null)
        Restored(how)
    }
}

/**
 * The photo that a file holds whole, in its low bits or its metadata (R25 and R28 of sdk/format/RULES.md): no filter is needed, and a
 * payload needs no tag. Null where it holds none that can be read here, so that it is restored by its filter. Throws [Refused] for what is
 * no photo of a kind that this code opens, and for one that is damaged.
 *
 * The photo is decoded as a whole, in whatever memory [pictures] takes, beside its coded bytes: for 12 megapixels without loss some 20 MB.
 */
fun restoreHeld(file: () -> InputStream, jpeg: JpegCodec? = null, pictures: PictureDecoder? = null): Held? =
    heldIn(SavedFile.open(file, jpeg), jpeg, pictures)

/** The same of a file that was opened. */
internal fun heldIn(saved: SavedFile, jpeg: JpegCodec?, pictures: PictureDecoder?): Held? {
    fun held(content: ByteArray, how: String) = pictures.decoded(content, saved.height, saved.width)?.let { Held(saved, it, jpeg, how) }
    payloadOf(saved)?.let { return held(it, "restored from the payload in its low bits, without the filter") }
    if (saved.tag?.topUp?.holds != TopUp.Holds.PHOTO || !isWhole(saved) || !isAsSaved(saved)) return null
    return held(checkNotNull(saved.topUp), "restored from its top-up, every byte, without the filter")
}

/** What is restored from the pixels of a file that is as it was saved, with what its top-up adds; [how] says so, where there is something to say. */
internal class Refinement(val how: String?, private val added: PixelSource? = null, private val steps: Int = 1) {
    /** The next rows, from the top. */
    fun refined(base: ByteArray): ByteArray {
        if (added == null) return base
        return toppedUp(base, added.read(base.size / 3 / added.width), steps)
    }
}

/**
 * Law: what is damaged, stripped, of a later version, or not decoded by this device is not used, and that is said; the pixels are restored
 * in any case. The top-up is decoded as a whole, what it is added to comes row by row.
 */
internal fun refinement(saved: SavedFile, pictures: PictureDecoder?): Refinement {
    fun plain(why: String) = Refinement("$why: $BASE")
    fun unread(what: String, coding: Coding) = plain("it carries more than this device reads, $what in ${coding.name}")
    val told = saved.tag?.topUp
    if (told == null) {
        if (saved.topUp != null) return plain("it carries more than this app reads, a top-up of a later version or of another file")
        val payload = saved.tag?.payload ?: return Refinement(null)
        return if (payloadOf(saved) == null) plain("the payload in its low bits is damaged") else unread("a payload", payload.coding)
    }
    val content = saved.topUp ?: return plain("its top-up is gone, as it is where metadata are stripped")
    if (!isWhole(saved)) return plain("its top-up is damaged or of another file")
    if (!isAsSaved(saved)) return plain("nothing tells that its pixels are those that were saved, so its top-up was not used")
    val steps = told.steps ?: return unread("a top-up", told.coding) // of a photo: [heldIn] would have it, if it could be decoded
    val added = pictures.decoded(content, saved.height, saved.width) ?: return unread("a top-up", told.coding)
    return Refinement("restored from its pixels and its top-up", added, steps)
}

/** Whether the tag tells that the pixels are those that were saved (R17). */
private fun isAsSaved(saved: SavedFile): Boolean {
    val kept = saved.tag?.fingerprint ?: return false
    return saved.plain && refusing { saved.pixels { kept.alteration(it, saved.decoding) } } == null
}
