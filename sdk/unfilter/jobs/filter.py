"""A filter ready to use: apply it to photos, restore photos from what it saved.

`apply` and `restore` take arrays, bytes, files, Pillow images and paths, and give the same kind back (docs/python.md). Some
filters take hyper-parameters: `apply(pixels, smoothness=0.03)`. Restoring never needs to know them.

Law: `restore(apply(pixels))` is `pixels` to the restoration accuracy on the model card, whatever ran either direction.
"""

from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import Any, overload

import numpy as np
from PIL import Image

from unfilter.jobs.apply import Apply
from unfilter.jobs.opened import AnyPath
from unfilter.jobs.opened_for_files import AnyForm, OpenedForFiles, Pixels
from unfilter.jobs.restore import Restore
from unfilter.photo.forms import BinaryFile, Bytes, photo_in


class Filter(OpenedForFiles):
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

        `force` is as for `restore_file`; an array says nothing of what made it: it is never refused for that, and restored
        once. `run_again` is for one that kept every level.
        """
        if isinstance(photo, str | PathLike) or target is not None:
            source, written = _two_paths(photo, target, "restore")
            self.restore_file(source, written, force=force)
            return written
        if isinstance(photo, np.ndarray):
            return self.run("inverse", photo)
        return Restore(self.graphs, force=force).handed(photo).result


def _two_paths(photo: object, target: object, method: str) -> tuple[Path, Path]:
    if isinstance(photo, str | PathLike) and isinstance(target, str | PathLike):
        return Path(photo), Path(target)
    if target is None:
        raise TypeError(
            f"a path needs another one to write to, such as {method}({str(photo)!r}, 'result.png'); "
            f"or give bytes: {method}(Path({str(photo)!r}).read_bytes())"
        )
    raise TypeError(f"only a path is written to another path, not {type(photo).__name__}; leave the target out")
