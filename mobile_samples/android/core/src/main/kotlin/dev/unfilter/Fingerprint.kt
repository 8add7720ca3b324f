package dev.unfilter

import java.security.MessageDigest
import org.json.JSONException
import org.json.JSONObject

private const val DIGITS = 32 // that are kept of a digest
private const val BAND = 64 // rows that are read at once

/**
 * What a tag tells of the pixels as they were saved, so that a file that was altered since is known (R15 of sdk/format/RULES.md).
 * [sha256] is the first half of the digest of the RGB levels, row by row.
 *
 * Of a JPEG also whose pixels these are ([decoder]: those of one name give the same, level by level), its tables and sampling
 * ([Jpeg.coding]), and [cells], which tell where another decoder reads it (R16).
 */
data class Fingerprint(
    val width: Int,
    val height: Int,
    val sha256: String,
    val decoder: String? = null,
    val coding: String? = null,
    val cells: String? = null,
) {
    /** The text that the SDK writes, to the letter. */
    fun toJson() = buildString {
        append("""{"version":1,"width":$width,"height":$height,"sha256":"$sha256"""")
        for ((name, value) in listOf("decoder" to decoder, "coding" to coding, "cells" to cells)) {
            if (value != null) append(""","$name":${JSONObject.quote(value).replace("\\/", "/")}""")
        }
        append("}")
    }

    /** What was done to [pixels] since they were saved, in words; null where nothing shows (R17). [by] is what decoded a JPEG. */
    fun alteration(pixels: PixelSource, by: Jpeg.Decoding? = null): String? {
        if (pixels.width != width || pixels.height != height) {
            return "it was saved with $width x $height pixels and has ${pixels.width} x ${pixels.height} now"
        }
        if (by?.coding != null && coding != null && by.coding != coding) return "it was compressed again"
        val digest = digestOf(pixels, cells != null)
        if (digest.sha256() == sha256) return null
        val told = cells != null && by != null && by.decoder != decoder && checkNotNull(digest.cells).deviation(cells) <= 1
        return if (told) null else "its pixels are not those that were saved"
    }

    companion object {
        /** Reads all of [pixels], in the memory of a few rows. */
        fun of(pixels: PixelSource): Fingerprint = digestOf(pixels, false).fingerprint()

        /** That of a JPEG. */
        internal fun of(pixels: PixelSource, by: Jpeg.Decoding): Fingerprint =
            digestOf(pixels, true).fingerprint().copy(decoder = by.decoder, coding = by.coding)

        /** The fingerprint in [fields]; null where it is none of version 1, which is passed over. */
        fun fromJson(fields: JSONObject): Fingerprint? = try {
            Fingerprint(
                fields.getInt("width"),
                fields.getInt("height"),
                fields.getString("sha256"),
                fields.textOrNull("decoder"),
                fields.textOrNull("coding"),
                fields.textOrNull("cells"),
            ).takeIf { fields.optInt("version", 1) == 1 && it.isWellFormed }
        } catch (_: JSONException) {
            null
        }

        private fun digestOf(pixels: PixelSource, withCells: Boolean): PixelDigest {
            val digest = PixelDigest(pixels.height, pixels.width, withCells)
            for (row in 0 until pixels.height step BAND) digest.update(pixels.read(minOf(BAND, pixels.height - row)))
            return digest
        }
    }

    private val isWellFormed
        get() = width > 0 && height > 0 && Regex("[0-9a-f]{$DIGITS}").matches(sha256) && (decoder ?: "").length <= 40 &&
            (coding == null || Regex("[0-9a-f]{16}").matches(coding)) && (cells == null || Cells.fit(cells, height, width))
}

/** The [Fingerprint] of rows that come one after the other, from the top. */
internal class PixelDigest(private val height: Int, private val width: Int, withCells: Boolean = false) {
    private val digest = MessageDigest.getInstance("SHA-256")
    private var found: String? = null
    val cells = if (withCells) Cells(height, width) else null

    fun update(rows: ByteArray) {
        digest.update(rows)
        cells?.update(rows)
    }

    /** Of all rows; none come after. */
    fun sha256(): String = found ?: digest.digest().hex().take(DIGITS).also { found = it }

    fun fingerprint() = Fingerprint(width, height, sha256(), cells = cells?.encoded())
}

internal fun ByteArray.hex() = joinToString("") { "%02x".format(it) }
