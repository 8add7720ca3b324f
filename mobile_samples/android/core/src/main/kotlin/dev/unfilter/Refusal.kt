package dev.unfilter

import java.io.IOException

/**
 * Why a file is not restored; R20 of sdk/format/RULES.md says when each is given. [code] is its name there, said here so that no
 * shrinker renames it.
 */
enum class Refusal(val code: String) {
    NOT_A_PHOTO("not_a_photo"),
    OTHER_FORMAT("other_format"),
    DAMAGED("damaged"),
    NO_TAG("no_tag"),
    NEEDS_UPDATE("needs_update"),
    OTHER_FILTER("other_filter"),
    OTHER_CODEC("other_codec"),
    ALTERED("altered"),
}

/**
 * A file that no filter made, or not this one, or not as it was saved; [reason] is one line for the user. [recognition] says what it is,
 * where it is a photo that this code restores: the user may pick the filter of one that is [Origin.CANNOT_TELL].
 */
class Refused(val refusal: Refusal, val reason: String, val recognition: Recognition? = null) : IOException(reason)
