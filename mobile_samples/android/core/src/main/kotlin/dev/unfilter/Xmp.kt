package dev.unfilter

/*
 * The tag in an XMP packet, as an attribute of a description of its own (R14 of sdk/format/RULES.md). Source: XMP specification
 * part 1 (ISO 16684-1), section 7.
 */

private const val RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
private const val NAMESPACE = "https://unfilter.dev/ns/tag/1/"
private val DECLARED = Regex("xmlns:unfilter=([\"'])${Regex.escape(NAMESPACE)}\\1")

// As we write it, and as exiftool writes it again: the attribute as an element.
private val DESCRIPTION = Regex(
    "<rdf:Description\\s[^<>]*${DECLARED.pattern}[^<>]*" +
        "(?:/>|(?<!/)>\\s*<unfilter:tag>[^<>]*</unfilter:tag>\\s*</rdf:Description\\s*>)",
)
private val VALUE = Regex("unfilter:tag=(?:\"([^\"<>]*)\"|'([^'<>]*)')|<unfilter:tag>([^<>]*)</unfilter:tag>")
private val END = Regex("</[A-Za-z_][\\w.-]*:RDF\\s*>")
private const val EMPTY = "<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n" +
    " <rdf:RDF xmlns:rdf=\"$RDF\"></rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>"
private val ENTITIES =
    listOf("&lt;" to "<", "&gt;" to ">", "&quot;" to "\"", "&#34;" to "\"", "&apos;" to "'", "&#39;" to "'", "&amp;" to "&")

/** [packet], or a new one, with this tag in place of any older one. Law: `tagOfXmp(tag.toXmp(packet)) == tag`. */
internal fun Tag.toXmp(packet: String?): String {
    val value = toJson().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;")
    // The namespaces are declared here, whatever prefixes the packet uses elsewhere.
    val description = "<rdf:Description xmlns:rdf=\"$RDF\" rdf:about=\"\" xmlns:unfilter=\"$NAMESPACE\" unfilter:tag=\"$value\"/>"
    val rest = packet?.let(::withoutTag)?.takeIf(END::containsMatchIn) ?: EMPTY // without that element it is no XMP
    val end = END.findAll(rest).last().range.first
    return rest.substring(0, end) + description + rest.substring(end)
}

/** The text of the tag in [packet]; null where it has none. */
internal fun tagTextOfXmp(packet: String): String? {
    if (!DECLARED.containsMatchIn(packet)) return null
    val value = VALUE.find(packet)?.groupValues?.drop(1)?.firstOrNull(String::isNotEmpty) ?: return null
    return ENTITIES.fold(value) { text, (entity, letter) -> text.replace(entity, letter) }
}

/** [packet] without our description; null where nothing else was in it. */
internal fun withoutTag(packet: String): String? {
    val rest = if (DECLARED.containsMatchIn(packet)) packet.replace(DESCRIPTION, "").replace(VALUE, "") else packet
    return rest.takeUnless { words(it) == words(EMPTY) }
}

/** What travels along of [packet]: neither our tag nor claims of what a filtered photo does not have; null where that is nothing. */
internal fun travelling(packet: String): String? = withoutTag(packet)?.let(::withoutClaims)

/** The packet among [carried]. */
internal fun packetOf(carried: List<Chunk>): String? = carried.firstNotNullOfOrNull { chunk ->
    if (chunk.type == "iTXt") internationalText(chunk.content)?.takeIf { it.first == XMP_KEYWORD }?.second else null
}

private const val GOOGLE = "http://ns.google.com/photos"

/** Namespaces and names of properties that claim what a filtered photo does not have, or show it as it was (R24 of sdk/format/RULES.md). */
private val CLAIMS = listOf(
    Triple("hdrgm", "http://ns.adobe.com/hdr-gain-map/1.0/", "\\w+"),
    Triple("HDRGainMap", "http://ns.apple.com/HDRGainMap/1.0/", "\\w+"),
    Triple("GCamera", "$GOOGLE/1.0/camera/", "(?:MicroVideo|MotionPhoto)\\w*"),
    Triple("Container", "$GOOGLE/1.0/container/", "Directory"),
    Triple("GDepth", "$GOOGLE/1.0/depthmap/", "\\w+"),
    Triple("Device", "$GOOGLE/dd/1.0/device/", "\\w+"),
    Triple("GImage", "$GOOGLE/1.0/image/", "\\w+"),
    Triple("xmpNote", "http://ns.adobe.com/xmp/note/", "HasExtendedXMP"),
    Triple("xmp", "http://ns.adobe.com/xap/1.0/", "Thumbnails"),
)

/** [packet] without those properties, as attributes or as elements, under whatever prefixes it gives the namespaces. */
internal fun withoutClaims(packet: String): String = CLAIMS.fold(packet) { text, (usual, namespace, names) ->
    val declared = Regex("xmlns:([A-Za-z_][\\w.-]*)\\s*=\\s*[\"']${Regex.escape(namespace)}[\"']").findAll(text).map { it.groupValues[1] }
    val undeclared = if ("xmlns:$usual=" in text) emptyList() else listOf(usual)
    (declared.toList() + undeclared).distinct().fold(text) { rest, prefix ->
        val name = "${Regex.escape(prefix)}:(?:$names)"
        val bare = rest.replace(Regex("\\s$name\\s*=\\s*(?:\"[^\"<>]*\"|'[^'<>]*')"), "")
        withoutElements(bare, Regex("<($name)(?=[\\s/>])[^<>]*>"))
    }
}

/** [packet] without the elements that begin so, up to the first that does not end. */
private fun withoutElements(packet: String, opening: Regex): String = buildString {
    var place = 0
    while (true) {
        val begun = opening.find(packet, place) ?: break
        val close = "</${begun.groupValues[1]}>"
        val inner = begun.range.last + 1
        val end = if (begun.value.endsWith("/>")) inner else packet.indexOf(close, inner).let { if (it < 0) it else it + close.length }
        if (end < 0) break
        append(packet, place, begun.range.first)
        place = end
    }
    append(packet, place, packet.length)
}

private fun words(text: String) = text.split(Regex("\\s+")).filter(String::isNotEmpty)
