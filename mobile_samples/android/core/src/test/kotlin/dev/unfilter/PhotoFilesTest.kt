package dev.unfilter

import dev.unfilter.imageio.ImageIoJpeg
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.DataOutputStream
import java.io.IOException
import java.nio.ByteBuffer
import java.util.zip.CRC32
import java.util.zip.InflaterInputStream
import kotlin.random.Random
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Test

/** Laws: what is written as PNG is read again, to the byte; profile, EXIF and XMP of a JPEG become chunks, to the byte. */
class PhotoFilesTest {
    @Test
    fun `a PNG gives back every level, however it is read and written`() {
        val photo = Pixels(37, 29, Random(1).nextBytes(37 * 29 * 3))
        val file = ByteArrayOutputStream()
        PngWriter(file, 37, 29, listOf(textChunk(Tag.KEYWORD, "grün"))).run {
            write(photo.read(30))
            write(photo.read(7))
            finish()
        }
        val reader = PngReader(ByteArrayInputStream(file.toByteArray()))
        assertArrayEquals(photo.levels, reader.read(1) + reader.read(36))
        assertEquals("grün", PngInfo.read(ByteArrayInputStream(file.toByteArray())).tag)
    }

    @Test
    fun `colours under full transparency go around the network, and change nothing that is seen`() {
        val levels = Random(5).nextBytes(40 * 56 * 4)
        for (pixel in 0 until 40 * 56) levels[pixel * 4 + 3] = listOf(0, 0, 7, 255)[pixel % 56 / 14].toByte()
        val black = levels.copyOf().also { for (place in it.indices) if (it[place / 4 * 4 + 3] == 0.toByte()) it[place] = 0 }
        val (filtered, other) = listOf(levels, black).map { applied(it) }
        val (whole, changed) = listOf(filtered, other).map { PngReader(it.inputStream()).readWhole(40) }
        for (place in levels.indices) {
            val isHidden = levels[place / 4 * 4 + 3] == 0.toByte()
            if (isHidden || place % 4 == 3) assertEquals(levels[place], whole[place]) else assertEquals(whole[place], changed[place])
        }
        assertEquals(false, whole.contentEquals(levels))
        val tag = Fixtures.filter.inspect { filtered.inputStream() }
        assertEquals(listOf("hidden_colours"), tag.requires)
        assertEquals(tag.fingerprint, Fixtures.filter.inspect { other.inputStream() }.fingerprint)
        assertEquals(emptyList<String>(), applied(levels, alpha = 3).let { Fixtures.filter.inspect { it.inputStream() } }.requires)
    }

    /** The file of a photo, 40 x 56 RGBA, filtered; [alpha] for all of it where that is given. */
    private fun applied(levels: ByteArray, alpha: Byte? = null): ByteArray {
        val given = ByteArray(levels.size) { if (it % 4 == 3 && alpha != null) alpha else levels[it] }
        val photo = Photo.read(Fixtures.png(given, 40, 56), ImageIoJpeg())
        return ByteArrayOutputStream().also { Fixtures.filter.applyFile(photo.pixels, photo.carried, it) }.toByteArray()
    }

    @Test
    fun `hostile files are refused in a line`() {
        val nested = "{\"filter\":" + "[".repeat(1 shl 20)
        assertEquals(null, Tag.fromJson(nested))
        val good = ByteArrayOutputStream()
        PngWriter(good, 4, 4, emptyList()).run { write(ByteArray(48)); finish() }
        val huge = good.toByteArray()
        ByteBuffer.wrap(huge).run { // width, and the checksum of IHDR
            putInt(16, Int.MAX_VALUE)
            putInt(29, CRC32().apply { update(huge, 12, 17) }.value.toInt())
        }
        val refused = assertThrows(Refused::class.java) { PngInfo.read(ByteArrayInputStream(huge)) }
        assertEquals(Refusal.OTHER_FORMAT, refused.refusal)
        val random = Random(4)
        repeat(500) {
            val bad = good.toByteArray().also { file -> repeat(3) { file[random.nextInt(file.size)] = random.nextInt().toByte() } }
            try {
                PngInfo.read(ByteArrayInputStream(bad))
            } catch (_: Refused) {
            }
        }
    }

    @Test
    fun `what a JPEG holds beside its pixels becomes chunks, and a decoder sees none of it`() {
        val profile = Random(2).nextBytes(1000)
        val (jpeg, bare) = listOf(true, false).map { whole ->
            val content = ByteArrayOutputStream()
            DataOutputStream(content).run {
                writeShort(0xFFD8)
                segment(0xFFE0, "JFIF\u0000".toByteArray())
                if (whole) {
                    segment(0xFFE1, "Exif\u0000\u0000II*".toByteArray())
                    segment(0xFFE1, "http://ns.adobe.com/xap/1.0/\u0000<x/>".toByteArray())
                    val name = "ICC_PROFILE\u0000".toByteArray()
                    segment(0xFFE2, name + byteArrayOf(2, 2) + profile.copyOfRange(600, 1000)) // in any order
                    segment(0xFFE2, name + byteArrayOf(1, 2) + profile.copyOfRange(0, 600))
                }
                segment(0xFFDB, ByteArray(65))
                segment(0xFFC0, byteArrayOf(8, 0, 4, 0, 4, 1, 1, 0x11, 0)) // 4 x 4, grey
                writeShort(0xFFDA)
                write(Random(3).nextBytes(99))
                writeShort(0xFFD9)
            }
            content.toByteArray()
        }
        val parts = Jpeg.read(jpeg)
        val chunks = parts.chunks.associateBy { it.type }
        assertEquals("II*", chunks.getValue("eXIf").content.decodeToString())
        assertEquals("XML:com.adobe.xmp\u0000\u0000\u0000\u0000\u0000<x/>", chunks.getValue("iTXt").content.decodeToString())
        val deflated = chunks.getValue("iCCP").content.run { copyOfRange(5, size) }
        assertArrayEquals(profile, InflaterInputStream(ByteArrayInputStream(deflated)).readBytes())
        assertArrayEquals(bare, parts.bare)
        assertThrows(IOException::class.java) { Jpeg.read(jpeg.copyOf(30)) }
        assertThrows(IOException::class.java) { Jpeg.read("no photo".toByteArray()) }
    }

    private fun DataOutputStream.segment(marker: Int, content: ByteArray) {
        writeShort(marker)
        writeShort(content.size + 2)
        write(content)
    }
}
