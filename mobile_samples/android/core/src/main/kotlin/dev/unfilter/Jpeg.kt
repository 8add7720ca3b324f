package dev.unfilter

import java.io.ByteArrayOutputStream
import java.io.DataInputStream
import java.io.InputStream
import java.util.zip.DeflaterOutputStream

private const val EXIF = "Exif\u0000\u0000"
private const val PROFILE = "ICC_PROFILE\u0000"
private const val XMP = "http://ns.adobe.com/xap/1.0/\u0000"

/**
 * Profile, EXIF and XMP of a JPEG, byte by byte, as the chunks of a PNG: nothing is applied, the orientation least of all.
 *
 * Source: JPEG (ITU-T T.81) annex B for segments; ICC.1:2022 annex B.4, Exif 3.0 section 4.7.2 and XMP part 3 for what they hold.
 */
fun jpegChunks(input: InputStream): List<Chunk> {
    val data = DataInputStream(input.buffered())
    val profile = sortedMapOf<Int, ByteArray>()
    val chunks = mutableListOf<Chunk>()
    if (data.readUnsignedShort() != 0xFFD8) return chunks
    while (true) {
        val marker = data.readUnsignedShort()
        if (marker == 0xFFDA || marker < 0xFFC0) break // the pixels begin
        val segment = ByteArray(data.readUnsignedShort() - 2).also(data::readFully)
        fun after(name: String): ByteArray? =
            if (String(segment, Charsets.ISO_8859_1).startsWith(name)) segment.copyOfRange(name.length, segment.size) else null
        if (marker == 0xFFE1) {
            after(EXIF)?.let { chunks += Chunk("eXIf", it) }
            after(XMP)?.let { chunks += textChunk("XML:com.adobe.xmp", it.decodeToString()) }
        }
        if (marker == 0xFFE2) after(PROFILE)?.let { profile[it[0].toInt()] = it.copyOfRange(2, it.size) }
    }
    if (profile.isNotEmpty()) {
        val deflated = ByteArrayOutputStream()
        DeflaterOutputStream(deflated).use { stream -> profile.values.forEach(stream::write) }
        chunks += Chunk("iCCP", "icc\u0000\u0000".toByteArray() + deflated.toByteArray())
    }
    return chunks
}
