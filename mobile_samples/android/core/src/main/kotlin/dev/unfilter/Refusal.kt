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

/** A file that no filter made, or not this one, or not as it was saved; one line for the user. */
class Refused(val refusal: Refusal, message: String) : IOException(message)
