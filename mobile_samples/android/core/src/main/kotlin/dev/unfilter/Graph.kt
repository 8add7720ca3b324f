package dev.unfilter

/** One direction of a filter, loaded and ready to run. Not for several threads at once. */
interface Graph : AutoCloseable {
    /** Whether it takes tiles of the plan's size only. */
    val fixedSize: Boolean

    /**
     * Run on a tile: [image] is height x width x 3 floats, 0..1, row by row; sides are multiples of the alignment, at most the
     * plan's tile. [places] are those of the hyper-parameters, 0..1; empty for an inverse. [output], like [image], is what a guided
     * filter's forward graph takes beside it (R29), and no other. The result has the image's shape and is not clipped.
     */
    fun run(image: FloatArray, height: Int, width: Int, places: FloatArray, output: FloatArray? = null): FloatArray
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
 * of the alignment (R5 of sdk/format/RULES.md). [full] takes pictures of tile x tile x 3, [masked] those and the mask.
 */
class FixedSize(
    private val plan: TilePlan,
    private val full: (List<FloatArray>) -> FloatArray,
    private val masked: (List<FloatArray>, FloatArray) -> FloatArray,
) {
    /** [pictures] are the image and, of a guided filter, the output. */
    fun run(pictures: List<FloatArray>, height: Int, width: Int): FloatArray {
        if (height == plan.tile && width == plan.tile) return full(pictures)
        val cells = plan.tile / plan.alignment
        val valid = FloatArray(cells * cells)
        repeat(height / plan.alignment) { valid.fill(1f, it * cells, it * cells + width / plan.alignment) }
        val result = masked(pictures.map { padded(it, height, width) }, valid)
        val cut = FloatArray(height * width * 3)
        repeat(height) { result.copyInto(cut, it * width * 3, it * plan.tile * 3, (it * plan.tile + width) * 3) }
        return cut
    }

    private fun padded(image: FloatArray, height: Int, width: Int): FloatArray {
        val padded = FloatArray(plan.tile * plan.tile * 3)
        repeat(height) { image.copyInto(padded, it * plan.tile * 3, it * width * 3, (it + 1) * width * 3) }
        return padded
    }
}
