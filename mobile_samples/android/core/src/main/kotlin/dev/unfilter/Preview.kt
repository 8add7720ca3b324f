package dev.unfilter

import java.nio.ByteBuffer

/**
 * The filter over small pictures that are shown and not saved, such as a camera's frames: its forward graph alone, at one size, so that
 * its kernels are chosen once. Not for several threads at once; give it the newest frame only, and let the others go.
 *
 *     val preview = Preview(bundle, OnnxRuntime(), height = 192, width = 256)
 *     preview.warmUp()
 *     val shown = preview.apply(preview.shrink(rgba, 480, 640, rowStride), parameters)
 */
class Preview(private val bundle: Bundle, private val runtime: Runtime, height: Int, width: Int) : AutoCloseable {
    /** Of every frame: as asked, but for what the filter's alignment leaves over. */
    val height = bundle.tiles.aligned(height)
    val width = bundle.tiles.aligned(width)
    private val graph: Graph

    init {
        val sides = 1..bundle.tiles.tile
        require(this.height in sides && this.width in sides) { "a preview of $width x $height does not fit a tile of ${bundle.tiles.tile}" }
        graph = runtime.openGraph(bundle, Direction.FORWARD)
    }

    /** Runs once on black, so that the first frame does not wait for kernels. */
    fun warmUp() {
        apply(Pixels(height, width, ByteArray(height * width * 3)))
    }

    /** The filtered [frame], which is [height] x [width]. */
    fun apply(frame: Pixels, parameters: Map<String, Double> = emptyMap()): Pixels {
        require(frame.height == height && frame.width == width) { "${frame.width} x ${frame.height} is not $width x $height" }
        val image = FloatArray(frame.levels.size) { toFloat(frame.levels[it]) }
        val values = graph.run(image, height, width, bundle.hyperParameters.places(parameters))
        return Pixels(height, width, ByteArray(values.size) { toLevel(values[it]) })
    }

    /**
     * A camera's frame ([rgba], 4 bytes a pixel, [rowStride] bytes a row, at least as large as the preview) as one of this size: the
     * middle of it in these proportions, each pixel the mean of those that it covers.
     */
    fun shrink(rgba: ByteBuffer, frameHeight: Int, frameWidth: Int, rowStride: Int): Pixels {
        require(frameHeight >= height && frameWidth >= width) { "a frame of $frameWidth x $frameHeight is below $width x $height" }
        val scale = minOf(frameHeight.toDouble() / height, frameWidth.toDouble() / width)
        val top = ((frameHeight - height * scale) / 2).toInt()
        val left = ((frameWidth - width * scale) / 2).toInt()
        val rows = IntArray(height + 1) { top + (it * scale).toInt() }
        val columns = IntArray(width + 1) { left + (it * scale).toInt() }
        val levels = ByteArray(height * width * 3)
        for (y in 0 until height) {
            for (x in 0 until width) {
                mean(rgba, rowStride, rows[y] until rows[y + 1], columns[x] until columns[x + 1], levels, (y * width + x) * 3)
            }
        }
        return Pixels(height, width, levels)
    }

    override fun close() {
        graph.close()
        runtime.close()
    }
}

private fun mean(rgba: ByteBuffer, rowStride: Int, rows: IntRange, columns: IntRange, levels: ByteArray, place: Int) {
    val count = (rows.last - rows.first + 1) * (columns.last - columns.first + 1)
    for (channel in 0..2) {
        var sum = 0
        for (y in rows) for (x in columns) sum += rgba.get(y * rowStride + x * 4 + channel).toInt() and 0xFF
        levels[place + channel] = ((sum + count / 2) / count).toByte()
    }
}
