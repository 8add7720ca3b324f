package dev.unfilter

import java.util.Base64
import kotlin.math.abs

private const val LENGTH = 64 // of a side

/** The [picture] by Pillow 13's libavif at quality 100 in 4:4:4, and by its libwebp without loss. */
private val CODED = mapOf(
    Coding.AVIF to
        "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUEAAADrbWV0YQAAAAAAAAAhaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAAAAAAAOcGl0bQAAAAAA" +
        "AQAAAB5pbG9jAAAAAEQAAAEAAQAAAAEAAAETAAAAjQAAAChpaW5mAAAAAAABAAAAGmluZmUCAAAAAAEAAGF2MDFDb2xvcgAAAABqaXBycAAAAEtpcGNvAAAA" +
        "FGlzcGUAAAAAAAAAQAAAAEAAAAAQcGl4aQAAAAADCAgIAAAADGF2MUOBIAAAAAAAE2NvbHJuY2x4AAEADQAGgAAAABdpcG1hAAAAAAAAAAEAAQQBAoMEAAAA" +
        "lW1kYXQSAAoJOBV//5QENBpAMn5EAAAyKAdJ65u/uF5jRPJRBuOO91oWusBCQ1u3wLeO5yKbLaBDJV4zYZdWzeAC1k+0UU1DoHelmEb0RIK00BStdnNSeFje" +
        "YFdyXTL31hNStktVU4JpBb0VVAtGqfE6GoWSp+gYV9RdrnZIX3V1ykNVOvcL9tIWoBUGxWhUf/A=",
    Coding.WEBP to
        "UklGRj4AAABXRUJQVlA4TDEAAAAvP8APAB8gECDkKBKpWCCQhDP7lAKBJN5Jx5r/sA9OgJCA+D/BJ8dkJaL/i2BGtm8DAA==",
)

/** Levels that a decoder may be off: the AVIF itself is 2 off, and what turns it to RGB may round otherwise. */
private val TOLERANCES = mapOf(Coding.AVIF to 4, Coding.WEBP to 0)

/**
 * Whether this decoder gives the levels of a picture in [coding], measured on a small one whose colours change from pixel to pixel: one that
 * halves the chroma, or takes another matrix or range of it, is tens of levels off. A residual of such levels would do harm.
 */
fun PictureDecoder.isExact(coding: Coding): Boolean {
    val decoded = decode(Base64.getDecoder().decode(CODED.getValue(coding)), LENGTH, LENGTH) ?: return false
    val levels = decoded.read(LENGTH)
    return levels.indices.all { abs((levels[it].toInt() and 0xFF) - picture(it)) <= TOLERANCES.getValue(coding) }
}

/** Levels of the picture: red and blue change with every column, green with every other row. */
private fun picture(place: Int): Int {
    val (y, x) = place / 3 / LENGTH to place / 3 % LENGTH
    return when (place % 3) {
        0 -> 40 + 170 * (x % 2)
        1 -> 40 + 170 * (y / 2 % 2)
        else -> 200 - 150 * (x % 2)
    }
}
