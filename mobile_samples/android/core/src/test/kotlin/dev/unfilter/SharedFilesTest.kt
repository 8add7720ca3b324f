package dev.unfilter

import dev.unfilter.imageio.ImageIoJpeg
import dev.unfilter.onnx.OnnxRuntime
import java.io.ByteArrayOutputStream
import java.io.File
import kotlin.math.abs
import org.json.JSONObject
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

/**
 * Laws (R34 of sdk/format/RULES.md): a file that a site gave back, without a tag, is restored by the filter whose mark it has, upright and at
 * its size. One without a mark is refused unless forced, and never made worse than it arrived.
 */
class SharedFilesTest {
    private val folder = File("../../../sdk/format/conformance")
    private val marks = JSONObject(File(folder, "shared/marks.json").readText())
    private val case = marks.getJSONObject("restored")
    private val bundle = bundle(case.getString("bundle"))
    private val other = bundle("bundle-schema-1")
    private val file = File(folder, case.getString("path")).readBytes()
    private val unmarked = File(folder, "shared/unmarked.jpg").readBytes()
    private val pixels = Jpeg.read(file).run { ImageIoJpeg().decode(bare) }.let { Pixels(it.height, it.width, it.read(it.height)) }
    private val filter = opened(bundle)

    private fun bundle(name: String) = Bundle { File("../../../tests/fixtures/$name", it).inputStream() }

    private fun opened(bundle: Bundle) = Filter(bundle, OnnxRuntime(), ImageIoJpeg())

    private fun restored(file: ByteArray, force: Boolean = false) =
        ByteArrayOutputStream().also { filter.restoreFile(file::inputStream, it, force = force) }.toByteArray()

    /** A PNG of [levels], by a [tag] too. */
    private fun png(height: Int, width: Int, levels: ByteArray, tag: Tag? = null): ByteArray {
        val target = ByteArrayOutputStream()
        val chunks = listOfNotNull(tag?.let { textChunk(Tag.KEYWORD, it.toJson()) })
        PngWriter(target, height, width, chunks, levels.size / height / width).run { write(levels); finish() }
        return target.toByteArray()
    }

    /** A tag of the filter, of other pixels. */
    private val otherPixels = Tag(bundle.filter, bundle.restoration, "png", fingerprint = Fingerprint(pixels.width, pixels.height, "0".repeat(32)))

    private fun tagged(source: PixelSource) = png(source.height, source.width, source.read(source.height), otherPixels)

    @Test
    fun `a file without a tag is restored at its size by the mark that it has`() {
        val found = filter.arrival(file::inputStream)
        assertEquals(case.getString("verdict"), found.origin.code)
        assertEquals(case.getDouble("scale"), checkNotNull(found.scale), marks.getJSONObject("tolerances").getDouble("scale"))
        assertTrue("$found", "$found".startsWith("shared, made by ${bundle.filter}: its pixels have the filter's mark ("))
        val back = PngReader(restored(file).inputStream())
        assertEquals(case.getInt("height") to case.getInt("width"), back.height to back.width)
        val levels = back.read(back.height)
        val step = case.getInt("step")
        for ((row, expected) in case.getJSONArray("levels").lists().withIndex()) {
            for (place in 0 until expected.length() * 3) {
                val level = levels[(row * step * back.width + place / 3 * step) * 3 + place % 3].toInt() and 0xFF
                val far = abs(level - expected.getJSONArray(place / 3).getInt(place % 3))
                assertTrue("$row, $place: $far", far <= marks.getJSONObject("tolerances").getInt("restored"))
            }
        }
    }

    @Test
    fun `a file that nothing tells of is refused, and restored where that is forced`() {
        val target = ByteArrayOutputStream()
        val refused = assertThrows(Refused::class.java) { filter.restoreFile(unmarked::inputStream, target) }
        assertEquals(Refusal.NO_TAG, refused.refusal)
        assertEquals(Origin.CANNOT_TELL, refused.recognition?.origin)
        assertEquals(listOf(bundle.restoration), refused.recognition?.candidates)
        assertTrue(refused.reason, "do not tell whether ${bundle.filter} made it" in refused.reason)
        assertEquals(0, target.size())
        assertThrows(IllegalArgumentException::class.java) {
            filter.restoreFile(unmarked::inputStream, target, found = filter.arrival(unmarked::inputStream))
        }
        val decoded = Jpeg.read(unmarked).run { ImageIoJpeg().decode(bare) }
        val whole = Pixels(decoded.height, decoded.width, decoded.read(decoded.height))
        assertArrayEquals(filter.restore(whole).levels, Fixtures.pixels(restored(unmarked, force = true)).levels)
    }

    @Test
    fun `a tag of other pixels counts only with a mark`() {
        val found = filter.arrival(tagged(Pixels(pixels.height, pixels.width, pixels.levels))::inputStream)
        assertEquals(Origin.SHARED, found.origin)
        assertNull(found.tag)
        val refused = assertThrows(Refused::class.java) {
            filter.look(tagged(Jpeg.read(unmarked).run { ImageIoJpeg().decode(bare) })::inputStream)
        }
        assertEquals(Refusal.ALTERED to Origin.NOT_OURS, refused.refusal to refused.recognition?.origin)
    }

    @Test
    fun `a screenshot that was mirrored and turned is restored upright, with its alpha`() {
        val wide = pixels.width
        val high = pixels.height + 700 // so that the middle is a bar
        val screen = ByteArray(high * wide * 4) { if (it % 4 == 3) 255.toByte() else 0 }
        for (place in 0 until pixels.height * wide) pixels.levels.copyInto(screen, (place + 30 * wide) * 4, place * 3, place * 3 + 3)
        screen[(40 * wide + 7) * 4 + 3] = 9 // alpha of one pixel
        val turned = ByteArray(screen.size) // mirrored, and then turned to the left: rows and columns are exchanged
        for (y in 0 until high) for (x in 0 until wide) screen.copyInto(turned, (x * high + y) * 4, (y * wide + x) * 4, (y * wide + x) * 4 + 4)
        val content = png(wide, high, turned)
        val found = filter.arrival(content::inputStream)
        assertEquals(Origin.SHARED, found.origin)
        assertEquals(1 to true, found.turns to found.mirrored)
        val inside = checkNotNull(found.inside)
        assertEquals(0 to wide, inside.top to inside.bottom)
        val made = restored(content)
        assertEquals(alikeShown(UPRIGHT, 1, true), orientation(PngInfo.read(made.inputStream()).carried))
        val back = PngReader(made.inputStream())
        assertEquals(inside.right - inside.left to wide, back.height to back.width)
        val whole = back.readWhole(back.height)
        val alphas = (3 until whole.size step 4).filter { whole[it] != 255.toByte() }
        assertEquals(listOf(((40 - inside.left) * wide + 7) * 4 + 3), alphas)
        val start = (inside.left - 30) * wide * 3
        val part = Pixels(back.height, wide, pixels.levels.copyOfRange(start, start + back.height * wide * 3))
        val expected = filter.restore(without(part, bundle.restoration, checkNotNull(found.scale)))
        assertArrayEquals(expected.levels, ByteArray(whole.size / 4 * 3) { whole[it / 3 * 4 + it % 3] })
    }

    @Test
    fun `a file that is nearer to the photo is kept, unless restoring is forced`() {
        val found = filter.look(file::inputStream).copy(expectedDb = 30.0, arrivedDb = 31.0)
        assertTrue("$found", "the file itself is nearer to the photo (about 31 dB)" in "$found")
        val kept = ByteArrayOutputStream()
        assertEquals("the file's own pixels, which are nearer to the photo", filter.restoreFile(file::inputStream, kept, found = found).how)
        val freed = without(Pixels(pixels.height, pixels.width, pixels.levels), bundle.restoration, checkNotNull(found.scale))
        assertArrayEquals(freed.levels, Fixtures.pixels(kept.toByteArray()).levels)
        val forced = ByteArrayOutputStream().also { filter.restoreFile(file::inputStream, it, force = true, found = found) }
        assertArrayEquals(restored(file), forced.toByteArray())
    }

    @Test
    fun `the filter of a file is found among all, in any order`() {
        for (bundles in listOf(listOf(bundle, other), listOf(other, bundle))) {
            ByFile(bundles, ImageIoJpeg(), open = ::opened).use { filters ->
                val target = ByteArrayOutputStream()
                assertEquals(bundle.filter, filters.restoreFile(file::inputStream, target).recognition?.filter)
                assertArrayEquals(restored(file), target.toByteArray())
                val among = filters.recognised(unmarked::inputStream)
                assertEquals(Origin.CANNOT_TELL to listOf(bundle, other).map { it.restoration }.sorted(), among.origin to among.candidates)
            }
        }
        ByFile(listOf(other), ImageIoJpeg(), open = ::opened).use { filters ->
            val foreign = tagged(Pixels(8, 8, ByteArray(192)))
            val refused = assertThrows(Refused::class.java) { filters.restoreFile(foreign::inputStream, ByteArrayOutputStream()) }
            assertEquals(Refusal.OTHER_FILTER to Origin.NOT_OURS, refused.refusal to refused.recognition?.origin)
        }
        assertEquals("cannot tell: no filter is installed", "${ByFile(emptyList(), ImageIoJpeg(), open = ::opened).recognised(file::inputStream)}")
    }

    @Test
    fun `a marked file is restored as if it had none, and is recognised where its tag is gone`() {
        val photo = Jpeg.read(unmarked).run { ImageIoJpeg().decode(bare) }.let { Pixels(it.height, it.width, it.read(it.height)) }
        for (codec in listOf(Codec.Png, Codec.Jpeg(90))) {
            val target = ByteArrayOutputStream()
            filter.applyFile(Pixels(photo.height, photo.width, photo.levels), emptyList(), target, codec, mark = true)
            val saved = target.toByteArray()
            assertEquals(listOf(MARK), filter.inspect(saved::inputStream).requires)
            val marked = SavedFile.open(saved::inputStream, ImageIoJpeg()).pixels { Pixels(it.height, it.width, it.read(it.height)) }
            val found = filter.arrival(png(marked.height, marked.width, marked.levels)::inputStream)
            assertEquals("$codec: $found", Origin.SHARED, found.origin)
            if (codec != Codec.Png) continue
            val plain = Marking(photo.width, bundle.restoration, sign = 1).move(filter.apply(photo).levels)
            val unmarked = Unmarked(Pixels(photo.height, photo.width, plain), bundle.restoration).read(photo.height)
            val expected = filter.restore(Pixels(photo.height, photo.width, unmarked))
            assertArrayEquals(expected.levels, Fixtures.pixels(restored(saved)).levels)
        }
    }

    @Test
    fun `hostile sizes get a verdict`() {
        for ((name, size) in listOf("one_pixel" to "1 x 1", "thin" to "20000 x 30")) {
            val found = filter.arrival(File(folder, "shared/$name.png")::inputStream)
            assertEquals(Origin.CANNOT_TELL, found.origin)
            assertTrue(found.reason, "$size pixels are too few to tell by" in found.reason)
        }
    }
}
