package dev.unfilter

import java.io.InputStream

/** A file to restore, opened as far as its metadata. */
internal interface SavedFile : Picture {
    val height: Int
    val width: Int

    /** As in a [Tag]. */
    val codec: String
    val tag: Tag?
    val carried: List<Chunk>

    /** A coded picture that holds more of the photo, which the tag tells of (R26 of sdk/format/RULES.md). */
    val topUp: ByteArray?

    /** Whether this code restores from its pixels. */
    val plain: Boolean

    /** Of a JPEG. */
    val decoding: Jpeg.Decoding?

    /** [pixels] of the same size wherever alpha is above 0, and the file's own colours elsewhere, with its alpha (R23). */
    fun <T> changedWhereSeen(pixels: PixelSource, use: (PixelSource) -> T): T

    companion object {
        /** Throws [Refused] for what is no photo of a kind that this code opens, and for one that is damaged. */
        fun open(file: () -> InputStream, jpeg: JpegCodec?): SavedFile {
            if (jpeg != null && file().use { Jpeg.isJpeg(start(it)) }) return refusing { SavedJpeg(file().use { it.readBytes() }, jpeg) }
            return SavedPng(file)
        }
    }
}

private class SavedPng(private val file: () -> InputStream) : SavedFile {
    private val info = file().use(PngInfo::read)
    override val height = info.height
    override val width = info.width
    override val codec = "png"
    override val tag = info.tag?.let(Tag::fromJson)
    override val carried = info.carried
    override val topUp = info.topUp
    override val plain = info.channels > 0
    override val decoding = null

    override fun <T> pixels(use: (PixelSource) -> T): T = file().use {
        val png = PngReader(it)
        use(if (info.channels == 3) png else Transparent(png, hides = tag?.requires?.contains(HIDDEN_COLOURS) ?: true)) // R23
    }

    override fun <T> changedWhereSeen(pixels: PixelSource, use: (PixelSource) -> T): T {
        if (info.channels == 3) return use(pixels)
        return file().use { use(changedWhereSeen(PngReader(it), pixels)) }
    }
}

private class SavedJpeg(content: ByteArray, private val decoder: JpegCodec) : SavedFile {
    private val jpeg = Jpeg.read(content)
    override val height = jpeg.height
    override val width = jpeg.width
    override val codec = "jpeg"
    override val tag = jpeg.tag?.let(Tag::fromJson)
    override val carried = jpeg.chunks
    override val topUp = jpeg.topUp
    override val plain = true
    override val decoding = Jpeg.Decoding(decoder.decoder, jpeg.coding)

    override fun <T> pixels(use: (PixelSource) -> T): T = use(refusing { decoder.decode(jpeg.bare) })

    override fun <T> changedWhereSeen(pixels: PixelSource, use: (PixelSource) -> T): T = use(pixels)
}

private fun start(input: InputStream): ByteArray {
    val bytes = ByteArray(3)
    var length = 0
    while (length < bytes.size) {
        val count = input.read(bytes, length, bytes.size - length)
        if (count < 0) break
        length += count
    }
    return bytes.copyOf(length)
}
