package dev.unfilter

import java.security.MessageDigest
import org.json.JSONException
import org.json.JSONObject

private const val DIGITS = 32 // that are kept of a digest
private const val BAND = 64 // rows that are read at once

/**
 * What a tag tells of the pixels as they were saved, so that a file that was altered since is known (docs/detection.md). [sha256] is
 * the first half of the digest of the RGB levels, row by row.
 */
data class Fingerprint(val width: Int, val height: Int, val sha256: String) {
    /** The text that the SDK writes, to the letter. */
    fun toJson() = """{"version":1,"width":$width,"height":$height,"sha256":"$sha256"}"""

    /** What was done to [pixels] since they were saved, in words; null where every level is the same. */
    fun alteration(pixels: PixelSource): String? = when {
        pixels.width != width || pixels.height != height ->
            "it was saved with $width x $height pixels and has ${pixels.width} x ${pixels.height} now"
        of(pixels) != this -> "its pixels are not those that were saved"
        else -> null
    }

    companion object {
        /** Reads all of [pixels], in the memory of a few rows. */
        fun of(pixels: PixelSource): Fingerprint {
            val digest = PixelDigest(pixels.height, pixels.width)
            for (row in 0 until pixels.height step BAND) digest.update(pixels.read(minOf(BAND, pixels.height - row)))
            return digest.fingerprint()
        }

        /** The fingerprint in [fields]; null where it is none of version 1, which is passed over. What a JPEG's has beside is left out. */
        fun fromJson(fields: JSONObject): Fingerprint? = try {
            Fingerprint(fields.getInt("width"), fields.getInt("height"), fields.getString("sha256"))
                .takeIf { fields.optInt("version", 1) == 1 && it.isWellFormed }
        } catch (_: JSONException) {
            null
        }
    }

    private val isWellFormed get() = width > 0 && height > 0 && Regex("[0-9a-f]{$DIGITS}").matches(sha256)
}

/** The [Fingerprint] of rows that come one after the other, from the top. */
internal class PixelDigest(private val height: Int, private val width: Int) {
    private val sha256 = MessageDigest.getInstance("SHA-256")

    fun update(rows: ByteArray) = sha256.update(rows)

    /** Of all rows so far; then it begins anew. */
    fun fingerprint() = Fingerprint(width, height, sha256.digest().hex().take(DIGITS))
}

internal fun ByteArray.hex() = joinToString("") { "%02x".format(it) }
