package dev.unfilter

/** Float 0..1 of an 8-bit level. */
fun toFloat(level: Byte): Float = (level.toInt() and 0xFF) / 255f

/**
 * The one rule (R2 of sdk/format/RULES.md) from a graph's unclipped output to a level: `floor(clip(x, 0, 1) * 255 + 0.5)` in float32;
 * not-a-number is black.
 * Law: `toLevel(toFloat(level)) == level`.
 */
fun toLevel(value: Float): Byte {
    if (!(value > 0f)) return 0 // not-a-number too
    return (minOf(value, 1f) * 255f + 0.5f).toInt().toByte()
}

/** The rule for lines that the alignment leaves over (R3): a level is moved by what its [before] neighbour was moved by. */
internal fun moved(level: Byte, before: Byte, after: Byte): Byte =
    ((level.toInt() and 0xFF) + (after.toInt() and 0xFF) - (before.toInt() and 0xFF)).coerceIn(0, 255).toByte()
