package dev.unfilter

import dev.unfilter.onnx.OnnxRuntime
import java.nio.ByteBuffer
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Test

/** Laws: a preview shows what the filter makes of the small picture; a frame keeps its proportions and its means. */
class PreviewTest {
    private val photo = Fixtures.goldens.pixels("even", "photo")

    @Test
    fun `a preview is what the filter makes of the frame`() {
        Preview(Fixtures.bundle, OnnxRuntime(), 49, 64).use { preview ->
            preview.warmUp()
            assertEquals(48 to 64, preview.height to preview.width)
            assertArrayEquals(Fixtures.filter.apply(photo).levels, preview.apply(photo).levels)
        }
        assertThrows(IllegalArgumentException::class.java) { Preview(Fixtures.bundle, OnnxRuntime(), 800, 64) }
    }

    @Test
    fun `a frame is cut to the preview's proportions, and each pixel is the mean of what it covers`() {
        val stride = 70 * 4 // rows are longer than the frame is wide
        val frame = ByteBuffer.allocate(stride * 40)
        for (y in 0 until 40) {
            for (place in 0 until 64 * 4) frame.put(y * stride + place, (10 * (place % 4) + place / 4 % 2).toByte())
        }
        Preview(Fixtures.bundle, OnnxRuntime(), 10, 20).use { preview ->
            val small = preview.shrink(frame, 40, 64, stride)
            assertEquals(10 to 20, small.height to small.width)
            assertEquals(setOf(0, 1, 10, 11, 20, 21), small.levels.map { it.toInt() }.toSet() + setOf(0, 10, 20))
            assertThrows(IllegalArgumentException::class.java) { preview.shrink(frame, 9, 64, stride) }
        }
    }
}
