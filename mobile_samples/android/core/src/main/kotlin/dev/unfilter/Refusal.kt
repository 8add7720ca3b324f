package dev.unfilter

import java.io.IOException

/** Why a file is not restored; docs/goldens.md says when each is given. [code] is its name there. */
enum class Refusal {
    NOT_A_PHOTO, OTHER_FORMAT, DAMAGED, NO_TAG, OTHER_FILTER, OTHER_CODEC, ALTERED;

    val code = name.lowercase()
}

/** A file that no filter made, or not this one, or not as it was saved; one line for the user. */
class Refused(val refusal: Refusal, message: String) : IOException(message)
