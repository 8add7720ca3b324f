"""A filter ready to use: apply it to photos, restore photos from what it saved.

    from unfilter import Filter

    l0 = Filter.open("l0")
    l0.apply_file("photo.jpg", "filtered.png")
    l0.restore_file("filtered.png", "restored.png")

`apply` and `restore` take arrays, bytes, files, Pillow images and paths, and give the same kind back (docs/python.md). Some
filters take hyper-parameters: `apply(pixels, smoothness=0.03)`. Restoring never needs to know them.

Law: `restore(apply(pixels))` is `pixels` to the restoration accuracy on the model card, whatever ran either direction.
"""

from collections.abc import Callable, Collection, Mapping
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import TypeAlias, cast, overload

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unfilter.errors import BundleError
from unfilter.find.search_path import open_bundle
from unfilter.format.bundle import Bundle
from unfilter.format.hyper_parameter import HyperParameter
from unfilter.format.manifest import Direction, Precision
from unfilter.jobs.batch import Batch, Outcome, Starting
from unfilter.jobs.detection.comparison import Examination
from unfilter.jobs.detection.examination import examine
from unfilter.jobs.job import Apply, Restore, Result
from unfilter.photo import PIXEL_LIMIT, Codec, Photo, Subsampling
from unfilter.photo.forms import BinaryFile, Bytes
from unfilter.run.graphs import Graphs, first_runtime
from unfilter.run.runtimes import BoundGraph
from unfilter.run.tiling import Progress

Pixels: TypeAlias = NDArray[np.uint8]
AnyPath: TypeAlias = str | PathLike[str]


class Filter:
    """Both directions of one bundle on one runtime. Graphs are loaded, and their files checked, when first needed; several
    threads may use one filter at once, and get the bytes that one thread gets. Pickled, it opens its bundle again; after
    use, spawn processes rather than fork them (docs/python.md).
    """

    def __init__(self, bundle: Bundle, runtime: str, precision: Precision = "fp32", delegate: str | None = None) -> None:
        self.bundle, self.runtime, self.precision = bundle, runtime, precision
        self.graphs = Graphs(bundle, runtime, precision, delegate)

    @classmethod
    def open(
        cls,
        bundle: AnyPath,
        *,
        runtime: str | None = None,
        delegate: str | None = None,
        precision: Precision = "fp32",
        public_key: AnyPath | None = None,
    ) -> "Filter":
        """Open a filter by name or its bundle by path.

        Args:
            bundle: a folder with `manifest.json`, a packed bundle (`l0.unfilter`), or the name of a filter in the search
                path: `l0`, or `l0@13b9` where there are several. A `Path` is never a name.
            runtime: one of `unfilter.run.runtimes.NAMES`; None takes the first that is installed and opens that precision.
            delegate: what the runtime hands graphs to, such as gpu (docs/delegates.md); None takes the best that this
                machine has for the precision, which for fp32 is the CPU.
            precision: of the graphs (docs/precisions.md); a bundle may lack one for a runtime.
            public_key: PEM file; only a bundle that this key signed is opened. See docs/bundles.md.

        Raises:
            BundleError: no bundle, a broken one, or one without such artifacts; no filter of that name, or several; not
                signed by `public_key`, or altered since.
            RuntimeUnavailable: the runtime is not installed, or none is; the delegate is unknown, or not to be had here; or
                the extra `sign` where it is needed.
        """
        key = None if public_key is None else Path(public_key)
        opened = open_bundle(bundle if isinstance(bundle, str) else Path(bundle), key)
        return cls(opened, runtime or first_runtime(opened, precision, delegate), precision, delegate)

    def __getstate__(self) -> dict[str, str]:
        """For pickle, and so for processes that are spawned: where the bundle is, its id, and what runs it; no graphs."""
        return {
            "folder": str(self.bundle.folder.resolve()),
            "id": self.bundle.id,
            "runtime": self.runtime,
            "precision": self.precision,
            "delegate": self.delegate,
        }

    def __setstate__(self, state: dict[str, str]) -> None:
        """Open the same bundle again.

        Raises:
            BundleError: it is gone, or another one stands there.
            RuntimeUnavailable: this machine has not what ran it.
        """
        bundle = open_bundle(Path(state["folder"]))
        if bundle.id != state["id"]:
            raise BundleError(f"{bundle.folder}: has changed since the filter was pickled; open it again with Filter.open")
        self.__init__(bundle, state["runtime"], cast(Precision, state["precision"]), state["delegate"])  # type: ignore[misc]

    @property
    def delegate(self) -> str:
        """What the runtime hands graphs to, such as cpu or gpu."""
        return self.graphs.delegate.delegate

    @property
    def engine(self) -> str:
        """Runtime, precision, and what is not the runtime's own CPU, such as `litert fp16 on gpu`."""
        return self.graphs.engine

    @property
    def hyper_parameters(self) -> tuple[HyperParameter, ...]:
        """What `apply` may be told, with names, ranges and defaults; empty for most filters."""
        return self.bundle.manifest.hyper_parameters

    @overload
    def apply(self, photo: Pixels, /, **parameters: float) -> Pixels: ...
    @overload
    def apply(self, photo: Bytes, /, **parameters: float) -> bytes: ...
    @overload
    def apply(self, photo: Image.Image, /, **parameters: float) -> Image.Image: ...
    @overload
    def apply(self, photo: AnyPath, target: AnyPath, /, **parameters: float) -> Path: ...
    @overload
    def apply(self, photo: BinaryFile, /, **parameters: float) -> BytesIO: ...
    def apply(
        self,
        photo: Pixels | Bytes | Image.Image | BinaryFile | AnyPath,
        target: AnyPath | None = None,
        /,
        **parameters: float,
    ) -> Pixels | bytes | Image.Image | BytesIO | Path:
        """The filtered photo, of the same size and kind. Save it exactly, or nothing can be restored.

        Args:
            photo: pixels (uint8 RGB, height x width x 3), bytes of a photo file, such a file opened in binary mode, a Pillow
                image, or the path of a photo. docs/photos.md says what is kept; `unfilter.photo.forms` what comes back.
            target: the file to write, for a path and nothing else; what `apply` returns then. See `apply_file`.
            parameters: values of `hyper_parameters` by name; the default for each that is not named.

        Raises:
            ValueError: an array of another shape or type, or no pixels.
            TypeError: none of these kinds; a path without a target, or a target without a path.
            UnfilterError: a parameter that this filter does not have, or a value outside its range.
            PhotoError: unreadable, or of a kind that is refused.
        """
        if isinstance(photo, str | PathLike) or target is not None:
            source, written = _two_paths(photo, target, "apply")
            self.apply_file(source, written, parameters=parameters)
            return written
        if isinstance(photo, np.ndarray):
            return self.run("forward", photo, parameters)
        return Apply(self.graphs, parameters=parameters).handed(photo)

    @overload
    def restore(self, photo: Pixels, /, *, force: bool = False) -> Pixels: ...
    @overload
    def restore(self, photo: Bytes, /, *, force: bool = False) -> bytes: ...
    @overload
    def restore(self, photo: Image.Image, /, *, force: bool = False) -> Image.Image: ...
    @overload
    def restore(self, photo: AnyPath, target: AnyPath, /, *, force: bool = False) -> Path: ...
    @overload
    def restore(self, photo: BinaryFile, /, *, force: bool = False) -> BytesIO: ...
    def restore(
        self,
        photo: Pixels | Bytes | Image.Image | BinaryFile | AnyPath,
        target: AnyPath | None = None,
        /,
        *,
        force: bool = False,
    ) -> Pixels | bytes | Image.Image | BytesIO | Path:
        """The photo that `apply` made `photo` from, at whatever parameters; the same kinds and errors as `apply`.

        `force` is as for `restore_file`; an array says nothing of what made it, and is never refused for that.
        """
        if isinstance(photo, str | PathLike) or target is not None:
            source, written = _two_paths(photo, target, "restore")
            self.restore_file(source, written, force=force)
            return written
        if isinstance(photo, np.ndarray):
            return self.run("inverse", photo)
        return Restore(self.graphs, force=force).handed(photo)

    def run(
        self,
        direction: Direction,
        pixels: NDArray[np.uint8],
        parameters: Mapping[str, float] | None = None,
        progress: Progress | None = None,
    ) -> NDArray[np.uint8]:
        """One direction by name, tile by tile; see `apply` and `restore`. `progress` is as for `run_photo`."""
        return self.graphs.run(direction, pixels, parameters, progress)

    def graph(self, direction: Direction, parameters: Mapping[str, float] | None = None) -> BoundGraph:
        """The graph of one direction, loaded once, after its files were compared with the manifest.

        `parameters` are values of the hyper-parameters, forward only; the default for each that is not named.

        Raises:
            UnfilterError: a parameter that this direction does not have, or a value outside its range.
        """
        return self.graphs.bound(direction, parameters)

    def fixed_size(self, direction: Direction) -> bool:
        """Whether the graph of one direction, or the hardware that runs it, takes tiles of the plan's size only."""
        return self.graphs.fixed_size(direction)

    def filtered(
        self,
        photo: Photo,
        codec: Codec,
        parameters: Mapping[str, float],
        *,
        quality: int = 95,
        subsampling: Subsampling = "4:4:4",
        progress: Progress | None = None,
    ) -> Photo:
        """`photo` filtered and tagged, to be saved in `codec`, a JPEG with this `quality` and `subsampling`: the tag tells
        of those pixels. `parameters` has every hyper-parameter's value; `progress` is as for `run_photo`.
        """
        job = Apply(self.graphs, parameters=parameters, quality=quality, subsampling=subsampling)
        return job.made(self.graphs, photo, codec, progress)

    def restored(self, source: Path | str, photo: Photo, *, force: bool = False, progress: Progress | None = None) -> Photo:
        """`photo`, read from `source`, restored and without a tag; refused as `restore_file` says. `progress` is as for
        `run_photo`.
        """
        job = Restore(self.graphs, force=force)
        job.refuse(self.graphs, source, photo)
        return job.made(self.graphs, photo, "png", progress)

    def examine(self, photo: Photo) -> Examination:
        """Whether `photo` is as this filter saved it, with the confidence and the measured reason; see docs/detection.md.

        Raises:
            BundleError: a file of the bundle is missing or changed.
        """
        return examine(self.graphs, photo)

    def apply_file(
        self,
        source: AnyPath,
        target: AnyPath,
        *,
        quality: int = 95,
        subsampling: Subsampling = "4:4:4",
        parameters: Mapping[str, float] | None = None,
        convert: bool = False,
        reduce: bool = False,
        limit: int = PIXEL_LIMIT,
        overwrite: bool = False,
        progress: Progress | None = None,
    ) -> tuple[str, ...]:
        """Filter a photo file into one that carries alpha, profile, EXIF, XMP and the tag, which records the values of all
        hyper-parameters. docs/photos.md says what is kept of each kind of file.

        Args:
            source: a photo file.
            target: PNG, WebP or HEIC, which are exact, or JPEG, where the filter was trained for it.
            quality: of a JPEG, 1..100.
            subsampling: of a JPEG's chroma.
            parameters: as for `apply`.
            convert: as for `read_photo`.
            reduce: as for `read_photo`.
            limit: as for `read_photo`.
            overwrite: write over whatever is at `target`, not only over what this filter made of this photo.
            progress: as for `run_photo`.

        Returns:
            What was changed or left behind, a line each.

        Raises:
            PhotoError: unreadable or unwritable, or another file is at `target`; nothing is written then.
            UnfilterError: a parameter that this filter does not have, or a value outside its range; the same.
        """
        job = Apply(
            self.graphs,
            parameters=parameters,
            quality=quality,
            subsampling=subsampling,
            convert=convert,
            reduce=reduce,
            limit=limit,
            overwrite=overwrite,
        )
        return job.file(Path(source), Path(target), progress).notes

    def restore_file(
        self,
        source: AnyPath,
        target: AnyPath,
        *,
        force: bool = False,
        limit: int = PIXEL_LIMIT,
        overwrite: bool = False,
        progress: Progress | None = None,
    ) -> tuple[str, ...]:
        """Restore a photo from a file that this filter saved; the result carries no tag, and everything else that the file
        does. `limit` is as for `read_photo`, `overwrite` as for `apply_file`, `progress` as for `run_photo`.

        Returns:
            What was left behind, a line each.

        Raises:
            PhotoError: unreadable or unwritable; another file is at `target`; unless `force`, made by another filter, saved
                again in another codec, or by what its pixels say not as this filter saved it (`unfilter.jobs.detection`).
        """
        job = Restore(self.graphs, force=force, limit=limit, overwrite=overwrite)
        return job.file(Path(source), Path(target), progress).notes

    def apply_many(
        self,
        sources: Collection[AnyPath],
        folder: AnyPath,
        *,
        codec: Codec = "png",
        quality: int = 95,
        subsampling: Subsampling = "4:4:4",
        parameters: Mapping[str, float] | None = None,
        convert: bool = False,
        reduce: bool = False,
        limit: int = PIXEL_LIMIT,
        report: Callable[[Outcome[Result]], object] | None = None,
        starting: Starting | None = None,
    ) -> tuple[Outcome[Result], ...]:
        """Filter photos, and folders of them, into a folder: a bad one does not end it, and what is done already is skipped,
        so that a run that was stopped goes on where it was (docs/folders.md).

        Args:
            sources: files and folders.
            folder: for results, which stand in it as the photos do in their folders.
            codec: of results.
            report: told of each photo when it is done, skipped or refused.
            starting: called before each photo with its number, the number of all, and its path.
            quality: as for `apply_file`.
            subsampling: as for `apply_file`.
            parameters: as for `apply_file`.
            convert: as for `apply_file`.
            reduce: as for `apply_file`.
            limit: as for `apply_file`.

        Raises:
            PhotoError: no photos, a codec that the filter was not trained for, or `folder` is a file or holds the photos.
            UnfilterError: a parameter that this filter does not have, or a value outside its range.
            BundleError: the filter's files are missing or changed.
        """
        job = Apply(
            self.graphs,
            parameters=parameters,
            quality=quality,
            subsampling=subsampling,
            convert=convert,
            reduce=reduce,
            limit=limit,
        )
        batch = Batch(job, [Path(source) for source in sources], Path(folder), codec, report=report)
        self.graph("forward", parameters)  # what is wrong with the bundle is said once, not for every photo
        return batch.run(starting)

    def restore_many(
        self,
        sources: Collection[AnyPath],
        folder: AnyPath,
        *,
        codec: Codec = "png",
        force: bool = False,
        limit: int = PIXEL_LIMIT,
        report: Callable[[Outcome[Result]], object] | None = None,
        starting: Starting | None = None,
    ) -> tuple[Outcome[Result], ...]:
        """Restore files of this filter, and folders of them, into a folder; as `apply_many`, and refused as for
        `restore_file`. Files of several filters are restored by `unfilter.jobs.Batch` and `ByTag`.

        Raises:
            PhotoError: no files, or `folder` is a file or holds them.
        """
        job = Restore(self.graphs, force=force, limit=limit)
        return Batch(job, [Path(source) for source in sources], Path(folder), codec, report=report).run(starting)


def _two_paths(photo: object, target: object, method: str) -> tuple[Path, Path]:
    if isinstance(photo, str | PathLike) and isinstance(target, str | PathLike):
        return Path(photo), Path(target)
    if target is None:
        raise TypeError(
            f"a path needs another one to write to, such as {method}({str(photo)!r}, 'result.png'); "
            f"or give bytes: {method}(Path({str(photo)!r}).read_bytes())"
        )
    raise TypeError(f"only a path is written to another path, not {type(photo).__name__}; leave the target out")
