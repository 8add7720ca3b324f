package dev.unfilter

import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.OutputStream
import java.util.zip.InflaterInputStream

private const val MOST_IN_SEGMENT = 65_533
private const val LONGEST_PACKET = 65_502 // R14 of sdk/format/RULES.md
private const val LONGEST_SIDE = 65_500 // that libjpeg takes
private val SAID_OTHERWISE = setOf("sRGB", "gAMA", "cHRM") // of no account beside a profile or sRGB

/** Writes a photo's rows, what it carries and its tag. It is whole after [finish], which leaves the stream open. */
internal interface PhotoWriter {
    fun write(rows: ByteArray)

    /** With [tag], and the fingerprint of the pixels as this file has them; null for a file without. */
    fun finish(tag: Tag?)
}

/** Throws [IOException] for what [codec] cannot keep, before the target gets a byte. */
internal fun photoWriter(
    codec: Codec,
    photo: PixelSource,
    carried: List<Chunk>,
    target: OutputStream,
    jpeg: JpegCodec?,
    isTagged: Boolean,
): PhotoWriter = when (codec) {
    Codec.Png -> PngFileWriter(target, photo, carried, isTagged)
    is Codec.Jpeg -> {
        val platform = jpeg ?: throw IOException("no JPEG codec was given: save as PNG")
        JpegFileWriter(target, photo, carried, codec.quality, platform)
    }
}

/** One [isTagged] has the tag in its XMP packet too (R22 of sdk/format/RULES.md), behind the pixels, since the fingerprint is known there. */
internal class PngFileWriter(
    target: OutputStream,
    photo: PixelSource,
    carried: List<Chunk>,
    isTagged: Boolean,
) : PhotoWriter {
    private val packet = packetOf(carried).takeIf { isTagged }
    private val transparent = (photo as? Transparent)?.also { it.keeps = true }
    private val ahead = if (packet == null) carried else carried.filter { packetOf(listOf(it)) == null }
    private val png = PngWriter(target, photo.height, photo.width, ahead, if (transparent == null) 3 else 4)
    private val digest = PixelDigest(photo.height, photo.width)

    override fun write(rows: ByteArray) {
        val whole = transparent?.joined(rows)
        digest.update(if (whole == null) rows else transparent.seen(whole))
        png.write(whole ?: rows)
    }

    override fun finish(tag: Tag?) {
        val hidden = if (transparent?.hasHidden == true) listOf(HIDDEN_COLOURS) else emptyList()
        val told = tag?.let { it.copy(fingerprint = digest.fingerprint(), requires = hidden + it.requires) }
        val chunks = told?.let { listOf(textChunk(Tag.KEYWORD, it.toJson()), textChunk(XMP_KEYWORD, it.toXmp(packet))) }
        png.finish(*chunks.orEmpty().toTypedArray())
    }
}

/** Throws [IOException] for what no JPEG can carry, before the target gets a byte (R18, R19, R21 of sdk/format/RULES.md). */
internal class JpegFileWriter(
    private val target: OutputStream,
    private val photo: PixelSource,
    carried: List<Chunk>,
    private val quality: Int,
    private val codec: JpegCodec,
) : PhotoWriter {
    private val encoder: JpegEncoder
    private val xmp = packetOf(carried)
    private val exif = carried.filter { it.type == "eXIf" }.map { segment(0xE1, EXIF, it.content, "EXIF") }
    private val profile = carried.filter { it.type == "iCCP" }.flatMap { profileSegments(profileOf(it)) }

    init {
        val (height, width) = photo.height to photo.width
        if (maxOf(height, width) > LONGEST_SIDE) throw IOException("$width x $height pixels are more than a JPEG takes: save as PNG")
        val isDescribed = carried.any { it.type == "iCCP" || it.type == "sRGB" }
        val lost = carried.map { it.type }.filter { it == "cICP" || it in SAID_OTHERWISE && !isDescribed }
        if (lost.isNotEmpty()) throw IOException("its colours are told by ${lost.joinToString()}, which a JPEG cannot carry: save as PNG")
        encoder = codec.encoder(height, width)
    }

    override fun write(rows: ByteArray) = encoder.write(rows)

    override fun finish(tag: Tag?) {
        if ((photo as? Transparent)?.isTransparent == true) throw IOException("it is transparent, which a JPEG cannot carry: save as PNG")
        val encoded = Jpeg.read(encoder.finish(quality))
        val told = tag?.let {
            val decoding = Jpeg.Decoding(codec.decoder, encoded.coding)
            it.copy(fingerprint = Fingerprint.of(codec.decode(encoded.bare), decoding))
        }
        val packet = (told?.toXmp(xmp) ?: xmp)?.let { segment(0xE1, XMP, it.toByteArray(), "XMP", LONGEST_PACKET) }
        val bare = encoded.bare
        val start = afterFileHeader(bare)
        target.write(bare, 0, start)
        (exif + listOfNotNull(packet) + profile).forEach(target::write)
        target.write(bare, start, bare.size - start)
        target.flush()
    }
}

/** Behind JFIF's segment, which comes first (ITU-T T.871, section 10.1). */
private fun afterFileHeader(jpeg: ByteArray): Int {
    if (jpeg[3] != 0xE0.toByte()) return 2
    return 4 + ((jpeg[4].toInt() and 0xFF) shl 8 or (jpeg[5].toInt() and 0xFF))
}

private fun segment(marker: Int, name: String, content: ByteArray, what: String, most: Int = MOST_IN_SEGMENT - name.length): ByteArray {
    val length = 2 + name.length + content.size
    if (content.size > most) throw IOException("its $what (${content.size} bytes) is more than a JPEG takes: save as PNG")
    return byteArrayOf(0xFF.toByte(), marker.toByte(), (length shr 8).toByte(), length.toByte()) + name.toByteArray() + content
}

/** Each part begins with its number and their count (ICC.1:2022, annex B.4). */
private fun profileSegments(profile: ByteArray): List<ByteArray> {
    val most = MOST_IN_SEGMENT - PROFILE.length - 2
    val count = (profile.size + most - 1) / most
    if (count > 255) throw IOException("its profile (${profile.size} bytes) is more than a JPEG takes: save as PNG")
    return List(count) {
        val part = profile.copyOfRange(it * most, minOf(profile.size, (it + 1) * most))
        segment(0xE2, PROFILE, byteArrayOf((it + 1).toByte(), count.toByte()) + part, "profile")
    }
}

private fun profileOf(chunk: Chunk): ByteArray {
    val start = chunk.content.indexOf(0) + 2 // name, end of the name, method
    val inflated = ByteArrayOutputStream()
    InflaterInputStream(chunk.content.inputStream(start, chunk.content.size - start)).use { it.copyTo(inflated) }
    return inflated.toByteArray()
}
