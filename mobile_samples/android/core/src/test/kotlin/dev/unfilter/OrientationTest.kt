package dev.unfilter

import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Test

/** Laws: what was set upright is shown as it arrived, and EXIF says so without losing anything else (R34 of sdk/format/RULES.md). */
class OrientationTest {
    private val all = 1..8
    private val little = listOf(0x49, 0x49, 0x2A, 0, 8, 0, 0, 0)
    private val big = listOf(0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8)
    private val artist = listOf(0x82, 0x98, 0, 2, 0, 0, 0, 2, 65, 0, 0, 0)

    /** A picture, row by row, as a viewer shows it: by Exif 3.0, section 4.6.5, where the first row and column of what is stored are. */
    private fun shown(stored: List<List<Int>>, orientation: Int): List<List<Int>> {
        val mirrored = if (orientation in setOf(2, 4, 5, 7)) stored.map { it.reversed() } else stored
        val quarters = mapOf(6 to 1, 7 to 1, 3 to 2, 4 to 2, 8 to 3, 5 to 3)[orientation] ?: 0
        return (0 until quarters).fold(mirrored) { each, _ -> right(each) }
    }

    private fun right(rows: List<List<Int>>) = rows[0].indices.map { column -> rows.map { it[column] }.reversed() }

    @Test
    fun `whatever became of a picture, it is shown as it arrived`() {
        val upright = listOf(listOf(0, 1, 2), listOf(3, 4, 5))
        assertEquals(listOf(listOf(3, 0), listOf(4, 1), listOf(5, 2)), shown(upright, 6))
        assertEquals(listOf(listOf(0, 3), listOf(1, 4), listOf(2, 5)), shown(upright, 5))
        for (orientation in all) for (turns in 0..3) for (mirrored in listOf(false, true)) {
            val before = if (mirrored) upright.map { it.reversed() } else upright
            val arrived = (0 until (4 - turns) % 4).fold(before) { each, _ -> right(each) } // to the left
            assertEquals("$orientation, $turns, $mirrored", shown(arrived, orientation), shown(upright, alikeShown(orientation, turns, mirrored)))
        }
    }

    @Test
    fun `EXIF names the orientation, and keeps its entries`() {
        val cases = mapOf(
            "none" to (emptyList<Chunk>() to null),
            "with one" to (listOf(exif(little + listOf(1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0))) to 6),
            "with another entry" to (listOf(exif(big + listOf(0, 1) + artist + listOf(0, 0, 0, 0))) to 1),
            "cut short" to (listOf(exif(little + 9)) to 1),
            "no TIFF" to (listOf(exif(listOf(1, 2, 3))) to 1),
        )
        for ((name, case) in cases) {
            val (carried, before) = case
            assertEquals(name, before, orientation(carried))
            for (orientation in all) {
                val made = withOrientation(listOf(Chunk("sRGB", byteArrayOf(0))) + carried, orientation)
                assertEquals(name, orientation, orientation(made) ?: UPRIGHT)
                assertEquals(name, if (before == null && orientation == UPRIGHT) 1 else 2, made.size)
            }
        }
        val made = withOrientation(cases.getValue("with another entry").first, 8).single().content
        val at = ordered(made)!!.getInt(4)
        assertEquals(2, ordered(made)!!.getShort(at).toInt())
        val behind = at + 2 + artist.size // the orientation, whose tag is lower
        assertArrayEquals(artist.map { it.toByte() }.toByteArray(), made.copyOfRange(behind, behind + artist.size))
    }

    private fun exif(content: List<Int>) = Chunk("eXIf", content.map { it.toByte() }.toByteArray())
}
