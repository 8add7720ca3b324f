package dev.unfilter

/** One axis of a tile, in photo pixels: it reads [start] until [stop], and its result is kept for [keepStart] until [keepStop]. */
data class Span(val start: Int, val stop: Int, val keepStart: Int, val keepStop: Int) {
    val length get() = stop - start
}

/** A rectangle of the photo that a graph sees at once. */
data class Tile(val rows: Span, val columns: Span)

/**
 * How photos are cut for the graphs, the same in every language (R4 of sdk/format/RULES.md): tiles lie flush with the photo's
 * edges, where nothing is invented beyond them (R6), and only their inner sides have a halo that is computed and thrown away. A network that works on coarser scales needs
 * tiles to begin at multiples of its coarsest cell, [grid]: then the last tile is the smaller one. Where forward graphs reach less far than inverse ones, [forwardHalo] is theirs.
 */
data class TilePlan(val tile: Int, val halo: Int, val alignment: Int, val grid: Int? = null, val forwardHalo: Int? = null) {
    private val cell = grid ?: alignment

    init {
        require(alignment > 0 && halo >= 0 && tile > 2 * halo && tile % alignment == 0 && halo % alignment == 0) { "$this leaves nothing to keep" }
        require(cell > 0 && cell % alignment == 0 && tile % cell == 0 && halo % cell == 0) { "$this has another grid than its tiles" }
        require(forwardHalo == null || forwardHalo in 0..halo && forwardHalo % cell == 0) { "$this has another halo forward than its tiles" }
    }

    /** The plan of one direction's graphs, with their own halo. */
    fun of(direction: Direction) = if (direction == Direction.FORWARD && forwardHalo != null) copy(halo = forwardHalo, forwardHalo = null) else this

    /** The part of a side that the graph sees; what the alignment leaves over is carried by [filterRows]. */
    fun aligned(length: Int) = length - length % alignment

    /** Tiles along an axis of [length] pixels: all of the plan's size, or, unless [fixedSize], as many smaller ones. */
    fun spans(length: Int, fixedSize: Boolean): List<Span> {
        val end = aligned(length)
        if (end == 0) return emptyList()
        if (end <= tile) return listOf(Span(0, end, 0, end))
        val planned = ceil(end - 2 * halo, tile - 2 * halo)
        val side = if (fixedSize) tile else ceil(end + 2 * halo * (planned - 1), planned * cell) * cell
        val step = side - 2 * halo
        val count = if (grid == null) planned else ceil(end - 2 * halo, step)
        return List(count) {
            val isLast = it == count - 1
            val start = if (isLast && grid == null) end - side else it * step
            Span(
                start,
                minOf(start + side, end),
                keepStart = if (it == 0) 0 else it * step + halo,
                keepStop = if (isLast) end else start + side - halo,
            )
        }
    }

    fun tiles(height: Int, width: Int, fixedSize: Boolean): List<Tile> =
        spans(height, fixedSize).flatMap { row -> spans(width, fixedSize).map { Tile(row, it) } }

    private fun ceil(a: Int, b: Int) = (a + b - 1) / b
}
