package dev.unfilter

import org.json.JSONArray
import org.json.JSONException
import org.json.JSONObject

private val FORMATS = setOf("onnx", "tflite", "mlpackage", "pt2")
private val PRECISIONS = setOf("fp32", "fp16", "w8", "w8a16")
private val DIRECTIONS = Direction.entries.associateBy { it.code }
private val SCALES = setOf("linear", "log")
private const val TILE_GRID = "tile_grid" // tiles begin on a grid (R4 of sdk/format/RULES.md)
private const val GUIDED = "guided" // an artifact takes what another filter made of the photo beside it (R29)
private val CARD_SCALES = listOf(0.75, 0.5) // factors of the size of the two chains that every card has, in their order
private const val SCHEMA = 1 // the newest that this code was written for

/**
 * `manifest.json`, as far as this code knows it: unknown fields are ignored, artifacts of a format, precision, direction or
 * delegate that it does not know are left out, and what the manifest `requires` beyond that is refused (sdk/format/COMPATIBILITY.md).
 */
internal class Manifest(
    val filter: String,
    val restoration: String,
    val tiles: TilePlan,
    val carriers: Set<String>,
    val hyperParameters: List<HyperParameter>,
    val artifacts: List<Artifact>,
    val sha256: Map<String, String>,
    val isGuided: Boolean,
    val card: Map<Double, Quality>,
) {
    companion object {
        /** Throws [BundleException] for what is no manifest, and for one that requires more than this code knows. */
        fun fromJson(text: String): Manifest {
            val fields = try {
                JSONObject(text)
            } catch (error: JSONException) {
                throw BundleException("manifest.json: ${error.message}; convert the filter again")
            }
            val version = fields.opt("schema_version")
            if (version !is Int || version < 1) {
                throw BundleException("manifest.json: schema $version is none; convert the filter again")
            }
            val unknown = unknownRequirements(fields, TILE_GRID)
            if (unknown.isNotEmpty()) {
                throw BundleException("manifest.json: requires ${unknown.joinToString()}, which this app does not know; update the app")
            }
            return try {
                read(fields)
            } catch (error: Exception) { // a tile plan that is none throws the second
                if (error !is JSONException && error !is IllegalArgumentException) throw error
                val remedy = if (version > SCHEMA) "schema $version, this app knows $SCHEMA; update the app" else "convert the filter again"
                throw BundleException("manifest.json: ${error.message}; $remedy")
            }
        }
    }
}

private fun read(fields: JSONObject) = Manifest(
    filter = fields.getString("filter"),
    restoration = fields.getString("restoration"),
    tiles = tilePlan(fields.getJSONObject("tiles")).also {
        val isRequired = TILE_GRID in fields.optJSONArray("requires").strings()
        require(isRequired == (it.grid != null)) { "a grid of tiles and $TILE_GRID among what it requires go together" }
    },
    carriers = fields.optJSONArray("carriers")?.strings()?.toSet() ?: setOf("exact"),
    hyperParameters = fields.optJSONArray("hyper_parameters").objects().map(::hyperParameter),
    artifacts = fields.getJSONArray("artifacts").objects().filter(::isKnown).map(::artifact),
    sha256 = fields.getJSONArray("files").objects().associate { it.getString("path") to it.getString("sha256") },
    isGuided = fields.getJSONArray("artifacts").objects().any { !it.isNull("output") },
    card = card(fields.optJSONObject("provenance")?.optJSONArray("scores").objects()),
)

/** What [scores] of photo sets say of shared files, by factor of the size; they weigh as many photos as they have (R34 of sdk/format/RULES.md). */
internal fun card(scores: List<JSONObject>): Map<Double, Quality> {
    val named = listOf("shared", "arrived")
    val known = scores.filter { each -> named.all { (each.optJSONArray(it)?.length() ?: 0) >= CARD_SCALES.size } }
    if (known.isEmpty()) return emptyMap()
    val weights = known.map { it.optDouble("count", 1.0) }
    return CARD_SCALES.withIndex().associate { (index, scale) ->
        val (restored, arrived) = named.map { name ->
            known.indices.sumOf { known[it].getJSONArray(name).getDouble(index) * weights[it] } / weights.sum()
        }
        scale to Quality(restored, arrived)
    }
}

internal fun tilePlan(fields: JSONObject) = TilePlan(
    fields.getInt("tile"), fields.getInt("halo"), fields.getInt("alignment"), fields.intOrNull("grid"), fields.intOrNull("forward_halo"),
)

/** What [fields] requires beyond [known]. */
internal fun unknownRequirements(fields: JSONObject, vararg known: String): List<String> =
    fields.optJSONArray("requires").strings().filterNot(known::contains)

private fun isKnown(artifact: JSONObject) = artifact.optString("format") in FORMATS &&
    artifact.optString("precision") in PRECISIONS &&
    artifact.optString("direction") in DIRECTIONS &&
    artifact.isNull("delegate") && // none has one yet: a later one may be for that alone
    unknownRequirements(artifact, GUIDED).isEmpty()

private fun artifact(fields: JSONObject) = Artifact(
    format = fields.getString("format"),
    direction = DIRECTIONS.getValue(fields.getString("direction")),
    precision = fields.getString("precision"),
    path = fields.getString("path"),
    image = tensor(fields.getJSONObject("image")),
    output = fields.optJSONObject("output")?.let(::tensor),
    result = tensor(fields.getJSONObject("result")),
    parameters = fields.optJSONObject("parameters")?.let(::tensor),
    valid = fields.optJSONObject("valid")?.let(::tensor),
    signature = fields.textOrNull("signature"),
    maskedSignature = fields.textOrNull("masked_signature"),
    fixedSize = fields.optBoolean("fixed_size"),
)

private fun tensor(fields: JSONObject) = Tensor(fields.getString("name"), fields.getString("layout"), fields.getInt("channels"))

private fun hyperParameter(fields: JSONObject): HyperParameter {
    val scale = fields.optString("scale", "linear")
    if (scale !in SCALES) throw BundleException("manifest.json: a scale $scale, which this app does not know; update the app")
    return HyperParameter(
        fields.getString("name"), fields.getDouble("low"), fields.getDouble("high"), fields.getDouble("default"), scale == "log",
    )
}

internal fun JSONArray?.objects(): List<JSONObject> = this?.let { List(it.length(), it::getJSONObject) } ?: emptyList()

internal fun JSONArray?.strings(): List<String> = this?.let { List(it.length()) { place -> it.get(place).toString() } } ?: emptyList()

internal fun JSONObject.textOrNull(name: String): String? = if (isNull(name)) null else getString(name)

private fun JSONObject.intOrNull(name: String): Int? = if (isNull(name)) null else getInt(name)
