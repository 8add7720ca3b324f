package dev.unfilter.app

import org.junit.Assert.assertEquals
import org.junit.Test

/** Law: a phone turned clockwise by a quarter gives a photo that is turned back by as much; `Surface` counts the other way round. */
class TargetRotationTest {
    @Test
    fun `every way to hold a phone has its rotation`() {
        val expected = mapOf(0 to 0, 44 to 0, 45 to 3, 90 to 3, 134 to 3, 135 to 2, 180 to 2, 225 to 1, 270 to 1, 315 to 0, 359 to 0)
        assertEquals(expected, expected.keys.associateWith(::targetRotation))
    }
}
