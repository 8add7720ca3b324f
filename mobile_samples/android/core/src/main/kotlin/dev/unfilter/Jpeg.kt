package dev.unfilter

import java.io.ByteArrayOutputStream
import java.io.IOException
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.security.MessageDigest
import java.util.zip.DeflaterOutputStream

internal const val EXIF = "Exif\u0000\u0000"
internal const val PROFILE = "ICC_PROFILE\u0000"
internal const val XMP = "http://ns.adobe.com/xap/1.0/\u0000"
private const val START_OF_SCAN = 0xFFDA
private const val QUANTISERS = 0xFFDB
private val FRAMES = (0xFFC0..0xFFCF).toSet() - setOf(0xFFC4, 0xFFC8, 0xFFCC)
private const val MOST_PIXELS = 200_000_000L // as the SDK

/**
 * A JPEG taken apart. [chunks] are its profile, EXIF and XMP, byte by byte, as the chunks of a PNG, but for what must not travel along
 * (R24 of sdk/format/RULES.md); a tag of ours is no part of them but in [tag], a top-up in [topUp]. [bare] is the JPEG without all that, so
 * that a decoder gives the pixels as they are stored: it finds no orientation to apply and no colour space to convert from.
 */
class Jpeg private constructor(
    val height: Int,
    val width: Int,
    val chunks: List<Chunk>,
    val bare: ByteArray,
    internal val tag: String?,
    internal val topUp: ByteArray?,
    internal val coding: String?,
) {
    /** What a JPEG's pixels depend on beside the file's data: [decoder], by name, and a digest of its tables and sampling. */
    class Decoding(val decoder: String, val coding: String?)

    companion object {
        fun isJpeg(file: ByteArray) = file.size > 2 && List(3) { file[it].toInt() and 0xFF } == listOf(0xFF, 0xD8, 0xFF)

        /**
         * Throws [IOException] for what is no JPEG, is cut short, or has other channels than grey or RGB of 8 bits.
         *
         * Source: ITU-T T.81 annex B for segments; ICC.1:2022 annex B.4, Exif 3.0 section 4.7.2 and XMP part 3 for what is in them.
         */
        fun read(file: ByteArray): Jpeg {
            if (!isJpeg(file)) throw IOException("no JPEG")
            val profile = sortedMapOf<Int, ByteArray>()
            val chunks = mutableListOf<Chunk>()
            val tables = mutableMapOf<Int, List<Int>>()
            var frame: ByteArray? = null
            var tag: String? = null
            val parts = mutableListOf<ByteArray>()
            val bare = ByteArrayOutputStream(file.size)
            bare.write(file, 0, 2)
            val scans = forEachSegment(file) { marker, segment, start, stop ->
                val exif = segment.after(EXIF).takeIf { marker == 0xFFE1 }
                val xmp = segment.after(XMP).takeIf { marker == 0xFFE1 }?.decodeToString()
                val part = segment.after(PROFILE).takeIf { marker == 0xFFE2 && segment.size > PROFILE.length + 2 }
                when {
                    exif != null -> chunks += Chunk("eXIf", withoutPictures(exif))
                    xmp != null -> {
                        tag = tag ?: tagTextOfXmp(xmp)
                        travelling(xmp)?.let { chunks += textChunk(XMP_KEYWORD, it) }
                    }
                    part != null -> profile[part[0].toInt() and 0xFF] = part.copyOfRange(2, part.size)
                    marker == 0xFFEB && isOfTopUp(segment) -> parts += segment
                    else -> bare.write(file, start, stop - start)
                }
                if (marker == QUANTISERS) tables += quantisers(segment)
                if (marker in FRAMES) frame = frame ?: segment
            }
            if (!endsAfter(file, scans)) throw IOException("it is cut short")
            bare.write(file, scans, file.size - scans)
            if (profile.isNotEmpty()) chunks += profileChunk(profile.values)
            val (height, width) = size(frame ?: throw IOException("it has no frame"))
            return Jpeg(height, width, chunks, bare.toByteArray(), tag, embeddedIn(parts), coding(checkNotNull(frame), tables))
        }
    }
}

/** Calls [take] with each segment before the first scan, and gives where that begins. */
private inline fun forEachSegment(file: ByteArray, take: (marker: Int, content: ByteArray, start: Int, stop: Int) -> Unit): Int {
    var start = 2
    while (start + 4 <= file.size) {
        val (marker, size) = ByteBuffer.wrap(file, start, 4).run { List(2) { getShort().toInt() and 0xFFFF } }
        if (marker == START_OF_SCAN) return start
        val stop = start + 2 + size
        if (marker < 0xFF01 || size < 2 || stop > file.size) throw IOException("no segment at byte $start")
        take(marker, file.copyOfRange(start + 4, stop), start, stop)
        start = stop
    }
    throw IOException("it ends before its pixels")
}

private fun endsAfter(file: ByteArray, scans: Int) =
    (scans until file.size - 1).any { file[it] == 0xFF.toByte() && file[it + 1] == 0xD9.toByte() }

private fun size(frame: ByteArray): Pair<Int, Int> {
    if (frame.size < 6 || frame.size < 6 + 3 * frame[5]) throw IOException("its frame is cut short")
    val (height, width) = ByteBuffer.wrap(frame, 1, 4).run { List(2) { getShort().toInt() and 0xFFFF } }
    if (height == 0 || width == 0) throw IOException("$width x $height pixels")
    if (height.toLong() * width > MOST_PIXELS) {
        throw Refused(Refusal.OTHER_FORMAT, "$width x $height pixels are more than this app takes")
    }
    if (frame[0] != 8.toByte()) throw Refused(Refusal.OTHER_FORMAT, "a JPEG of ${frame[0]} bits per channel, and this app takes 8")
    if (frame[5] != 1.toByte() && frame[5] != 3.toByte()) {
        throw Refused(Refusal.OTHER_FORMAT, "a JPEG of ${frame[5]} channels (CMYK): save it as RGB first")
    }
    return height to width
}

/** By their number, the steps of each quantiser in a segment. */
private fun quantisers(segment: ByteArray): Map<Int, List<Int>> = buildMap {
    val bytes = ByteBuffer.wrap(segment)
    while (bytes.hasRemaining()) {
        val head = bytes.get().toInt() and 0xFF
        val isWide = head shr 4 != 0
        if (bytes.remaining() < if (isWide) 128 else 64) return@buildMap
        put(head and 0xF, List(64) { if (isWide) bytes.getShort().toInt() and 0xFFFF else bytes.get().toInt() and 0xFF })
    }
}

/**
 * A digest, 16 hexadecimal digits, of what a lossless edit leaves alone: of each component the sampling factors and the steps of its
 * quantiser, sorted, as uint16, little endian; null where a table lacks.
 */
private fun coding(frame: ByteArray, tables: Map<Int, List<Int>>): String? {
    val digest = MessageDigest.getInstance("SHA-256")
    for (component in 0 until frame[5]) {
        val sampling = frame[7 + 3 * component].toInt() and 0xFF
        val steps = tables[frame[8 + 3 * component].toInt()] ?: return null
        val numbers = listOf(sampling shr 4, sampling and 0xF) + steps.sorted()
        val bytes = ByteBuffer.allocate(numbers.size * 2).order(ByteOrder.LITTLE_ENDIAN)
        numbers.forEach { bytes.putShort(it.toShort()) }
        digest.update(bytes.array())
    }
    return digest.digest().hex().take(16)
}

private fun ByteArray.after(name: String): ByteArray? =
    if (size >= name.length && name.indices.all { this[it].toInt() == name[it].code }) copyOfRange(name.length, size) else null

internal fun profileChunk(parts: Collection<ByteArray>): Chunk {
    val content = ByteArrayOutputStream()
    content.write("icc\u0000\u0000".toByteArray()) // name, end of the name, method
    DeflaterOutputStream(content).use { deflated -> parts.forEach(deflated::write) }
    return Chunk("iCCP", content.toByteArray())
}
