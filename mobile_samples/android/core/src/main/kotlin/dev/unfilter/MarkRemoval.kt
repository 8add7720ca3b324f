package dev.unfilter

import kotlin.math.floor
import kotlin.math.round

private const val WHOLE = 1024 // side of the square by which size and place are found again
private const val FINER = 12 // sizes that are tried on either side
private const val BAND = 64 // rows that are looked at at once
private const val TINY = 1e-9

/**
 * [pixels], upright, less the filter's mark that was found at [scale] of its size, as far as compression left it (R32 of
 * sdk/format/RULES.md): size and place are found again, finer, by more of the picture; how much is left of the mark is fitted by least
 * squares.
 */
internal fun without(pixels: Pixels, restoration: String, scale: Double): Pixels {
    val seen = placed(pixels, restoration, scale)
    var (product, power) = 0.0 to 0.0
    for (row in 0 until pixels.height step BAND) {
        val blue = slowCourseOff(pixels, row, minOf(pixels.height, row + BAND))
        for (y in 0 until blue.height) {
            val pattern = seen.row(row + y)
            for (x in pattern.indices) {
                product += blue.values[y * blue.width + x].toDouble() * pattern[x]
                power += pattern[x].toDouble() * pattern[x]
            }
        }
    }
    val count = pixels.height.toDouble() * pixels.width
    val gain = (product / count / (power / count + TINY)).coerceIn(0.0, 1.0).toFloat()
    val levels = pixels.levels.copyOf()
    for (y in 0 until pixels.height) {
        val pattern = seen.row(y)
        for (x in pattern.indices) {
            val place = (y * pixels.width + x) * 3 + 2
            val level = round((levels[place].toInt() and 0xFF) - gain * pattern[x])
            levels[place] = level.coerceIn(0f, 255f).toInt().toByte()
        }
    }
    return Pixels(pixels.height, pixels.width, levels)
}

/** What each pixel sees of a pattern: linear between the middles of its cells. */
private class Seen(private val levels: IntArray, private val rows: Axis, private val columns: Axis) {
    fun row(y: Int): FloatArray {
        val line = FloatArray(CELLS) { rows.mix(y, levels[rows.below(y) * CELLS + it].toFloat(), levels[rows.above(y) * CELLS + it].toFloat()) }
        return FloatArray(columns.length) { columns.mix(it, line[columns.below(it)], line[columns.above(it)]) }
    }
}

/** Along one axis: between which cells a line is, and how far. [start] is the first line of the square that was looked at. */
private class Axis(val length: Int, private val start: Int, private val scale: Double, private val shift: Double) {
    private fun at(line: Int) = (line - start + 0.5) / (scale * CELL) + shift - 0.5

    fun below(line: Int) = floor(at(line)).toInt().mod(CELLS)

    fun above(line: Int) = (below(line) + 1) % CELLS

    fun mix(line: Int, below: Float, above: Float): Float {
        val far = at(line) - floor(at(line))
        return (1 - far).toFloat() * below + far.toFloat() * above
    }
}

private fun placed(pixels: Pixels, restoration: String, scale: Double): Seen {
    val square = quietBlue(middle(Pixels(pixels.height, pixels.width, pixels.levels), WHOLE))
    val waves = conjugate(restoration, turns = 0, mirrored = false)
    val step = CELL * 0.5 / maxOf(square.height, square.width) * scale
    var most = -1.0
    var (size, part) = scale to 0.0
    var place = 0
    for (index in -FINER..FINER) {
        for (shift in listOf(0.0, 0.5)) {
            val values = folded(square, scale + step * index, shift).correlated(waves).real
            val found = deviations(values)
            if (found > most) {
                most = found
                size = scale + step * index
                part = shift
                place = values.indices.maxBy { values[it] }
            }
        }
    }
    val rows = Axis(pixels.height, maxOf(0, (pixels.height - WHOLE) / 2), size, part - place / CELLS)
    val columns = Axis(pixels.width, maxOf(0, (pixels.width - WHOLE) / 2), size, part - place % CELLS)
    return Seen(markOf(restoration), rows, columns)
}
