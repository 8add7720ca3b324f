package dev.unfilter

import java.nio.ByteBuffer

/*
 * How a file says that its pixels are turned: EXIF's orientation, 1 to 8 (Exif 3.0, section 4.6.5). Pixels come as they are stored (R1 of
 * sdk/format/RULES.md).
 */

private const val ORIENTATION = 0x0112
private const val SHORT: Short = 3
private const val ENTRY = 12 // bytes
internal const val UPRIGHT = 1

/** Those that turn to the right by 0 to 3 quarters; the second ones mirror left and right before. */
private val TURNED = listOf(listOf(1, 6, 3, 8), listOf(2, 7, 4, 5))

/** A TIFF whose directory is empty. */
private val EMPTY = byteArrayOf(0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0)

/** The orientation in EXIF among [carried], [UPRIGHT] where it does not say; null without EXIF. */
internal fun orientation(carried: List<Chunk>): Int? {
    val tiff = carried.firstOrNull { it.type == "eXIf" }?.content ?: return null
    val directory = Directory.of(tiff) ?: return UPRIGHT
    return directory.places[ORIENTATION]?.let { directory.bytes.getShort(it + 8).toInt() }?.takeIf { it in 1..8 } ?: UPRIGHT
}

/**
 * The orientation by which a picture is shown as it was with [orientation] before it was set upright: it had been mirrored left and right,
 * where [mirrored], and then turned to the left by [turns] quarters (R34).
 */
internal fun alikeShown(orientation: Int, turns: Int, mirrored: Boolean): Int {
    val mirrors = orientation !in TURNED[0]
    val quarters = TURNED[if (mirrors) 1 else 0].indexOf(orientation) + if (mirrors) turns else 4 - turns
    return TURNED[if (mirrors != mirrored) 1 else 0][quarters % 4]
}

/** [carried] with EXIF that names [orientation]; none is made to say what holds without any. All else in it stays where it is. */
internal fun withOrientation(carried: List<Chunk>, orientation: Int): List<Chunk> {
    if ((orientation(carried) ?: UPRIGHT) == orientation) return carried
    val exif = carried.firstOrNull { it.type == "eXIf" }
    return carried.filter { it !== exif } + Chunk("eXIf", oriented(exif?.content ?: EMPTY, orientation))
}

private fun oriented(tiff: ByteArray, orientation: Int): ByteArray {
    val directory = Directory.of(tiff) ?: return oriented(EMPTY, orientation) // nobody understands it
    val order = directory.bytes.order()
    val entry = ByteBuffer.allocate(ENTRY).order(order)
    entry.putShort(ORIENTATION.toShort()).putShort(SHORT).putInt(1).putShort(orientation.toShort())
    directory.places[ORIENTATION]?.let { return tiff.copyOf().also { changed -> entry.array().copyInto(changed, it) } }
    // A directory with one entry more, in ascending order, behind all else.
    val entries = (directory.places.mapValues { (_, place) -> tiff.copyOfRange(place, place + ENTRY) } + (ORIENTATION to entry.array())).toSortedMap()
    val start = tiff.size + tiff.size % 2
    val longer = ByteBuffer.wrap(tiff.copyOf(start + 2 + ENTRY * entries.size + 4)).order(order)
    longer.putInt(4, start).position(start)
    longer.putShort(entries.size.toShort())
    entries.values.forEach { longer.put(it) }
    longer.put(tiff.copyOfRange(directory.end, directory.end + 4))
    return longer.array()
}

/** The first one of a TIFF (TIFF 6.0, section 2): where each entry begins, by its tag, and where they end. */
private class Directory(val bytes: ByteBuffer, val places: Map<Int, Int>, val end: Int) {
    companion object {
        /** Null where there is none, or it is cut short. */
        fun of(tiff: ByteArray): Directory? {
            val bytes = ordered(tiff) ?: return null
            fun short(at: Int) = bytes.getShort(at).toInt() and 0xFFFF
            return try {
                val first = bytes.getInt(4)
                val starts = List(short(first)) { first + 2 + ENTRY * it }
                val end = first + 2 + ENTRY * starts.size
                if (end > tiff.size) null else Directory(bytes, starts.associateBy(::short), end)
            } catch (_: IndexOutOfBoundsException) {
                null
            }
        }
    }
}
