package dev.unfilter

import dev.unfilter.imageio.ImageIoJpeg
import dev.unfilter.onnx.OnnxRuntime
import java.io.ByteArrayOutputStream
import java.io.File
import org.junit.Assert.assertTrue
import org.junit.Assume.assumeTrue
import org.junit.Test

/**
 * Law: JPEG files of the SDK are restored here as the SDK restores them, and the other way round (tests/mobile_samples/test_android.py
 * makes the former, and restores what is left in the folder here).
 */
class JpegGoldensTest {
    private val folder = System.getProperty("unfilter.jpegs")?.let(::File)

    @Test
    fun `JPEG files of the SDK are restored as the SDK does, and some are left for it`() {
        assumeTrue("no JPEG files of the SDK's", folder != null)
        val names = checkNotNull(folder).list()!!.filter { it.startsWith("sdk-") && it.endsWith(".jpg") }.sorted()
        assertTrue(names.isNotEmpty())
        Filter(Fixtures.bundle, OnnxRuntime(), ImageIoJpeg()).use { filter ->
            for (name in names) {
                val restored = restored(filter, File(folder, name))
                val expected = Pixels(restored.height, restored.width, File(folder, "$name.rgb").readBytes())
                assertTrue(name, apart(restored, expected) <= Fixtures.goldens.tolerance)
            }
            for (quality in listOf(80, 90)) {
                val (photo, file) = Fixtures.goldens.pixels("odd", "photo") to File(folder, "kotlin-$quality.jpg")
                file.outputStream().use { filter.applyFile(photo, emptyList(), it, Codec.Jpeg(quality)) }
                File("${file.path}.rgb").writeBytes(restored(filter, file).levels)
            }
        }
    }

    private fun restored(filter: Filter, file: File): Pixels {
        val target = ByteArrayOutputStream()
        filter.restoreFile(file::inputStream, target)
        return Fixtures.pixels(target.toByteArray())
    }
}
