package dev.unfilter

import java.io.IOException
import java.io.InputStream
import java.io.OutputStream

/**
 * Both directions of one bundle on one runtime.
 *
 *     val l0 = Filter(Bundle { assets.open("bundle/$it") }, OnnxRuntime())
 *     val filtered = l0.apply(pixels)
 *     val restored = l0.restore(filtered)
 *
 * Graphs are loaded when first needed. Not for several threads at once: use it from one dispatcher. Without a JPEG codec, JPEG files
 * are refused and only PNG files are written. Without a decoder of [pictures], what a file holds beside its pixels is not read.
 */
class Filter(
    val bundle: Bundle,
    private val runtime: Runtime,
    private val jpeg: JpegCodec? = null,
    private val pictures: PictureDecoder? = null,
) : AutoCloseable {
    private val graphs = mutableMapOf<Direction, Graph>()

    /**
     * The filtered photo, of the same size. Save it exactly, or nothing can be restored. A guided filter hides the photo in [output], what
     * another filter made of it: pixel on pixel, of the same size (R29). Throws [BundleException] where that is missing or superfluous.
     */
    fun apply(photo: Pixels, parameters: Map<String, Double> = emptyMap(), output: Pixels? = null): Pixels {
        bundle.check(photo, output)
        val places = bundle.hyperParameters.places(parameters)
        return whole(photo) { write -> run(Direction.FORWARD, photo.rewound(), places, {}, write, output?.rewound()) }
    }

    /** The photo that [apply] made [filtered] from, at whatever parameters. */
    fun restore(filtered: Pixels): Pixels =
        whole(filtered) { write -> run(Direction.INVERSE, filtered.rewound(), FloatArray(0), {}, write) }

    /**
     * Filter a photo of any size into a file that says what made it; [carried] are its profile, EXIF and XMP ([Jpeg.chunks]). With [mark] its
     * pixels say it too, after sharing: a weak pattern in blue, which costs some quality then (docs/sharing.md). A guided filter takes the
     * [output] of another one, of the same size ([apply]); [Photo.mustLieOn] tells whether both are stored turned alike.
     *
     * Throws [java.io.IOException] before it writes where the filter or [codec] cannot keep what there is to keep.
     */
    fun applyFile(
        photo: PixelSource,
        carried: List<Chunk>,
        target: OutputStream,
        codec: Codec = Codec.Png,
        parameters: Map<String, Double> = emptyMap(),
        mark: Boolean = false,
        output: PixelSource? = null,
        progress: (Float) -> Unit = {},
    ) {
        bundle.check(photo, output)
        if (codec is Codec.Jpeg && !bundle.restoresFromJpeg) {
            throw IOException("filter ${bundle.filter} was not trained for JPEG, whose losses destroy what it carries: save as PNG")
        }
        val quality = (codec as? Codec.Jpeg)?.quality
        val values = bundle.hyperParameters.complete(parameters)
        val tag = Tag(bundle.filter, bundle.restoration, if (quality == null) "png" else "jpeg", quality, values)
        val file = photoWriter(codec, photo, carried, target, jpeg, isTagged = true)
        val marking = if (mark) Marking(photo.width, bundle.restoration, sign = 1) else null
        val write = { rows: ByteArray -> file.write(marking?.move(rows) ?: rows) }
        run(Direction.FORWARD, photo, bundle.hyperParameters.places(parameters), progress, write, output)
        file.finish(if (mark) tag.copy(requires = listOf(MARK)) else tag)
    }

    /**
     * Restore a file that this filter made into one without a tag, a shared one at the size at which it arrived, upright and without bars;
     * throws [Refused] as [look] does, before it writes. A shared file that is nearer to the photo than what would be restored keeps its
     * own pixels, unless [force] is given. [found] is what [look] said of it, so that it need not look twice.
     *
     * A file that holds its photo whole is restored by that, whatever made it ([restoreHeld]); one with a top-up, by its pixels and that. A
     * top-up takes the memory of its coded bytes, some 20 MB for 12 megapixels without loss, and of a whole picture as it is decoded.
     */
    fun restoreFile(
        file: () -> InputStream,
        target: OutputStream,
        codec: Codec = Codec.Png,
        force: Boolean = false,
        found: Recognition? = null,
        progress: (Float) -> Unit = {},
    ): Restored {
        val saved = SavedFile.open(file, jpeg)
        heldIn(saved, jpeg, pictures)?.let { return it.write(target, codec) }
        val recognition = found ?: look(saved, force)
        if (recognition.origin == Origin.SHARED) {
            return restoreShared(saved, recognition, target, codec, keep = recognition.keep && !force, progress)
        }
        require(recognition.origin == Origin.AS_SAVED || force) { "$recognition" }
        val refinement = if (recognition.origin == Origin.AS_SAVED) refinement(saved, pictures) else Refinement(null)
        saved.pixels { filtered ->
            val restored = photoWriter(codec, filtered, saved.carried, target, jpeg, isTagged = false)
            val plain = if (MARK in saved.tag?.requires.orEmpty()) Unmarked(filtered, bundle.restoration) else filtered
            run(Direction.INVERSE, plain, FloatArray(0), progress, { base -> restored.write(refinement.refined(base)) })
            restored.finish(null)
        }
        return Restored(refinement.how, recognition)
    }

    /** The photo that a file holds whole, which this filter then is not needed for; null where it holds none that can be read here. */
    fun restoreHeld(file: () -> InputStream): Held? = restoreHeld(file, jpeg, pictures)

    /**
     * What a file is to this filter, if [restoreFile] restores it from its pixels; throws [Refused] for any other. With [force] it restores
     * all whose pixels can be read: for a user who knows what made a file where nothing tells.
     */
    fun look(file: () -> InputStream, force: Boolean = false): Recognition = look(SavedFile.open(file, jpeg), force)

    private fun look(saved: SavedFile, force: Boolean): Recognition {
        val looked = looked(saved, listOf(bundle))
        if (looked.refused != null && !(force && saved.plain)) throw looked.refused
        return looked.recognition
    }

    /** What a file is to this filter; throws [Refused] for what is no photo of a kind that this code restores. */
    fun arrival(file: () -> InputStream): Recognition = looked(SavedFile.open(file, jpeg), listOf(bundle)).recognition

    /** The tag of a file that this filter saved and that is as it was saved; throws [Refused] for any other. */
    fun inspect(file: () -> InputStream): Tag = checked(SavedFile.open(file, jpeg), listOf(bundle))

    /** Load the graphs and run each once, so that the first photo does not wait for shaders or kernels. */
    fun warmUp() {
        val side = bundle.tiles.tile
        for (direction in Direction.entries) {
            val isForward = direction == Direction.FORWARD
            val places = if (isForward) bundle.hyperParameters.places(emptyMap()) else FloatArray(0)
            val (image, output) = List(2) { FloatArray(side * side * 3) }
            graph(direction).run(image, side, side, places, output.takeIf { isForward && bundle.isGuided })
        }
    }

    override fun close() {
        graphs.values.forEach(Graph::close)
        graphs.clear()
        runtime.close()
    }

    private fun restoreShared(
        saved: SavedFile,
        found: Recognition,
        target: OutputStream,
        codec: Codec,
        keep: Boolean,
        progress: (Float) -> Unit,
    ): Restored {
        val picture = Shared.of(saved, found)
        // Set upright, it is shown as the file was: a site turns a phone's photo as its EXIF said, and leaves that out.
        val carried = withOrientation(saved.carried, alikeShown(orientation(saved.carried) ?: UPRIGHT, found.turns, found.mirrored))
        val restored = photoWriter(codec, picture.arrived, carried, target, jpeg, isTagged = false)
        if (keep) {
            restored.write(picture.read(picture.height))
        } else {
            run(Direction.INVERSE, picture, FloatArray(0), progress, restored::write)
        }
        restored.finish(null)
        return Restored(if (keep) "the file's own pixels, which are nearer to the photo" else null, found)
    }

    private fun run(
        direction: Direction,
        source: PixelSource,
        places: FloatArray,
        progress: (Float) -> Unit,
        write: (ByteArray) -> Unit,
        output: PixelSource? = null,
    ) = filterRows(graph(direction), bundle.tiles.of(direction), places, source, output, progress, write)

    private fun graph(direction: Direction) = graphs.getOrPut(direction) { runtime.openGraph(bundle, direction) }

    private fun whole(photo: Pixels, run: (write: (ByteArray) -> Unit) -> Unit): Pixels {
        val levels = ByteArray(photo.levels.size)
        var next = 0
        run { rows -> rows.copyInto(levels, next); next += rows.size }
        return Pixels(photo.height, photo.width, levels)
    }
}
