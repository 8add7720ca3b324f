"""A filter ready to use: apply it to photos, restore photos from what it saved.

`apply` and `restore` take arrays, bytes, files, Pillow images and paths, and give the same kind back (docs/python.md). Some
filters take hyper-parameters: `apply(pixels, smoothness=0.03)`. Restoring never needs to know them.

Law: `restore(apply(pixels))` is `pixels` to the restoration accuracy on the model card, whatever ran either direction.
"""

from collections.abc import Callable, Collection, Mapping
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unfilter.jobs.batch import Batch, OnStart, Outcome
from unfilter.jobs.carrying import Carry
from unfilter.jobs.job import Apply, Restore, Result
from unfilter.jobs.opened import AnyPath, Opened
from unfilter.photo import PIXEL_LIMIT, Codec, Photo, Subsampling
from unfilter.photo.forms import BinaryFile, Bytes, photo_in
from unfilter.photo.payload import PayloadQuality
from unfilter.photo.top_up import Goal
from unfilter.run.tiling import Progress

Pixels: TypeAlias = NDArray[np.uint8]
AnyForm: TypeAlias = Pixels | Bytes | Image.Image | BinaryFile | AnyPath
"""What a photo may come as."""


class Filter(Opened):
    """A filter ready to use; several threads may use it at once, and get the bytes that one thread gets."""

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
    @overload
    def apply(self, photo: Pixels, /, *, output: AnyForm, **parameters: float) -> Pixels: ...
    @overload
    def apply(self, photo: Bytes, /, *, output: AnyForm, **parameters: float) -> bytes: ...
    @overload
    def apply(self, photo: Image.Image, /, *, output: AnyForm, **parameters: float) -> Image.Image: ...
    @overload
    def apply(self, photo: AnyPath, target: AnyPath, /, *, output: AnyForm, **parameters: float) -> Path: ...
    @overload
    def apply(self, photo: BinaryFile, /, *, output: AnyForm, **parameters: float) -> BytesIO: ...
    def apply(
        self,
        photo: Pixels | Bytes | Image.Image | BinaryFile | AnyPath,
        target: AnyPath | None = None,
        /,
        *,
        output: Any = None,
        **parameters: float,
    ) -> Pixels | bytes | Image.Image | BytesIO | Path:
        """The filtered photo, of the same size and kind. Save it exactly, or nothing can be restored.

        `apply_file` also tells what was left behind, and `unfilter.jobs.Apply.handed` does for bytes, files and images.

        Args:
            photo: pixels (uint8 RGB, height x width x 3), bytes of a photo file, such a file opened in binary mode, a Pillow
                image, or the path of a photo. docs/photos.md says what is kept; `unfilter.photo.forms` what comes back.
            target: the file to write, for a path and nothing else; what `apply` returns then. See `apply_file`.
            output: for a guided filter, what your own filter made of the photo, in any of these forms: of the same size,
                pixel on pixel. The photo is hidden in it, and restoring needs the filtered file alone.
            parameters: values of `hyper_parameters` by name; the default for each that is not named.

        Raises:
            ValueError: an array of another shape or type, or no pixels.
            TypeError: none of these kinds; a path without a target, or a target without a path.
            UnfilterError: a parameter that this filter does not have, or a value outside its range.
            PhotoError: unreadable, or of a kind that is refused.
        """
        if isinstance(photo, str | PathLike) or target is not None:
            source, written = _two_paths(photo, target, "apply")
            self.apply_file(source, written, parameters=parameters, output=output)
            return written
        guide = None if output is None else photo_in(output)
        if isinstance(photo, np.ndarray):
            return self.run("forward", photo, parameters, output=None if guide is None else guide.pixels)
        return Apply(self.graphs, parameters=parameters, output=guide).handed(photo).result

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
        return Restore(self.graphs, force=force).handed(photo).result

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
        return job.in_memory(photo, codec, progress=progress)

    def restored(self, source: Path | str, photo: Photo, *, force: bool = False, progress: Progress | None = None) -> Photo:
        """`photo`, read from `source`, restored and without a tag; refused as `restore_file` says. `progress` is as for
        `run_photo`.
        """
        return Restore(self.graphs, force=force).in_memory(photo, "png", source, progress)

    def apply_file(
        self,
        source: AnyPath,
        target: AnyPath,
        *,
        quality: int = 95,
        subsampling: Subsampling = "4:4:4",
        carry: Carry = "network",
        payload: PayloadQuality = "best",
        top_up: Goal | str | None = None,
        parameters: Mapping[str, float] | None = None,
        mark: bool = False,
        convert: bool = False,
        reduce: bool = False,
        limit: int = PIXEL_LIMIT,
        overwrite: bool = False,
        progress: Progress | None = None,
        output: AnyForm | None = None,
    ) -> tuple[str, ...]:
        """Filter a photo file into one that carries alpha, profile, EXIF, XMP and the tag, which records the values of all
        hyper-parameters. docs/photos.md says what is kept of each kind of file.

        `target` is PNG, WebP or HEIC, which are exact, or JPEG, where the filter was trained for it, of `quality` 1..100 and
        with that `subsampling` of chroma. `carry="payload"` puts the photo into the low bits of an exact file, as an AVIF of
        quality `payload` or `"lossless"`; `top_up`, such as `"38dB"`, `"0.5bpp"` or `"exact"`, keeps in the metadata what
        the pixels do not restore (docs/worth.md). `mark` puts a weak mark into the pixels, by which
        the filter is recognised after sharing (docs/sharing.md). `parameters` are as for `apply`; `convert`, `reduce` and
        `limit` as for `read_photo`; `progress` as for `run_photo`. `overwrite` writes over whatever is at `target`, not only
        over what this filter made of this photo. `output` is as for `apply`.

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
            carry=carry,
            payload=payload,
            top_up=Goal.parse(top_up) if isinstance(top_up, str) else top_up,
            mark=mark,
            convert=convert,
            reduce=reduce,
            limit=limit,
            overwrite=overwrite,
            output=Path(output) if isinstance(output, str | PathLike) else None if output is None else photo_in(output),
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
        carry: Carry = "network",
        payload: PayloadQuality = "best",
        top_up: Goal | str | None = None,
        parameters: Mapping[str, float] | None = None,
        mark: bool = False,
        convert: bool = False,
        reduce: bool = False,
        limit: int = PIXEL_LIMIT,
        on_outcome: Callable[[Outcome[Result]], object] | None = None,
        on_start: OnStart | None = None,
    ) -> tuple[Outcome[Result], ...]:
        """Filter photos, and folders of them, into a folder, where results stand as the photos do in theirs: a bad one
        does not end it, and what is done already is skipped, so that a run that was stopped goes on (docs/folders.md).

        `on_outcome` is told of each photo when it is done, skipped or refused; `on_start` is called before each with its
        number, the number of all, and its path; `codec` is of the results. All else is as for `apply_file`.

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
            carry=carry,
            payload=payload,
            top_up=Goal.parse(top_up) if isinstance(top_up, str) else top_up,
            mark=mark,
            convert=convert,
            reduce=reduce,
            limit=limit,
        )
        batch = Batch(job, [Path(source) for source in sources], Path(folder), codec, on_outcome=on_outcome)
        self.graph("forward", parameters)  # what is wrong with the bundle is said once, not for every photo
        return batch.run(on_start)

    def restore_many(
        self,
        sources: Collection[AnyPath],
        folder: AnyPath,
        *,
        codec: Codec = "png",
        force: bool = False,
        limit: int = PIXEL_LIMIT,
        on_outcome: Callable[[Outcome[Result]], object] | None = None,
        on_start: OnStart | None = None,
    ) -> tuple[Outcome[Result], ...]:
        """Restore files of this filter, and folders of them, into a folder; as `apply_many`, and refused as for
        `restore_file`. Files of several filters are restored by `unfilter.jobs.Batch` and `ByFile`.

        Raises:
            PhotoError: no files, or `folder` is a file or holds them.
        """
        job = Restore(self.graphs, force=force, limit=limit)
        return Batch(job, [Path(source) for source in sources], Path(folder), codec, on_outcome=on_outcome).run(on_start)


def _two_paths(photo: object, target: object, method: str) -> tuple[Path, Path]:
    if isinstance(photo, str | PathLike) and isinstance(target, str | PathLike):
        return Path(photo), Path(target)
    if target is None:
        raise TypeError(
            f"a path needs another one to write to, such as {method}({str(photo)!r}, 'result.png'); "
            f"or give bytes: {method}(Path({str(photo)!r}).read_bytes())"
        )
    raise TypeError(f"only a path is written to another path, not {type(photo).__name__}; leave the target out")
