package dev.unfilter

/**
 * A shared file as it is restored: what lies within bars, upright and without the mark, row by row. It is in memory as a whole, up to three
 * times. [arrived] is the same with its mark, and with alpha where the file has it.
 */
internal class Shared private constructor(val arrived: PixelSource, private val freed: Pixels) : PixelSource {
    override val height = freed.height
    override val width = freed.width

    override fun read(rows: Int): ByteArray {
        if (arrived is Transparent) arrived.read(rows) // which keeps alpha for the writer
        return freed.read(rows)
    }

    companion object {
        fun of(saved: SavedFile, found: Recognition): Shared {
            val (restoration, scale) = checkNotNull(found.restoration) to checkNotNull(found.scale)
            val raster = refusing { saved.pixels(Raster::of) }.within(found.inside).upright(found.turns, found.mirrored)
            return Shared(raster.source(), without(raster.seen(), restoration, scale))
        }
    }
}

/** Rows of 3 or 4 channels, in memory. */
private class Raster(val height: Int, val width: Int, val channels: Int, val levels: ByteArray) {
    fun within(inside: Inside?): Raster {
        if (inside == null) return this
        val cut = Raster(inside.bottom - inside.top, inside.right - inside.left, channels)
        for (y in 0 until cut.height) {
            val start = ((inside.top + y) * width + inside.left) * channels
            levels.copyInto(cut.levels, y * cut.width * channels, start, start + cut.width * channels)
        }
        return cut
    }

    /** As it was before it was mirrored left and right, and then turned to the left by [turns] quarters. */
    fun upright(turns: Int, mirrored: Boolean): Raster {
        if (turns == 0 && !mirrored) return this
        val isAcross = turns % 2 == 1
        val turned = Raster(if (isAcross) width else height, if (isAcross) height else width, channels)
        for (place in 0 until height * width) {
            var (row, column) = place / width to place % width
            var (high, wide) = height to width
            repeat(turns) { // to the right
                row = column.also { column = high - 1 - row }
                high = wide.also { wide = high }
            }
            if (mirrored) column = wide - 1 - column
            levels.copyInto(turned.levels, (row * wide + column) * channels, place * channels, (place + 1) * channels)
        }
        return turned
    }

    fun source(): PixelSource = if (channels == 3) Pixels(height, width, levels) else transparent()

    /** As a filter sees it. */
    fun seen() = if (channels == 3) Pixels(height, width, levels) else Pixels(height, width, source().read(height))

    private constructor(height: Int, width: Int, channels: Int) : this(height, width, channels, ByteArray(height * width * channels))

    private fun transparent(): Transparent {
        var next = 0
        return Transparent(height, width) { rows ->
            levels.copyOfRange(next * width * channels, (next + rows) * width * channels).also { next += rows }
        }
    }

    companion object {
        fun of(source: PixelSource): Raster {
            if (source !is Transparent) return Raster(source.height, source.width, 3, source.read(source.height))
            source.keeps = true
            return Raster(source.height, source.width, 4, source.joined(source.read(source.height)))
        }
    }
}
