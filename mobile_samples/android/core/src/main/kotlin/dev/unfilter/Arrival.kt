package dev.unfilter

private const val SHOWN = 12 // digits of an id

/** What a file is to the filters of some bundles: the [recognition], and why it is [refused], if it is. */
internal class Looked(val recognition: Recognition, val refused: Refused? = null)

/**
 * What [saved] is to the filters of [bundles] (R34 of sdk/format/RULES.md): by tag and fingerprint first, then by the mark in its pixels.
 * Throws [Refused] for what is no photo of a kind that this code restores, and for one that takes a later version.
 */
internal fun looked(saved: SavedFile, bundles: List<Bundle>): Looked {
    val refused = try {
        val tag = checked(saved, bundles)
        val pixels = if (tag.fingerprint == null) "which tells nothing of its pixels" else "and its pixels are those that were saved"
        return Looked(Recognition(Origin.AS_SAVED, "its tag says so, $pixels", tag.filter, tag.restoration, tag))
    } catch (error: Refused) {
        error
    }
    val tag = saved.tag
    val found = when (refused.refusal) {
        Refusal.OTHER_FILTER -> Recognition(Origin.NOT_OURS, refused.reason, tag?.filter, tag?.restoration)
        Refusal.NO_TAG -> searched(saved, bundles)
        Refusal.OTHER_CODEC, Refusal.ALTERED ->
            searched(saved, bundles.filter { it.restoration == tag?.restoration }).takeIf { it.origin == Origin.SHARED }
                ?: Recognition(Origin.NOT_OURS, refused.reason)
        else -> throw refused
    }
    if (found.origin == Origin.SHARED) return Looked(found)
    val reason = if (found.origin == Origin.CANNOT_TELL) "${refused.reason}, and ${found.reason}" else refused.reason
    return Looked(found, Refused(refused.refusal, reason, found))
}

private fun searched(saved: SavedFile, bundles: List<Bundle>): Recognition {
    if (saved.plain) return recognise(saved, bundles.map(::Candidate))
    return Recognition(Origin.CANNOT_TELL, "it is a PNG of another kind than this app reads (8-bit RGB or RGBA)")
}

/** The tag of a file that a filter of [bundles] saved and that is as it was saved; throws [Refused] for any other (R20). */
internal fun checked(saved: SavedFile, bundles: List<Bundle>): Tag {
    val tag = saved.tag ?: throw Refused(Refusal.NO_TAG, "no filter says that it made this file")
    val unknown = tag.requires - setOf(HIDDEN_COLOURS, MARK)
    if (unknown.isNotEmpty()) {
        throw Refused(Refusal.NEEDS_UPDATE, "a later version made it and requires ${unknown.joinToString()}, unknown to this app: update the app")
    }
    if (bundles.none { it.restoration == tag.restoration }) {
        val own = bundles.joinToString(" or ") { "${it.filter} ${it.restoration.take(SHOWN)}" }
        throw Refused(Refusal.OTHER_FILTER, "made by filter ${tag.filter} ${tag.restoration.take(SHOWN)}, this is $own")
    }
    if (tag.codec != saved.codec) {
        throw Refused(Refusal.OTHER_CODEC, "saved as ${tag.codec}, and again as ${saved.codec} since: what it carried is damaged")
    }
    if (!saved.plain) throw Refused(Refusal.OTHER_FORMAT, "a PNG of another kind than this app saves (8-bit RGB or RGBA)")
    val altered = tag.fingerprint?.let { kept -> refusing { saved.pixels { kept.alteration(it, saved.decoding) } } }
    if (altered != null) throw Refused(Refusal.ALTERED, "altered since: $altered")
    return tag
}
