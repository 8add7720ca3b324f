package dev.unfilter

import dev.unfilter.imageio.ImageIoJpeg
import java.io.File
import kotlin.math.abs
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test

/** Law: marks and bars are found, and marks taken off, as sdk/format/conformance says (R31 to R34). */
class MarkSearchTest {
    private val folder = File("../../../sdk/format/conformance")
    private val cases = JSONObject(File(folder, JSONObject(File(folder, "cases.json").readText()).getString("marks")).readText())
    private val near = cases.getJSONObject("tolerances")
    private val restorations = cases.getJSONArray("restorations").strings()

    @Test
    fun `the strongest mark is the one that the case says, and is taken off`() {
        assertEquals(THRESHOLD, cases.getDouble("threshold"), 0.0)
        val pictures = cases.getJSONArray("pictures").objects()
        assertTrue(pictures.any { it.has("inside") } && pictures.any { it.has("without") })
        for (case in pictures) {
            val name = case.getString("name")
            val picture = SavedFile.open(File(folder, case.getString("path"))::inputStream, ImageIoJpeg())
            val inside = case.optJSONArray("inside")?.let { Inside(it.getInt(0), it.getInt(1), it.getInt(2), it.getInt(3)) }
            if (inside != null) {
                assertTrue(name, checkNotNull(strongest(picture.pixels { middle(it, SIDE) }, restorations)).deviations < THRESHOLD)
                assertEquals(name, inside, within(picture))
            }
            val square = picture.pixels { if (inside == null) middle(it, SIDE) else middle(it, SIDE, inside) }
            val mark = strongest(square, restorations.reversed())
            val told = case.optJSONObject("mark")
            if (told == null) assertNull(name, mark) else check(name, case, told, checkNotNull(mark))
            case.optJSONObject("without")?.let { freed(name, picture, checkNotNull(mark), it) }
        }
    }

    private fun check(name: String, case: JSONObject, told: JSONObject, mark: Mark) {
        assertEquals(name, told.getDouble("deviations"), mark.deviations, near.getDouble("deviations"))
        assertEquals(name, case.getBoolean("counts"), mark.deviations >= THRESHOLD)
        if (!case.getBoolean("counts")) return
        assertEquals(name, told.getDouble("scale"), mark.scale, near.getDouble("scale"))
        assertEquals(name, told.getString("restoration"), mark.restoration)
        assertEquals(name, told.getInt("turns") to told.getBoolean("mirrored"), mark.turns to mark.mirrored)
    }

    private fun freed(name: String, picture: SavedFile, mark: Mark, told: JSONObject) {
        val found = Recognition(
            Origin.SHARED, name, restoration = mark.restoration, scale = mark.scale, turns = mark.turns, mirrored = mark.mirrored,
        )
        val shared = Shared.of(picture, found)
        assertEquals(name, told.getInt("height") to told.getInt("width"), shared.height to shared.width)
        val levels = shared.read(shared.height)
        val step = told.getInt("step")
        for ((row, expected) in told.getJSONArray("blue").lists().withIndex()) {
            for (column in 0 until expected.length()) {
                val level = levels[(row * step * shared.width + column * step) * 3 + 2].toInt() and 0xFF
                assertTrue("$name: $row, $column", abs(level - expected.getInt(column)) <= near.getInt("levels"))
            }
        }
    }

    @Test
    fun `what to expect is what the card says`() {
        for (case in cases.getJSONArray("expectations").objects()) {
            val quality = Candidate("any", restorations[0], card(case.getJSONArray("scores").objects())).quality(case.getDouble("scale"))
            assertEquals("$case", case.isNull("restored"), quality == null)
            if (quality == null) continue
            assertEquals("$case", case.getDouble("restored"), quality.restored, near.getDouble("db"))
            assertEquals("$case", case.getDouble("arrived"), quality.arrived, near.getDouble("db"))
        }
    }
}
