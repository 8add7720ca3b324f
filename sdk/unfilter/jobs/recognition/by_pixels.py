"""Asking every installed filter whether it made a picture, without running any."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from unfilter.format.bundle import Bundle
from unfilter.format.manifest import Provenance
from unfilter.jobs.origin import Origin, Recognition
from unfilter.jobs.recognition.bars import inside
from unfilter.jobs.recognition.mark_search import THRESHOLD, strongest
from unfilter.jobs.recognition.recognizer import Recognizer, read_recognizer
from unfilter.jobs.recognition.traces import LEAST, traces

Pixels = NDArray[np.uint8]

CARD_SCALES = (0.75, 0.5)
"""Factors of the size of the two chains that every card has, in their order."""


@dataclass(frozen=True)
class Candidate:
    """An installed filter.

    Attributes:
        recognizer: None where its bundle has none.
        card: by factor of the size, what its model card says of shared files: PSNR of what is restored and of the file that
            arrived, dB; empty where it says nothing.
    """

    name: str
    restoration: str
    recognizer: Recognizer | None
    card: Mapping[float, tuple[float, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, bundle: Bundle) -> "Candidate":
        """That of a bundle.

        Raises:
            BundleError: its recogniser is missing, changed or damaged.
        """
        manifest = bundle.manifest
        recognizer = read_recognizer(bundle.checked(manifest.recognition)) if manifest.recognition else None
        return cls(manifest.filter, manifest.restoration, recognizer, on_card(manifest.provenance))

    def quality(self, measures: NDArray[np.float64], scale: float) -> tuple[float | None, float | None]:
        """PSNR to expect of what is restored, and of the file itself, dB: from the traces of the picture, a row per square,
        or else what the card says of the nearest size.
        """
        if self.recognizer and len(measures):
            usual = self.recognizer.usual(measures)
            return self.recognizer.restored.db(usual), self.recognizer.arrived.db(usual)
        return self.card[min(self.card, key=lambda known: abs(known - scale))] if self.card else (None, None)


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
    restored, arrived = one.quality(traces(pixels) if one.recognizer else np.empty((0, 0)), mark.scale)
    return Recognition(
        Origin.SHARED,
        reason,
        one.name,
        one.restoration,
        1.0,
        restored,
        arrived,
        scale=mark.scale,
        turns=mark.turns,
        mirrored=mark.mirrored,
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
    own = [(score - by.own, one) for one, by, score in scored if score >= by.own]
    if own:
        margin, one = max(own, key=lambda each: (each[0], each[1].restoration))
        expected, arrived = one.quality(measures, 1.0)
        reason = "its pixels carry what the filter hides"
        return Recognition(Origin.SHARED, reason, one.name, one.restoration, _confidence(margin), expected, arrived)
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


def on_card(provenance: Provenance) -> dict[float, tuple[float, float]]:
    """See `Candidate`. Scores of several photo sets weigh as many photos as they have."""
    scores = [one for one in provenance.scores if one.get("shared") and one.get("arrived")]
    if not scores:
        return {}
    weights = np.array([float(str(one.get("count", 1))) for one in scores])
    restored, arrived = (
        np.average(np.array([one[name] for one in scores], np.float64), axis=0, weights=weights)
        for name in ("shared", "arrived")
    )
    return {scale: (float(r), float(a)) for scale, r, a in zip(CARD_SCALES, restored, arrived, strict=False)}


def _confidence(margin: float) -> float:
    """Probability at even odds on the threshold, from natural units beyond it."""
    return float(1 / (1 + np.exp(-min(abs(margin), 50))))
