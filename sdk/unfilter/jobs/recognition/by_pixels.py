"""Asking every installed filter whether it made a picture, without running any."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from unfilter.format.bundle import Bundle
from unfilter.jobs.origin import Origin, Recognition
from unfilter.jobs.recognition.bars import inside
from unfilter.jobs.recognition.mark_search import THRESHOLD, strongest
from unfilter.jobs.recognition.recognizer import Recognizer, read_recognizer
from unfilter.jobs.recognition.traces import LEAST, traces

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Candidate:
    """An installed filter; `recognizer` is None where its bundle has none."""

    name: str
    restoration: str
    recognizer: Recognizer | None

    @classmethod
    def of(cls, bundle: Bundle) -> "Candidate":
        """That of a bundle.

        Raises:
            BundleError: its recogniser is missing, changed or damaged.
        """
        manifest = bundle.manifest
        recognizer = read_recognizer(bundle.checked(manifest.recognition)) if manifest.recognition else None
        return cls(manifest.filter, manifest.restoration, recognizer)


def recognise(pixels: Pixels, candidates: Iterable[Candidate]) -> Recognition:
    """Which of the candidates made `pixels` (uint8, height x width x 3): one whose mark they have; or one whose score is
    high enough, the likeliest of several. Where there is none, what lies within bars is asked too. The cost has a bound but
    for the search for bars, which reads every pixel once.

    Law: which candidate is found does not hang on their order.
    """
    every = list(candidates)
    if by_mark := _marked(pixels, every):
        return by_mark
    found = _within(pixels, every)
    if found.origin is not Origin.SHARED and (part := inside(pixels)):
        within = _marked(pixels[part], every) or _within(pixels[part], every)
        if within.origin is Origin.SHARED:
            return replace(within, inside=part, reason=f"{within.reason}, within bars that are cut off")
    return found


def _marked(pixels: Pixels, candidates: list[Candidate]) -> Recognition | None:
    """The filter whose mark the pixels have, if any."""
    mark = strongest(pixels, {one.restoration for one in candidates})
    if mark is None or mark.deviations < THRESHOLD:
        return None
    one = next(one for one in candidates if one.restoration == mark.restoration)
    turned = f", turned by {90 * mark.turns} degrees to the left" if mark.turns else ""
    turned += ", mirrored" if mark.mirrored else ""
    reason = f"its pixels have the filter's mark ({mark.deviations:.1f} deviations), at {mark.scale:.2f} of the size{turned}"
    measures, restored, arrived = traces(pixels), None, None
    if one.recognizer and len(measures):
        usual = one.recognizer.usual(measures)
        restored, arrived = one.recognizer.restored.db(usual), one.recognizer.arrived.db(usual)
    return Recognition(
        Origin.SHARED, reason, one.name, one.restoration, 1.0, restored, arrived, turns=mark.turns, mirrored=mark.mirrored
    )


def _within(pixels: Pixels, candidates: list[Candidate]) -> Recognition:
    measures = traces(pixels)
    if not candidates:
        return Recognition(Origin.CANNOT_TELL, "no filter is installed")
    names = ", ".join(sorted({one.name for one in candidates}))
    if not len(measures):
        height, width = pixels.shape[:2]
        reason = f"{width} x {height} pixels are too few to tell by, which takes {LEAST} x {LEAST}"
        return Recognition(Origin.CANNOT_TELL, reason, candidates=tuple(sorted(one.restoration for one in candidates)))
    scored = [(one, one.recognizer, one.recognizer.score(measures)) for one in candidates if one.recognizer]
    own = [(score - by.own, one, by) for one, by, score in scored if score >= by.own]
    if own:
        margin, one, by = max(own, key=lambda each: (each[0], each[1].restoration))
        return _shared(one, by, measures, margin)
    possible = [one for one in candidates if one.recognizer is None]
    possible += [one for one, by, score in scored if score >= by.foreign]
    if possible:
        among = " or ".join(sorted({one.name for one in possible}))
        return Recognition(
            Origin.CANNOT_TELL,
            f"its pixels do not tell whether {among} made it",
            candidates=tuple(sorted(one.restoration for one in possible)),
        )
    nearest = max((score - by.foreign for _, by, score in scored), default=-np.inf)
    return Recognition(Origin.NOT_OURS, f"{names} did not make it", confidence=_confidence(nearest))


def _shared(candidate: Candidate, recognizer: Recognizer, measures: NDArray[np.float64], margin: float) -> Recognition:
    usual = recognizer.usual(measures)
    return Recognition(
        Origin.SHARED,
        "its pixels carry what the filter hides",
        candidate.name,
        candidate.restoration,
        _confidence(margin),
        recognizer.restored.db(usual),
        recognizer.arrived.db(usual),
    )


def _confidence(margin: float) -> float:
    """Probability at even odds on the threshold, from natural units beyond it."""
    return float(1 / (1 + np.exp(-min(abs(margin), 50))))
