package dev.unfilter

import dev.unfilter.imageio.ImageIoJpeg
import dev.unfilter.onnx.OnnxRuntime
import java.io.ByteArrayOutputStream
import java.io.File
import kotlin.math.abs
import org.json.JSONArray
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
    fun `tiles are where the plan says`() {
        val plans = JSONArray(File(folder, cases.getString("plans")).readText()).objects()
        assertTrue(plans.any { it.getJSONObject("tiles").has("grid") })
        for (case in plans) {
            val plan = tilePlan(case.getJSONObject("tiles")).of(Direction.entries.first { it.code == case.getString("direction") })
            for (entry in case.getJSONArray("lengths").lists()) {
                val expected = entry.getJSONArray(1).lists().map { each -> Span(each.getInt(0), each.getInt(1), each.getInt(2), each.getInt(3)) }
                assertEquals("$plan ${entry.get(0)}", expected, plan.spans(entry.getInt(0), case.getBoolean("fixed_size")))
            }
        }
    }

    @Test
    fun `no picture and no claim of what a photo does not have travels along`() {
        val travels = JSONObject(File(folder, cases.getString("travels")).readText())
        for (case in travels.getJSONArray("xmp").objects()) assertEquals(case.getString("after"), withoutClaims(case.getString("before")))
        for (case in travels.getJSONArray("exif").objects()) {
            val before = case.getString("before").chunked(2) { it.toString().toInt(16).toByte() }.toByteArray()
            assertEquals(case.getString("after"), withoutPictures(before).hex())
        }
    }

    @Test
    fun `a bundle opens with the artifacts that this version knows`() {
        val opening = bundles.filter { it.getString("expect") == "opens" }
        assertTrue(opening.size > 2)
        for (case in opening) {
            val left = bundle(case).artifacts.map { listOf(it.format, it.direction.code, it.precision) }
            val names = listOf("format", "direction", "precision")
            val listed = case.optJSONArray("artifacts_by_rule") ?: case.optJSONArray("artifacts") // R29 is known
            val expected = listed.objects().map { each -> names.map(each::getString) }
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
    fun `a filter that needs more than a photo says so`() {
        val guided = bundles.filter { it.has("refuses_to_filter") }
        assertTrue(guided.isNotEmpty())
        for (case in guided) {
            Filter(bundle(case), OnnxRuntime()).use { filter ->
                val refused = assertThrows(BundleException::class.java) { filter.apply(Pixels(4, 6, ByteArray(72))) }
                assertSays(case, refused.message!!, "refuses_to_filter")
            }
        }
    }

    @Test
    fun `what a file holds beside its pixels restores it where that is decoded, and a line says so`() {
        val holding = restored.filter { it.has("restored_by_rule") }
        assertEquals(setOf("R25", "R26"), holding.map { it.getString("rule") }.toSet())
        for (case in holding) {
            Filter(bundleOf(case), OnnxRuntime(), ImageIoJpeg(), Pillow()).use { filter ->
                val how = checkNotNull(assertRestores(case.getString("name"), filter, case, "restored_by_rule").how)
                val isExact = filter.inspect(file(case)::inputStream).topUp?.holds == TopUp.Holds.PHOTO
                assertTrue(how, Regex("restored from (?:the payload|its top-up|its pixels and its top-up).*").matches(how))
                if (isExact) assertRestores(case.getString("name"), filter, case, "restored_by_rule", tolerance = 0)
            }
        }
    }

    @Test
    fun `a file that carries more than this device reads says so, and no other does`() {
        for (case in restored) {
            Filter(bundleOf(case), OnnxRuntime(), ImageIoJpeg()).use { filter ->
                val how = assertRestores(case.getString("name"), filter, case).how
                assertEquals("$how", case.has("restored_by_rule"), how != null)
                if (how != null) assertTrue(how, Regex("it carries more than this device reads, .*: restored from the pixels alone").matches(how))
            }
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
            Filter(bundleOf(case), OnnxRuntime(), ImageIoJpeg()).use { filter ->
                val target = ByteArrayOutputStream()
                if (case in restored) {
                    assertRestores(name, filter, case)
                    return@use
                }
                val refused = assertThrows(name, Refused::class.java) { filter.restoreFile(file(case)::inputStream, target) }
                assertEquals(name, case.getString("refusal"), refused.refusal.code)
                assertEquals("$name: nothing is written", 0, target.size())
                assertSays(case, refused.message!!)
            }
        }
    }

    private fun assertRestores(
        name: String,
        filter: Filter,
        case: JSONObject,
        by: String = "restored",
        tolerance: Int = cases.getInt("tolerance"),
    ): Restored {
        val target = ByteArrayOutputStream()
        val restored = filter.restoreFile(file(case)::inputStream, target)
        val expected = File(folder, case.getString(by)).readBytes()
        val png = PngReader(target.toByteArray().inputStream())
        assertEquals(name, listOf(case.getInt("height"), case.getInt("width")), listOf(png.height, png.width))
        val found = png.readWhole(png.height)
        assertEquals(name, expected.size, found.size)
        val apart = found.indices.map { abs((found[it].toInt() and 0xFF) - (expected[it].toInt() and 0xFF)) }
        assertTrue(name, apart.max() <= tolerance)
        if (case.optInt("channels") == 4) assertEquals("$name: alpha", 0, apart.filterIndexed { place, _ -> place % 4 == 3 }.max())
        return restored
    }

    private fun assertSays(case: JSONObject, message: String, words: String = "words") {
        val missing = case.getJSONArray(words).strings().filterNot { message.contains(it, ignoreCase = true) }
        assertEquals("${case.getString("name")}: $message", emptyList<String>(), missing)
        assertTrue(message, "\n" !in message)
    }

    private fun file(case: JSONObject) = File(folder, case.getString("path"))

    private fun bundleOf(file: JSONObject) = bundle(bundles.first { it.getString("name") == file.getString("bundle") })

    private fun bundle(case: JSONObject) = Bundle { path ->
        File(folder, if (path == "manifest.json") case.getString("manifest") else "${case.getString("files")}/$path").inputStream()
    }
}
