package dev.unfilter

/** One direction of a filter, loaded and ready to run. Not for several threads at once. */
interface Graph : AutoCloseable {
    /** Whether it takes tiles of the plan's size only. */
    val fixedSize: Boolean

    /**
     * Run on a tile: [image] is height x width x 3 floats, 0..1, row by row; sides are multiples of the alignment, at most the
     * plan's tile. [places] are those of the hyper-parameters, 0..1; empty for an inverse. The result has the image's shape and
     * is not clipped.
     */
    fun run(image: FloatArray, height: Int, width: Int, places: FloatArray): FloatArray
}

/**
 * What runs an artifact: ONNX Runtime ([dev.unfilter.onnx.OnnxRuntime]), or LiteRT on Android. Whoever is given one closes it, after
 * its graphs.
 */
fun interface Runtime : AutoCloseable {
    fun openGraph(bundle: Bundle, direction: Direction): Graph

    override fun close() = Unit
}

/**
 * Photos smaller than the only size a graph takes fill its upper left corner; the mask `valid` says how far, a float for each cell
 * of the alignment (R5 of sdk/format/RULES.md). [full] takes tile x tile x 3, [masked] that and the mask.
 */
class FixedSize(
    private val plan: TilePlan,
    private val full: (FloatArray) -> FloatArray,
    private val masked: (FloatArray, FloatArray) -> FloatArray,
) {
    fun run(image: FloatArray, height: Int, width: Int): FloatArray {
        if (height == plan.tile && width == plan.tile) return full(image)
        val cells = plan.tile / plan.alignment
        val padded = FloatArray(plan.tile * plan.tile * 3)
        val valid = FloatArray(cells * cells)
        repeat(height) { image.copyInto(padded, it * plan.tile * 3, it * width * 3, (it + 1) * width * 3) }
        repeat(height / plan.alignment) { valid.fill(1f, it * cells, it * cells + width / plan.alignment) }
        val result = masked(padded, valid)
        val cut = FloatArray(image.size)
        repeat(height) { result.copyInto(cut, it * width * 3, it * plan.tile * 3, (it * plan.tile + width) * 3) }
        return cut
    }
}
