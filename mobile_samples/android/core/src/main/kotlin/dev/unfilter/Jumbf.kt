package dev.unfilter

import java.nio.ByteBuffer

/* A file within a JPEG: a JUMBF box of type *embedded file* in APP11 segments (R27 of sdk/format/RULES.md; ISO/IEC 19566-5). */

private const val EMBEDDED_FILE = "40cb0c32bb8a489da70b2ad6f47f4369"
private const val TOGGLES = "03" // may be requested, has a label
private val DESCRIPTION = EMBEDDED_FILE + TOGGLES + "unfilter.top_up\u0000".toByteArray().hex()
private val OURS = "JPuf".toByteArray() // with the number of the box
private const val HEAD = 8 // bytes of a box's length and type
private const val BEFORE = 16 // bytes of a segment before the box's content

/** Whether an APP11 segment, without marker and length, is of such a box. */
internal fun isOfTopUp(segment: ByteArray) =
    segment.size >= BEFORE && segment.startsWith(OURS) && segment.decodeToString(12, BEFORE) == "jumb"

/** The embedded file in [segments] for which [isOfTopUp], in any order; null where it is not there whole. */
internal fun embeddedIn(segments: List<ByteArray>): ByteArray? {
    val parts = segments.associateBy { ByteBuffer.wrap(it).getInt(4) }.toSortedMap()
    if (parts.keys.toList() != List(segments.size) { it + 1 }) return null
    val content = ByteArray(segments.sumOf { it.size - BEFORE })
    parts.values.fold(0) { end, part -> part.copyInto(content, end, BEFORE); end + part.size - BEFORE }
    val boxes = boxesIn(content)
    val description = boxes.firstOrNull() ?: return null
    if (description.type != "jumd" || content.sliceArray(description.inside).hex() != DESCRIPTION) return null
    return boxes.firstOrNull { it.type == "bidb" }?.let { content.sliceArray(it.inside) }
}

private class Box(val type: String, val inside: IntRange)

/** Those that are whole, up to the first that is not. */
private fun boxesIn(content: ByteArray): List<Box> = buildList {
    var start = 0
    while (start + HEAD <= content.size) {
        val size = ByteBuffer.wrap(content).getInt(start)
        if (size < HEAD || size > content.size - start) return@buildList
        add(Box(content.decodeToString(start + 4, start + HEAD), start + HEAD until start + size))
        start += size
    }
}

internal fun ByteArray.startsWith(other: ByteArray) = size >= other.size && other.indices.all { this[it] == other[it] }
