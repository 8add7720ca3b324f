package dev.unfilter

import org.junit.Assert.assertEquals
import org.junit.Test

/** Laws: a tag comes back from XMP, whatever else is in the packet, which stays; an older tag goes (R14 of sdk/format/RULES.md). */
class XmpTest {
    private val tag = Tag("l0", "0".repeat(64), "jpeg", 85, mapOf("sigma" to 0.1))
    private val foreign = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><r:RDF xmlns:r=\"a\"><b/></r:RDF></x:xmpmeta>"

    @Test
    fun `a tag comes back from a new packet, from another's and from one with an older tag`() {
        for (packet in listOf(null, foreign, "no packet", tag.copy(quality = 20).toXmp(foreign))) {
            assertEquals(tag, tagTextOfXmp(tag.toXmp(packet))?.let(Tag::fromJson))
        }
        assertEquals(foreign, withoutTag(tag.toXmp(foreign)))
        assertEquals(null, withoutTag(tag.toXmp(null)))
        assertEquals(null, tagTextOfXmp(foreign))
    }

    @Test
    fun `a tag is read as exiftool writes it again`() {
        val written = tag.toXmp(foreign)
        val value = Regex("unfilter:tag=\"([^\"]*)\"/>").find(written)!!
        val again = written.replace(value.value, "><unfilter:tag>${value.groupValues[1]}</unfilter:tag></rdf:Description>")
        assertEquals(tag, tagTextOfXmp(again)?.let(Tag::fromJson))
        assertEquals(foreign, withoutTag(again))
    }
}
