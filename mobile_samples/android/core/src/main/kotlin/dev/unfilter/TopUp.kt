package dev.unfilter

import java.security.MessageDigest
import org.json.JSONObject

private const val ZERO = 128 // level of a residual that changes nothing
private const val MOST_STEPS = 8
private val DIGEST = Regex("[0-9a-f]{32}")

/**
 * What a tag says of the coded picture in a file's metadata that holds what of the photo the inverse does not restore (R26 of
 * sdk/format/RULES.md): its length is [bytes], [sha256] the first half of its digest. A residual has [steps] of a level, 1..8;
 * [restoresDb] is the PSNR in dB to which that restored when it was made.
 */
data class TopUp(
    val holds: Holds,
    val coding: Coding,
    val steps: Int?,
    val bytes: Long,
    val sha256: String,
    val restoresDb: Double? = null,
) {
    /** [code] is its name in a tag, said here so that no shrinker renames it. */
    enum class Holds(val code: String) {
        /** What is added to the restored photo. */
        RESIDUAL("residual"),

        /** All of the photo, which then needs no inverse. */
        PHOTO("photo"),
    }

    /** The text that the SDK writes, to the letter. */
    fun toJson() = buildString {
        append("""{"holds":"${holds.code}","coding":"${coding.code}"""")
        if (steps != null) append(""","steps":$steps""")
        append(""","bytes":$bytes,"sha256":"$sha256"""")
        if (restoresDb != null) append(""","restores_db":$restoresDb""")
        append("}")
    }

    companion object {
        /** Null where [fields] are not as the tag's schema says, and so of a later version. */
        fun fromJson(fields: JSONObject): TopUp? {
            val holds = Holds.entries.firstOrNull { it.code == fields.optString("holds") } ?: return null
            val coding = Coding.named(fields.optString("coding")) ?: return null
            val steps = fields.countOrNull("steps")
            val isKnown = when (holds) {
                Holds.RESIDUAL -> steps != null && steps <= MOST_STEPS
                Holds.PHOTO -> fields.isNull("steps") && coding == Coding.WEBP
            }
            val bytes = fields.countOrNull("bytes") ?: return null
            val sha256 = fields.optString("sha256")
            if (!isKnown || !DIGEST.matches(sha256)) return null
            val decibels = (fields.opt("restores_db") as? Number)?.toDouble()?.takeIf(Double::isFinite)
            return TopUp(holds, coding, steps?.toInt(), bytes, sha256, decibels)
        }
    }
}

/** Whether the top-up that the tag of [saved] tells of is there, every byte. */
internal fun isWhole(saved: SavedFile): Boolean {
    val (content, told) = (saved.topUp ?: return false) to (saved.tag?.topUp ?: return false)
    return MessageDigest.getInstance("SHA-256").digest(content).hex().startsWith(told.sha256)
}

/** [base] with a residual added: `clip(base + floor((2 (added - 128) + steps) / (2 steps)), 0, 255)`, in integers; both of one length. */
internal fun toppedUp(base: ByteArray, added: ByteArray, steps: Int): ByteArray {
    val whole = IntArray(256) { Math.floorDiv(2 * (it - ZERO) + steps, 2 * steps) }
    return ByteArray(base.size) { ((base[it].toInt() and 0xFF) + whole[added[it].toInt() and 0xFF]).coerceIn(0, 255).toByte() }
}

/** A whole number of at least 1; null where that is none. */
internal fun JSONObject.countOrNull(name: String): Long? {
    val number = opt(name) as? Number ?: return null
    return number.toLong().takeIf { it >= 1 && it.toDouble() == number.toDouble() }
}
