"""Asking a filter whether it made a file: by what the tag tells of the pixels, by the quantiser tables of a JPEG where it
tells nothing, and by the pixels themselves at last.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from unfilter.detection.carrier import Examination, compare
from unfilter.detection.detector import Detector, read_detector
from unfilter.detection.evidence import LEAST, measure
from unfilter.errors import PhotoError, UnfilterError
from unfilter.hyper_parameter import complete
from unfilter.photo import Photo
from unfilter.photo.transparency import given
from unfilter.provenance import refuse_foreign

if TYPE_CHECKING:
    from unfilter.filter import Filter


def examine(chosen: "Filter", photo: Photo) -> Examination:
    """Whether `photo` is as `chosen` saved it: by what a tag of this filter tells of the pixels (`compare`), or else by
    running both directions on at most 256 x 256 of them, whatever its size.

    A tag of an older unfilter counts as evidence then, but never decides; it also tells the hyper-parameters, whose defaults
    are taken without one, and what a photo in memory was saved as.

    Raises:
        BundleError: a file of the bundle is missing or changed.
    """
    manifest = chosen.bundle.manifest
    own = photo.tag is not None and photo.tag.restoration == manifest.restoration
    if own and (found := compare(photo)):
        return found
    detector = read_detector(chosen.bundle.checked(manifest.detection)) if manifest.detection else None
    if not own and (reason := _below_training(photo, detector)):
        return Examination(False, 1.0, reason)
    if detector is None:
        return Examination(None, None, "bundle has no calibration")
    if chosen.precision != "fp32":
        return Examination(None, None, f"the detector was calibrated for graphs in fp32, not {chosen.precision}")
    forward = chosen.graph("forward", _parameters(chosen, photo))
    measures = measure(forward, chosen.graph("inverse"), given(photo), manifest.tiles)
    if measures is None:
        return Examination(None, None, f"it is flat, or smaller than {LEAST} x {LEAST} pixels")
    tag, codec, quality = photo.tag, photo.codec, photo.quality
    if tag and codec is None:  # a photo in memory says nothing of the file that it came in
        codec, quality = tag.codec, tag.quality
    verdict = detector.judge(measures, quality, tagged=own)
    if verdict is None:
        return Examination(None, None, f"the filter was not trained for {codec} files")
    return Examination(verdict.made, verdict.confidence, str(verdict))


def refuse_altered(chosen: "Filter", source: Path | str, photo: Photo) -> None:
    """Raises PhotoError where another filter made `photo`, read from `source`, or it is not as `chosen` saved it."""
    refuse_foreign(chosen.bundle.manifest, source, photo)
    found = examine(chosen, photo)
    if found.made is False:
        raise PhotoError(
            f"{source}: is no file of filter {chosen.bundle.manifest.filter}, or not as it was saved: {found.reason} "
            f"(confidence {found.confidence:.1%}); use the file that the filter saved, or force it (--force)"
        )


def _below_training(photo: Photo, detector: Detector | None) -> str | None:
    """What a JPEG's quantiser tables say against it, in words."""
    lowest = detector.lowest_quality if detector else None
    if photo.quality is None or lowest is None or photo.quality >= lowest:
        return None
    return f"is a JPEG of quality {photo.quality}, where the filter was trained for {lowest} and above"


def _parameters(chosen: "Filter", photo: Photo) -> dict[str, float]:
    try:
        return complete(chosen.hyper_parameters, photo.tag.parameters if photo.tag else {})
    except UnfilterError:  # a tag of other hands; restoring does without them, too
        return complete(chosen.hyper_parameters, {})
