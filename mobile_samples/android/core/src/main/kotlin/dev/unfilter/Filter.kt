package dev.unfilter

import java.io.InputStream
import java.io.OutputStream

/**
 * Both directions of one bundle on one runtime.
 *
 *     val l0 = Filter(Bundle { assets.open("bundle/$it") }, OnnxRuntime())
 *     val filtered = l0.apply(pixels)
 *     val restored = l0.restore(filtered)
 *
 * Graphs are loaded when first needed. Not for several threads at once: use it from one dispatcher.
 */
class Filter(val bundle: Bundle, private val runtime: Runtime) : AutoCloseable {
    private val graphs = mutableMapOf<Direction, Graph>()

    /** The filtered photo, of the same size. Save it exactly, or nothing can be restored. */
    fun apply(photo: Pixels, parameters: Map<String, Double> = emptyMap()): Pixels =
        whole(photo) { write -> run(Direction.FORWARD, photo, places(parameters), {}, write) }

    /** The photo that [apply] made [filtered] from, at whatever parameters. */
    fun restore(filtered: Pixels): Pixels =
        whole(filtered) { write -> run(Direction.INVERSE, filtered, FloatArray(0), {}, write) }

    /** Filter a photo of any size into a PNG that says what made it; [carried] are its profile, EXIF and XMP ([Jpeg.chunks]). */
    fun applyFile(
        photo: PixelSource,
        carried: List<Chunk>,
        target: OutputStream,
        parameters: Map<String, Double> = emptyMap(),
        progress: (Float) -> Unit = {},
    ) {
        val tag = Tag(bundle.filter, bundle.restoration, "png", parameters = bundle.hyperParameters.complete(parameters))
        val png = PngWriter(target, photo.height, photo.width, carried)
        val digest = PixelDigest(photo.height, photo.width)
        run(Direction.FORWARD, photo, places(parameters), progress) { rows -> digest.update(rows); png.write(rows) }
        png.finish(textChunk(Tag.KEYWORD, tag.copy(fingerprint = digest.fingerprint()).toJson()))
    }

    /** Restore a PNG that this filter saved into one without a tag; throws [Refused] as [inspect] does, before it writes. */
    fun restoreFile(file: () -> InputStream, target: OutputStream, progress: (Float) -> Unit = {}) {
        val info = file().use(PngInfo::read)
        checked(info, file)
        file().use { input ->
            val filtered = PngReader(input)
            val png = PngWriter(target, filtered.height, filtered.width, info.carried)
            run(Direction.INVERSE, filtered, FloatArray(0), progress, png::write)
            png.finish()
        }
    }

    /** The tag of a file that this filter saved and that is as it was saved; throws [Refused] for any other. */
    fun inspect(file: () -> InputStream): Tag = checked(file().use(PngInfo::read), file)

    /** Load both graphs and run each once, so that the first photo does not wait for shaders or kernels. */
    fun warmUp() {
        val side = bundle.tiles.tile
        for (direction in Direction.entries) {
            val places = if (direction == Direction.FORWARD) places(emptyMap()) else FloatArray(0)
            graph(direction).run(FloatArray(side * side * 3), side, side, places)
        }
    }

    override fun close() {
        graphs.values.forEach(Graph::close)
        graphs.clear()
    }

    private fun checked(info: PngInfo, file: () -> InputStream): Tag {
        val tag = info.tag?.let(Tag::fromJson) ?: throw Refused(Refusal.NO_TAG, "no filter says that it made this file")
        if (tag.restoration != bundle.restoration) {
            val (made, own) = listOf(tag.restoration, bundle.restoration).map { it.take(12) }
            throw Refused(Refusal.OTHER_FILTER, "made by filter ${tag.filter} $made, this is ${bundle.filter} $own")
        }
        if (tag.codec != "png") {
            throw Refused(Refusal.OTHER_CODEC, "saved as ${tag.codec}, and again as PNG since: what it carried is damaged")
        }
        if (!info.plain) throw Refused(Refusal.OTHER_FORMAT, "a PNG of another kind than this app saves (8-bit RGB)")
        val altered = tag.fingerprint?.let { saved -> refusing { file().use { saved.alteration(PngReader(it)) } } }
        if (altered != null) throw Refused(Refusal.ALTERED, "altered since: $altered")
        return tag
    }

    private fun places(parameters: Map<String, Double>): FloatArray {
        val values = bundle.hyperParameters.complete(parameters)
        return FloatArray(values.size) { bundle.hyperParameters[it].run { place(values.getValue(name)) } }
    }

    private fun run(direction: Direction, source: PixelSource, places: FloatArray, progress: (Float) -> Unit, write: (ByteArray) -> Unit) =
        filterRows(graph(direction), bundle.tiles, places, source, progress, write)

    private fun graph(direction: Direction) = graphs.getOrPut(direction) { runtime.openGraph(bundle, direction) }

    private fun whole(photo: Pixels, run: (write: (ByteArray) -> Unit) -> Unit): Pixels {
        val levels = ByteArray(photo.levels.size)
        var next = 0
        run { rows -> rows.copyInto(levels, next); next += rows.size }
        return Pixels(photo.height, photo.width, levels)
    }
}
