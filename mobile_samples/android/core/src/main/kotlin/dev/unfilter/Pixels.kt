package dev.unfilter

/** Pixels that come row by row, from the top: 8-bit RGB as the file stores it, not colour-converted, not rotated (R1 of sdk/format/RULES.md). */
interface PixelSource {
    val height: Int
    val width: Int

    /** The next [rows] rows, `rows * width * 3` bytes. */
    fun read(rows: Int): ByteArray
}

/** A photo that is wholly in memory: height x width x 3 levels, row by row. */
class Pixels(override val height: Int, override val width: Int, val levels: ByteArray) : PixelSource {
    private var next = 0

    init {
        require(height > 0 && width > 0 && levels.size == height * width * 3) { "${levels.size} levels are no $width x $height RGB" }
    }

    override fun read(rows: Int): ByteArray = levels.copyOfRange(next * width * 3, (next + rows) * width * 3).also { next += rows }

    /** The same, from the top. */
    internal fun rewound() = Pixels(height, width, levels)
}

/**
 * Run [graph] over [source], tile by tile, and give the result's rows to [write] as they are done. [output], of the same size, is cut by
 * the same tiles (R29); left-over lines are [source]'s.
 *
 * A photo of any size takes the memory of one row of tiles: of 48 megapixels (8064 x 6048) two bands of 19 MB, and one tile.
 * [progress] is called with the share that is done, 0..1.
 */
internal fun filterRows(
    graph: Graph,
    plan: TilePlan,
    places: FloatArray,
    source: PixelSource,
    output: PixelSource? = null,
    progress: (Float) -> Unit,
    write: (ByteArray) -> Unit,
) {
    val (height, width) = source.height to source.width
    val stride = width * 3
    val rows = plan.spans(height, graph.fixedSize)
    val columns = plan.spans(width, graph.fixedSize)
    if (rows.isEmpty() || columns.isEmpty()) return write(source.read(height)) // below one cell there is no neighbour inside
    var window = ByteArray(0)
    var guide = ByteArray(0)
    var top = 0
    var band = ByteArray(0)
    for ((index, row) in rows.withIndex()) {
        val seen = (row.start - top) * stride // what lies behind it is read again by the halo
        top = row.start
        window = moved(window, seen, row.length, source)
        if (output != null) guide = moved(guide, seen, row.length, output)
        band = ByteArray((row.keepStop - row.keepStart) * stride)
        for ((place, column) in columns.withIndex()) {
            val image = floats(window, stride, row, column)
            val guiding = output?.let { floats(guide, stride, row, column) }
            store(graph.run(image, row.length, column.length, places, guiding), row, column, band, stride)
            progress((index * columns.size + place + 1f) / (rows.size * columns.size))
        }
        carryColumns(window, (row.keepStart - top) * stride, band, plan, width)
        write(band)
    }
    var left = height - plan.aligned(height)
    if (left == 0) return
    val before = source.read(left)
    val after = ByteArray(before.size)
    while (left-- > 0) {
        for (place in left * stride until left * stride + stride) {
            val column = place - left * stride
            after[place] = moved(before[place], window[window.size - stride + column], band[band.size - stride + column])
        }
    }
    carryColumns(before, 0, after, plan, width)
    write(after)
}

/** [window] without its first [seen] bytes, and as much more of [source] as makes [rows] rows. */
private fun moved(window: ByteArray, seen: Int, rows: Int, source: PixelSource): ByteArray {
    val kept = window.copyOfRange(seen, window.size)
    return kept + source.read(rows - kept.size / (source.width * 3))
}

private fun floats(window: ByteArray, stride: Int, row: Span, column: Span): FloatArray {
    val image = FloatArray(row.length * column.length * 3)
    var next = 0
    for (y in 0 until row.length) {
        for (place in y * stride + column.start * 3 until y * stride + column.stop * 3) image[next++] = toFloat(window[place])
    }
    return image
}

private fun store(values: FloatArray, row: Span, column: Span, band: ByteArray, stride: Int) {
    for (y in row.keepStart until row.keepStop) {
        var from = ((y - row.start) * column.length + column.keepStart - column.start) * 3
        val start = (y - row.keepStart) * stride
        for (place in start + column.keepStart * 3 until start + column.keepStop * 3) band[place] = toLevel(values[from++])
    }
}

/** Fill the columns of [after] that the alignment leaves over; its first row is at [offset] in [before]. */
private fun carryColumns(before: ByteArray, offset: Int, after: ByteArray, plan: TilePlan, width: Int) {
    val inside = plan.aligned(width)
    for (start in after.indices step width * 3) {
        for (place in start + inside * 3 until start + width * 3) {
            val neighbour = start + (inside - 1) * 3 + (place - start) % 3
            after[place] = moved(before[offset + place], before[offset + neighbour], after[neighbour])
        }
    }
}
