package dev.unfilter

import java.nio.ByteBuffer
import java.security.MessageDigest
import org.json.JSONObject

private val MAGIC = "UFP1".toByteArray()
private const val DIGEST = 8 // bytes that are kept of a digest
private const val HEAD = 16 // bytes: the magic word, the length of the content, the first bytes of its digest
private const val BAND = 64 // rows that are read at once

/** What a tag says of the photo, coded, in the low bits of the pixels (R25 of sdk/format/RULES.md): [bytes] is its length. */
data class Payload(val coding: Coding, val bytes: Long) {
    /** The text that the SDK writes, to the letter. */
    fun toJson() = """{"coding":"${coding.code}","bytes":$bytes}"""

    companion object {
        /** Null where [fields] are not as the tag's schema says. */
        fun fromJson(fields: JSONObject): Payload? {
            val coding = Coding.named(fields.optString("coding")) ?: return null
            return Payload(coding, fields.countOrNull("bytes") ?: return null)
        }
    }
}

/**
 * The coded photo in the low bits; null where there is none whole. It needs no tag. Of a file without one, some rows are read; of others
 * all of them twice, in the memory of those rows and of the content.
 */
internal fun payloadOf(saved: SavedFile): ByteArray? {
    if (saved.codec == "jpeg" || !saved.plain) return null
    val head = lowBits(saved, HEAD, Long.MAX_VALUE) // in fewer than 128 levels no picture has room
    if (!head.startsWith(MAGIC)) return null
    val bytes = HEAD + (ByteBuffer.wrap(head).getInt(MAGIC.size).toLong() and 0xFFFFFFFFL)
    val count = saved.pixels(::shownLevels) // to the end, so that damage shows before anything is restored
    if (bytes > minOf(count, Int.MAX_VALUE.toLong())) return null // a level has eight bits
    val content = lowBits(saved, bytes.toInt(), count).run { copyOfRange(HEAD, size) }
    val digest = MessageDigest.getInstance("SHA-256").digest(content).copyOf(DIGEST)
    return content.takeIf { digest.contentEquals(head.copyOfRange(HEAD - DIGEST, HEAD)) }
}

private fun shownLevels(source: PixelSource): Long {
    var count = 0L
    forEachBand(source) { levels -> count += levels.size; true }
    return count
}

/** The first bytes of what the low bits say: bit i is bit i div n of level i mod n, of n = [count] levels. */
private fun lowBits(saved: SavedFile, bytes: Int, count: Long): ByteArray = saved.pixels { source ->
    val said = ByteArray(bytes)
    val bits = bytes * 8L
    var at = 0L
    forEachBand(source) { levels ->
        for (level in levels) {
            var plane = 0
            var bit = at++
            while (bit < bits) {
                if (level.toInt() shr plane++ and 1 == 1) {
                    val place = (bit / 8).toInt()
                    said[place] = (said[place].toInt() or (0x80 shr (bit % 8).toInt())).toByte()
                }
                bit = if (count > bits - bit) bits else bit + count
            }
        }
        at < bits
    }
    said
}

/** Gives [take] the levels of all pixels that are not fully transparent, row by row, while it asks for more. */
private inline fun forEachBand(source: PixelSource, take: (ByteArray) -> Boolean) {
    for (row in 0 until source.height step BAND) {
        val rows = minOf(BAND, source.height - row)
        if (!take(if (source is Transparent) source.shown(rows) else source.read(rows))) return
    }
}
