package dev.unfilter

import org.json.JSONArray
import org.json.JSONException
import org.json.JSONObject

/**
 * What a filtered file says of itself: JSON in a PNG's iTXt chunk `unfilter`, in a JPEG's XMP (R12 to R14 of sdk/format/RULES.md).
 * Law: `Tag.fromJson(tag.toJson()) == tag` of what this code writes.
 */
data class Tag(
    val filter: String,
    val restoration: String,
    val codec: String,
    val quality: Int? = null,
    val parameters: Map<String, Double> = emptyMap(),
    val fingerprint: Fingerprint? = null,
    /** What a reader must know of to restore the file; this code knows [HIDDEN_COLOURS] and [MARK]. */
    val requires: List<String> = emptyList(),
    /** Whether the file holds more of the photo than its pixels restore, which this code does not read: a payload or a top-up (R25 to R28). It writes none. */
    val carriesMore: Boolean = false,
) {
    /** The text that the SDK writes, to the letter. */
    fun toJson(): String = buildString {
        append("""{"version":1,"filter":"$filter","restoration":"$restoration","codec":"$codec"""")
        if (quality != null) append(""","quality":$quality""")
        val values = parameters.entries.joinToString(",") { (name, value) -> """"$name":$value""" }
        if (values.isNotEmpty()) append(""","parameters":{$values}""")
        if (fingerprint != null) append(""","fingerprint":${fingerprint.toJson()}""")
        if (requires.isNotEmpty()) append(""","requires":${JSONArray(requires)}""")
        append("}")
    }

    companion object {
        const val KEYWORD = "unfilter"
        private val MORE = listOf("payload", "top_up")
        private const val LONGEST = 65_536 // characters; nesting without end would exhaust a parser's stack

        /** What this code knows of the tag in [text], of whatever version; null where it is none. */
        fun fromJson(text: String): Tag? = try {
            val fields = JSONObject(if (text.length > LONGEST) "" else text)
            val named = fields.optJSONObject("parameters")
            val tag = Tag(
                fields.getString("filter"),
                fields.getString("restoration"),
                fields.getString("codec"),
                if (fields.isNull("quality")) null else fields.getInt("quality"),
                named?.keys()?.asSequence()?.associate { it.toString() to named.getDouble(it.toString()) } ?: emptyMap(),
                fields.optJSONObject("fingerprint")?.let(Fingerprint::fromJson),
                unknownRequirements(fields),
                MORE.any { fields.optJSONObject(it) != null },
            )
            val version = if (fields.has("version")) fields.get("version") else 1
            tag.takeIf { version is Int && version >= 1 && it.isWellFormed }
        } catch (_: JSONException) {
            null
        }
    }

    private val isWellFormed
        get() = Regex("[a-z0-9_]{1,64}").matches(filter) && Regex("[0-9a-f]{64}").matches(restoration) &&
            codec in setOf("png", "jpeg", "webp", "heic")
}
