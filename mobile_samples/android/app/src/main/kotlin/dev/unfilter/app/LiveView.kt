package dev.unfilter.app

import ai.onnxruntime.OrtException
import android.graphics.Bitmap
import android.graphics.Matrix
import androidx.camera.core.ImageAnalysis
import androidx.camera.core.ImageProxy
import dev.unfilter.Bundle
import dev.unfilter.Pixels
import dev.unfilter.Preview
import dev.unfilter.onnx.OnnxRuntime
import java.io.IOException

private const val HEIGHT = 192
private const val WIDTH = 256

/**
 * The camera's frames through the filter, with the values that the sliders stand at. ONNX Runtime runs them on the CPU: its graphs
 * take small pictures, where those for LiteRT take whole tiles only. [show] and [fail] are called on the thread of the frames.
 */
class LiveView(
    private val bundle: Bundle,
    private val show: (Bitmap) -> Unit,
    private val fail: (String) -> Unit,
) : ImageAnalysis.Analyzer, AutoCloseable {
    @Volatile
    var isOn = false

    @Volatile
    var parameters: Map<String, Double> = emptyMap()

    private var preview: Preview? = null

    override fun analyze(image: ImageProxy) {
        image.use { frame ->
            if (!isOn) return
            try {
                val warm = preview ?: Preview(bundle, OnnxRuntime(), HEIGHT, WIDTH).also { preview = it; it.warmUp() }
                val plane = frame.planes[0]
                val small = warm.shrink(plane.buffer, frame.height, frame.width, plane.rowStride)
                show(turned(warm.apply(small, parameters), frame.imageInfo.rotationDegrees))
            } catch (error: IOException) { // a bundle without the graph
                stopped(error)
            } catch (error: OrtException) {
                stopped(error)
            }
        }
    }

    private fun stopped(error: Exception) {
        isOn = false
        fail(error.message ?: "$error")
    }

    /** On the thread of the frames. */
    override fun close() {
        isOn = false
        preview?.close()
        preview = null
    }
}

/** [pixels] as a bitmap, turned clockwise by [degrees]. */
private fun turned(pixels: Pixels, degrees: Int): Bitmap {
    val colours = IntArray(pixels.height * pixels.width) { pixel ->
        val (red, green, blue) = List(3) { pixels.levels[pixel * 3 + it].toInt() and 0xFF }
        (0xFF shl 24) or (red shl 16) or (green shl 8) or blue
    }
    val bitmap = Bitmap.createBitmap(colours, pixels.width, pixels.height, Bitmap.Config.ARGB_8888)
    return Bitmap.createBitmap(bitmap, 0, 0, pixels.width, pixels.height, Matrix().apply { postRotate(degrees.toFloat()) }, true)
}
