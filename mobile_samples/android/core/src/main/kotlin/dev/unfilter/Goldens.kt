package dev.unfilter

import java.io.InputStream
import org.json.JSONObject

/**
 * What a filter must make of small photos, from `unfilter goldens` (docs/goldens.md): for tests, and for an app that must know
 * whether the accelerator of *this* phone is exact enough before it trusts it with photos (R10 of sdk/format/RULES.md). [open] is as for [Bundle].
 */
class Goldens(private val open: (String) -> InputStream) {
    val content = JSONObject(open("goldens.json").use { it.readBytes() }.decodeToString())
    val tolerance = content.getInt("tolerance")
    val photos = content.getJSONArray("photos").objects().map { it.getString("name") }

    /** By how many levels [filter] is off at most, in either direction, on the golden [photo]. */
    fun levelsOff(filter: Filter, photo: String): Int {
        val fields = content.getJSONArray("photos").objects().first { it.getString("name") == photo }
        val named = fields.getJSONObject("parameters")
        val parameters = named.keys().asSequence().associate { it.toString() to named.getDouble(it.toString()) }
        val (given, filtered, restored) = listOf("photo", "filtered", "restored").map { pixels(fields, it) }
        val output = if (fields.has("output")) pixels(fields, "output") else null
        return maxOf(apart(filter.apply(given, parameters, output), filtered), apart(filter.restore(filtered), restored))
    }

    /** By how many levels [codec] is off those of libjpeg-turbo at most, on the golden JPEG files; null where these goldens have none. */
    fun levelsOff(codec: JpegCodec): Int? = content.optJSONArray("jpegs").objects().maxOfOrNull { fields ->
        val decoded = codec.decode(Jpeg.read(open(fields.getString("path")).use { it.readBytes() }).bare)
        val expected = Pixels(fields.getInt("height"), fields.getInt("width"), open(fields.getString("decoded")).use { it.readBytes() })
        apart(Pixels(decoded.height, decoded.width, decoded.read(decoded.height)), expected)
    }

    /** The golden [part] (`photo`, `output` of a guided filter, `filtered` or `restored`) of the photo of that name. */
    fun pixels(photo: String, part: String): Pixels =
        pixels(content.getJSONArray("photos").objects().first { it.getString("name") == photo }, part)

    private fun pixels(fields: JSONObject, part: String) =
        Pixels(fields.getInt("height"), fields.getInt("width"), open(fields.getString(part)).use { it.readBytes() })
}

/** The largest difference of any level. */
fun apart(one: Pixels, other: Pixels): Int {
    require(one.height == other.height && one.width == other.width)
    return one.levels.indices.maxOf { kotlin.math.abs((one.levels[it].toInt() and 0xFF) - (other.levels[it].toInt() and 0xFF)) }
}
