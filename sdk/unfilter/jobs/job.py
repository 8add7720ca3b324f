"""The journey of a photo, told once: check the target, read, look what it is, refuse, run, tag, write.

    job = Apply(l0.graphs, parameters={"smoothness": 0.03})
    result = job.file(Path("photo.jpg"), Path("filtered.png"))

Jobs are `Apply` (`unfilter.jobs.apply`) and `Restore` (`unfilter.jobs.restore`); `unfilter.jobs.wrapping.Wrap` is an `Apply`
that measures what it promises. A job says what is to be done and is kept; photos come one after the other: as files
(`file`), as bytes, streams and images (`handed`), or many at a time (`unfilter.jobs.batch`).
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import ClassVar, overload

from PIL import Image

from unfilter.format.artifact import Direction
from unfilter.jobs.carrying import Carrying
from unfilter.jobs.origin import Recognition
from unfilter.jobs.overwriting import refuse_loss
from unfilter.jobs.recognition.arrival import Looked
from unfilter.jobs.refusals import refuse_itself
from unfilter.photo import PIXEL_LIMIT, Codec, Photo, Subsampling, Tag, codec_of, read_photo
from unfilter.photo.forms import BinaryFile, Bytes, Noted, changed
from unfilter.photo.write import check, fingerprinted, save_photo
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

    def write(self, accepted: Accepted, result: Photo) -> Result:
        """Write what was made of a photo; under its final name it stands whole, or not at all."""
        save_photo(accepted.target, accepted.codec, result, self.quality, self.subsampling, fingerprint=True)
        said = tuple(note for note in result.notes if note not in accepted.notes)
        notes = (*accepted.notes, *said)
        return Result(accepted.source, accepted.target, accepted.graphs, notes, accepted.recognition)
