package dev.unfilter

import java.security.MessageDigest

/** What a tag requires of a file that has a mark. */
internal const val MARK = "mark"
internal const val CELL = 4 // side in pixels
internal const val CELLS = 32 // of the pattern, in both directions
private const val DIGESTS = 4 // that its bits come from

/**
 * Moves blue of rows that come one after the other, from the top, by the mark of a filter: a weak pattern that says which filter made
 * them, and survives sharing (R30 of sdk/format/RULES.md). [sign] is 1 to put it there, and -1 to take it off.
 */
internal class Marking(private val width: Int, restoration: String, private val sign: Int) {
    private val pattern = markOf(restoration)
    private var row = 0

    /** The next [rows], in place. */
    fun move(rows: ByteArray): ByteArray {
        for (place in 2 until rows.size step 3) {
            val y = row + place / 3 / width
            val x = place / 3 % width
            val raised = pattern[y / CELL % CELLS * CELLS + x / CELL % CELLS]
            rows[place] = ((rows[place].toInt() and 0xFF) + sign * raised).coerceIn(0, 255).toByte()
        }
        row += rows.size / 3 / width
        return rows
    }
}

/** The pixels of a marked file without the mark, which is taken off before a file that is as it was saved is restored. */
internal class Unmarked(private val marked: PixelSource, restoration: String) : PixelSource {
    override val height = marked.height
    override val width = marked.width
    private val marking = Marking(width, restoration, sign = -1)

    override fun read(rows: Int): ByteArray = marking.move(marked.read(rows))
}

/** By how many levels blue is raised in each cell of a filter's pattern, row by row. */
internal fun markOf(restoration: String): IntArray {
    val digest = MessageDigest.getInstance("SHA-256")
    val bytes = (0 until DIGESTS).flatMap { digest.digest("$restoration mark $it".toByteArray()).asIterable() }
    val signs = IntArray(CELLS * CELLS) { if (bytes[it / 8].toInt() shr (7 - it % 8) and 1 == 1) 1 else -1 }
    val down = smoothed(signs) { y, x, by -> around(y + by) * CELLS + x }
    val across = smoothed(down) { y, x, by -> y * CELLS + around(x + by) }
    return IntArray(across.size) { across[it] / 2 }
}

private inline fun smoothed(cells: IntArray, neighbour: (y: Int, x: Int, by: Int) -> Int) = IntArray(cells.size) {
    val (y, x) = it / CELLS to it % CELLS
    cells[neighbour(y, x, -1)] + 2 * cells[it] + cells[neighbour(y, x, 1)]
}

private fun around(index: Int) = (index + CELLS) % CELLS
