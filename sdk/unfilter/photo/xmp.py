"""What is taken out of an XMP packet, and what is added to it. Everything else keeps its bytes.

A packet must not claim what the file no longer has (a gain map, a video), nor show the photo as it was (thumbnails).
Source: XMP specification part 1 (ISO 16684-1), section 7; the makers' own pages for the properties.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.sax.saxutils import escape

from unfilter.format.xmp import EMPTY, END, RDF
from unfilter.photo.iptc import NAMESPACES, Form, Values


class Claim(NamedTuple):
    """Properties that say that a file has something: all of `namespace` whose names match."""

    prefix: str
    """What the namespace is called where a packet forgets to declare it."""
    namespace: str
    names: str
    note: str | None = None
    """What is said where any of them stands; None where they only go along with others."""


GAIN_MAP = "its gain map (HDR) was left behind: the filtered photo is the SDR picture"
VIDEO = "its video (motion photo) was left behind"
CLAIMED_VIDEO = "its XMP spoke of a video (motion photo), and no longer does"
"""Said where no video was seen: sites that recompress photos drop it, and a Pillow image does not show it."""
_DEPTH = "its depth map was left behind"
_GOOGLE = "http://ns.google.com/photos"
_CLAIMS = (
    Claim("hdrgm", "http://ns.adobe.com/hdr-gain-map/1.0/", r"\w+", GAIN_MAP),
    Claim("HDRGainMap", "http://ns.apple.com/HDRGainMap/1.0/", r"\w+", GAIN_MAP),
    Claim("GCamera", f"{_GOOGLE}/1.0/camera/", r"(?:MicroVideo|MotionPhoto)\w*", CLAIMED_VIDEO),
    Claim("Container", f"{_GOOGLE}/1.0/container/", "Directory"),
    Claim("GDepth", f"{_GOOGLE}/1.0/depthmap/", r"\w+", _DEPTH),
    Claim("Device", f"{_GOOGLE}/dd/1.0/device/", r"\w+", _DEPTH),
    Claim("GImage", f"{_GOOGLE}/1.0/image/", r"\w+", "its further picture (GImage) was left behind"),
    Claim("xmpNote", "http://ns.adobe.com/xmp/note/", "HasExtendedXMP", "its extended XMP was left behind"),
    Claim("xmp", "http://ns.adobe.com/xap/1.0/", "Thumbnails"),
)


def without_claims(packet: str | None) -> tuple[str | None, tuple[str, ...]]:
    """`packet` without what the file will not have, and what is to be said of that.

    Law: what comes of it holds no claim: `without_claims(without_claims(x)[0]) == (without_claims(x)[0], ())`.
    """
    if packet is None:
        return None, ()
    notes: list[str] = []
    for claim in _CLAIMS:
        found, packet = _without(packet, claim)
        if found and claim.note and claim.note not in notes:
            notes.append(claim.note)
    return packet, tuple(notes)


def once(notes: tuple[str, ...]) -> tuple[str, ...]:
    """Each note once, and of a video that was there only that."""
    return tuple(note for note in dict.fromkeys(notes) if note != CLAIMED_VIDEO or VIDEO not in notes)


def _without(packet: str, claim: Claim) -> tuple[bool, str]:
    before = packet
    declared = re.findall(rf"""xmlns:([A-Za-z_][\w.-]*)\s*=\s*["']{re.escape(claim.namespace)}["']""", packet)
    undeclared = [] if f"xmlns:{claim.prefix}=" in packet else [claim.prefix]
    for prefix in dict.fromkeys(declared + undeclared):
        name = rf"{re.escape(prefix)}:(?:{claim.names})"
        packet = re.sub(rf"""\s{name}\s*=\s*(?:"[^"<>]*"|'[^'<>]*')""", "", packet)
        packet = "".join(_outside(packet, re.compile(rf"<({name})(?=[\s/>])[^<>]*>")))
    return packet != before, packet


def _outside(packet: str, opening: re.Pattern[str]) -> Iterator[str]:
    """The parts of `packet` between elements that begin so."""
    place = 0
    while begun := opening.search(packet, place):
        end = begun.end()
        if not begun.group().endswith("/>"):
            close = f"</{begun.group(1)}>"
            end = packet.find(close, end)
            if end < 0:
                break
            end += len(close)
        yield packet[place : begun.start()]
        place = end
    yield packet[place:]


def with_properties(packet: str | None, values: Values) -> str | None:
    """`packet`, or a new one, with those of `values` of which it says nothing yet."""
    added = {which: texts for which, texts in values.items() if not _says(packet or "", which[0], which[1])}
    if not added:
        return packet
    declared = "".join(f' xmlns:{prefix}="{NAMESPACES[prefix]}"' for prefix in dict.fromkeys(each[0] for each in added))
    elements = "".join(
        f"<{prefix}:{name}>{_value(form, texts)}</{prefix}:{name}>" for (prefix, name, form), texts in added.items()
    )
    description = f'<rdf:Description xmlns:rdf="{RDF}" rdf:about=""{declared}>{elements}</rdf:Description>'
    rest = packet if packet and END.search(packet) else EMPTY
    end = list(END.finditer(rest))[-1].start()
    return rest[:end] + description + rest[end:]


def overruled(packet: str | None, values: Values) -> tuple[str, ...]:
    """Names of the properties of which the packet says something else than `values`: it has the last word."""
    return tuple(
        f"{prefix}:{name}"
        for (prefix, name, _), texts in values.items()
        if packet and _says(packet, prefix, name) and any(_clean(text) not in packet for text in texts)
    )


def _says(packet: str, prefix: str, name: str) -> bool:
    return re.search(rf"[\s<]{prefix}:{name}[\s=>/]", packet) is not None


def _value(form: Form, texts: list[str]) -> str:
    clean = [_clean(text) for text in texts]
    match form:
        case "text":
            return clean[0]
        case "alt":
            return f'<rdf:Alt><rdf:li xml:lang="x-default">{clean[0]}</rdf:li></rdf:Alt>'
        case "bag" | "seq":
            items = "".join(f"<rdf:li>{text}</rdf:li>" for text in clean)
            return f"<rdf:{form.title()}>{items}</rdf:{form.title()}>"


def _clean(text: str) -> str:
    """`text` as XML may hold it."""
    return escape(re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text))
