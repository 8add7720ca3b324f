package dev.unfilter

/** What a tag requires where colours went around the network. */
internal const val HIDDEN_COLOURS = "hidden_colours"
private const val GREY = 128.toByte() // level of every channel that a filter sees under full transparency
private val OPAQUE = 255.toByte()

/**
 * The pixels of an RGBA PNG as a filter sees them. Colours under full transparency, which nobody sees and lossless converters change,
 * go around the network, as alpha does (R23 of sdk/format/RULES.md): it sees middle grey there. Unless [hides], of a file whose
 * network saw all, it sees them.
 */
internal class Transparent(
    override val height: Int,
    override val width: Int,
    private val hides: Boolean = true,
    private val readWhole: (rows: Int) -> ByteArray,
) : PixelSource {
    constructor(png: PngReader, hides: Boolean = true) : this(png.height, png.width, hides, png::readWhole)

    /** Whether own colours and alpha are kept until [joined] takes them. */
    var keeps = false
    private var kept = ByteArray(0)

    /** Whether alpha says something in what was read so far. */
    var isTransparent = false
        private set

    /** Whether colours went around the network so far. */
    var hasHidden = false
        private set

    override fun read(rows: Int): ByteArray {
        val whole = readWhole(rows)
        for (place in 3 until whole.size step 4) {
            if (whole[place] != OPAQUE) isTransparent = true
            if (whole[place] == 0.toByte()) hasHidden = hides
        }
        if (keeps) kept += whole
        return seen(whole)
    }

    /** The next rows, red, green, blue and alpha: [rows], and own colours where those went around the network. */
    fun joined(rows: ByteArray): ByteArray {
        val whole = kept.copyOf(rows.size / 3 * 4)
        kept = kept.copyOfRange(whole.size, kept.size)
        for (pixel in 0 until rows.size / 3) {
            if (!isHidden(whole, pixel)) rows.copyInto(whole, pixel * 4, pixel * 3, pixel * 3 + 3)
        }
        return whole
    }

    /** The colours of [whole], and grey where a filter sees none. */
    fun seen(whole: ByteArray): ByteArray {
        val rows = ByteArray(whole.size / 4 * 3)
        for (pixel in 0 until whole.size / 4) {
            if (isHidden(whole, pixel)) rows.fill(GREY, pixel * 3, pixel * 3 + 3) else whole.copyInto(rows, pixel * 3, pixel * 4, pixel * 4 + 3)
        }
        return rows
    }

    /** The levels of the next [rows], of those pixels that are not fully transparent, whatever the network saw: they hold a payload (R25). */
    fun shown(rows: Int): ByteArray {
        val whole = readWhole(rows)
        val levels = ByteArray(whole.size / 4 * 3)
        var count = 0
        for (start in whole.indices step 4) {
            if (whole[start + 3] == 0.toByte()) continue
            whole.copyInto(levels, count, start, start + 3)
            count += 3
        }
        return levels.copyOf(count)
    }

    private fun isHidden(whole: ByteArray, pixel: Int) = hides && whole[pixel * 4 + 3] == 0.toByte()
}

/** [pixels] of the same size wherever alpha is above 0, and the own colours of an RGBA PNG elsewhere, with its alpha. */
internal fun changedWhereSeen(png: PngReader, pixels: PixelSource) = Transparent(png.height, png.width) { rows ->
    val (whole, changed) = png.readWhole(rows) to pixels.read(rows)
    for (pixel in 0 until whole.size / 4) {
        if (whole[pixel * 4 + 3] != 0.toByte()) changed.copyInto(whole, pixel * 4, pixel * 3, pixel * 3 + 3)
    }
    whole
}
