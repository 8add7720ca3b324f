"""How many pictures of photos that calibrated nothing are told right: a row per filter."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from unfilter.jobs.recognition.recognizer import Recognizer
from unfilter_training.recognition.samples import Kind, Picture


class Row(NamedTuple):
    """One filter.

    Attributes:
        own: share of its own pictures that are recognised: as saved, shared at 0.7 of the size or more, and smaller.
        passed: share of foreign pictures that pass as its own, and their number: photos, the operator's true output, files
            of other filters.
        open: share of photos of which it is said that it does not tell.
        expected_off_db: root mean square error of the quality that is announced, recognised shared files.
        worse: share of recognised shared files whose restoration is worse than the file itself; and the same after keeping
            files that are announced as nearer to the photo.
    """

    filter: str
    own: tuple[float, float, float]
    passed: tuple[tuple[float, int], tuple[float, int], tuple[float, int]]
    open: float
    expected_off_db: float
    worse: tuple[float, float]


def row(name: str, recognizer: Recognizer, own: Sequence[Picture], others: Sequence[Picture]) -> Row:
    """The row of one filter; arguments are as for `fitting.fit`."""

    def scores(pictures: Sequence[Picture]) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        return np.array([recognizer.score(np.array([one.measures])) for one in pictures])

    def of(kind: Kind, least: float = 0.0, most: float = 9.0) -> list[Picture]:
        return [one for one in own if one.kind == kind and least <= one.scale < most]

    def share(pictures: Sequence[Picture]) -> float:
        return float(np.mean(scores(pictures) >= recognizer.own)) if pictures else float("nan")

    foreign = (of("photo"), of("operator"), [one for one in others if one.kind == "own"])
    shared = [one for one in own if one.kind == "own" and one.restored_db is not None]
    found = [one for one, score in zip(shared, scores(shared), strict=True) if score >= recognizer.own]
    photos = scores(of("photo"))
    off, worse, kept_worse = [], [], []
    for one in found:
        usual = recognizer.usual(np.array([one.measures]))
        expected, arrived = recognizer.restored.db(usual), recognizer.arrived.db(usual)
        restored_db, arrived_db = one.restored_db or 0.0, one.arrived_db or 0.0
        off.append(expected - restored_db)
        worse.append(restored_db < arrived_db)
        kept_worse.append(restored_db < arrived_db and expected > arrived)
    return Row(
        name,
        (share(of("own", 0.0, 0.01)), share(of("own", 0.7)), share(of("own", 0.01, 0.7))),
        tuple((share(pictures), len(pictures)) for pictures in foreign),  # type: ignore[arg-type]
        float(np.mean((photos >= recognizer.foreign) & (photos < recognizer.own))),
        float(np.sqrt(np.mean(np.square(off)))) if off else float("nan"),
        (float(np.mean(worse)), float(np.mean(kept_worse))) if worse else (float("nan"), float("nan")),
    )


def table(rows: Mapping[str, Row] | Sequence[Row]) -> str:
    """Markdown."""
    listed = list(rows.values()) if isinstance(rows, Mapping) else list(rows)
    lines = [
        "| filter | as saved | shared, x 0.7 to 1 | x 0.4 to 0.7 | photos pass | operator's output | other filters' files "
        "| photos left open | dB announced, off by | worse than the file | after keeping it |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one in listed:
        passed = " | ".join(f"{share:.1%} of {count}" for share, count in one.passed)
        own = " | ".join(f"{share:.0%}" for share in one.own)
        lines.append(
            f"| `{one.filter}` | {own} | {passed} | {one.open:.0%} | {one.expected_off_db:.1f} "
            f"| {one.worse[0]:.0%} | {one.worse[1]:.0%} |"
        )
    return "\n".join(lines)
