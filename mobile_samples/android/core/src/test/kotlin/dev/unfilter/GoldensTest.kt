package dev.unfilter

import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.File
import org.json.JSONArray
import org.json.JSONObject
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

/** Law: this code makes, restores, plans, rounds and refuses what the Python SDK does (docs/goldens.md), on ONNX Runtime. */
class GoldensTest {
    private val goldens = Fixtures.goldens
    private val filter = Fixtures.filter

    @Test
    fun `the goldens are of this bundle`() {
        assertEquals(filter.bundle.restoration, goldens.content.getString("restoration"))
        assertEquals(filter.bundle.filter, goldens.content.getString("filter"))
        assertEquals(filter.bundle.tiles, tilePlan(goldens.content.getJSONObject("tiles")))
    }

    @Test
    fun `filtered bytes, and those restored from the golden filtered bytes, are at most a level off`() {
        for (name in goldens.photos) {
            assertTrue(name, goldens.levelsOff(filter, name) <= goldens.tolerance)
            val change = apart(goldens.pixels(name, "photo"), goldens.pixels(name, "filtered"))
            assertTrue("$name: a filter that does nothing would pass", name == "line" || change > goldens.tolerance)
        }
    }

    @Test
    fun `tiles are those of the plan`() {
        for (plan in goldens.content.getJSONArray("plans").objects()) {
            val (height, width) = plan.getInt("height") to plan.getInt("width")
            val fixedSize = plan.getBoolean("fixed_size")
            val (rows, columns) = listOf("rows", "columns").map { spans(plan.getJSONArray(it)) }
            assertEquals(rows, filter.bundle.tiles.spans(height, fixedSize))
            assertEquals(columns, filter.bundle.tiles.spans(width, fixedSize))
            assertEquals(rows.flatMap { row -> columns.map { Tile(row, it) } }, filter.bundle.tiles.tiles(height, width, fixedSize))
        }
    }

    @Test
    fun `levels are rounded by the one rule`() {
        for (rounding in goldens.content.getJSONArray("roundings").objects()) {
            val value = Float.fromBits(rounding.getLong("bits").toInt())
            assertEquals("$value", rounding.getInt("level"), toLevel(value).toInt() and 0xFF)
        }
        for (level in 0..255) assertEquals(level.toByte(), toLevel(toFloat(level.toByte())))
    }

    @Test
    fun `files are restored with what they carry, or refused with the reason`() {
        for (case in goldens.content.getJSONArray("files").objects()) {
            val path = case.getString("path")
            val file = File(Fixtures.goldensFolder, path)
            val target = ByteArrayOutputStream()
            val refusal = case.textOrNull("refusal")
            if (refusal != null) {
                val refused = assertThrows(path, Refused::class.java) { filter.restoreFile(file::inputStream, target) }
                assertEquals(path, refusal, refused.refusal.code)
                assertEquals("$path: nothing is written", 0, target.size())
                assertThrows(path, Refused::class.java) { filter.inspect(file::inputStream) }
                continue
            }
            assertEquals(path, Tag.fromJson(case.getString("tag")), filter.inspect(file::inputStream))
            val filtered = Fixtures.pixels(file.readBytes())
            val photo = case.getString("photo")
            assertArrayEquals(path, goldens.pixels(photo, "filtered").levels, filtered.levels)
            filter.restoreFile(file::inputStream, target)
            assertTrue(path, apart(Fixtures.pixels(target.toByteArray()), goldens.pixels(photo, "restored")) <= goldens.tolerance)
            val info = PngInfo.read(ByteArrayInputStream(target.toByteArray()))
            assertEquals("$path: a restored photo has no tag", null, info.tag)
            assertEquals(path, carried(case), info.carried.associate { it.type to it.content.hex() })
        }
    }

    @Test
    fun `a tag is written to the letter as the SDK writes it`() {
        val later = Regex("version_2|requires") // not written by this version
        for (case in goldens.content.getJSONArray("files").objects().filterNot { later in it.getString("path") }) {
            val text = case.textOrNull("tag")
            val tag = text?.let(Tag::fromJson)
            if (tag != null) assertEquals(text, tag.toJson()) else assertTrue(text == null || case.getString("refusal") == "no_tag")
        }
    }

    @Test
    fun `a fingerprint is of the size and of every level, and passed over where it is none of this version`() {
        val text = goldens.content.getJSONArray("files").objects().first { it.isNull("refusal") }.getString("tag")
        val saved = checkNotNull(Tag.fromJson(text))
        assertEquals(saved.fingerprint, Fingerprint.of(goldens.pixels("odd", "filtered")))
        for ((field, value) in listOf("version" to 2, "width" to 0, "height" to "x", "sha256" to "x")) {
            val fields = JSONObject(text).apply { getJSONObject("fingerprint").put(field, value) }
            assertEquals(field, saved.copy(fingerprint = null), Tag.fromJson(fields.toString()))
        }
        assertEquals(saved.copy(fingerprint = null), Tag.fromJson(JSONObject(text).put("fingerprint", 7).toString()))
    }

    @Test
    fun `a filtered file has the SDK's tag, with the fingerprint of its own pixels, and what it was given to carry`() {
        val photo = goldens.pixels("odd", "photo")
        val target = ByteArrayOutputStream()
        filter.applyFile(photo, listOf(Chunk("eXIf", byteArrayOf(1, 2, 3))), target)
        val info = PngInfo.read(ByteArrayInputStream(target.toByteArray()))
        val text = goldens.content.getJSONArray("files").objects().first { it.isNull("refusal") }.getString("tag")
        assertEquals(mapOf("eXIf" to "010203"), info.carried.associate { it.type to it.content.hex() })
        val tag = filter.inspect { ByteArrayInputStream(target.toByteArray()) }
        val made = Fingerprint.of(Fixtures.pixels(target.toByteArray())) // a level may be another than the golden's
        assertEquals(Tag.fromJson(text)?.copy(parameters = tag.parameters, fingerprint = made), tag)
    }

    private fun spans(rows: JSONArray) =
        List(rows.length()) { rows.getJSONArray(it).run { Span(getInt(0), getInt(1), getInt(2), getInt(3)) } }

    private fun carried(case: JSONObject) =
        case.getJSONObject("carried").run { keys().asSequence().associate { it.toString() to getString(it.toString()) } }
}
