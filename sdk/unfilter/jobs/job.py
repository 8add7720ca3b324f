"""The journey of a photo, told once: check the target, read, refuse, run, tag, write.

    job = Apply(l0.graphs, parameters={"smoothness": 0.03})
    result = job.file(Path("photo.jpg"), Path("filtered.png"))

`Apply` and `Restore` are the two jobs there are. A job says what is to be done and is kept; photos come one after the other:
as files (`file`), as bytes, streams and images (`handed`), or many at a time (`unfilter.jobs.batch`).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unfilter.format.hyper_parameter import complete
from unfilter.format.manifest import Direction
from unfilter.format.mark import MARK, marked, unmarked
from unfilter.format.tag import tag_of
from unfilter.jobs.origin import Recognition
from unfilter.jobs.overwriting import refuse_loss
from unfilter.jobs.recognition.arrival import Looked, looked_at
from unfilter.jobs.refusals import refuse_itself, refuse_untrained
from unfilter.photo import PIXEL_LIMIT, Codec, Photo, Subsampling, Tag, codec_of, read_photo
from unfilter.photo.forms import BinaryFile, Bytes, changed
from unfilter.photo.transparency import changed_where_seen, given, seen
from unfilter.photo.write import check, fingerprinted, save_photo
from unfilter.run.graphs import Graphs
from unfilter.run.tiling import Progress


@dataclass(frozen=True)
class Accepted:
    """A photo that was read and not refused, with the graphs that take it, and the file to write in `codec`.

    `notes` say what is changed or left behind, a line each; `recognition` what a file to restore turned out to be, where
    that was asked.
    """

    source: Path
    photo: Photo
    graphs: Graphs
    target: Path
    codec: Codec
    notes: tuple[str, ...]
    recognition: Recognition | None = None


@dataclass(frozen=True)
class Result:
    """A file that was written: where, what it was made from, by which graphs, what was changed or left behind, and what a
    file that was restored turned out to be.
    """

    source: Path
    target: Path
    graphs: Graphs
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

    @abstractmethod
    def look(self, source: Path | str, photo: Photo) -> Looked:
        """What runs `photo`, read from `source`, once it is known that the job is to be done to it.

        Raises:
            PhotoError: it is not.
        """

    @abstractmethod
    def check_codec(self, target: Path, codec: Codec) -> None:
        """Raises PhotoError where results cannot be saved in `codec`; the message names `target`."""

    @abstractmethod
    def taken(self, photo: Photo) -> NDArray[np.uint8]:
        """The pixels that the graph sees: the photo's own, or a copy without the colours under full transparency."""

    @abstractmethod
    def tag(self, graphs: Graphs, codec: Codec) -> Tag | None:
        """What the file says of its filter, but for the fingerprint of its pixels; None where it says nothing."""

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

    def handed(self, given: Bytes | BinaryFile | Image.Image) -> bytes | BytesIO | Image.Image:
        """Bytes, a stream or an image, done and given back in its form; see `unfilter.photo.forms`.

        Raises:
            PhotoError: as for `file`.
            TypeError: none of these.
        """

        def change(photo: Photo, codec: Codec) -> Photo:
            looked = self.look("photo", photo)
            return self.made(
                Accepted(Path("photo"), looked.photo, looked.graphs, Path("photo"), codec, (), looked.recognition)
            )

        return changed(given, change)

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

    def made(self, accepted: Accepted, progress: Progress | None = None) -> Photo:
        """The photo run and tagged, to be saved in its codec: a fingerprint tells of the pixels as they will be read."""
        graphs, photo, codec = accepted.graphs, accepted.photo, accepted.codec
        if self.keeps(accepted):
            return replace(photo, tag=None)
        taken = self.taken(photo)
        pixels = self.finished(graphs, graphs.run(self.direction, taken, self.parameters, progress))
        changed = replace(photo, pixels=pixels) if photo.alpha is None else changed_where_seen(photo, pixels)
        result = replace(changed, tag=self.tag(graphs, codec))
        return fingerprinted(result, codec, self.quality, self.subsampling) if result.tag else result

    def finished(self, graphs: Graphs, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """What the graph gave, as it is saved."""
        return pixels

    def keeps(self, accepted: Accepted) -> bool:
        """Whether the result has the pixels of the photo itself, which nothing is run on."""
        return False

    def write(self, accepted: Accepted, result: Photo) -> Result:
        """Write what was made of a photo; under its final name it stands whole, or not at all."""
        save_photo(accepted.target, accepted.codec, result, self.quality, self.subsampling)
        return Result(accepted.source, accepted.target, accepted.graphs, accepted.notes, accepted.recognition)


class Apply(Job):
    """Filter photos.

    Args:
        graphs: of the filter.
        parameters: values of its hyper-parameters; the default for each that is not named.
        quality: of a JPEG, 1..100.
        subsampling: of a JPEG's chroma.
        mark: put the filter's mark into the pixels (`unfilter.format.mark`), so that it is recognised after sharing.
        convert, reduce, limit: as for `read_photo`.
        overwrite: as for `Job`.

    Raises:
        UnfilterError: a parameter that this filter does not have, or a value outside its range.
    """

    direction = "forward"

    def __init__(
        self,
        graphs: Graphs,
        *,
        parameters: Mapping[str, float] | None = None,
        quality: int = 95,
        subsampling: Subsampling = "4:4:4",
        mark: bool = False,
        convert: bool = False,
        reduce: bool = False,
        limit: int = PIXEL_LIMIT,
        overwrite: bool = False,
    ) -> None:
        super().__init__(convert=convert, reduce=reduce, limit=limit, overwrite=overwrite)
        self.graphs, self.quality, self.subsampling, self.mark = graphs, quality, subsampling, mark
        self.parameters = complete(graphs.bundle.manifest.hyper_parameters, parameters or {})

    def look(self, source: Path | str, photo: Photo) -> Looked:
        """Every photo that can be read may be filtered."""
        return Looked(self.graphs, photo)

    def check_codec(self, target: Path, codec: Codec) -> None:
        """A filter that was not trained for JPEG is not saved in one."""
        refuse_untrained(self.graphs.bundle.manifest, target, codec)

    def taken(self, photo: Photo) -> NDArray[np.uint8]:
        """Grey where nothing is visible."""
        return seen(photo)

    def tag(self, graphs: Graphs, codec: Codec) -> Tag:
        """Filter, restoration id, codec and hyper-parameters."""
        tag = tag_of(graphs.bundle.manifest, codec, self.quality, self.parameters)
        return tag.model_copy(update={"requires": (MARK,)}) if self.mark else tag

    def finished(self, graphs: Graphs, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """With the filter's mark, where that is wanted."""
        return marked(pixels, graphs.bundle.manifest.restoration) if self.mark else pixels


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
        be: refused are what another filter made, and what by its pixels the filter did not make.

        Raises:
            NotRestored: it is refused.
            PhotoError: no tag, or one of a bundle that is nowhere.
        """
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

    def tag(self, graphs: Graphs, codec: Codec) -> None:
        """None: a restored photo is no filtered file."""
        return None
