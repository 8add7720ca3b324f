package dev.unfilter

import java.util.Locale
import kotlin.math.abs

private const val LEAST_TO_TELL = 64 // least side of a picture whose pixels tell anything, pixels

/** PSNR to expect, dB, against the photo at its size: of what is [restored] of a shared file, and of the file as it [arrived]. */
data class Quality(val restored: Double, val arrived: Double)

/** An installed filter. [card] is what its model card says of shared files, by factor of the size; empty where it says nothing. */
data class Candidate(val name: String, val restoration: String, val card: Map<Double, Quality> = emptyMap()) {
    constructor(bundle: Bundle) : this(bundle.filter, bundle.restoration, bundle.card)

    /** What the card says of the nearest size; of two as near, the larger. */
    fun quality(scale: Double): Quality? = card.keys.sortedDescending().minByOrNull { abs(it - scale) }?.let(card::get)
}

/**
 * Which of the [candidates] made [picture]: the one whose mark its pixels have, or what lies within bars of it. Runs none of them (R34 of
 * sdk/format/RULES.md). Law: which one is found does not hang on their order.
 */
internal fun recognise(picture: Picture, candidates: List<Candidate>): Recognition {
    if (candidates.isEmpty()) return Recognition(Origin.CANNOT_TELL, "no filter is installed")
    val (square, size) = picture.pixels { middle(it, SIDE) to (it.width to it.height) }
    marked(square, candidates)?.let { return it }
    within(picture)?.let { inside ->
        val found = marked(picture.pixels { middle(it, SIDE, inside) }, candidates)
        if (found != null) return found.copy(inside = inside, reason = "${found.reason}, within bars that are cut off")
    }
    val names = candidates.map { it.name }.distinct().sorted().joinToString(" or ")
    val (width, height) = size
    val reason = if (minOf(width, height) >= LEAST_TO_TELL) {
        "its pixels do not tell whether $names made it"
    } else {
        "$width x $height pixels are too few to tell by, which takes $LEAST_TO_TELL x $LEAST_TO_TELL"
    }
    return Recognition(Origin.CANNOT_TELL, reason, candidates = candidates.map { it.restoration }.sorted())
}

/** The filter whose mark a picture has, of which [square] is the middle; null where none counts. */
private fun marked(square: Pixels, candidates: List<Candidate>): Recognition? {
    val mark = strongest(square, candidates.map { it.restoration })
    if (mark == null || mark.deviations < THRESHOLD) return null
    val made = candidates.first { it.restoration == mark.restoration }
    val turned = if (mark.turns == 0) "" else ", turned by ${90 * mark.turns} degrees to the left"
    val quality = made.quality(mark.scale)
    return Recognition(
        Origin.SHARED,
        "its pixels have the filter's mark (%.1f deviations), at %.2f of the size".format(Locale.ROOT, mark.deviations, mark.scale) +
            turned + if (mark.mirrored) ", mirrored" else "",
        made.name,
        made.restoration,
        expectedDb = quality?.restored,
        arrivedDb = quality?.arrived,
        scale = mark.scale,
        turns = mark.turns,
        mirrored = mark.mirrored,
    )
}
