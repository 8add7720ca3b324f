package dev.unfilter

import dev.unfilter.imageio.ImageIoJpeg
import dev.unfilter.onnx.OnnxRuntime
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.IOException
import javax.imageio.plugins.jpeg.JPEGQTable
import kotlin.random.Random
import org.json.JSONArray
import org.json.JSONObject
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Assume.assumeTrue
import org.junit.Test

/** Laws: a JPEG is restored as it was saved, with what it carries, or refused; what decodes it gives libjpeg-turbo's levels. */
class JpegFilesTest {
    private val codec = ImageIoJpeg()
    private val photo = Fixtures.goldens.pixels("even", "photo")
    private val carried = listOf(
        Chunk("eXIf", byteArrayOf(1, 2, 3)),
        Chunk("iCCP", Jpeg.read(withProfile(Random(1).nextBytes(100_000))).chunks.single().content),
        textChunk(XMP_KEYWORD, "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><r:RDF xmlns:r=\"a\"><a/></r:RDF></x:xmpmeta>"),
    )
    private val filter = Filter(bundle("exact", "jpeg"), OnnxRuntime(), codec)

    @Test
    fun `a filtered JPEG has its tag, its own fingerprint and what it was given to carry, and comes back`() {
        val file = filtered(Codec.Jpeg(85))
        val jpeg = Jpeg.read(file)
        val tag = filter.inspect(file::inputStream)
        assertEquals(listOf("jpeg", 85, "libjpeg-turbo"), listOf(tag.codec, tag.quality, tag.fingerprint?.decoder))
        assertEquals(Fingerprint.of(codec.decode(jpeg.bare), Jpeg.Decoding(codec.decoder, jpeg.coding)), tag.fingerprint)
        assertEquals(carried.map { it.type to it.content.hex() }.toSet(), jpeg.chunks.map { it.type to it.content.hex() }.toSet())
        val restored = ByteArrayOutputStream()
        filter.restoreFile(file::inputStream, restored)
        val expected = filter.restore(Pixels(48, 64, codec.decode(jpeg.bare).read(48)))
        assertArrayEquals(expected.levels, Fixtures.pixels(restored.toByteArray()).levels)
        val again = ByteArrayOutputStream()
        filter.restoreFile(file::inputStream, again, Codec.Jpeg(95))
        assertEquals("no tag", Refusal.NO_TAG, refusal(again.toByteArray()))
        assertEquals(jpeg.chunks.size, Jpeg.read(again.toByteArray()).chunks.size)
    }

    @Test
    fun `a transparent photo is no JPEG, an opaque one with alpha is`() {
        val target = ByteArrayOutputStream()
        val photo = Photo.read(Fixtures.png(ByteArray(8 * 8 * 4) { if (it == 3) 0 else -1 }, 8, 8), codec)
        assertTrue(photo.isTransparent)
        val refused = assertThrows(IOException::class.java) { filter.applyFile(photo.pixels, emptyList(), target, Codec.Jpeg(90)) }
        assertTrue("transparent" in refused.message!!)
        assertEquals(0, target.size())
        val opaque = Photo.read(Fixtures.png(ByteArray(8 * 8 * 4) { -1 }, 8, 8), codec)
        assertFalse(opaque.isTransparent)
        filter.applyFile(opaque.pixels, emptyList(), target, Codec.Jpeg(90))
        assertTrue(Jpeg.isJpeg(target.toByteArray()))
    }

    @Test
    fun `a JPEG that was altered, cut short or saved by others is refused with the reason`() {
        val file = filtered(Codec.Jpeg(85))
        val packet = checkNotNull(filter.inspect(file::inputStream)).toXmp(null)
        val other = ByteArrayOutputStream()
        JpegFileWriter(other, photo, listOf(textChunk(XMP_KEYWORD, packet)), 60, codec).run { write(photo.levels); finish(null) }
        assertEquals(Refusal.ALTERED, refusal(other.toByteArray()))
        assertEquals(Refusal.DAMAGED, refusal(file.copyOf(file.size / 2)))
        val png = ByteArrayOutputStream()
        PngWriter(png, 48, 64, listOf(textChunk(XMP_KEYWORD, packet))).run { write(photo.levels); finish() }
        assertEquals("its pixels in another format", Refusal.OTHER_CODEC, refusal(png.toByteArray()))
        assertEquals("a reader without a codec", Refusal.OTHER_FORMAT, refusal(file, Filter(filter.bundle, OnnxRuntime())))
        val random = Random(5)
        repeat(200) {
            val bad = file.copyOf().also { bytes -> repeat(3) { bytes[random.nextInt(bytes.size)] = random.nextInt().toByte() } }
            try {
                filter.inspect(bad::inputStream)
            } catch (_: Refused) {
            }
        }
    }

    @Test
    fun `what a JPEG cannot keep is refused before a byte is written`() {
        val target = ByteArrayOutputStream()
        val untrained = Filter(bundle("exact"), OnnxRuntime(), codec)
        assertThrows(IOException::class.java) { untrained.applyFile(photo.again(), emptyList(), target, Codec.Jpeg()) }
        for (chunk in listOf(Chunk("cICP", ByteArray(4)), Chunk("eXIf", ByteArray(70_000)))) {
            assertThrows(IOException::class.java) { filter.applyFile(photo.again(), listOf(chunk), target, Codec.Jpeg()) }
        }
        assertEquals(0, target.size())
    }

    @Test
    fun `another decoder's pixels pass as the same, and other pixels do not`() {
        val saved = Fingerprint.of(photo.again(), Jpeg.Decoding("another", "0".repeat(16)))
        fun moved(levels: Int): Pixels {
            val values = photo.levels.map { ((it.toInt() and 0xFF) + levels).coerceIn(0, 255).toByte() }
            return Pixels(48, 64, values.toByteArray())
        }
        val nearly = moved(0).also { it.levels[7]++ }
        assertEquals(null, saved.alteration(nearly, Jpeg.Decoding("libjpeg-turbo", saved.coding)))
        assertTrue(saved.alteration(moved(2), Jpeg.Decoding("libjpeg-turbo", saved.coding)) != null)
        assertTrue(saved.alteration(nearly.again(), Jpeg.Decoding("another", saved.coding)) != null)
        assertTrue(saved.alteration(photo.again(), Jpeg.Decoding("another", "1".repeat(16))) != null)
    }

    @Test
    fun `quantisers are those of libjpeg at every quality`() {
        for (quality in 1..100) {
            val percent = if (quality < 50) 5000 / quality else 200 - 2 * quality
            val file = codec.encoder(8, 8).apply { write(ByteArray(192)) }.finish(quality)
            val expected = listOf(JPEGQTable.K1Luminance, JPEGQTable.K2Chrominance).map { table ->
                table.table.map { ((it * percent + 50) / 100).coerceIn(1, 255) }.sorted()
            }
            assertEquals("$quality", expected, quantisers(file))
        }
    }

    @Test
    fun `every JPEG is decoded as libjpeg-turbo does, level by level`() {
        val folder = System.getProperty("unfilter.decoded")?.let(::File)
        assumeTrue("Pillow made no pictures to compare with", folder != null)
        val files = checkNotNull(folder).listFiles { file -> file.name.endsWith(".jpg") }!!.sorted()
        assertTrue(files.size > 9)
        for (file in files) {
            val pixels = codec.decode(Jpeg.read(file.readBytes()).bare)
            assertArrayEquals(file.name, File("${file.path}.rgb").readBytes(), pixels.read(pixels.height))
        }
    }

    /** The steps of each quantiser, sorted (ITU-T T.81, annex B.2.4.1). */
    private fun quantisers(file: ByteArray): List<List<Int>> {
        val tables = mutableListOf<List<Int>>()
        var start = 2
        while (file[start + 1] != 0xDA.toByte()) {
            val stop = start + 2 + ((file[start + 2].toInt() and 0xFF) shl 8 or (file[start + 3].toInt() and 0xFF))
            if (file[start + 1] == 0xDB.toByte()) {
                for (table in start + 5 until stop step 65) tables += List(64) { file[table + it].toInt() and 0xFF }.sorted()
            }
            start = stop
        }
        return tables
    }

    private fun filtered(chosen: Codec) =
        ByteArrayOutputStream().also { filter.applyFile(photo.again(), carried, it, chosen) }.toByteArray()

    private fun refusal(file: ByteArray, by: Filter = filter) =
        assertThrows(Refused::class.java) { by.inspect(file::inputStream) }.refusal

    private fun Pixels.again() = Pixels(height, width, levels)

    private fun bundle(vararg carriers: String) = Bundle { path ->
        val file = File(Fixtures.bundleFolder, path)
        if (path != "manifest.json") return@Bundle file.inputStream()
        JSONObject(file.readText()).put("carriers", JSONArray(carriers.toList())).toString().byteInputStream()
    }

    private fun withProfile(profile: ByteArray): ByteArray {
        val file = ByteArrayOutputStream()
        JpegFileWriter(file, Pixels(1, 1, ByteArray(3)), listOf(profileChunk(listOf(profile))), 90, codec).run { write(ByteArray(3)); finish(null) }
        return file.toByteArray()
    }
}
