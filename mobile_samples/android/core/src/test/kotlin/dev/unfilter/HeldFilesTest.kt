package dev.unfilter

import dev.unfilter.imageio.ImageIoJpeg
import dev.unfilter.onnx.OnnxRuntime
import java.io.ByteArrayOutputStream
import java.io.File
import java.nio.ByteBuffer
import java.security.MessageDigest
import kotlin.random.Random
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

/**
 * Laws of what a file holds beside its pixels (R25 to R28 of sdk/format/RULES.md): what is whole is used, without the filter where it is the
 * photo; what is damaged, stripped, of a later version or not decoded is not, which is said, and the pixels are restored in any case.
 */
class HeldFilesTest {
    private val folder = File("../../../sdk/format/conformance/held")
    private val bundle = Bundle { File("../../../tests/fixtures/bundle-variable", it).inputStream() }
    private val jpeg = ImageIoJpeg()
    private val pictures = Pillow()
    private val filter = Filter(bundle, OnnxRuntime(), jpeg, pictures)
    private val payload = read("payload.png")
    private val exact = read("top_up.png")
    private val residual = read("top_up.jpg")
    private val webp = chunksOf(exact).single { it.type == "unTP" }.content
    private val avif = checkNotNull(Jpeg.read(residual).topUp)
    private val filtered = Fixtures.pixels(exact)
    private val height = filtered.height
    private val width = filtered.width
    private val base = filter.restore(filtered).levels
    private val told = TopUp(TopUp.Holds.RESIDUAL, Coding.AVIF, 2, avif.size.toLong(), sha256(avif))
    private val tag = Tag(bundle.filter, bundle.restoration, "png", fingerprint = Fingerprint.of(again(filtered)), topUp = told)

    @Test
    fun `a payload is restored without tag and filter, an exact top-up without the filter`() {
        val untagged = png(chunksOf(payload).filterNot { it.type in setOf("iTXt", "zTXt") })
        assertNull(PngInfo.read(untagged.inputStream()).tag)
        ByFile(emptyList(), jpeg, pictures) { throw AssertionError("no filter is needed") }.use { filters ->
            for (file in listOf(untagged, payload)) {
                val (restored, levels) = written { filters.restoreFile(file::inputStream, it) }
                assertEquals(Restored("restored from the payload in its low bits, without the filter"), restored)
                assertArrayEquals(read("payload.png.rgb"), levels)
            }
            val (restored, levels) = written { filters.restoreFile(exact::inputStream, it) }
            assertEquals(Restored("restored from its top-up, every byte, without the filter"), restored)
            assertArrayEquals(read("top_up.png.rgb"), levels)
        }
        val refused = assertThrows(Refused::class.java) { Filter(bundle, OnnxRuntime()).restoreFile(untagged::inputStream, ByteArrayOutputStream()) }
        assertEquals("where it is not decoded", Refusal.NO_TAG, refused.refusal)
        assertNull("a residual is no photo", restoreHeld(residual::inputStream, jpeg, pictures))
    }

    @Test
    fun `what is restored has neither tag nor top-up, and neither has what is filtered again`() {
        val made = listOf(exact, residual).map { file -> ByteArrayOutputStream().also { filter.restoreFile(file::inputStream, it) }.toByteArray() }
        val again = ByteArrayOutputStream()
        Photo.read(exact, jpeg).run { filter.applyFile(pixels, carried, again) }
        for (file in made + again.toByteArray()) assertNull(PngInfo.read(file.inputStream()).topUp)
        for (file in made) assertNull(PngInfo.read(file.inputStream()).tag)
    }

    @Test
    fun `a residual is added to what the pixels restore`() {
        val (restored, levels) = restored(png(tag, avif))
        assertEquals("restored from its pixels and its top-up" to Origin.AS_SAVED, restored.how to restored.recognition?.origin)
        assertArrayEquals(toppedUp(base, checkNotNull(pictures.decode(avif, height, width)).read(height), 2), levels)
    }

    @Test
    fun `a residual is added in whole levels, halves up, within 0 to 255`() {
        for (steps in 1..8) {
            for (added in 0..255) {
                for (level in listOf(0, 1, 127, 254, 255)) {
                    val expected = (level + Math.floor((2.0 * (added - 128) + steps) / (2 * steps)).toInt()).coerceIn(0, 255)
                    val found = toppedUp(byteArrayOf(level.toByte()), byteArrayOf(added.toByte()), steps).single().toInt() and 0xFF
                    assertEquals("$level, $added, $steps", expected, found)
                }
            }
        }
    }

    @Test
    fun `a top-up that is gone, damaged, of another file or of a later version is not used, and that is said`() {
        val damaged = avif.copyOf().also { it[it.size / 2]++ }
        val cut = avif.copyOf(avif.size / 2)
        val later = Tag.fromJson(tag.toJson().replace("residual", "gain"))
        assertNull(checkNotNull(later).topUp)
        for ((file, why) in listOf(
            png(tag, null) to "its top-up is gone, as it is where metadata are stripped",
            png(tag, damaged) to "its top-up is damaged or of another file",
            png(tag, webp) to "its top-up is damaged or of another file",
            png(later, avif) to "it carries more than this app reads, a top-up of a later version or of another file",
            png(tag.copy(topUp = null), avif) to "it carries more than this app reads, a top-up of a later version or of another file",
            png(tag.copy(fingerprint = null), avif) to "nothing tells that its pixels are those that were saved, so its top-up was not used",
            png(tag.copy(topUp = told.copy(sha256 = sha256(cut))), cut) to "it carries more than this device reads, a top-up in AVIF",
            png(tag.copy(topUp = null, payload = Payload(Coding.AVIF, 9)), null) to "the payload in its low bits is damaged",
        )) {
            val (restored, levels) = restored(file)
            assertEquals("$why: restored from the pixels alone", restored.how)
            assertArrayEquals(why, base, levels)
        }
        val whole = chunksOf(exact).map { if (it.type == "unTP") Chunk(it.type, damaged) else it }
        assertTrue(checkNotNull(restored(png(whole)).first.how).startsWith("its top-up is damaged or of another file"))
        val inJpeg = residual.copyOf().also { it[it.indexOf(avif) + avif.size / 2]++ }
        assertTrue(checkNotNull(restored(inJpeg).first.how).startsWith("its top-up is damaged or of another file"))
    }

    @Test
    fun `a top-up of pixels that were altered since is not used`() {
        val levels = filtered.levels.copyOf().also { it[7]++ }
        for (holding in listOf(told to avif, TopUp(TopUp.Holds.PHOTO, Coding.WEBP, null, webp.size.toLong(), sha256(webp)) to webp)) {
            val file = png(tag.copy(topUp = holding.first), holding.second, levels)
            assertNull(filter.restoreHeld(file::inputStream))
            val refused = assertThrows(Refused::class.java) { filter.restoreFile(file::inputStream, ByteArrayOutputStream()) }
            assertEquals(Refusal.ALTERED, refused.refusal)
            val (forced, plain) = written { filter.restoreFile(file::inputStream, it, force = true) }
            assertNull(forced.how)
            assertArrayEquals(filter.restore(Pixels(height, width, levels)).levels, plain)
        }
    }

    @Test
    fun `colours under full transparency stay the file's own, and hold no payload`() {
        val own = Random(3).nextBytes(height * width * 4)
        for (pixel in 0 until height * width) own[pixel * 4 + 3] = if (pixel % 5 == 0) 0 else 9
        val seen = Transparent(height, width) { own }.read(height)
        val saved = tag.copy(fingerprint = Fingerprint.of(Pixels(height, width, seen)), requires = listOf(HIDDEN_COLOURS))
        val shown = saved.copy(topUp = TopUp(TopUp.Holds.PHOTO, Coding.WEBP, null, webp.size.toLong(), sha256(webp)))
        val added = checkNotNull(pictures.decode(avif, height, width)).read(height)
        val content = checkNotNull(payloadOf(SavedFile.open(payload::inputStream, jpeg)))
        assertTrue("in two planes", 8 * (16 + content.size) > height * width * 3 * 4 / 5)
        for ((file, expected) in listOf(
            png(saved, avif, own) to toppedUp(filter.restore(Pixels(height, width, seen)).levels, added, 2),
            png(shown, webp, own) to read("top_up.png.rgb"),
            png(null, null, withPayload(own, content)) to read("payload.png.rgb"),
        )) {
            val target = ByteArrayOutputStream()
            assertTrue(checkNotNull(filter.restoreFile(file::inputStream, target).how).startsWith("restored from"))
            val whole = PngReader(target.toByteArray().inputStream()).readWhole(height)
            val before = PngReader(file.inputStream()).readWhole(height)
            for (place in whole.indices) {
                val isOwn = place % 4 == 3 || own[place / 4 * 4 + 3] == 0.toByte()
                assertEquals(if (isOwn) before[place] else expected[place / 4 * 3 + place % 4], whole[place])
            }
        }
    }

    @Test
    fun `a payload that is not whole is none`() {
        val content = checkNotNull(payloadOf(SavedFile.open(payload::inputStream, jpeg)))
        assertEquals(1227, content.size)
        val levels = Fixtures.pixels(payload).levels
        for (bit in listOf(0, 32, 63, 64, 128 + 8 * 600)) { // magic word, length, digest, content
            val bad = levels.copyOf().also { it[bit] = (it[bit].toInt() xor 1).toByte() }
            assertNull("$bit", payloadOf(SavedFile.open(png(null, null, bad)::inputStream, jpeg)))
        }
        assertNull(payloadOf(SavedFile.open({ File(folder, "../shared/one_pixel.png").inputStream() }, jpeg)))
    }

    @Test
    fun `a box within a JPEG is read from as many segments as it takes, in any order, and only whole`() {
        val content = Random(2).nextBytes(200)
        val parts = segments(content, room = 90)
        assertTrue(parts.size > 2 && parts.all(::isOfTopUp))
        assertArrayEquals(content, embeddedIn(parts.shuffled(Random(1))))
        for (bad in listOf(parts.drop(1), parts.dropLast(1), parts + parts.last(), emptyList())) assertNull(embeddedIn(bad))
        val another = parts.first().copyOf().also { it[30]++ }
        assertNull("of another type", embeddedIn(listOf(another) + parts.drop(1)))
        assertFalse(isOfTopUp(parts.first().copyOf(15)))
        assertArrayEquals(Jpeg.read(residual).bare, Jpeg.read(Jpeg.read(residual).bare).bare)
    }

    @Test
    fun `a top-up may be longer than any other chunk`() {
        val file = File.createTempFile("large", ".png").apply { deleteOnExit() }
        file.outputStream().use { PngWriter(it, 1, 1, emptyList()).run { write(ByteArray(3)); finish(Chunk("unTP", ByteArray(20_000_000))) } }
        assertEquals(20_000_000, PngInfo.read(file.inputStream()).topUp?.size)
        file.delete()
    }

    @Test
    fun `what a tag says of payload and top-up is written to the letter as the SDK writes it, or is of a later version`() {
        for (file in listOf(payload, exact)) {
            val text = checkNotNull(PngInfo.read(file.inputStream()).tag)
            assertEquals(text, Tag.fromJson(text)?.toJson())
        }
        val text = checkNotNull(Jpeg.read(residual).tag)
        assertEquals(text, Tag.fromJson(text)?.toJson())
        val tops = tag.copy(payload = Payload(Coding.WEBP, 5_000_000_000))
        assertEquals(tops, Tag.fromJson(tops.toJson()))
        for ((good, bad) in listOf("\"steps\":2" to "\"steps\":9", "\"steps\":2" to "\"steps\":2.5", "\"steps\":2," to "", "avif" to "jxl",
            "residual" to "photo", told.sha256 to "x", "\"bytes\":${told.bytes}" to "\"bytes\":0")) {
            assertEquals(bad, tag.copy(topUp = null), Tag.fromJson(tag.toJson().replace(good, bad)))
        }
    }

    @Test
    fun `hostile files are refused, or restored from their pixels`() {
        val random = Random(6)
        val parts = segments(avif, room = 60_000)
        repeat(200) {
            val bad = residual.copyOf().also { bytes -> repeat(3) { bytes[random.nextInt(1300)] = random.nextInt().toByte() } }
            try {
                restoreHeld(bad::inputStream, jpeg, pictures)
                refinement(SavedFile.open(bad::inputStream, jpeg), null)
            } catch (_: Refused) {
            }
            embeddedIn(parts.map { part -> part.copyOf().also { it[random.nextInt(90)] = random.nextInt().toByte() } }.filter(::isOfTopUp))
        }
        assertNull("a bomb of another size", pictures.decode(webp, 1, 1))
        for (content in listOf(webp, avif)) assertNull(pictures.decode(content.copyOf(content.size / 2), height, width))
    }

    @Test
    fun `what decodes exactly is told by a small picture, and what halves the chroma is not exact`() {
        val halving = PictureDecoder { content, height, width ->
            val levels = pictures.decode(content, height, width)!!.read(height)
            Pixels(height, width, ByteArray(levels.size) { levels[it / 6 * 6 + it % 3] })
        }
        for (coding in Coding.entries) {
            assertTrue(pictures.isExact(coding))
            assertFalse(halving.isExact(coding))
            assertFalse(PictureDecoder { _, _, _ -> null }.isExact(coding))
        }
    }

    private fun restored(file: ByteArray) = written { filter.restoreFile(file::inputStream, it) }

    private fun written(restore: (ByteArrayOutputStream) -> Restored): Pair<Restored, ByteArray> {
        val target = ByteArrayOutputStream()
        return restore(target) to Fixtures.pixels(target.toByteArray()).levels
    }

    private fun read(name: String) = File(folder, name).readBytes()

    private fun again(pixels: Pixels) = Pixels(pixels.height, pixels.width, pixels.levels)

    private fun sha256(content: ByteArray) = MessageDigest.getInstance("SHA-256").digest(content).hex().take(32)

    /** A PNG of [levels], RGB or RGBA. */
    private fun png(tag: Tag?, topUp: ByteArray?, levels: ByteArray = filtered.levels): ByteArray {
        val target = ByteArrayOutputStream()
        val text = listOfNotNull(tag?.let { textChunk(Tag.KEYWORD, it.toJson()) })
        val behind = listOfNotNull(topUp?.let { Chunk("unTP", it) })
        PngWriter(target, height, width, text, levels.size / height / width).run { write(levels); finish(*behind.toTypedArray()) }
        return target.toByteArray()
    }

    private fun png(chunks: List<Chunk>): ByteArray {
        val target = ByteArrayOutputStream()
        target.write(SIGNATURE)
        for (chunk in chunks) writeChunk(target, chunk.type, chunk.content)
        return target.toByteArray()
    }

    private fun chunksOf(png: ByteArray): List<Chunk> = buildList {
        var start = SIGNATURE.size
        while (start < png.size) {
            val size = ByteBuffer.wrap(png).getInt(start)
            add(Chunk(png.decodeToString(start + 4, start + 8), png.copyOfRange(start + 8, start + 8 + size)))
            start += 12 + size
        }
    }

    /** Where [content] begins. */
    private fun ByteArray.indexOf(content: ByteArray) =
        indices.first { place -> place + content.size <= size && content.indices.all { this[place + it] == content[it] } }

    /** RGBA [levels] with a payload (R25), in as many planes as it takes; not the nearest levels, as a writer takes. */
    private fun withPayload(levels: ByteArray, content: ByteArray): ByteArray {
        val digest = MessageDigest.getInstance("SHA-256").digest(content).copyOf(8)
        val said = "UFP1".toByteArray() + ByteBuffer.allocate(4).putInt(content.size).array() + digest + content
        val places = levels.indices.filter { it % 4 < 3 && levels[it / 4 * 4 + 3] != 0.toByte() }
        val changed = levels.copyOf()
        for (bit in 0 until said.size * 8) {
            val (place, plane) = places[bit % places.size] to bit / places.size
            val value = said[bit / 8].toInt() shr (7 - bit % 8) and 1
            changed[place] = (changed[place].toInt() and (1 shl plane).inv() or (value shl plane)).toByte()
        }
        return changed
    }

    /** APP11 segments of a box with an embedded file, without markers and lengths (R27). */
    private fun segments(content: ByteArray, room: Int): List<ByteArray> {
        fun box(type: String, content: ByteArray) = ByteBuffer.allocate(4).putInt(8 + content.size).array() + type.toByteArray() + content
        val type = "40CB0C32BB8A489DA70B2AD6F47F4369".chunked(2) { it.toString().toInt(16).toByte() }.toByteArray()
        val inside = box("jumd", type + byteArrayOf(3) + "unfilter.top_up\u0000".toByteArray()) +
            box("bfdb", byteArrayOf(0) + "image/avif\u0000".toByteArray()) + box("bidb", content)
        val head = box("jumb", inside).copyOf(8)
        return inside.toList().chunked(room).mapIndexed { index, part ->
            byteArrayOf(0x4A, 0x50, 0x75, 0x66) + ByteBuffer.allocate(4).putInt(index + 1).array() + head + part.toByteArray()
        }
    }
}
