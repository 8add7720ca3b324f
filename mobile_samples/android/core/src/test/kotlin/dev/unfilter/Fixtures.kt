package dev.unfilter

import dev.unfilter.imageio.ImageIoJpeg
import dev.unfilter.onnx.OnnxRuntime
import java.io.ByteArrayOutputStream
import java.io.File
import org.json.JSONArray

/** The repository's committed goldens and the bundle that they are of; system properties name others. */
object Fixtures {
    private fun folder(name: String, committed: String) = File(System.getProperty("unfilter.$name") ?: "../../../tests/fixtures/$committed")

    val goldensFolder = folder("goldens", "goldens-version-1")
    val bundleFolder = folder("bundle", "bundle-schema-1")
    val goldens by lazy { Goldens { File(goldensFolder, it).inputStream() } }
    val bundle by lazy { Bundle { File(bundleFolder, it).inputStream() } }
    val filter by lazy { Filter(bundle, OnnxRuntime(), ImageIoJpeg()) }

    /** Those of a PNG. */
    fun pixels(png: ByteArray): Pixels {
        val reader = PngReader(png.inputStream())
        return Pixels(reader.height, reader.width, reader.read(reader.height))
    }

    /** A PNG of RGBA [levels]. */
    fun png(levels: ByteArray, height: Int, width: Int): ByteArray {
        val file = ByteArrayOutputStream()
        PngWriter(file, height, width, emptyList(), channels = 4).run { write(levels); finish() }
        return file.toByteArray()
    }
}

internal fun JSONArray.lists() = List(length(), ::getJSONArray)
