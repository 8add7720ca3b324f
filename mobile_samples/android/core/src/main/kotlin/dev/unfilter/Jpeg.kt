package dev.unfilter

import java.io.ByteArrayOutputStream
import java.io.IOException
import java.nio.ByteBuffer
import java.util.zip.DeflaterOutputStream

private const val EXIF = "Exif\u0000\u0000"
private const val PROFILE = "ICC_PROFILE\u0000"
private const val XMP = "http://ns.adobe.com/xap/1.0/\u0000"

/**
 * A JPEG taken apart. [chunks] are its profile, EXIF and XMP, byte by byte, as the chunks of a PNG. [bare] is the JPEG without
 * them, so that a decoder gives the pixels as they are stored: it finds no orientation to apply and no colour space to convert from.
 */
class Jpeg(val chunks: List<Chunk>, val bare: ByteArray) {
    companion object {
        fun isJpeg(file: ByteArray) = file.size > 2 && file[0] == 0xFF.toByte() && file[1] == 0xD8.toByte()

        /**
         * Throws [IOException] for what is no JPEG.
         *
         * Source: ITU-T T.81 annex B for segments; ICC.1:2022 annex B.4, Exif 3.0 section 4.7.2 and XMP part 3 for what is in them.
         */
        fun read(file: ByteArray): Jpeg {
            if (!isJpeg(file)) throw IOException("no JPEG")
            val profile = sortedMapOf<Int, ByteArray>()
            val chunks = mutableListOf<Chunk>()
            val bare = ByteArrayOutputStream(file.size)
            bare.write(file, 0, 2)
            var next = 2
            while (next + 4 <= file.size) {
                val (marker, size) = ByteBuffer.wrap(file, next, 4).run { List(2) { getShort().toInt() and 0xFFFF } }
                if (marker == 0xFFDA) break // the pixels begin
                val end = next + 2 + size
                if (marker < 0xFF01 || size < 2 || end > file.size) throw IOException("damaged: no segment at byte $next")
                val segment = file.copyOfRange(next + 4, end)
                val exif = segment.after(EXIF).takeIf { marker == 0xFFE1 }
                val xmp = segment.after(XMP).takeIf { marker == 0xFFE1 }
                val part = segment.after(PROFILE).takeIf { marker == 0xFFE2 && segment.size > PROFILE.length + 2 }
                when {
                    exif != null -> chunks += Chunk("eXIf", exif)
                    xmp != null -> chunks += textChunk(XMP_KEYWORD, xmp.decodeToString())
                    part != null -> profile[part[0].toInt() and 0xFF] = part.copyOfRange(2, part.size)
                    else -> bare.write(file, next, end - next)
                }
                next = end
            }
            bare.write(file, next, file.size - next)
            if (profile.isNotEmpty()) chunks += profileChunk(profile.values)
            return Jpeg(chunks, bare.toByteArray())
        }
    }
}

private fun ByteArray.after(name: String): ByteArray? =
    if (size >= name.length && name.indices.all { this[it].toInt() == name[it].code }) copyOfRange(name.length, size) else null

private fun profileChunk(parts: Collection<ByteArray>): Chunk {
    val content = ByteArrayOutputStream()
    content.write("icc\u0000\u0000".toByteArray()) // name, end of the name, method
    DeflaterOutputStream(content).use { deflated -> parts.forEach(deflated::write) }
    return Chunk("iCCP", content.toByteArray())
}
