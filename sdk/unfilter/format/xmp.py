"""The frame of an XMP packet. Source: XMP specification part 1 (ISO 16684-1), section 7."""

import re

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
END = re.compile(r"</[A-Za-z_][\w.-]*:RDF\s*>")
EMPTY = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
    f' <rdf:RDF xmlns:rdf="{RDF}"></rdf:RDF>\n'
    "</x:xmpmeta>\n"
    '<?xpacket end="w"?>'
)
