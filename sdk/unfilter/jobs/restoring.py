"""What of a file is restored how often: again where it kept every level (R35 of sdk/format/RULES.md), all else once."""

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import UnfilterError
from unfilter.format.hyper_parameter import complete
from unfilter.jobs.detection.comparison import compare
from unfilter.photo import Photo
from unfilter.photo.transparency import given
from unfilter.run.graphs import Graphs
from unfilter.run.tiling import Progress

Pixels = NDArray[np.uint8]


def restored(
    graphs: Graphs, photo: Photo, pixels: Pixels, progress: Progress | None = None, *, once: bool = False
) -> Pixels:
    """What `pixels` (uint8, height x width x 3), all or a part of those of `photo`, restore to: again where every level is
    as the graph made it, unless `once` is enough.
    """
    if once or not kept_every_level(graphs, photo):
        return graphs.run("inverse", pixels, None, progress)
    assert photo.tag is not None
    return graphs.run_again(pixels, photo.tag.parameters, progress)


def kept_every_level(graphs: Graphs, photo: Photo) -> bool:
    """Whether the pixels of `photo` are what the forward graph made, rounded, and this machine can make them again.

    Not those of a JPEG, those that a payload has the low bits of, or those whose colours went around the network; nor those
    of a guided filter, whose other input is gone. A top-up is of what is restored once (R26).
    """
    tag = photo.tag
    if tag is None or "jpeg" in (tag.codec, photo.codec) or tag.payload or photo.top_up is not None:
        return False
    if not graphs.precise or graphs.guided or given(photo) is not photo.pixels:
        return False
    taken = graphs.bundle.manifest.hyper_parameters
    try:
        complete(taken, tag.parameters)
    except UnfilterError:
        return False
    compared = compare(photo) if len(tag.parameters) == len(taken) else None
    return compared is not None and compared.made is True
