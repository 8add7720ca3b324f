"""What of a file is restored how often: again where it kept all or nearly all (R35 of sdk/format/RULES.md), else once."""

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import UnfilterError
from unfilter.format.hyper_parameter import complete
from unfilter.jobs.detection.comparison import compare
from unfilter.photo import Photo
from unfilter.run.again import LEAST_QUALITY, LOSSY_STEP
from unfilter.run.graphs import Graphs
from unfilter.run.tiling import Progress

Pixels = NDArray[np.uint8]


def restored(
    graphs: Graphs, photo: Photo, pixels: Pixels, progress: Progress | None = None, *, once: bool = False
) -> Pixels:
    """What `pixels` (uint8, height x width x 3), all or a part of those of `photo`, restore to: again where they are as the
    graph made them, or nearly, unless `once` is enough.
    """
    step = 0.0 if once else step_for(graphs, photo)
    if not step:
        return graphs.run("inverse", pixels, None, progress)
    assert photo.tag is not None
    return graphs.run_again(pixels, photo.tag.parameters, progress, step=step)


def step_for(graphs: Graphs, photo: Photo) -> float:
    """How much of a step is to be taken when `photo` is restored again: 1 where its pixels are what the forward graph made,
    rounded; less where they are that as a good JPEG; 0 where this machine cannot make them again, or they are something
    else.

    Something else are those that a payload has the low bits of, those whose colours went around the network, and those of a
    guided filter, whose other input is gone. A top-up is of what is restored once (R26).
    """
    tag = photo.tag
    if tag is None or tag.payload or photo.top_up is not None or (photo.alpha is not None and not photo.alpha.all()):
        return 0.0
    lossy = "jpeg" in (tag.codec, photo.codec)
    if lossy and not (tag.codec == photo.codec and (tag.quality or 0) >= LEAST_QUALITY):
        return 0.0
    taken = graphs.bundle.manifest.hyper_parameters
    if not graphs.precise or graphs.guided or len(tag.parameters) < len(taken):
        return 0.0
    try:
        complete(taken, tag.parameters)
    except UnfilterError:
        return 0.0
    compared = compare(photo)
    if compared is None or not compared.made:
        return 0.0
    return LOSSY_STEP if lossy else 1.0
