package dev.unfilter

/** Of a picture within a picture: AVIF, which loses a little, and lossless WebP. [code] is its name in a tag, said here so that no shrinker renames it. */
enum class Coding(val code: String, private val place: Int, private val signature: String) {
    AVIF("avif", 4, "ftyp"),
    WEBP("webp", 8, "WEBP");

    companion object {
        /** What a coded picture says that it is (R25 of sdk/format/RULES.md); null where it is neither. */
        fun of(content: ByteArray): Coding? = entries.firstOrNull {
            val end = it.place + it.signature.length
            content.size >= end && content.decodeToString(it.place, end) == it.signature
        }

        internal fun named(code: String): Coding? = entries.firstOrNull { it.code == code }
    }
}

/** What decodes a picture within a picture: the platform's. Such a picture is opaque and has neither profile nor orientation. */
fun interface PictureDecoder {
    /**
     * The levels of a coded picture as it stores them: no colour is converted, none multiplied by alpha. Null where this device does not
     * decode it, it is damaged, or it is not [height] x [width], which is to be known before its pixels are decoded.
     */
    fun decode(content: ByteArray, height: Int, width: Int): PixelSource?
}

/** The pixels of a coded picture of that size; null where there is no decoder for it. */
internal fun PictureDecoder?.decoded(content: ByteArray, height: Int, width: Int): PixelSource? {
    if (this == null || Coding.of(content) == null) return null
    return decode(content, height, width)?.takeIf { it.height == height && it.width == width }
}
