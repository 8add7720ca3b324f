"""A filter on files: one after the other, or many into a folder."""

from collections.abc import Callable, Collection, Mapping
from os import PathLike
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unfilter.jobs.apply import Apply
from unfilter.jobs.batch import Batch, OnStart, Outcome
from unfilter.jobs.carrying import Carry
from unfilter.jobs.job import Result
from unfilter.jobs.opened import AnyPath, Opened
from unfilter.jobs.restore import Restore
from unfilter.photo import PIXEL_LIMIT, Codec, Photo, Subsampling
from unfilter.photo.forms import BinaryFile, Bytes, photo_in
from unfilter.photo.payload import PayloadQuality
from unfilter.photo.top_up import Goal
from unfilter.run.tiling import Progress

Pixels: TypeAlias = NDArray[np.uint8]
AnyForm: TypeAlias = Pixels | Bytes | Image.Image | BinaryFile | AnyPath
"""What a photo may come as."""


class OpenedForFiles(Opened):
    """What `unfilter.Filter` does with files and folders; it adds what photos may come as beside them."""

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

    def restored(
        self,
        source: Path | str,
        photo: Photo,
        *,
        force: bool = False,
        once: bool = False,
        progress: Progress | None = None,
    ) -> Photo:
        """`photo`, read from `source`, restored and without a tag; refused as `restore_file` says. `progress` is as for
        `run_photo`.
        """
        return Restore(self.graphs, force=force, once=once).in_memory(photo, "png", source, progress)

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
        mark: bool | None = None,
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
        the filter is recognised after sharing; None: into a JPEG's, unless the filter hides colour (docs/sharing.md).
        `parameters` are as for `apply`; `convert`, `reduce` and
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
            top_up=top_up,
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
        once: bool = False,
        limit: int = PIXEL_LIMIT,
        overwrite: bool = False,
        progress: Progress | None = None,
    ) -> tuple[str, ...]:
        """Restore a photo from a file that this filter saved; the result carries no tag, and everything else that the file
        does. A file that kept every level is restored again (`unfilter.run.again`), unless `once` is enough, in a
        quarter of the time. `limit` is as for `read_photo`, `overwrite` as for `apply_file`, `progress` as for `run_photo`.

        Returns:
            What was left behind, a line each.

        Raises:
            PhotoError: unreadable or unwritable; another file is at `target`; unless `force`, made by another filter, saved
                again in another codec, or by what its pixels say not as this filter saved it (`unfilter.jobs.detection`).
        """
        job = Restore(self.graphs, force=force, once=once, limit=limit, overwrite=overwrite)
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
        mark: bool | None = None,
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
            top_up=top_up,
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
        once: bool = False,
        limit: int = PIXEL_LIMIT,
        on_outcome: Callable[[Outcome[Result]], object] | None = None,
        on_start: OnStart | None = None,
    ) -> tuple[Outcome[Result], ...]:
        """Restore files of this filter, and folders of them, into a folder; as `apply_many`, and refused as for
        `restore_file`. Files of several filters are restored by `unfilter.jobs.Batch` and `ByFile`.

        Raises:
            PhotoError: no files, or `folder` is a file or holds them.
        """
        job = Restore(self.graphs, force=force, once=once, limit=limit)
        return Batch(job, [Path(source) for source in sources], Path(folder), codec, on_outcome=on_outcome).run(on_start)
