"""IPTC captions, keywords and rights as XMP, for formats that have no place for IPTC; and what a PNG says in text.

Source: IPTC-IIM 4.2 for the records; IPTC Photo Metadata Standard 2023.1 for which property of XMP says the same.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

Form = Literal["text", "alt", "bag", "seq"]
"""A property is one value, one in several languages, a set, or a list."""
Property = tuple[str, str, Form]
"""Prefix, name and form."""
Values = dict[Property, list[str]]

NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
}

_PROPERTIES: dict[int, Property] = {
    5: ("dc", "title", "alt"),
    10: ("photoshop", "Urgency", "text"),
    15: ("photoshop", "Category", "text"),
    20: ("photoshop", "SupplementalCategories", "bag"),
    25: ("dc", "subject", "bag"),
    40: ("photoshop", "Instructions", "text"),
    55: ("photoshop", "DateCreated", "text"),
    80: ("dc", "creator", "seq"),
    85: ("photoshop", "AuthorsPosition", "text"),
    90: ("photoshop", "City", "text"),
    92: ("Iptc4xmpCore", "Location", "text"),
    95: ("photoshop", "State", "text"),
    100: ("Iptc4xmpCore", "CountryCode", "text"),
    101: ("photoshop", "Country", "text"),
    103: ("photoshop", "TransmissionReference", "text"),
    105: ("photoshop", "Headline", "text"),
    110: ("photoshop", "Credit", "text"),
    115: ("photoshop", "Source", "text"),
    116: ("dc", "rights", "alt"),
    120: ("dc", "description", "alt"),
    122: ("photoshop", "CaptionWriter", "text"),
}
"""By number of the dataset in record 2."""
_VERSION, _DATE, _TIME = 0, 55, 60
_UTF_8 = b"\x1b%G"

OF_TEXT: dict[str, Property] = {
    "Title": _PROPERTIES[5],
    "Author": _PROPERTIES[80],
    "Copyright": _PROPERTIES[116],
    "Description": _PROPERTIES[120],
}
"""By keyword of a PNG's text (PNG specification, third edition, section 11.3.3.1)."""


def properties(records: bytes) -> tuple[Values, list[int]]:
    """What XMP can say of IPTC records, and the numbers of the datasets of record 2 that it cannot."""
    found = list(_datasets(records))
    utf_8 = (1, 90, _UTF_8) in found
    values: Values = {}
    left: list[int] = []
    times = [_text(content, utf_8) for record, number, content in found if (record, number) == (2, _TIME)]
    for record, number, content in found:
        if record != 2 or number == _VERSION or (number == _TIME and any(n == _DATE for _, n, _ in found)):
            continue
        if number not in _PROPERTIES:
            left.append(number)
            continue
        text = _text(content, utf_8)
        if number == _DATE:
            text = _date(text, times[0] if times else "")
        if text:
            values.setdefault(_PROPERTIES[number], []).append(text)
    return values, sorted(set(left))


def _datasets(records: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Record, dataset and content, up to the first that is damaged."""
    at = 0
    while at + 5 <= len(records) and records[at] == 0x1C:
        size, start = int.from_bytes(records[at + 3 : at + 5], "big"), at + 5
        if size & 0x8000:  # an extended dataset: this many bytes of length follow
            start += size & 0x7FFF
            size = int.from_bytes(records[at + 5 : start], "big")
        if start + size > len(records):
            return
        yield records[at + 1], records[at + 2], records[start : start + size]
        at = start + size


def _text(content: bytes, utf_8: bool) -> str:
    content = content.rstrip(b"\0")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("utf-8" if utf_8 else "latin-1", "replace")


def _date(day: str, time: str) -> str:
    """`20260102` and `030405+0100` as ISO 8601; what is otherwise, as it is."""
    if len(day) != 8 or not day.isdecimal():
        return day
    date = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    if len(time) < 6 or not time[:6].isdecimal():
        return date
    zone = f"{time[6:9]}:{time[9:11]}" if len(time) == 11 else ""
    return f"{date}T{time[:2]}:{time[2:4]}:{time[4:6]}{zone}"


def named(numbers: Iterable[int]) -> str:
    """Datasets as the standard writes them, such as `2:12`."""
    return ", ".join(f"2:{number:02}" for number in numbers)
