package dev.unfilter

import dev.unfilter.imageio.ImageIoJpeg
import dev.unfilter.onnx.OnnxRuntime
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.IOException
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

/** Law: a guided filter hides the photo in the output of another one, with the golden bytes, and restores from the saved file alone (R29). */
class GuidedTest {
    private val fixtures = File("../../../tests/fixtures")
    private val goldens = Goldens { File(fixtures, "goldens-guided/$it").inputStream() }
    private val filter = Filter(Bundle { File(fixtures, "bundle-guided/$it").inputStream() }, OnnxRuntime(), ImageIoJpeg())

    @Test
    fun `filtered and restored bytes are at most a level off, from one tile and from two`() {
        filter.warmUp()
        assertTrue(goldens.photos.size > 3)
        for (name in goldens.photos) assertTrue(name, goldens.levelsOff(filter, name) <= goldens.tolerance)
        val (photo, output) = listOf("photo", "output").map { goldens.pixels("odd", it) }
        assertTrue(apart(filter.apply(photo, output = output), filter.apply(photo, output = photo)) > goldens.tolerance)
    }

    @Test
    fun `a file is written with what the output makes of it`() {
        val (photo, output) = listOf("photo", "output").map { goldens.pixels("wide", it) }
        val file = ByteArrayOutputStream()
        filter.applyFile(photo, emptyList(), file, output = output)
        val made = Fixtures.pixels(file.toByteArray())
        assertArrayEquals(filter.apply(goldens.pixels("wide", "photo"), output = goldens.pixels("wide", "output")).levels, made.levels)
        val back = ByteArrayOutputStream()
        assertEquals(Origin.AS_SAVED, filter.restoreFile({ file.toByteArray().inputStream() }, back).recognition?.origin)
    }

    @Test
    fun `what does not lie on the photo is refused, and nothing is written`() {
        val (odd, even) = listOf("odd", "even").map { goldens.pixels(it, "photo") }
        val turned = Pixels(odd.width, odd.height, odd.levels)
        val target = ByteArrayOutputStream()
        for ((output, words) in listOf(null to "is guided: it hides", even to "has 64 x 48 pixels, the photo 67 x 51", turned to "may be turned")) {
            val refused = assertThrows(BundleException::class.java) { filter.applyFile(odd, emptyList(), target, output = output) }
            assertTrue(refused.message!!, words in refused.message!!)
        }
        assertEquals(0, target.size())
        val superfluous = assertThrows(BundleException::class.java) { Fixtures.filter.apply(even, output = even) }
        assertTrue(superfluous.message!!, "makes its look itself" in superfluous.message!!)
    }

    @Test
    fun `an output that is stored turned otherwise is refused, and one that does not say is taken`() {
        val exif = byteArrayOf(0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0)
        val (plain, turned) = listOf(emptyList(), listOf(Chunk("eXIf", exif))).map { Photo(goldens.pixels("odd", "photo"), it) }
        val cut = Photo(goldens.pixels("odd", "photo"), listOf(Chunk("eXIf", exif.copyOf(14))))
        val refused = assertThrows(IOException::class.java) { turned.mustLieOn(plain) }
        assertTrue(refused.message!!, "orientation 6, the photo with 1" in refused.message!!)
        turned.mustLieOn(turned)
        plain.mustLieOn(turned)
        cut.mustLieOn(plain)
    }
}
