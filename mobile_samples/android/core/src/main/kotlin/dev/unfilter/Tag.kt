package dev.unfilter

import org.json.JSONArray
import org.json.JSONException
import org.json.JSONObject

/**
 * What a filtered file says of itself: JSON in a PNG's iTXt chunk `unfilter`, in a JPEG's XMP (R12 to R14 of sdk/format/RULES.md).
 * Law: `Tag.fromJson(tag.toJson()) == tag` of what this version knows of.
 */
data class Tag(
    val filter: String,
    val restoration: String,
    val codec: String,
    val quality: Int? = null,
    val parameters: Map<String, Double> = emptyMap(),
    val fingerprint: Fingerprint? = null,
    /** The photo in the low bits of the pixels (R25); this code writes none. */
    val payload: Payload? = null,
    /** What the metadata hold beyond what the pixels restore to (R26); this code writes none. */
    val topUp: TopUp? = null,
    /** What a reader must know of to restore the file; this code knows [HIDDEN_COLOURS] and [MARK]. */
    val requires: List<String> = emptyList(),
) {
    /** The text that the SDK writes, to the letter. */
    fun toJson(): String = buildString {
        append("""{"version":1,"filter":"$filter","restoration":"$restoration","codec":"$codec"""")
        if (quality != null) append(""","quality":$quality""")
        val values = parameters.entries.joinToString(",") { (name, value) -> """"$name":$value""" }
        if (values.isNotEmpty()) append(""","parameters":{$values}""")
        if (fingerprint != null) append(""","fingerprint":${fingerprint.toJson()}""")
        if (payload != null) append(""","payload":${payload.toJson()}""")
        if (topUp != null) append(""","top_up":${topUp.toJson()}""")
        if (requires.isNotEmpty()) append(""","requires":${JSONArray(requires)}""")
        append("}")
    }

    companion object {
        const val KEYWORD = "unfilter"
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
                fields.optJSONObject("payload")?.let(Payload::fromJson),
                fields.optJSONObject("top_up")?.let(TopUp::fromJson),
                unknownRequirements(fields),
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
