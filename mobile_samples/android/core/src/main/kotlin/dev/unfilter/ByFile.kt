package dev.unfilter

import java.io.InputStream
import java.io.OutputStream

/**
 * All filters of an app: finds the one that made a file, by its tag, or where that is gone by the mark in its pixels.
 *
 *     val filters = ByFile(bundles, jpeg, pictures) { Filter(it, OnnxRuntime(), jpeg, pictures) }
 *     filters.restoreFile({ resolver.openInputStream(uri)!! }, output) // throws Refused
 *
 * [open] is called when a filter is first needed. Not for several threads at once.
 */
class ByFile(
    private val bundles: List<Bundle>,
    private val jpeg: JpegCodec? = null,
    private val pictures: PictureDecoder? = null,
    private val open: (Bundle) -> Filter,
) : AutoCloseable {
    private val filters = mutableMapOf<String, Filter>()

    /** What a file is, among all filters; throws [Refused] for what is no photo of a kind that this code restores. */
    fun recognised(file: () -> InputStream): Recognition = looked(SavedFile.open(file, jpeg), bundles).recognition

    /**
     * As [Filter.restoreFile] of the filter that made the file, which the result names; throws [Refused] where none is known to have. A file
     * that holds its photo whole needs none.
     */
    fun restoreFile(file: () -> InputStream, target: OutputStream, codec: Codec = Codec.Png, progress: (Float) -> Unit = {}): Restored {
        val saved = SavedFile.open(file, jpeg)
        heldIn(saved, jpeg, pictures)?.let { return it.write(target, codec) }
        val looked = looked(saved, bundles)
        if (looked.refused != null) throw looked.refused
        return filter(checkNotNull(looked.recognition.restoration)).restoreFile(file, target, codec, found = looked.recognition, progress = progress)
    }

    override fun close() {
        filters.values.forEach(Filter::close)
        filters.clear()
    }

    private fun filter(restoration: String) = filters.getOrPut(restoration) { open(bundles.first { it.restoration == restoration }) }
}
