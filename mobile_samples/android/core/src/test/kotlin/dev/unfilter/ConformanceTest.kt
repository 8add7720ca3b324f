package dev.unfilter

import dev.unfilter.imageio.ImageIoJpeg
import dev.unfilter.onnx.OnnxRuntime
import java.io.ByteArrayOutputStream
import java.io.File
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

/** Law: every file of the past and of the future in sdk/format/conformance is opened or refused as cases.json says. */
class ConformanceTest {
    private val folder = File("../../../sdk/format/conformance")
    private val cases = JSONObject(File(folder, "cases.json").readText())
    private val bundles = cases.getJSONArray("bundles").objects()
    private val files = cases.getJSONArray("files").objects()
    private val restored = files.filter { it.getString("expect") == "restores" }

    @Test
    fun `a bundle opens with the artifacts that this version knows`() {
        val opening = bundles.filter { it.getString("expect") == "opens" }
        assertTrue(opening.size > 2)
        for (case in opening) {
            val left = bundle(case).artifacts.map { listOf(it.format, it.direction.code, it.precision) }
            val names = listOf("format", "direction", "precision")
            val expected = case.optJSONArray("artifacts").objects().map { each -> names.map(each::getString) }
            if (expected.isEmpty()) assertTrue(left.isNotEmpty()) else assertEquals(case.getString("name"), expected, left)
        }
    }

    @Test
    fun `a bundle of the future restores what it must`() {
        for (case in bundles.filter { it.has("artifacts") }) {
            Filter(bundle(case), OnnxRuntime(), ImageIoJpeg()).use { assertRestores(case.getString("name"), it, restored.first()) }
        }
    }

    @Test
    fun `a bundle that cannot be opened is refused with what to do`() {
        for (case in bundles.filter { it.getString("expect") == "refused" }) {
            val refused = assertThrows(case.getString("name"), BundleException::class.java) { bundle(case) }
            assertSays(case, refused.message!!)
        }
    }

    @Test
    fun `a file is restored, or refused with the reason`() {
        assertTrue(restored.map { it.getString("path").takeLast(4) }.toSet() == setOf(".png", ".jpg"))
        for (case in files) {
            val name = case.getString("name")
            Filter(bundle(bundles.first { it.getString("name") == case.getString("bundle") }), OnnxRuntime(), ImageIoJpeg()).use { filter ->
                if (case in restored) return@use assertRestores(name, filter, case)
                val target = ByteArrayOutputStream()
                val file = File(folder, case.getString("path"))
                val refused = assertThrows(name, Refused::class.java) { filter.restoreFile(file::inputStream, target) }
                assertEquals(name, case.getString("refusal"), refused.refusal.code)
                assertEquals("$name: nothing is written", 0, target.size())
                assertSays(case, refused.message!!)
            }
        }
    }

    private fun assertRestores(name: String, filter: Filter, case: JSONObject) {
        val target = ByteArrayOutputStream()
        filter.restoreFile(File(folder, case.getString("path"))::inputStream, target)
        val expected = Pixels(case.getInt("height"), case.getInt("width"), File(folder, case.getString("restored")).readBytes())
        assertTrue(name, apart(Fixtures.pixels(target.toByteArray()), expected) <= cases.getInt("tolerance"))
    }

    private fun assertSays(case: JSONObject, message: String) {
        val missing = case.getJSONArray("words").strings().filterNot { message.contains(it, ignoreCase = true) }
        assertEquals("${case.getString("name")}: $message", emptyList<String>(), missing)
        assertTrue(message, "\n" !in message)
    }

    private fun bundle(case: JSONObject) = Bundle { path ->
        File(folder, if (path == "manifest.json") case.getString("manifest") else "${case.getString("files")}/$path").inputStream()
    }
}
