"""Law: a tag survives JSON and XMP; whatever else is in a packet stays; hostile text gives None, and quickly."""

import json
import time
import xml.etree.ElementTree as ET
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from unfilter.photo.fingerprint import Fingerprint, of_exact, of_jpeg
from unfilter.photo.tag import Codec, Tag, without_tag

TAG = Tag(filter="l0", restoration="0123456789abcdef" * 4, codec="png")
OTHER = Tag(filter="other", restoration="f" * 64, codec="jpeg")
PACKET = (
    '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="a &amp; b"/>'
    "</rdf:RDF></x:xmpmeta>" + " " * 2048 + '<?xpacket end="w"?>'
)


def _fingerprint(height: int, width: int, level: int, lossy: bool) -> Fingerprint:
    pixels = np.full((height, width, 3), level, np.uint8)
    return of_jpeg(pixels, "a decoder", f"{level:016x}") if lossy else of_exact(pixels)


tags = st.builds(
    Tag,
    filter=st.text("abz09_", min_size=1, max_size=64),
    restoration=st.integers(0, 2**256 - 1).map("{:064x}".format),
    codec=st.sampled_from(get_args(Codec)),
    quality=st.none() | st.integers(1, 100),
    parameters=st.dictionaries(
        st.from_regex(r"[a-z][a-z0-9_]{0,63}", fullmatch=True), st.floats(allow_nan=False, allow_infinity=False), max_size=3
    ),
    fingerprint=st.none()
    | st.tuples(st.integers(1, 70), st.integers(1, 70), st.integers(0, 255), st.booleans()).map(
        lambda of: _fingerprint(*of)
    ),
)
any_text = st.text(st.characters())  # surrogates too


@given(tags)
def test_survives_json(tag: Tag) -> None:
    assert Tag.from_json(tag.to_json()) == tag


@pytest.mark.parametrize("packet", [None, "", PACKET, OTHER.to_xmp(None), OTHER.to_xmp(PACKET), "no packet at all"])
@given(tag=tags)
def test_survives_xmp(packet: str | None, tag: Tag) -> None:
    assert Tag.from_xmp(tag.to_xmp(packet)) == tag


def test_the_rest_of_a_packet_stays() -> None:
    tagged = TAG.to_xmp(PACKET)
    assert 'dc:source="a &amp; b"' in tagged
    assert tagged.endswith('<?xpacket end="w"?>')
    assert "".join((without_tag(tagged) or "").split()) == "".join(PACKET.split())  # space between elements means nothing


def as_exiftool_writes_it(packet: str) -> str:
    """The form that exiftool 12.57 gives a packet: single quotes, and properties as elements."""
    value = packet.split('unfilter:tag="')[1].split('"')[0]
    ours = (
        "\n <rdf:Description rdf:about=''\n  xmlns:unfilter='https://unfilter.dev/ns/tag/1/'>\n"
        f"  <unfilter:tag>{value}</unfilter:tag>\n </rdf:Description>\n"
    )
    rest = without_tag(packet) or TAG.to_xmp(None).replace("/>", "></rdf:Description>", 1)
    return rest.replace("</rdf:RDF>", ours + "</rdf:RDF>")


@given(tags)
def test_survives_the_form_that_exiftool_writes(tag: Tag) -> None:
    rewritten = as_exiftool_writes_it(tag.to_xmp(PACKET))
    assert "unfilter:tag=" not in rewritten
    assert Tag.from_xmp(rewritten) == tag
    assert "".join((without_tag(rewritten) or "").split()) == "".join(PACKET.split())
    assert Tag.from_xmp(OTHER.to_xmp(rewritten)) == OTHER


def test_a_property_of_ours_in_a_description_with_others_is_read_and_removed() -> None:
    value = TAG.to_json().replace('"', "&quot;")
    mixed = PACKET.replace(
        'dc:source="', f'xmlns:unfilter="https://unfilter.dev/ns/tag/1/" unfilter:tag="{value}" dc:source="'
    )
    assert Tag.from_xmp(mixed) == TAG
    assert "unfilter:tag" not in (without_tag(mixed.replace("/></rdf:RDF>", "><a/></rdf:Description></rdf:RDF>")) or "")


def test_an_older_tag_is_replaced_not_joined() -> None:
    twice = TAG.to_xmp(OTHER.to_xmp(PACKET))
    assert twice.count("unfilter:tag=") == 1
    assert Tag.from_xmp(twice) == TAG


@pytest.mark.parametrize("packet", [None, PACKET, OTHER.to_xmp(PACKET)])
def test_a_tagged_packet_is_well_formed_xml_with_one_more_description(packet: str | None) -> None:
    root = ET.fromstring(TAG.to_xmp(packet).partition("?>")[2].rpartition("<?")[0])
    descriptions = root.findall(".//{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description")
    values = [element.get("{https://unfilter.dev/ns/tag/1/}tag") for element in descriptions]
    assert [value for value in values if value] == [TAG.to_json()]
    assert len(descriptions) == (1 if packet is None else 2)


@pytest.mark.parametrize(
    ("packet", "rest"), [(None, None), (PACKET, PACKET), (TAG.to_xmp(None), None)], ids=["none", "foreign", "only ours"]
)
def test_without_tag_leaves_what_is_not_ours(packet: str | None, rest: str | None) -> None:
    assert without_tag(packet) == rest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        "[" * 100_000,
        "{" * 100_000,
        TAG.to_json()[:-1],
        TAG.to_json().replace('"version":1', '"version":0'),
        TAG.to_json().replace('"version":1', '"version":"2"'),
        TAG.to_json().replace("l0", "../l0"),
        TAG.to_json().replace("l0", "l0\\n"),
        TAG.to_json().replace("l0", "l" * 65),
        TAG.to_json().replace("abcdef", "ABCDEF"),
        TAG.to_json().replace("png", "gif"),
        TAG.to_json()[:-1] + ',"quality":101}',
        TAG.to_json()[:-1] + ',"parameters":{"two\\nlines":1}}',
        TAG.to_json()[:-1] + ',"parameters":{"sigma":1e999}}',
    ],
    ids=lambda text: text[:40],
)
def test_what_is_no_tag_gives_none(text: str) -> None:
    assert Tag.from_json(text) is None
    assert Tag.from_xmp(TAG.to_xmp(None).replace(TAG.to_json().replace('"', "&quot;"), text.replace('"', "&quot;"))) is None


def test_a_tag_without_parameters_is_written_as_it_always_was_and_read() -> None:
    assert TAG.to_json() == f'{{"version":1,"filter":"l0","restoration":"{TAG.restoration}","codec":"png"}}'
    old = Tag.from_json(TAG.to_json())
    assert old is not None
    assert old.parameters == {}


def test_parameters_are_numbers_by_name() -> None:
    tag = TAG.model_copy(update={"parameters": {"smoothness": 0.03}})
    assert tag.to_json() == TAG.to_json()[:-1] + ',"parameters":{"smoothness":0.03}}'


FINGERPRINT = _fingerprint(64, 33, 7, True).model_dump()


@pytest.mark.parametrize(
    "other", [{"version": 2}, {"width": 65}, {"cells": "?"}, {"sha256": 7}, {"version": 3, "more": [1]}], ids=str
)
def test_a_fingerprint_that_this_version_cannot_read_is_passed_over(other: dict[str, object]) -> None:
    for fingerprint in (json.dumps(FINGERPRINT | other), "null", "[]", '"words"'):
        assert Tag.from_json(f'{TAG.to_json()[:-1]},"fingerprint":{fingerprint}}}') == TAG


@pytest.mark.parametrize("version", [1, 2, 17])
def test_a_later_tag_is_read_as_far_as_this_version_knows_it(version: int) -> None:
    assert Tag.from_json(json.dumps(json.loads(TAG.to_json()) | {"version": version, "colour": 95})) == TAG


def test_what_a_tag_requires_and_this_version_does_not_know_is_told() -> None:
    tag = Tag.from_json(TAG.to_json()[:-1] + ',"requires":["payload"]}')
    assert tag is not None
    assert (tag.needs, TAG.needs) == (["payload"], [])


@given(any_text)
def test_no_text_makes_the_readers_raise(text: str) -> None:
    assert Tag.from_json(text) is None
    Tag.from_xmp(text)
    without_tag(text)


@given(any_text, any_text, any_text)
def test_no_text_around_or_inside_our_description_makes_the_reader_raise(before: str, inside: str, after: str) -> None:
    head, value, tail = TAG.to_xmp(None).partition(TAG.to_json().replace('"', "&quot;"))
    assert value
    Tag.from_xmp(before + head + inside + tail + after)
    without_tag(before + head + inside + tail + after)


@pytest.mark.parametrize(
    "text",
    [" " * 65_000, "<rdf:Description " * 4_000, '<rdf:Description xmlns:unfilter="' * 2_000],
    ids=["spaces", "descriptions", "namespaces"],
)
def test_text_as_long_as_a_jpeg_holds_is_read_in_less_than_two_seconds(text: str) -> None:
    started = time.process_time()
    assert Tag.from_xmp(text) is None
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "fields",
    [
        {"filter": "L0"},
        {"restoration": "0" * 63},
        {"codec": "gif"},
        {"quality": 0},
        {"version": 2},
        {"parameters": {"A": 1}},
    ],
)
def test_a_tag_that_could_not_be_read_back_cannot_be_made(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Tag.model_validate(TAG.model_dump() | fields)


def test_codecs_are_those_that_are_written() -> None:
    assert get_args(Codec) == ("png", "jpeg", "webp", "heic")
