package dev.unfilter

import java.nio.ByteBuffer
import java.nio.ByteOrder

/*
 * EXIF without pictures of its own: its thumbnail and a camera's previews would show the photo as it was (R24 of sdk/format/RULES.md).
 * Every other byte stays where it is, since makers' notes hold offsets. Source: Exif 3.0, section 4.5; TIFF 6.0, section 2.
 */

private val SIZES = intArrayOf(0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4) // bytes of a value, by its type
private val PLACES = setOf(0x0111, 0x0201) // where a thumbnail begins, in strips or as a JPEG
private val LENGTHS = setOf(0x0117, 0x0202)
private const val SHORT = 3
private const val MOST_ENTRIES = 1024

/** [tiff] with zeros where pictures stood. Law: what comes of it comes of itself. */
internal fun withoutPictures(tiff: ByteArray): ByteArray = tiff.copyOf().also {
    try {
        clearThumbnail(it)
    } catch (_: IndexOutOfBoundsException) { // no EXIF that anybody understands
    }
    clearPreviews(it)
}

/** [tiff] in its own order of bytes; null where it is none. */
internal fun ordered(tiff: ByteArray): ByteBuffer? = when (tiff.decodeToString(0, minOf(4, tiff.size))) {
    "II*\u0000" -> ByteBuffer.wrap(tiff).order(ByteOrder.LITTLE_ENDIAN)
    "MM\u0000*" -> ByteBuffer.wrap(tiff).order(ByteOrder.BIG_ENDIAN)
    else -> null
}

private fun clearThumbnail(tiff: ByteArray) {
    val bytes = ordered(tiff) ?: return
    fun short(at: Int) = bytes.getShort(at).toInt() and 0xFFFF
    val first = bytes.getInt(4)
    val pointer = first + 2 + 12 * short(first)
    val second = bytes.getInt(pointer)
    if (second == 0) return
    val room = (tiff.size - second - 2) / 12 // the file may be cut short
    val count = if (room > 0) minOf(short(second), MOST_ENTRIES, room) else 0
    val entries = List(count) { second + 2 + 12 * it }
    val values = entries.associate { short(it) to if (short(it + 2) == SHORT) short(it + 8) else bytes.getInt(it + 8) }
    val beside = entries.mapNotNull { entry ->
        val size = bytes.getInt(entry + 4).toLong() * (SIZES.getOrNull(short(entry + 2)) ?: 0)
        if (size > 4) bytes.getInt(entry + 8) to size else null
    }
    val (place, length) = listOf(PLACES, LENGTHS).map { tags -> tags.firstNotNullOfOrNull(values::get) }
    bytes.putInt(pointer, 0)
    val picture = if (place != null && length != null) listOf(place to length.toLong()) else emptyList()
    for ((start, size) in beside + picture + (second to 2L + 12 * count + 4)) {
        // Only what lies behind the first directory: a hostile file may point anywhere.
        if (start > pointer && size > 0) tiff.fill(0, minOf(start, tiff.size), minOf(start + size, tiff.size.toLong()).toInt())
    }
}

private fun clearPreviews(tiff: ByteArray) {
    var place = 0
    while (place + 4 <= tiff.size) {
        val begins = level(tiff, place) == 0xFF && level(tiff, place + 1) == 0xD8 && level(tiff, place + 2) == 0xFF &&
            level(tiff, place + 3) in 0xC0..0xFE
        val end = if (begins) endOfJpeg(tiff, place) else null
        if (end != null) tiff.fill(0, place, end)
        place = end ?: (place + 1)
    }
}

/** Where the JPEG ends that begins at [start]; null where it has no end (ITU-T T.81, annex B). */
private fun endOfJpeg(content: ByteArray, start: Int): Int? {
    var at = start + 2
    while (at + 2 <= content.size && level(content, at) == 0xFF) {
        val marker = level(content, at + 1)
        when (marker) {
            0xD9 -> return at + 2
            0xFF -> at += 1 // fill
            0x01, in 0xD0..0xD7 -> at += 2
            0x00, 0xD8 -> return null
            else -> {
                if (at + 4 > content.size) return null
                at += 2 + (level(content, at + 2) shl 8 or level(content, at + 3))
            }
        }
        if (marker == 0xDA) {
            while (at + 1 < content.size && !(level(content, at) == 0xFF && level(content, at + 1) !in STUFFED)) at++
        }
    }
    return null
}

private val STUFFED = setOf(0x00, 0xFF) + (0xD0..0xD7) // what follows 0xFF within a scan

private fun level(bytes: ByteArray, at: Int) = bytes[at].toInt() and 0xFF
