"""The journey of a photo, told once: check the target, read, look what it is, refuse, run, tag, write.

    job = Apply(l0.graphs, parameters={"smoothness": 0.03})
    result = job.file(Path("photo.jpg"), Path("filtered.png"))

`Apply` and `Restore` are jobs, and `unfilter.jobs.wrapping.Wrap` is an `Apply` that measures what it promises. A job says
what is to be done and is kept; photos come one after the other: as files (`file`), as bytes, streams and images (`handed`),
or many at a time (`unfilter.jobs.batch`).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import ClassVar, overload

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unfilter.errors import PhotoError, UnfilterError
from unfilter.format.hyper_parameter import complete
from unfilter.format.manifest import Direction
from unfilter.format.mark import MARK, marked, unmarked
from unfilter.format.tag import tag_of
from unfilter.jobs.carrying import Carry, Carrying
from unfilter.jobs.held import held, holds_photo, refined
from unfilter.jobs.origin import Recognition
from unfilter.jobs.overwriting import refuse_loss
from unfilter.jobs.recognition.arrival import Looked, looked_at
from unfilter.jobs.refusals import refuse_itself, refuse_untrained
from unfilter.photo import PIXEL_LIMIT, Codec, Photo, Subsampling, Tag, codec_of, read_photo
from unfilter.photo.forms import BinaryFile, Bytes, Noted, changed
from unfilter.photo.orientation import orientation_of
from unfilter.photo.payload import PayloadQuality, with_payload
from unfilter.photo.top_up import Goal, with_top_up
from unfilter.photo.transparency import changed_where_seen, given, seen
from unfilter.photo.write import as_saved, check, fingerprinted, save_photo
from unfilter.run.graphs import Graphs
from unfilter.run.tiling import Progress


@dataclass(frozen=True)
class Accepted:
    """A photo that was read and not refused, with the graphs that take it, and the file to write in `codec`.

    `notes` say what is changed or left behind, a line each. `graphs` is None where the file holds its photo whole;
    `recognition` what a file to restore turned out to be, where that was asked.
    """

    source: Path
    photo: Photo
    graphs: Graphs | None
    target: Path
    codec: Codec
    notes: tuple[str, ...]
    recognition: Recognition | None = None


@dataclass(frozen=True)
class Result:
    """A file that was written: where, what it was made from, by which graphs, and what was changed or left behind.

    `graphs` is None where the file held its photo whole, and no filter was needed; `recognition` is what a file that was
    restored turned out to be, where that was asked.
    """

    source: Path
    target: Path
    graphs: Graphs | None
    notes: tuple[str, ...]
    recognition: Recognition | None = None


class Job(ABC):
    """What is to be done to photos, whatever they come as.

    Args:
        convert, reduce, limit: as for `read_photo`.
        overwrite: write over a file that is there already, whatever it is; see `unfilter.jobs.overwriting`.
    """

    direction: ClassVar[Direction]

    def __init__(
        self, *, convert: bool = False, reduce: bool = False, limit: int = PIXEL_LIMIT, overwrite: bool = False
    ) -> None:
        self.convert, self.reduce, self.limit, self.overwrite = convert, reduce, limit, overwrite
        self.parameters: dict[str, float] = {}
        self.quality = 100
        self.subsampling: Subsampling = "4:4:4"
        self.carrying = Carrying()

    @abstractmethod
    def look(self, source: Path | str, photo: Photo) -> Looked:
        """What runs `photo`, read from `source`, and what it turned out to be, once it is known that the job is to be done
        to it. Nothing need run where the file holds its photo whole.

        Raises:
            PhotoError: it is not to be done.
        """

    @abstractmethod
    def check_codec(self, target: Path, codec: Codec) -> None:
        """Raises PhotoError where results cannot be saved in `codec`; the message names `target`."""

    @abstractmethod
    def taken(self, photo: Photo) -> NDArray[np.uint8]:
        """The pixels that the graph sees: the photo's own, or a copy without the colours under full transparency."""

    @abstractmethod
    def made(self, accepted: Accepted, progress: Progress | None = None) -> Photo:
        """The photo run and tagged, to be saved in its codec; its notes also say how it was made. The fingerprint of its
        pixels comes when it is written.

        Raises:
            PhotoError: the file cannot carry what the job asks for, or what it carried cannot be decoded.
        """

    @abstractmethod
    def tag(self, graphs: Graphs | None, codec: Codec) -> Tag | None:
        """What the file says of its filter, but for the fingerprint of its pixels; None where it says nothing."""

    def keeps(self, accepted: Accepted) -> bool:
        """Whether the result has the pixels of the photo itself, which nothing is run on."""
        return False

    def output(self, photo: Photo) -> NDArray[np.uint8] | None:
        """What a guided filter takes beside `photo`; None for every other job."""
        return None

    def file(self, source: Path, target: Path, progress: Progress | None = None) -> Result:
        """Make `target` from `source`; nothing is written where anything is refused.

        Raises:
            PhotoError: unreadable, unwritable or refused.
            BundleError: the filter's files are missing or changed.
        """
        codec = self.codec_for(target)
        return self._done(source, self.read(source), target, codec, progress)

    def photo(self, source: Path, photo: Photo, target: Path, progress: Progress | None = None) -> Result:
        """The same with a photo that was read already, from what messages call `source`.

        Raises:
            PhotoError: unwritable or refused; another file is there, and the job does not `overwrite`.
        """
        return self._done(source, photo, target, self.codec_for(target), progress)

    def _done(self, source: Path, photo: Photo, target: Path, codec: Codec, progress: Progress | None) -> Result:
        accepted = self.accept(source, photo, target, codec)
        if not self.overwrite:
            graphs = accepted.graphs
            tag, keep = self.tag(graphs, codec), self.keeps(accepted)
            refuse_loss(graphs, self.direction, source, accepted.photo, target, tag, keep=keep)
        return self.write(accepted, self.made(accepted, progress))

    def in_memory(self, photo: Photo, codec: Codec, source: Path | str = "photo", progress: Progress | None = None) -> Photo:
        """The same without a file: `photo`, which messages call `source`, done and tagged, to be saved in `codec`.

        Raises:
            PhotoError: refused.
        """
        looked = self.look(source, photo)
        accepted = Accepted(Path(source), looked.photo, looked.graphs, Path("photo"), codec, photo.notes, looked.recognition)
        return fingerprinted(self.made(accepted, progress), codec, self.quality, self.subsampling)

    @overload
    def handed(self, given: Bytes) -> Noted[bytes]: ...
    @overload
    def handed(self, given: Image.Image) -> Noted[Image.Image]: ...
    @overload
    def handed(self, given: BinaryFile) -> Noted[BytesIO]: ...
    def handed(self, given: Bytes | BinaryFile | Image.Image) -> Noted[bytes | BytesIO | Image.Image]:
        """Bytes, a stream or an image, done and given back in its form, with notes; see `unfilter.photo.forms`.

        Raises:
            PhotoError: as for `file`.
            TypeError: none of these.
        """
        self.check_form(given)
        return changed(given, self.in_memory, convert=self.convert, reduce=self.reduce, limit=self.limit)

    def check_form(self, given: Bytes | BinaryFile | Image.Image) -> None:  # noqa: B027  # most jobs take any
        """Refuse a form that cannot hold what the job makes."""

    def codec_for(self, target: Path) -> Codec:
        """The codec that the name of `target` asks for, once it is known that it can be written and keeps the photo."""
        codec = codec_of(target)
        self.check_codec(target, codec)
        return codec

    def read(self, source: Path) -> Photo:
        """The photo in a file, within what the job allows."""
        return read_photo(source, convert=self.convert, reduce=self.reduce, limit=self.limit)

    def accept(self, source: Path, photo: Photo, target: Path, codec: Codec) -> Accepted:
        """All that can be refused, before long work.

        Raises:
            PhotoError: the target is the photo itself, or cannot hold it; no filter for the photo, or not one of its files.
        """
        refuse_itself(source, target)
        notes = photo.notes + check(target, codec, photo, filtered=self.direction == "forward")
        looked = self.look(source, photo)
        return Accepted(source, looked.photo, looked.graphs, target, codec, notes, looked.recognition)

    def run(self, graphs: Graphs, photo: Photo, progress: Progress | None = None) -> Photo:
        """`photo` as the graphs make it, without tag, mark or top-up."""
        taken = self.taken(photo)
        pixels = graphs.run(self.direction, taken, self.parameters, progress, self.output(photo))
        changed = replace(photo, pixels=pixels) if taken is photo.pixels else changed_where_seen(photo, pixels)
        return replace(changed, tag=None, top_up=None)

    def write(self, accepted: Accepted, result: Photo) -> Result:
        """Write what was made of a photo; under its final name it stands whole, or not at all."""
        save_photo(accepted.target, accepted.codec, result, self.quality, self.subsampling, fingerprint=True)
        said = tuple(note for note in result.notes if note not in accepted.notes)
        notes = (*accepted.notes, *said)
        return Result(accepted.source, accepted.target, accepted.graphs, notes, accepted.recognition)


class Apply(Job):
    """Filter photos.

    Args:
        graphs: of the filter.
        parameters: values of its hyper-parameters; the default for each that is not named.
        quality: of a JPEG, 1..100.
        subsampling: of a JPEG's chroma.
        carry: who carries the photo in an exact file: the filter's network, or a payload in the low bits of what it made.
        payload: quality of that, 1..100 of an AVIF, the best that one bit of a level holds, or lossless.
        top_up: what metadata are to hold of the photo beyond what the pixels restore to, such as `Goal.parse("38dB")`.
        mark: put the filter's mark into the pixels (`unfilter.format.mark`), so that it is recognised after sharing; beside
            a payload or a top-up too.
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
        top_up: Goal | None = None,
        mark: bool = False,
        convert: bool = False,
        reduce: bool = False,
        limit: int = PIXEL_LIMIT,
        overwrite: bool = False,
        output: Photo | Path | None = None,
    ) -> None:
        super().__init__(convert=convert, reduce=reduce, limit=limit, overwrite=overwrite)
        if output is not None and not graphs.bundle.manifest.guided:
            raise UnfilterError(
                f"filter {graphs.bundle.manifest.filter} makes its look itself; leave the output out (--output, output=...)"
            )
        self._output, self._output_name = output, str(output) if isinstance(output, Path) else "the output"
        self.graphs, self.quality, self.subsampling, self.mark = graphs, quality, subsampling, mark
        self.carrying = Carrying(carry, payload, top_up)
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
        if isinstance(self._output, Path):
            self._output = self.read(self._output)
        output = self._output
        self.graphs.check_output("forward", photo.pixels, None if output is None else output.pixels, self._output_name)
        if output is None or output.exif is None:  # nothing is said of a turn
            return Looked(self.graphs, photo)
        turn, other = orientation_of(photo.exif), orientation_of(output.exif)
        if turn != other:
            raise PhotoError(
                f"{self._output_name}: is stored with orientation {other}, the photo {source} with {turn}; save the result "
                "as the photo is stored, with its EXIF orientation"
            )
        return Looked(self.graphs, photo)

    def output(self, photo: Photo) -> NDArray[np.uint8] | None:
        """Pixels of the output."""
        assert not isinstance(self._output, Path)  # `look` has read it
        return None if self._output is None else self._output.pixels

    def check_form(self, given: Bytes | BinaryFile | Image.Image) -> None:
        """A Pillow image has no place for a top-up."""
        if self.carrying.top_up and isinstance(given, Image.Image):
            raise PhotoError("image: a Pillow image has no place for a top-up; give the bytes of a file, or paths")

    def taken(self, photo: Photo) -> NDArray[np.uint8]:
        """Grey where nothing is visible."""
        return seen(photo)

    def made(self, accepted: Accepted, progress: Progress | None = None) -> Photo:
        """The photo filtered, marked, carried as was asked, and tagged."""
        photo, codec, name = accepted.photo, accepted.codec, accepted.source
        result = replace(self.run(self.graphs, photo, progress), tag=self.tag(self.graphs, codec))
        if self.mark:
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
        return self.graphs.run("inverse", unmarked(saved, self.graphs.bundle.manifest.restoration) if self.mark else saved)

    def tag(self, graphs: Graphs | None, codec: Codec) -> Tag:
        """Filter, restoration id, codec and hyper-parameters, and whether there is a mark."""
        tag = tag_of(self.graphs.bundle.manifest, codec, self.quality, self.parameters)
        return tag.model_copy(update={"requires": (MARK,)}) if self.mark else tag


class Restore(Job):
    """Get photos back from filtered files.

    Args:
        graphs: of the filter that made them, or what finds them for a photo: `unfilter.jobs.by_file.ByFile`, or `ByTag`,
            which takes no file without a tag.
        force: restore even what another filter made, what the filter cannot have made, and what restoring makes worse.
        limit: as for `read_photo`.
        overwrite: as for `Job`.
    """

    direction = "inverse"

    def __init__(
        self,
        graphs: Graphs | Callable[[Path | str, Photo], Graphs | Looked],
        *,
        force: bool = False,
        limit: int = PIXEL_LIMIT,
        overwrite: bool = False,
    ) -> None:
        super().__init__(limit=limit, overwrite=overwrite)
        self._graphs, self.force = graphs, force

    def look(self, source: Path | str, photo: Photo) -> Looked:
        """The filter that was named, that the photo's tag names, or that its pixels show, and what the photo turned out to
        be: refused are what another filter made, and what by its pixels the filter did not make. A file that holds its
        photo whole needs none, and is asked first.

        Raises:
            NotRestored: it is refused.
            PhotoError: no tag, or one of a bundle that is nowhere.
        """
        if holds_photo(photo):
            return Looked(None, photo)
        found = self._graphs if isinstance(self._graphs, Graphs) else self._graphs(source, photo)
        if isinstance(found, Looked):
            return found
        return Looked(found, photo) if self.force else looked_at(found, source, photo)

    def check_codec(self, target: Path, codec: Codec) -> None:
        """Nothing: a restored photo may be saved in any codec."""

    def taken(self, photo: Photo) -> NDArray[np.uint8]:
        """As the network saw the filtered photo, which by an older tag was all of it; without the mark that it may have."""
        tag = photo.tag
        return unmarked(given(photo), tag.restoration) if tag and tag.marked else given(photo)

    def keeps(self, accepted: Accepted) -> bool:
        """A file that is likely to be nearer to the photo than what would be restored, unless forced."""
        return not self.force and accepted.recognition is not None and accepted.recognition.keep

    def made(self, accepted: Accepted, progress: Progress | None = None) -> Photo:
        """The photo as the file holds it, as it arrived, or restored from its pixels, with what its top-up adds."""
        photo = accepted.photo
        if accepted.graphs is None:
            whole, how = held(photo, accepted.source)
            return replace(whole, tag=None, top_up=None, notes=(*photo.notes, how))
        if self.keeps(accepted):
            return replace(photo, tag=None, top_up=None)
        base = self.run(accepted.graphs, photo, progress)
        pixels, note = refined(photo, base.pixels)
        better = base if pixels is base.pixels else changed_where_seen(base, pixels)
        return better if note is None else replace(better, notes=(*better.notes, note))

    def tag(self, graphs: Graphs | None, codec: Codec) -> None:
        """None: a restored photo is no filtered file."""
        return None
