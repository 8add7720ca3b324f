"""Asking a filter whether it made a file: by what the tag tells of the pixels, by the quantiser tables of a JPEG where it
tells nothing, and by the pixels themselves at last.
"""

from dataclasses import replace

from unfilter.errors import UnfilterError
from unfilter.format.hyper_parameter import complete
from unfilter.jobs.detection.comparison import Examination, compare
from unfilter.jobs.detection.detector import Detector, read_detector
from unfilter.jobs.detection.evidence import LEAST, measure
from unfilter.photo import Photo
from unfilter.photo.jpeg import quality_by
from unfilter.photo.transparency import given
from unfilter.run.graphs import Graphs


def examine(graphs: Graphs, photo: Photo) -> Examination:
    """Whether `photo` is as the filter of `graphs` saved it: by what a tag of it tells of the pixels (`compare`), or else
    by running both directions on at most 256 x 256 of them, whatever its size.

    A tag of an older unfilter counts as evidence then, but never decides; it also tells the hyper-parameters, whose defaults
    are taken without one, and what a photo in memory was saved as.

    Raises:
        BundleError: a file of the bundle is missing or changed.
    """
    manifest = graphs.bundle.manifest
    if (quality := quality_by({one.subsampling: one for one in manifest.quantisation}, photo.coding)) is not None:
        photo = replace(photo, quality=quality)
    own = photo.tag is not None and photo.tag.restoration == manifest.restoration
    if own and (found := compare(photo)):
        return found
    detector = read_detector(graphs.bundle.checked(manifest.detection)) if manifest.detection else None
    if not own and (reason := _below_training(photo, detector)):
        return Examination(False, 1.0, reason)
    if detector is None:
        return Examination(None, None, "bundle has no calibration")
    if graphs.precision != "fp32":
        return Examination(None, None, f"the detector was calibrated for graphs in fp32, not {graphs.precision}")
    forward = graphs.bound("forward", _parameters(graphs, photo))
    measures = measure(forward, graphs.bound("inverse"), given(photo), manifest.tiles)
    if measures is None:
        return Examination(None, None, f"it is flat, or smaller than {LEAST} x {LEAST} pixels")
    tag, codec, quality = photo.tag, photo.codec, photo.quality
    if tag and codec is None:  # a photo in memory says nothing of the file that it came in
        codec, quality = tag.codec, tag.quality
    finding = detector.judge(measures, quality, tagged=own)
    if finding is None:
        return Examination(None, None, f"the filter was not trained for {codec} files")
    return Examination(finding.made, finding.confidence, str(finding))


def _below_training(photo: Photo, detector: Detector | None) -> str | None:
    """What a JPEG's quantiser tables say against it, in words."""
    lowest = detector.lowest_quality if detector else None
    if photo.quality is None or lowest is None or photo.quality >= lowest:
        return None
    return f"is a JPEG of quality {photo.quality}, where the filter was trained for {lowest} and above"


def _parameters(graphs: Graphs, photo: Photo) -> dict[str, float]:
    try:
        return complete(graphs.bundle.manifest.hyper_parameters, photo.tag.parameters if photo.tag else {})
    except UnfilterError:  # a tag of other hands; restoring does without them, too
        return complete(graphs.bundle.manifest.hyper_parameters, {})
