package dev.unfilter

import java.io.IOException
import java.io.InputStream
import java.security.MessageDigest
import org.json.JSONArray
import org.json.JSONException
import org.json.JSONObject

/** A bundle that is missing, broken, changed or of another version; one line that says which. */
class BundleException(message: String) : IOException(message)

enum class Direction { FORWARD, INVERSE }

/** A graph's input or output: float32, batch 1, in `NCHW` or `NHWC`. */
data class Tensor(val name: String, val layout: String, val channels: Int)

/** One graph: a direction of the filter in one format and precision. */
data class Artifact(
    val format: String,
    val direction: Direction,
    val precision: String,
    val path: String,
    val image: Tensor,
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
    val filter: String
    val restoration: String
    val tiles: TilePlan
    val hyperParameters: List<HyperParameter>
    val artifacts: List<Artifact>
    private val sha256: Map<String, String>

    init {
        try {
            val manifest = JSONObject(open("manifest.json").use { it.readBytes() }.decodeToString())
            val version = manifest.optInt("schema_version")
            if (version != 1) throw BundleException("manifest schema $version, this app reads 1: update the app, or convert again")
            filter = manifest.getString("filter")
            restoration = manifest.getString("restoration")
            tiles = manifest.getJSONObject("tiles").let { TilePlan(it.getInt("tile"), it.getInt("halo"), it.getInt("alignment")) }
            hyperParameters = manifest.optJSONArray("hyper_parameters").objects().map(::hyperParameter)
            artifacts = manifest.getJSONArray("artifacts").objects().map(::artifact)
            sha256 = manifest.getJSONArray("files").objects().associate { it.getString("path") to it.getString("sha256") }
        } catch (error: JSONException) {
            throw BundleException("manifest.json: ${error.message}")
        }
    }

    /** Throws [BundleException] where the bundle has none. */
    fun artifact(format: String, direction: Direction, precision: String = "fp32"): Artifact =
        artifacts.firstOrNull { it.format == format && it.direction == direction && it.precision == precision }
            ?: throw BundleException("filter $filter: holds no $format ${direction.name.lowercase()} in $precision")

    /** A file's bytes; throws [BundleException] unless they are those that the manifest vouches for. */
    fun read(path: String): ByteArray {
        val content = open(path).use { it.readBytes() }
        val found = MessageDigest.getInstance("SHA-256").digest(content).hex()
        if (found != sha256[path]) throw BundleException("$path: its bytes are not those of the manifest (sha256 differs)")
        return content
    }
}

private fun artifact(it: JSONObject) = Artifact(
    format = it.getString("format"),
    direction = Direction.valueOf(it.getString("direction").uppercase()),
    precision = it.getString("precision"),
    path = it.getString("path"),
    image = tensor(it.getJSONObject("image")),
    result = tensor(it.getJSONObject("result")),
    parameters = it.optJSONObject("parameters")?.let(::tensor),
    valid = it.optJSONObject("valid")?.let(::tensor),
    signature = it.textOrNull("signature"),
    maskedSignature = it.textOrNull("masked_signature"),
    fixedSize = it.optBoolean("fixed_size"),
)

private fun tensor(it: JSONObject) = Tensor(it.getString("name"), it.getString("layout"), it.getInt("channels"))

private fun hyperParameter(it: JSONObject) = HyperParameter(
    it.getString("name"), it.getDouble("low"), it.getDouble("high"), it.getDouble("default"), it.optString("scale") == "log",
)

internal fun JSONArray?.objects(): List<JSONObject> = this?.let { List(it.length(), it::getJSONObject) } ?: emptyList()

internal fun JSONObject.textOrNull(name: String): String? = if (isNull(name)) null else getString(name)
