package dev.unfilter

import java.util.Locale

/** Where a file comes from, as far as it tells (R34 of sdk/format/RULES.md). [code] is its name there, said here so that no shrinker renames it. */
enum class Origin(val code: String) {
    /** By the filter, and unchanged: it restores as the model card says. */
    AS_SAVED("as saved"),

    /** Made by the filter, then resized or compressed again: it is restored at the size that arrived. */
    SHARED("shared"),

    /** Another filter made it, or it was altered and has no mark; it is refused. */
    NOT_OURS("not ours"),

    /** Its pixels leave it open. It is refused, unless the user picks the filter. */
    CANNOT_TELL("cannot tell"),
}

/** What lies within bars: rows [top] until [bottom], columns [left] until [right]. */
data class Inside(val top: Int, val bottom: Int, val left: Int, val right: Int)

/**
 * What a file turned out to be, before anything is restored from it.
 *
 * [restoration] and [filter] are of the filter that made it, where one is known to have; [tag] is that of a file as it was saved. Of a
 * shared file: [scale] is the factor of the size at which the mark was found; the picture was [mirrored] left and right, and then turned
 * to the left by [turns] quarters, and is restored upright, what lies [inside] bars. [expectedDb] is the PSNR to expect of what is
 * restored, against the photo at that size, [arrivedDb] that of the file itself; null where the model card says nothing.
 * [candidates] are the restoration ids of the filters that may have made a file whose pixels do not tell.
 */
data class Recognition(
    val origin: Origin,
    val reason: String,
    val filter: String? = null,
    val restoration: String? = null,
    val tag: Tag? = null,
    val expectedDb: Double? = null,
    val arrivedDb: Double? = null,
    val inside: Inside? = null,
    val candidates: List<String> = emptyList(),
    val scale: Double? = null,
    val turns: Int = 0,
    val mirrored: Boolean = false,
) {
    /** Whether the file itself is likely to be nearer to the photo than what would be restored from it. */
    val keep: Boolean get() = expectedDb != null && arrivedDb != null && arrivedDb >= expectedDb

    /** The verdict in one line, such as `shared, made by l0: ...; about 31 dB to expect (the file itself: 29 dB)`. */
    override fun toString(): String {
        val made = if (filter != null && origin != Origin.NOT_OURS) ", made by $filter" else ""
        return "${origin.code}$made: $reason$quality"
    }

    private val quality: String
        get() {
            if (expectedDb == null || arrivedDb == null) return ""
            val (restored, arrived) = listOf(expectedDb, arrivedDb).map { "%.0f dB".format(Locale.ROOT, it) }
            if (keep) return "; the file itself is nearer to the photo (about $arrived) than what would be restored ($restored)"
            return "; about $restored to expect (the file itself: $arrived)"
        }
}
