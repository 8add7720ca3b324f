package dev.unfilter

import java.io.File
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

/** Laws: nothing that the manifest does not vouch for is loaded; a small photo in a graph of one size is masked; places fit ranges. */
class BundleTest {
    @Test
    fun `a changed artifact is refused`() {
        val changed = Bundle { path ->
            val content = File(Fixtures.bundleFolder, path).readBytes()
            if (path.endsWith(".onnx")) content[100]++
            content.inputStream()
        }
        val error = assertThrows(BundleException::class.java) { changed.read(changed.artifact("onnx", Direction.FORWARD).path) }
        assertTrue(error.message, error.message!!.contains("sha256 differs"))
    }

    @Test
    fun `a manifest of another schema, and one that is none, are refused in a line`() {
        val (later, now) = listOf(2, 1).map { """{"schema_version": $it}""" }
        val cases = mapOf(later to "schema 2", now to "convert", "{" to "manifest.json", "{}" to "none")
        for ((text, reason) in cases) {
            val error = assertThrows(BundleException::class.java) { Bundle { text.byteInputStream() } }
            assertTrue(error.message, error.message!!.contains(reason))
        }
    }

    @Test
    fun `a file that the manifest does not list, or that lies outside, is not read`() {
        assertThrows(BundleException::class.java) { Fixtures.bundle.read("manifest.json") }
        val manifest = File(Fixtures.bundleFolder, "manifest.json").readText().replace("onnx/forward.onnx", "../forward.onnx")
        val outside = Bundle { if (it == "manifest.json") manifest.byteInputStream() else throw AssertionError(it) }
        assertThrows(BundleException::class.java) { outside.read("../forward.onnx") }
    }

    @Test
    fun `a runtime is closed with its filter, after its graphs`() {
        val closed = mutableListOf<String>()
        val graph = object : Graph {
            override val fixedSize = false

            override fun run(image: FloatArray, height: Int, width: Int, places: FloatArray, output: FloatArray?) = image

            override fun close() {
                closed += "graph"
            }
        }
        val runtime = object : Runtime {
            override fun openGraph(bundle: Bundle, direction: Direction) = graph

            override fun close() {
                closed += "runtime"
            }
        }
        Filter(Fixtures.bundle, runtime).use { it.warmUp() }
        assertEquals(listOf("graph", "graph", "runtime"), closed)
    }

    @Test
    fun `a format that the bundle lacks is named`() {
        val error = assertThrows(BundleException::class.java) { Fixtures.bundle.artifact("onnx", Direction.FORWARD, "fp16") }
        assertTrue(error.message, error.message!!.contains("holds no onnx forward in fp16"))
    }

    @Test
    fun `a photo smaller than the tile fills its corner, and the mask says how far`() {
        val plan = TilePlan(8, 2, 2)
        val image = FloatArray(4 * 6 * 3) { it + 1f }
        val graph = FixedSize(plan, full = { throw AssertionError() }, masked = { padded, valid ->
            assertEquals(listOf(1f, 1f, 1f, 0f, 1f, 1f, 1f, 0f) + List(8) { 0f }, valid.toList())
            for (picture in padded) assertEquals(image.sum(), picture.sum(), 0f)
            padded.last()
        })
        assertEquals(image.toList(), graph.run(listOf(image), 4, 6).toList())
        val output = image.reversedArray()
        assertEquals(output.toList(), graph.run(listOf(image, output), 4, 6).toList())
        val tile = FloatArray(8 * 8 * 3) { it.toFloat() }
        assertEquals(tile.toList(), FixedSize(plan, { it.single() }, { _, _ -> throw AssertionError() }).run(listOf(tile), 8, 8).toList())
    }

    @Test
    fun `values of hyper-parameters go by their range, and others are refused`() {
        val sigma = HyperParameter("sigma", 0.05, 0.4, 0.1, logScale = true)
        assertEquals(1f / 3, sigma.place(0.1), 1e-6f)
        assertEquals(0.5f, HyperParameter("factor", 2.0, 8.0, 5.0, logScale = false).place(5.0), 0f)
        for (place in listOf(0f, 0.3f, 1f)) assertEquals(place, sigma.place(sigma.value(place)), 1e-6f)
        assertThrows(IllegalArgumentException::class.java) { sigma.place(0.5) }
        assertEquals(mapOf("sigma" to 0.1), listOf(sigma).complete(emptyMap()))
        assertThrows(IllegalArgumentException::class.java) { listOf(sigma).complete(mapOf("hue" to 1.0)) }
    }
}
