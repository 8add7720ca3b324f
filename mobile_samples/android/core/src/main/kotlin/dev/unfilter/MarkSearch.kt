package dev.unfilter

import kotlin.math.ceil
import kotlin.math.floor
import kotlin.math.sqrt

/** Deviations from which on a mark counts. */
internal const val THRESHOLD = 6.5

/** Side of the square in the middle that is looked at, pixels at most. */
internal const val SIDE = 512
private const val LEAST = 96 // side of a picture that is looked at, pixels
private const val LARGEST = 1.25 // factor of the size at which a mark is looked for
private const val SMALLEST = 0.25
private const val TINY = 1e-9

/**
 * A mark that was found. It stands out by [deviations] from all else; the picture is [scale] times as large as it was, and was [mirrored]
 * left and right, and then turned to the left by [turns] quarters.
 */
internal data class Mark(val restoration: String, val deviations: Double, val scale: Double, val turns: Int, val mirrored: Boolean)

/**
 * The mark that stands out most in [square], the [middle] of a picture, whether it counts or not; null where its pixels are too few (R31 of
 * sdk/format/RULES.md). The square is folded onto the pattern's cells at every size that the picture may have had, and correlated
 * with every pattern at every place and in every orientation.
 */
internal fun strongest(square: Pixels, restorations: Collection<String>): Mark? {
    if (restorations.isEmpty() || minOf(square.height, square.width) < LEAST) return null
    val blue = quietBlue(square)
    val patterns = restorations.distinct().sorted().flatMap { id -> listOf(false, true).flatMap { pairs(id, it) } }
    var best: Mark? = null
    for (scale in scales(maxOf(square.height, square.width))) {
        val waves = folded(blue, scale)
        for (pair in patterns) {
            val correlation = waves.correlated(pair.waves)
            for ((by, values) in listOf(correlation.real, correlation.imaginary).withIndex()) {
                val found = deviations(values)
                if (best == null || found > best.deviations) best = Mark(pair.restoration, found, scale, pair.turns + by, pair.mirrored)
            }
        }
    }
    return best
}

/** By how many deviations of all values the greatest one stands out. */
internal fun deviations(values: DoubleArray): Double = values.max() / (sqrt(values.sumOf { it * it } / values.size) + TINY)

/** Factors so close that over [length] pixels no cell is missed. */
private fun scales(length: Int): List<Double> {
    val step = CELL * 0.75 / length
    return List(ceil((1 / SMALLEST + step - 1 / LARGEST) / step).toInt()) { 1 / (1 / LARGEST + it * step) }
}

/** The waves of the means of the pixels that fall into each cell, over all repetitions, evened. */
internal fun folded(blue: Plane, scale: Double, shift: Double = 0.0): Waves {
    val rows = cells(blue.height, scale, shift)
    val columns = cells(blue.width, scale, shift)
    val down = FloatArray(CELLS * blue.width)
    for (y in 0 until blue.height) {
        val (to, from) = rows[y] * blue.width to y * blue.width
        for (x in 0 until blue.width) down[to + x] += blue.values[from + x]
    }
    val waves = Waves()
    for (row in 0 until CELLS) {
        for (x in 0 until blue.width) waves.real[row * CELLS + columns[x]] += down[row * blue.width + x].toDouble()
    }
    val (high, wide) = counts(rows) to counts(columns)
    for (place in waves.real.indices) waves.real[place] /= maxOf(1, high[place / CELLS] * wide[place % CELLS]).toDouble()
    val mean = waves.real.average()
    for (place in waves.real.indices) waves.real[place] -= mean
    waves.transform()
    waves.even()
    return waves
}

/** Which cell each line falls into. */
private fun cells(length: Int, scale: Double, shift: Double) =
    IntArray(length) { floor((it + 0.5) / (scale * CELL) + shift).toInt().mod(CELLS) }

private fun counts(cells: IntArray) = IntArray(CELLS).also { counts -> for (cell in cells) counts[cell]++ }

/** A pattern as it is turned by [turns] quarters to the left, and by one more: two are correlated at once, as one complex number. */
private class Turns(val restoration: String, val turns: Int, val mirrored: Boolean, val waves: Waves)

private fun pairs(restoration: String, mirrored: Boolean): List<Turns> = listOf(0, 2).map { turns ->
    val (one, other) = List(2) { conjugate(restoration, turns + it, mirrored) }
    val both = Waves()
    for (place in both.real.indices) {
        both.real[place] = one.real[place] - other.imaginary[place]
        both.imaginary[place] = one.imaginary[place] + other.real[place]
    }
    Turns(restoration, turns, mirrored, both)
}

/** The conjugate waves of a pattern less its mean, mirrored left and right, and then turned to the left. */
internal fun conjugate(restoration: String, turns: Int, mirrored: Boolean): Waves {
    val levels = markOf(restoration)
    val mean = levels.average()
    val last = CELLS - 1
    val waves = Waves()
    for (place in levels.indices) {
        var (row, column) = place / CELLS to place % CELLS
        repeat(turns) { row = column.also { column = last - row } } // the last column becomes the first row
        waves.real[place] = levels[row * CELLS + if (mirrored) last - column else column] - mean
    }
    waves.transform()
    for (place in waves.imaginary.indices) waves.imaginary[place] = -waves.imaginary[place]
    return waves
}
