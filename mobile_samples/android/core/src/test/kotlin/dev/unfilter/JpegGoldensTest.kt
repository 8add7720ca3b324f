package dev.unfilter

import dev.unfilter.imageio.ImageIoJpeg
import java.io.ByteArrayOutputStream
import java.io.File
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Assume.assumeTrue
import org.junit.Test

/** Law: JPEG files of the SDK are decoded and restored here as there (docs/goldens.md), and the other way round. */
class JpegGoldensTest {
    private val goldens = Fixtures.goldens
    private val filter = Fixtures.filter
    private val codec = ImageIoJpeg()

    @Test
    fun `JPEG files are decoded as libjpeg-turbo does, level by level`() {
        assertEquals(0, goldens.levelsOff(codec))
        val cases = goldens.content.getJSONArray("jpegs").objects()
        assertEquals(setOf("4:2:0", "4:4:4", "4:2:2", "grey"), cases.map { it.getString("subsampling") }.toSet())
        for (case in cases) {
            assertEquals(codec.decoder, case.getString("decoder"))
            val pixels = codec.decode(Jpeg.read(golden(case.getString("path"))).bare)
            assertEquals(case.getInt("height") to case.getInt("width"), pixels.height to pixels.width)
            assertArrayEquals(case.getString("path"), golden(case.getString("decoded")), pixels.read(pixels.height))
        }
    }

    @Test
    fun `JPEG files are restored as the SDK restores them`() {
        val cases = goldens.content.getJSONArray("jpegs").objects().filterNot { it.isNull("restored") }
        assertTrue(cases.size > 2)
        for (case in cases) {
            val (path, height) = case.getString("path") to case.getInt("height")
            assertEquals(path, Tag.fromJson(case.getString("tag")), filter.inspect(golden(path)::inputStream))
            assertEquals("$path: to the letter", case.getString("tag"), Tag.fromJson(case.getString("tag"))?.toJson())
            val expected = Pixels(height, case.getInt("width"), golden(case.getString("restored")))
            assertTrue(path, apart(Fixtures.pixels(restored(golden(path))), expected) <= goldens.tolerance)
            val given = Pixels(height, case.getInt("width"), golden(case.getString("decoded")))
            assertTrue("$path, whatever decodes it", apart(filter.restore(given), expected) <= goldens.tolerance)
            val decoding = Jpeg.Decoding(codec.decoder, Jpeg.read(golden(path)).coding)
            val made = Fingerprint.of(Pixels(height, case.getInt("width"), given.levels), decoding)
            assertEquals("$path: its fingerprint, made again", Tag.fromJson(case.getString("tag"))?.fingerprint, made)
        }
    }

    /** tests/mobile_samples/test_android.py restores what is left there. */
    @Test
    fun `JPEG files that are made here are left for the SDK`() {
        val folder = System.getProperty("unfilter.jpegs")?.let(::File)
        assumeTrue("the SDK asks for none", folder != null && filter.bundle.restoresFromJpeg)
        for (quality in listOf(80, 90)) {
            val (photo, file) = goldens.pixels("odd", "photo") to File(folder, "$quality.jpg")
            file.outputStream().use { filter.applyFile(photo, emptyList(), it, Codec.Jpeg(quality)) }
            File("${file.path}.rgb").writeBytes(Fixtures.pixels(restored(file.readBytes())).levels)
        }
    }

    private fun golden(path: String) = File(Fixtures.goldensFolder, path).readBytes()

    private fun restored(file: ByteArray) = ByteArrayOutputStream().also { filter.restoreFile(file::inputStream, it) }.toByteArray()
}
