"""A filter ready to use: apply it to photos, restore photos from what it saved.

    from unfilter import Filter

    l0 = Filter.open("l0")
    l0.apply_file("photo.jpg", "filtered.png")
    l0.restore_file("filtered.png", "restored.png")

`apply` and `restore` take arrays, bytes, files, Pillow images and paths, and give the same kind back (docs/python.md). Some
filters take hyper-parameters: `apply(pixels, smoothness=0.03)`. Restoring never needs to know them.

Law: `restore(apply(pixels))` is `pixels` to the restoration accuracy on the model card, whatever ran either direction.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import TypeAlias, overload

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unfilter.bundle import Bundle, Direction, Precision, TilePlan
from unfilter.detection.examination import refuse_altered
from unfilter.graphs import Graphs, first_runtime
from unfilter.hyper_parameter import HyperParameter, complete
from unfilter.photo import PIXEL_LIMIT, Codec, Photo, Subsampling, check_target, codec_of, read_photo, write_photo
from unfilter.photo.forms import BinaryFile, Bytes, changed
from unfilter.photo.transparency import changed_where_seen, given, seen
from unfilter.photo.write import fingerprinted
from unfilter.provenance import refuse_itself, refuse_untrained, tag_of
from unfilter.remainder import aligned_size, carry_remainder
from unfilter.rounding import to_bytes
from unfilter.runtimes import BoundGraph
from unfilter.search_path import open_bundle
from unfilter.tiling import Tile, run_tiles

Progress = Callable[[int, int], None]
"""Called with how many pixels of how many are done."""

Pixels: TypeAlias = NDArray[np.uint8]
AnyPath: TypeAlias = str | PathLike[str]


class Filter:
    """Both directions of one bundle on one runtime. Graphs are loaded, and their files checked, when first needed; several
    threads may use one filter at once, and get the bytes that one thread gets.
    """

    def __init__(self, bundle: Bundle, runtime: str, precision: Precision = "fp32", delegate: str | None = None) -> None:
        self.bundle, self.runtime, self.precision = bundle, runtime, precision
        self._graphs = Graphs(bundle, runtime, precision, delegate)

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
            runtime: one of `unfilter.runtimes.NAMES`; None takes the first that is installed and opens that precision.
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

    @property
    def delegate(self) -> str:
        """What the runtime hands graphs to, such as cpu or gpu."""
        return self._graphs.delegate.delegate

    @property
    def engine(self) -> str:
        """Runtime, precision, and what is not the runtime's own CPU, such as `litert fp16 on gpu`."""
        recipe = self._graphs.delegate
        on = "" if recipe.hardware == "CPU" else f" on {recipe.delegate}"
        return f"{self.runtime} {self.precision}{on}"

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
            source, written = _two_paths(photo, target)
            self.apply_file(source, written, parameters=parameters)
            return written
        if isinstance(photo, np.ndarray):
            return self.run("forward", photo, parameters)
        values = complete(self.hyper_parameters, parameters)
        return changed(photo, lambda given, codec: self.filtered(given, codec, values))

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
            source, written = _two_paths(photo, target)
            self.restore_file(source, written, force=force)
            return written
        if isinstance(photo, np.ndarray):
            return self.run("inverse", photo)
        return changed(photo, lambda given, _: self.restored("photo", given, force=force))

    def run(
        self,
        direction: Direction,
        pixels: NDArray[np.uint8],
        parameters: Mapping[str, float] | None = None,
        progress: Progress | None = None,
    ) -> NDArray[np.uint8]:
        """One direction by name, tile by tile; see `apply` and `restore`. `progress` is as for `run_photo`."""
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
            raise ValueError(f"a photo is uint8, height x width x 3, not empty; got {pixels.dtype} {pixels.shape}")
        graph, plan = self.graph(direction, parameters), self.bundle.manifest.tiles
        return run_photo(graph, pixels, plan, self.fixed_size(direction), progress)

    def graph(self, direction: Direction, parameters: Mapping[str, float] | None = None) -> BoundGraph:
        """The graph of one direction, loaded once, after its files were compared with the manifest.

        `parameters` are values of the hyper-parameters, forward only; the default for each that is not named.

        Raises:
            UnfilterError: a parameter that this direction does not have, or a value outside its range.
        """
        return self._graphs.bound(direction, parameters or {})

    def fixed_size(self, direction: Direction) -> bool:
        """Whether the graph of one direction, or the hardware that runs it, takes tiles of the plan's size only."""
        return self._graphs.fixed_size(direction)

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
        tag = tag_of(self.bundle.manifest, codec, quality, parameters)
        filtered = changed_where_seen(photo, self.run("forward", seen(photo), parameters, progress))
        return fingerprinted(replace(filtered, tag=tag), codec, quality, subsampling)

    def restored(self, source: Path | str, photo: Photo, *, force: bool = False, progress: Progress | None = None) -> Photo:
        """`photo`, read from `source`, restored and without a tag; refused as `restore_file` says. `progress` is as for
        `run_photo`.
        """
        if not force:
            refuse_altered(self, source, photo)
        taken = given(photo)
        pixels = self.run("inverse", taken, progress=progress)
        whole = taken is photo.pixels
        return replace(photo, pixels=pixels, tag=None) if whole else replace(changed_where_seen(photo, pixels), tag=None)

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
            progress: as for `run_photo`.

        Returns:
            What was changed or left behind, a line each.

        Raises:
            PhotoError: unreadable or unwritable; nothing is written then.
            UnfilterError: a parameter that this filter does not have, or a value outside its range; the same.
        """
        source, target = Path(source), Path(target)
        values = complete(self.hyper_parameters, parameters or {})
        codec = codec_of(target)
        refuse_untrained(self.bundle.manifest, target, codec)
        photo = read_photo(source, convert=convert, reduce=reduce, limit=limit)
        refuse_itself(source, target)
        notes = photo.notes + check_target(target, photo)
        filtered = self.filtered(photo, codec, values, quality=quality, subsampling=subsampling, progress=progress)
        write_photo(target, filtered, quality=quality, subsampling=subsampling)
        return notes

    def restore_file(
        self,
        source: AnyPath,
        target: AnyPath,
        *,
        force: bool = False,
        limit: int = PIXEL_LIMIT,
        progress: Progress | None = None,
    ) -> tuple[str, ...]:
        """Restore a photo from a file that this filter saved; the result carries no tag, and everything else that the file
        does. `limit` is as for `read_photo`, `progress` as for `run_photo`.

        Returns:
            What was left behind, a line each.

        Raises:
            PhotoError: unreadable or unwritable; unless `force`, made by another filter, saved again in another codec, or by
                what its pixels say not as this filter saved it (`unfilter.detection`).
        """
        source, target = Path(source), Path(target)
        codec_of(target)
        photo = read_photo(source, limit=limit)
        refuse_itself(source, target)
        notes = photo.notes + check_target(target, photo)
        write_photo(target, self.restored(source, photo, force=force, progress=progress), quality=100)
        return notes


def run_photo(
    graph: BoundGraph,
    pixels: NDArray[np.uint8],
    plan: TilePlan,
    fixed_size: bool = True,
    progress: Progress | None = None,
) -> NDArray[np.uint8]:
    """`graph` on a photo (uint8, height x width x 3) of any size, tile by tile, in bytes, left-over lines carried.

    `fixed_size` is as for `run_tiles`; `progress` is called with the number of pixels done and of all, before the first
    tile and after each.
    While a tile runs, the next one is prepared and the one before it rounded to bytes, by a thread each.
    """
    height, width = aligned_size(pixels.shape[0], pixels.shape[1], plan.alignment)
    result = np.empty_like(pixels)

    def store(tile: Tile, values: NDArray[np.float32]) -> None:
        result[tile.keep] = to_bytes(values)

    done = 0
    if progress:
        progress(0, height * width)
    with ThreadPoolExecutor(1, "bytes") as behind:
        storing: Future[None] | None = None
        for tile, values in run_tiles(graph, pixels[:height, :width], plan, fixed_size):
            if storing:
                storing.result()  # so that no more than one tile waits
            storing = behind.submit(store, tile, values)
            done += values.shape[0] * values.shape[1]
            if progress:
                progress(done, height * width)
        if storing:
            storing.result()
    carry_remainder(pixels, result, plan.alignment)
    return result


def _two_paths(photo: object, target: object) -> tuple[Path, Path]:
    if isinstance(photo, str | PathLike) and isinstance(target, str | PathLike):
        return Path(photo), Path(target)
    if target is None:
        raise TypeError(f"a path needs another one to write to, such as apply({str(photo)!r}, 'filtered.png')")
    raise TypeError(f"only a path is written to another path, not {type(photo).__name__}; leave the target out")
