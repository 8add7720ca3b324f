package dev.unfilter

import java.io.IOException
import java.io.InputStream
import java.security.MessageDigest

/** A bundle that is missing, broken, changed or of a version that this code cannot read; one line that says which, and what to do. */
class BundleException(message: String) : IOException(message)

/** [code] is its name in a manifest, said here so that no shrinker renames it. */
enum class Direction(val code: String) { FORWARD("forward"), INVERSE("inverse") }

/** A graph's input or output: float32, batch 1, in `NCHW` or `NHWC`. */
data class Tensor(val name: String, val layout: String, val channels: Int)

/** One graph: a direction of the filter in one format and precision. */
data class Artifact(
    val format: String,
    val direction: Direction,
    val precision: String,
    val path: String,
    val image: Tensor,
    /** What another filter made of the photo; only forward graphs of a guided filter (R29). */
    val output: Tensor?,
    val result: Tensor,
    val parameters: Tensor?,
    val valid: Tensor?,
    val signature: String?,
    val maskedSignature: String?,
    val fixedSize: Boolean,
)

/**
 * One folder that holds a filter; see docs/bundles.md. [open] opens a file of it by its path with forward slashes: from a
 * folder `{ File(folder, it).inputStream() }`, from an app's assets `{ assets.open("bundle/$it") }`.
 *
 * Opening reads `manifest.json`; an artifact is compared with its sha256 when it is [read].
 */
class Bundle(private val open: (String) -> InputStream) {
    private val manifest = Manifest.fromJson(open("manifest.json").use { it.readBytes() }.decodeToString())
    val filter: String get() = manifest.filter

    /** Says which inverse undoes a file (R11): bundles with equal ids restore each other's files. */
    val restoration: String get() = manifest.restoration
    val tiles: TilePlan get() = manifest.tiles
    val hyperParameters: List<HyperParameter> get() = manifest.hyperParameters

    /** Those that this code knows how to run. */
    val artifacts: List<Artifact> get() = manifest.artifacts

    /** By factor of the size, what the model card says of shared files ([Candidate]). */
    val card: Map<Double, Quality> get() = manifest.card

    /** Whether it hides the photo in what another filter made of it (R29), which it takes too. */
    val isGuided: Boolean get() = manifest.isGuided

    /** Whether the filter was trained to be saved as JPEG, whose losses destroy what others carry. */
    val restoresFromJpeg: Boolean get() = "jpeg" in manifest.carriers

    /** By format, direction and precision, all three (R8 of sdk/format/RULES.md). Throws [BundleException] where the bundle has none. */
    fun artifact(format: String, direction: Direction, precision: String = "fp32"): Artifact {
        return artifacts.firstOrNull { it.format == format && it.direction == direction && it.precision == precision }
            ?: throw BundleException("filter $filter: holds no $format ${direction.code} in $precision")
    }

    /** The digest that the manifest has of a file, 64 hexadecimal digits: another content has another. */
    fun sha256(path: String): String = manifest.sha256[path] ?: throw BundleException("$path: the manifest lists no such file")

    /** A file's bytes; throws [BundleException] unless they are those that the manifest vouches for (R9 of sdk/format/RULES.md). */
    fun read(path: String): ByteArray {
        val vouched = sha256(path)
        if (path.split("/").any { it.isEmpty() || it.last() in ". " } || path.any { it in "\\:" || it < ' ' }) {
            throw BundleException("$path: leads out of the bundle")
        }
        val content = open(path).use { it.readBytes() }
        if (MessageDigest.getInstance("SHA-256").digest(content).hex() != vouched) {
            throw BundleException("$path: its bytes are not those of the manifest (sha256 differs)")
        }
        return content
    }
}
