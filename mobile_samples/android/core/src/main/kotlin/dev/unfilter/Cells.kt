package dev.unfilter

import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.util.Base64
import kotlin.math.abs
import kotlin.math.round

private const val GRID = 8 // cells along an axis at most
private const val LEAST_SIDE = 32 // pixels of a cell that is not alone
private const val MEASURES = 4
private const val STEPS = 64 // that a level is kept in
private val ALLOWED = doubleArrayOf(0.35, 0.45, 0.45, 0.12) // levels that decoders of one JPEG may differ by (R17)
private const val OF_ROUGHNESS = 0.05 // share of itself that roughness may differ by beside

/**
 * Means over a grid of cells, which hardly differ between decoders of one JPEG (R16 of sdk/format/RULES.md): of Y, Cb and Cr
 * (ITU-T T.871), and of how far Y is from its neighbour to the right plus that below, within the cell. Rows come one after the
 * other, from the top.
 */
internal class Cells(private val height: Int, private val width: Int) {
    private val rows = count(height)
    private val columns = count(width)
    private val sums = Array(rows * columns) { DoubleArray(MEASURES) } // red, blue, Y, differences
    private var luma = FloatArray(width)
    private var above = FloatArray(width)
    private var next = 0

    fun update(band: ByteArray) {
        for (start in band.indices step width * 3) row(band, start)
    }

    private fun row(band: ByteArray, start: Int) {
        val cellRow = (0 until rows).first { next < end(it, rows, height) }
        val isFirst = next == end(cellRow - 1, rows, height)
        for (x in 0 until width) {
            val (red, green, blue) = List(3) { (band[start + x * 3 + it].toInt() and 0xFF).toFloat() }
            luma[x] = 0.299f * red + 0.587f * green + 0.114f * blue
        }
        for (column in 0 until columns) {
            val (left, right) = end(column - 1, columns, width) to end(column, columns, width)
            val cell = sums[cellRow * columns + column]
            for (x in left until right) {
                cell[0] += (band[start + x * 3].toInt() and 0xFF).toDouble()
                cell[1] += (band[start + x * 3 + 2].toInt() and 0xFF).toDouble()
                cell[2] += luma[x].toDouble()
                if (x + 1 < right) cell[3] += abs(luma[x + 1] - luma[x]).toDouble()
                if (!isFirst) cell[3] += abs(luma[x] - above[x]).toDouble()
            }
        }
        above = luma.also { luma = above }
        next++
    }

    /** Four measures of each cell, row by row, in 1/64 levels. */
    private fun steps(): List<Int> = List(rows * columns * MEASURES) {
        val cell = it / MEASURES
        val size = side(cell / columns, rows, height).toDouble() * side(cell % columns, columns, width)
        val (red, blue, luma, rough) = sums[cell].map { sum -> sum / size }
        round(listOf(luma, 128 + (blue - luma) / 1.772, 128 + (red - luma) / 1.402, rough)[it % MEASURES] * STEPS).toInt()
    }

    /** uint16, little endian, in base64. */
    fun encoded(): String {
        val steps = steps()
        val bytes = ByteBuffer.allocate(steps.size * 2).order(ByteOrder.LITTLE_ENDIAN)
        steps.forEach { bytes.putShort(it.toShort()) }
        return Base64.getEncoder().encodeToString(bytes.array())
    }

    /** How far these are from [saved], where 1 is what decoders may differ by. */
    fun deviation(saved: String): Double {
        val (before, after) = decoded(saved) to steps()
        return after.indices.maxOf { place ->
            val level = before[place].toDouble() / STEPS
            val allowed = ALLOWED[place % MEASURES] + if (place % MEASURES == MEASURES - 1) OF_ROUGHNESS * level else 0.0
            abs(after[place].toDouble() / STEPS - level) / allowed
        }
    }

    companion object {
        /** Whether [saved] has the cells of a photo of that size. */
        fun fit(saved: String, height: Int, width: Int): Boolean = try {
            Base64.getDecoder().decode(saved).size == 2 * count(height) * count(width) * MEASURES
        } catch (_: IllegalArgumentException) {
            false
        }
    }
}

private fun decoded(cells: String): IntArray {
    val bytes = ByteBuffer.wrap(Base64.getDecoder().decode(cells)).order(ByteOrder.LITTLE_ENDIAN)
    return IntArray(bytes.capacity() / 2) { bytes.getShort(it * 2).toInt() and 0xFFFF }
}

private fun count(length: Int) = (length / LEAST_SIDE).coerceIn(1, GRID)

/** Where cell [place] of [count] ends; -1 gives where the first begins. */
private fun end(place: Int, count: Int, length: Int): Int = (length.toLong() * (place + 1) / count).toInt()

private fun side(place: Int, count: Int, length: Int) = end(place, count, length) - end(place - 1, count, length)
