"""Asking a filter whether it made a file: by the quantiser tables of a JPEG first, then by the pixels."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from unfilter.detection.detector import Detector, read_detector
from unfilter.detection.evidence import LEAST, measure
from unfilter.errors import PhotoError, UnfilterError
from unfilter.hyper_parameter import complete
from unfilter.photo import Photo

if TYPE_CHECKING:
    from unfilter.filter import Filter


class Examination(NamedTuple):
    """What came of it.

    `made` is None where nothing can be said; `confidence` is a probability, 0.5..1, of what `made` says; `reason` says in
    words what was measured, or why nothing was.
    """

    made: bool | None
    confidence: float | None
    reason: str


def examine(chosen: "Filter", photo: Photo) -> Examination:
    """Whether `photo` is as `chosen` saved it. Costs both directions on at most 256 x 256 pixels, whatever its size.

    A tag of this filter counts as evidence, but never decides; it also tells the hyper-parameters, whose defaults are taken
    without one, the quality that a JPEG was saved at, and what a photo in memory was saved as.

    Raises:
        BundleError: a file of the bundle is missing or changed.
    """
    manifest = chosen.bundle.manifest
    detector = read_detector(chosen.bundle.checked(manifest.detection)) if manifest.detection else None
    reason = compressed_again(photo, detector)
    if reason:
        return Examination(False, 1.0, reason)
    if detector is None:
        return Examination(None, None, "bundle has no calibration")
    if chosen.precision != "fp32":
        return Examination(None, None, f"the detector was calibrated for graphs in fp32, not {chosen.precision}")
    forward = chosen.graph("forward", _parameters(chosen, photo))
    measures = measure(forward, chosen.graph("inverse"), photo.pixels, manifest.tiles)
    if measures is None:
        return Examination(None, None, f"it is flat, or smaller than {LEAST} x {LEAST} pixels")
    tag, codec, quality = photo.tag, photo.codec, photo.quality
    if tag and codec is None:  # a photo in memory says nothing of the file that it came in
        codec, quality = tag.codec, tag.quality
    tagged = tag is not None and (tag.restoration, tag.codec) == (manifest.restoration, codec)
    verdict = detector.judge(measures, quality, tagged=tagged)
    if verdict is None:
        return Examination(None, None, f"the filter was not trained for {codec} files")
    return Examination(verdict.made, verdict.confidence, str(verdict))


def refuse_altered(chosen: "Filter", source: Path | str, photo: Photo) -> None:
    """Raises PhotoError where `photo`, read from `source`, is not as `chosen` saved it."""
    found = examine(chosen, photo)
    if found.made is False:
        raise PhotoError(
            f"{source}: is no file of filter {chosen.bundle.manifest.filter}, or not as it was saved: {found.reason} "
            f"(confidence {found.confidence:.1%}); use the file that the filter saved, or force it (--force)"
        )


def compressed_again(photo: Photo, detector: Detector | None) -> str | None:
    """What a JPEG's quantiser tables say against it, in words."""
    if photo.quality is None:
        return None
    saved = photo.tag.quality if photo.tag else None
    if saved is not None:  # tables of neighbouring qualities may be equal
        again = abs(saved - photo.quality) > 1
        return f"was saved as a JPEG of quality {saved}, and its tables are of {photo.quality} now" if again else None
    lowest = detector.lowest_quality if detector else None
    if lowest is not None and photo.quality < lowest:
        return f"is a JPEG of quality {photo.quality}, where the filter was trained for {lowest} and above"
    return None


def _parameters(chosen: "Filter", photo: Photo) -> dict[str, float]:
    try:
        return complete(chosen.hyper_parameters, photo.tag.parameters if photo.tag else {})
    except UnfilterError:  # a tag of other hands; restoring does without them, too
        return complete(chosen.hyper_parameters, {})
