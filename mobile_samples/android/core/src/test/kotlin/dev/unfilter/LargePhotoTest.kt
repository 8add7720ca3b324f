package dev.unfilter

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

/** Law: a photo of 48 megapixels takes the memory of a row of tiles. Run with a heap that neither the photo nor the result fits in. */
class LargePhotoTest {
    private class Identity : Graph {
        override val fixedSize = false
        var largest = 0

        override fun run(image: FloatArray, height: Int, width: Int, places: FloatArray, output: FloatArray?) = image.also { largest = maxOf(largest, it.size) }

        override fun close() = Unit
    }

    private class Gradient(override val height: Int, override val width: Int) : PixelSource {
        var next = 0

        override fun read(rows: Int): ByteArray {
            val first = next
            next += rows
            return ByteArray(rows * width * 3) { level(first + it / (width * 3), it % (width * 3)) }
        }
    }

    @Test
    fun `48 megapixels, with lines left over, come through the heap of a phone's app`() {
        val (height, width) = 6049 to 8065
        val heap = java.lang.Runtime.getRuntime().maxMemory()
        assertTrue("run with a heap smaller than the photo, not $heap bytes", heap < height.toLong() * width * 3)
        val graph = Identity()
        val plan = TilePlan(768, 60, 2)
        val digest = PixelDigest(height, width)
        var rows = 0
        filterRows(graph, plan, FloatArray(0), Gradient(height, width), progress = {}) { band ->
            for (place in band.indices) {
                val y = rows + place / (width * 3)
                if (band[place] != level(y, place % (width * 3))) throw AssertionError("row $y")
            }
            rows += band.size / (width * 3)
            digest.update(band)
        }
        assertEquals(height, rows)
        assertEquals(digest.fingerprint(), Fingerprint.of(Gradient(height, width)))
        assertTrue(graph.largest <= plan.tile * plan.tile * 3)
    }
}

private fun level(y: Int, x: Int) = (y * 31 + x * 7).toByte()
