"""Laws of R25: what is written into low bits is read from them, levels move as little as said, and damage is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from unfilter.format.payload import HEAD, payload_of, room, with_payload


def levels(count: int, seed: int = 0) -> NDArray[np.uint8]:
    made = np.random.default_rng(seed).integers(0, 256, count, dtype=np.uint8)
    made[: count // 4] = 255  # the edges of the range, where the nearest level may lie outside
    made[count // 4 : count // 2] = 0
    return made


@given(st.binary(max_size=700), st.integers(1_000, 4_000), st.integers(0, 9))
def test_what_is_written_is_read(content: bytes, count: int, seed: int) -> None:
    if len(content) > room(count, 8):
        return
    assert payload_of(with_payload(levels(count, seed), content)) == content


@pytest.mark.parametrize(("planes", "most"), [(1, 1), (2, 3)])
def test_no_level_moves_further_than_its_low_bits_allow(planes: int, most: int) -> None:
    own = levels(8_000)
    content = np.random.default_rng(1).bytes(room(own.size, planes))
    assert np.abs(with_payload(own, content).astype(int) - own).max() <= most


def test_a_short_payload_leaves_the_levels_behind_it_alone() -> None:
    own = levels(8_000)
    made = with_payload(own, b"short")
    assert np.array_equal(made[8 * (HEAD + 5) :], own[8 * (HEAD + 5) :])


def test_the_bits_stand_where_the_rule_says() -> None:
    """By hand: bit i of head and content, the highest bit of a byte first, is bit i div n of level i mod n."""
    made = with_payload(np.full(200, 128, np.uint8), b"abc")
    bits = [made[i % 200] >> (i // 200) & 1 for i in range(8 * (HEAD + 3))]
    assert np.packbits(np.array(bits, np.uint8)).tobytes()[:4] == b"UFP1"
    assert np.packbits(np.array(bits, np.uint8)).tobytes()[-3:] == b"abc"


@pytest.mark.parametrize("place", [3, 70, 8 * HEAD + 5], ids=["magic", "digest", "content"])
def test_one_changed_bit_is_enough_to_be_no_payload(place: int) -> None:
    made = with_payload(levels(8_000), b"x" * 300)
    made[place] ^= 1
    assert payload_of(made) is None


@pytest.mark.parametrize("count", [0, 5, 8 * HEAD - 1, 8 * HEAD])
def test_a_picture_without_room_has_none(count: int) -> None:
    assert payload_of(levels(count)) is None


def test_a_head_that_claims_more_than_there_is_is_no_payload() -> None:
    made = with_payload(levels(2_000), b"x" * 100)
    assert payload_of(made[: 8 * (HEAD + 50)]) is None


def test_what_does_not_fit_is_an_error() -> None:
    with pytest.raises(ValueError, match="2000 bytes in 100 levels"):
        with_payload(levels(100), bytes(2_000))
