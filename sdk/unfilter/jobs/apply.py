"""Filtering photos: which graphs run, what is put beside what they made, and which tag says so."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unfilter.errors import PhotoError, UnfilterError
from unfilter.format.hyper_parameter import complete
from unfilter.format.mark import MARK, marked, unmarked
from unfilter.format.tag import Tag, tag_of
from unfilter.jobs.carrying import Carry, Carrying
from unfilter.jobs.job import Accepted, Job
from unfilter.jobs.marking import hides_colour, pays
from unfilter.jobs.recognition.arrival import Looked
from unfilter.jobs.refusals import refuse_untrained
from unfilter.photo import PIXEL_LIMIT, Codec, Photo, Subsampling
from unfilter.photo.forms import BinaryFile, Bytes
from unfilter.photo.orientation import orientation_of
from unfilter.photo.payload import PayloadQuality, with_payload
from unfilter.photo.top_up import Goal, with_top_up
from unfilter.photo.transparency import changed_where_seen, seen
from unfilter.photo.write import as_saved
from unfilter.run.graphs import Graphs
from unfilter.run.tiling import Progress


class Apply(Job):
    """Filter photos.

    Args:
        graphs: of the filter.
        parameters: values of its hyper-parameters; the default for each that is not named.
        quality: of a JPEG, 1..100.
        subsampling: of a JPEG's chroma.
        carry: who carries the photo in an exact file: the filter's network, or a payload in the low bits of what it made.
        payload: quality of that, 1..100 of an AVIF, the best that one bit of a level holds, or lossless.
        top_up: what metadata are to hold of the photo beyond what the pixels restore to: a goal, such as `"38dB"`.
        mark: put the filter's mark into the pixels (`unfilter.format.mark`), so that it is recognised after sharing; beside
            a payload or a top-up too. None: where it pays (`unfilter.jobs.marking`).
        convert, reduce, limit: as for `read_photo`.
        overwrite: as for `Job`.
        output: for a guided filter, what the app's own filter made of the photo: a photo, or a file of one. It lies on the
            photo pixel on pixel, and is stored turned as the photo is.

    Raises:
        UnfilterError: a parameter that this filter does not have, or a value outside its range; a payload and a top-up; an
            output for a filter that is not guided.
    """

    direction = "forward"

    def __init__(
        self,
        graphs: Graphs,
        *,
        parameters: Mapping[str, float] | None = None,
        quality: int = 95,
        subsampling: Subsampling = "4:4:4",
        carry: Carry = "network",
        payload: PayloadQuality = "best",
        top_up: Goal | str | None = None,
        mark: bool | None = None,
        convert: bool = False,
        reduce: bool = False,
        limit: int = PIXEL_LIMIT,
        overwrite: bool = False,
        output: Photo | Path | None = None,
    ) -> None:
        super().__init__(convert=convert, reduce=reduce, limit=limit, overwrite=overwrite)
        if output is not None and not graphs.guided:
            raise UnfilterError(
                f"filter {graphs.bundle.manifest.filter} makes its look itself; leave the output out (--output, output=...)"
            )
        self._output, self._output_name = output, str(output) if isinstance(output, Path) else "the output"
        self.graphs, self.quality, self.subsampling = graphs, quality, subsampling
        self._mark, self._marked_codecs = mark, dict[Codec, bool]()
        self.carrying = Carrying(carry, payload, Goal.parse(top_up) if isinstance(top_up, str) else top_up)
        self.parameters = complete(graphs.bundle.manifest.hyper_parameters, parameters or {})

    def check_codec(self, target: Path, codec: Codec) -> None:
        """A filter that was not trained for JPEG is not saved in one, nor is a payload."""
        refuse_untrained(self.graphs.bundle.manifest, target, codec)
        self.carrying.check_codec(target, codec)

    def look(self, source: Path | str, photo: Photo) -> Looked:
        """Every photo that can be read may be filtered; by a guided filter with an output that lies on it.

        Raises:
            UnfilterError: no output, or one of another size.
            PhotoError: an output that cannot be read, or is stored turned otherwise.
        """
        if not self.graphs.guided:
            return Looked(self.graphs, photo)
        if isinstance(self._output, Path):
            self._output = self.read(self._output)
        output = self._output
        self.graphs.check_output("forward", photo.pixels, None if output is None else output.pixels, self._output_name)
        if output is not None:
            self._marked_codecs["jpeg"] = not hides_colour([(photo.pixels, output.pixels)])
        if output is None or output.exif is None:  # nothing is said of a turn
            return Looked(self.graphs, photo)
        turn, other = orientation_of(photo.exif), orientation_of(output.exif)
        if turn != other:
            raise PhotoError(
                f"{self._output_name}: is stored with orientation {other}, the photo {source} with {turn}; save the result "
                "as the photo is stored, with its EXIF orientation"
            )
        return Looked(self.graphs, photo)

    @property
    def output(self) -> NDArray[np.uint8] | None:
        """Pixels of what a guided filter takes beside the photo; None for every other filter."""
        assert not isinstance(self._output, Path)  # `look` has read it
        return None if self._output is None else self._output.pixels

    def marks(self, codec: Codec) -> bool:
        """Whether a file in that codec is marked; of a guided filter, once the photo was looked at."""
        if self._mark is None and codec not in self._marked_codecs:
            self._marked_codecs[codec] = pays(self.graphs.bundle, codec)
        return self._marked_codecs[codec] if self._mark is None else self._mark

    def check_form(self, given: Bytes | BinaryFile | Image.Image) -> None:
        """A Pillow image has no place for a top-up."""
        if self.carrying.top_up and isinstance(given, Image.Image):
            raise PhotoError("image: a Pillow image has no place for a top-up; give the bytes of a file, or paths")

    def made(self, accepted: Accepted, progress: Progress | None = None) -> Photo:
        """The photo filtered, marked, carried as was asked, and tagged."""
        photo, codec, name = accepted.photo, accepted.codec, accepted.source
        output, tag = self.output, self.tag(self.graphs, codec)
        pixels = self.graphs.run("forward", seen(photo), self.parameters, progress, output)
        quantisation = {one.subsampling: one for one in self.graphs.bundle.manifest.quantisation}
        result = replace(changed_where_seen(photo, pixels), tag=tag, top_up=None, quantisation=quantisation)
        if self.marks(codec):
            result = changed_where_seen(result, marked(result.pixels, self.graphs.bundle.manifest.restoration))
        if self.carrying.carry == "payload":
            result = with_payload(result, photo, self.carrying.payload, name)
        goal = self.carrying.top_up
        if goal is None:
            return result
        # What is coded whole does not rest on what is restored.
        base = photo.pixels if goal.unit == "exact" else self._base(result, codec)
        topped = with_top_up(result, photo, base, goal, name)
        if topped.top_up is None:
            return replace(topped, notes=(*topped.notes, f"restores to {goal} without a top-up, so it has none"))
        return topped

    def _base(self, filtered: Photo, codec: Codec) -> NDArray[np.uint8]:
        """What the inverse restores from the file."""
        saved = as_saved(filtered, codec, self.quality, self.subsampling)
        restoration = self.graphs.bundle.manifest.restoration
        return self.graphs.run("inverse", unmarked(saved, restoration) if self.marks(codec) else saved)

    def tag(self, graphs: Graphs | None, codec: Codec) -> Tag:
        """Filter, restoration id, codec and hyper-parameters, and whether there is a mark."""
        tag = tag_of(self.graphs.bundle.manifest, codec, self.quality, self.parameters)
        return tag.model_copy(update={"requires": (MARK,)}) if self.marks(codec) else tag
