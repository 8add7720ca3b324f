package dev.unfilter

private const val LEVELS = 12 // most that a level of a bar is away from black or white: compression moves some
private const val SHARE = 0.99 // of a line's pixels that are so
private const val LEAST = 4 // lines of the thinnest bar: thinner ones are a photo's own
private const val BLURRED = 3 // lines next to a bar that compression blurred, which are cut too
private const val LEFT = 64 // least side of what a picture without its bars has

/** A picture whose pixels can be read several times. */
internal interface Picture {
    /** Gives the pixels to [use], from the first row on, each time. */
    fun <T> pixels(use: (PixelSource) -> T): T
}

/**
 * What lies within white or black bars around a [picture], as letterboxes and screenshots have them; null where there are none (R33 of
 * sdk/format/RULES.md). A picture is read row by row, and once more where it has bars above or below.
 */
internal fun within(picture: Picture): Inside? {
    val (lines, columns) = picture.pixels { source -> looked(source, 0, source.height) }
    val rows = lines.within(columns.count)
    if (rows.count() < LEFT) return null
    val isHigh = rows.count() == lines.count
    val left = if (isHigh) columns else picture.pixels { source -> looked(source, rows.first, rows.count()).second }
    val sides = left.within(rows.count())
    if (isHigh && sides.count() == columns.count || sides.count() < LEFT) return null
    return Inside(rows.first, rows.last + 1, sides.first, sides.last + 1)
}

/** The rows and the columns of a part of [source]: [count] rows from [first] on. */
private fun looked(source: PixelSource, first: Int, count: Int): Pair<Lines, Lines> {
    val (rows, columns) = Lines(count) to Lines(source.width)
    repeat(first) { source.read(1) }
    for (y in 0 until count) {
        val row = source.read(1)
        for (x in 0 until source.width) {
            rows.look(row, x * 3, y)
            columns.look(row, x * 3, x)
        }
    }
    return rows to columns
}

/** How many pixels of each line are black, and how many white. */
private class Lines(val count: Int) {
    private val black = IntArray(count)
    private val white = IntArray(count)

    fun look(levels: ByteArray, place: Int, line: Int) {
        val red = levels[place].toInt() and 0xFF
        val green = levels[place + 1].toInt() and 0xFF
        val blue = levels[place + 2].toInt() and 0xFF
        if (maxOf(red, green, blue) <= LEVELS) black[line]++
        if (minOf(red, green, blue) >= 255 - LEVELS) white[line]++
    }

    /** Which lines, of [length] pixels each, are no bar. */
    fun within(length: Int): IntRange {
        val first = bar(length, 0 until count)
        val last = bar(length, count - 1 downTo 0)
        if (first + last >= count) return 0 until count
        return (if (first == 0) 0 else first + BLURRED) until count - if (last == 0) 0 else last + BLURRED
    }

    private fun bar(length: Int, lines: IntProgression): Int =
        listOf(black, white).maxOf { counts -> lines.takeWhile { counts[it].toDouble() / length >= SHARE }.size.takeIf { it >= LEAST } ?: 0 }
}
