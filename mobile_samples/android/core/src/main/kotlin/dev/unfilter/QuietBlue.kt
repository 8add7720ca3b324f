package dev.unfilter

private const val WINDOW = 25
private const val MOST = 8f // levels that blue is clipped to
private const val LEAST_POWER = 2f
private const val BAND = 64 // rows that are read at once

/** Floats, row by row. */
internal class Plane(val height: Int, val width: Int, val values: FloatArray = FloatArray(height * width))

/** Blue of [pixels] without its own slow course, weighed by how quiet it is around each pixel (R31 of sdk/format/RULES.md, its step 2). */
internal fun quietBlue(pixels: Pixels): Plane {
    val blue = slowCourseOff(pixels)
    val power = means(Plane(blue.height, blue.width, FloatArray(blue.values.size) { blue.values[it] * blue.values[it] }))
    for (place in blue.values.indices) blue.values[place] /= power.values[place] + LEAST_POWER
    return blue
}

/** Blue beside red and green, less its means, within a few levels. */
internal fun slowCourseOff(pixels: Pixels): Plane {
    fun level(place: Int) = (pixels.levels[place].toInt() and 0xFF).toFloat()
    val blue = Plane(pixels.height, pixels.width)
    for (place in blue.values.indices) blue.values[place] = level(place * 3 + 2) - (level(place * 3) + level(place * 3 + 1)) / 2
    val means = means(blue)
    for (place in blue.values.indices) blue.values[place] = (blue.values[place] - means.values[place]).coerceIn(-MOST, MOST)
    return blue
}

/** The same of rows [from] until [to] of the whole of [pixels], in the memory of these. */
internal fun slowCourseOff(pixels: Pixels, from: Int, to: Int): Plane {
    val first = maxOf(0, from - WINDOW / 2)
    val last = minOf(pixels.height, to + WINDOW / 2)
    val stride = pixels.width * 3
    val band = slowCourseOff(Pixels(last - first, pixels.width, pixels.levels.copyOfRange(first * stride, last * stride)))
    return Plane(to - from, band.width, band.values.copyOfRange((from - first) * band.width, (to - first) * band.width))
}

/** Means over [WINDOW] x [WINDOW] around each value; the first and last lines go on beyond the plane. */
private fun means(plane: Plane): Plane {
    val (height, width) = plane.height to plane.width
    val down = Plane(height, width)
    for (x in 0 until width) mean(plane.values, down.values, x, height, width)
    val across = Plane(height, width)
    for (y in 0 until height) mean(down.values, across.values, y * width, width, 1)
    return across
}

private fun mean(values: FloatArray, means: FloatArray, start: Int, count: Int, stride: Int) {
    fun value(index: Int) = values[start + index.coerceIn(0, count - 1) * stride].toDouble()
    var sum = 0.0
    for (index in -WINDOW / 2 until WINDOW / 2) sum += value(index)
    for (index in 0 until count) {
        sum += value(index + WINDOW / 2)
        means[start + index * stride] = (sum / WINDOW).toFloat()
        sum -= value(index - WINDOW / 2)
    }
}

/** The middle of [picture], or of what lies [inside] bars of it, at most [side] x [side] pixels, in the memory of these. */
internal fun middle(picture: PixelSource, side: Int, inside: Inside = Inside(0, picture.height, 0, picture.width)): Pixels {
    val (top, height) = span(inside.top, inside.bottom, side)
    val (left, width) = span(inside.left, inside.right, side)
    val levels = ByteArray(height * width * 3)
    var row = 0
    while (row < top + height) {
        val rows = minOf(BAND, top + height - row)
        val band = picture.read(rows)
        for (y in maxOf(row, top) until row + rows) {
            val start = ((y - row) * picture.width + left) * 3
            band.copyInto(levels, (y - top) * width * 3, start, start + width * 3)
        }
        row += rows
    }
    return Pixels(height, width, levels)
}

/** Where the middle of a length begins, and how long it is. */
private fun span(start: Int, stop: Int, side: Int): Pair<Int, Int> =
    start + maxOf(0, (stop - start - side) / 2) to minOf(side, stop - start)
