"""A filter ready to use: apply it to photos, restore photos from what it saved.

    from unfilter import Filter

    l0 = Filter.open("build/bundles/l0")
    l0.apply_file("photo.jpg", "filtered.png")
    l0.restore_file("filtered.png", "restored.png")

Some filters take hyper-parameters: `apply(pixels, smoothness=0.03)`. Restoring never needs to know them.

Law: `restore(apply(pixels))` is `pixels` to the restoration accuracy on the model card, whatever ran either direction.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unfilter import runtimes
from unfilter.bundle import Bundle, Direction, Precision, TilePlan
from unfilter.detection.examination import refuse_altered
from unfilter.errors import PhotoError, RuntimeUnavailable
from unfilter.hyper_parameter import HyperParameter, complete
from unfilter.photo import PIXEL_LIMIT, Codec, Photo, Subsampling, Tag, check_target, codec_of, read_photo, write_photo
from unfilter.remainder import aligned_size, carry_remainder
from unfilter.rounding import to_bytes
from unfilter.runtimes import BoundGraph, Graph
from unfilter.tiling import Tile, run_tiles

Progress = Callable[[int, int], None]
"""Called with how many pixels of how many are done."""


class Filter:
    """Both directions of one bundle on one runtime. Graphs are loaded, and their files checked, when first needed."""

    def __init__(self, bundle: Bundle, runtime: str, precision: Precision = "fp32") -> None:
        self.bundle, self.runtime, self.precision = bundle, runtime, precision
        self._module = runtimes.runtime(runtime)
        self._graphs: dict[Direction, Graph] = {}

    @classmethod
    def open(cls, bundle: str | Path, *, runtime: str | None = None, precision: Precision = "fp32") -> "Filter":
        """Open a bundle folder.

        Args:
            bundle: the folder with `manifest.json`.
            runtime: one of `unfilter.runtimes.NAMES`; None takes the first that is installed and opens that precision.
            precision: of the graphs, fp32 or fp16; a bundle may lack one for a runtime.

        Raises:
            BundleError: no bundle, a broken one, or one without such artifacts.
            RuntimeUnavailable: the runtime is not installed, or none is.
        """
        opened = Bundle(Path(bundle))
        chosen = cls(opened, runtime or _first_runtime(opened, precision), precision)
        for direction in ("forward", "inverse"):
            opened.artifact(chosen._module.FORMAT, direction, precision)
        return chosen

    @property
    def hyper_parameters(self) -> tuple[HyperParameter, ...]:
        """What `apply` may be told, with names, ranges and defaults; empty for most filters."""
        return self.bundle.manifest.hyper_parameters

    def apply(self, pixels: NDArray[np.uint8], /, **parameters: float) -> NDArray[np.uint8]:
        """The filtered photo: uint8 RGB, height x width x 3, of the same size. Save it exactly, or nothing can be restored.

        Args:
            pixels: the photo, uint8 RGB, height x width x 3.
            parameters: values of `hyper_parameters` by name; the default for each that is not named.

        Raises:
            ValueError: another shape or type, or no pixels.
            UnfilterError: a parameter that this filter does not have, or a value outside its range.
        """
        return self.run("forward", pixels, parameters)

    def restore(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The photo that `apply` made `pixels` from, at whatever parameters; the same shapes and ValueError as `apply`."""
        return self.run("inverse", pixels)

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
        artifact = self.bundle.artifact(self._module.FORMAT, direction, self.precision)
        graph, plan = self.graph(direction, parameters), self.bundle.manifest.tiles
        return run_photo(graph, pixels, plan, artifact.fixed_size, progress)

    def graph(self, direction: Direction, parameters: Mapping[str, float] | None = None) -> BoundGraph:
        """The graph of one direction, loaded once, after its files were compared with the manifest.

        `parameters` are values of the hyper-parameters, forward only; the default for each that is not named.

        Raises:
            UnfilterError: a parameter that this direction does not have, or a value outside its range.
        """
        taken = self.hyper_parameters if direction == "forward" else ()
        values = complete(taken, parameters or {})
        graph = self._graph(direction)
        if not taken:
            return graph
        places = np.array([one.place(values[one.name]) for one in taken], np.float32)
        return partial(graph, parameters=places)

    def _graph(self, direction: Direction) -> Graph:
        if direction not in self._graphs:
            artifact = self.bundle.artifact(self._module.FORMAT, direction, self.precision)
            self.bundle.check_artifact(artifact)
            self._graphs[direction] = self._module.open_graph(self.bundle, artifact)
        return self._graphs[direction]

    def apply_file(
        self,
        source: str | Path,
        target: str | Path,
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
        self._refuse_untrained(target, codec)
        photo = read_photo(source, convert=convert, reduce=reduce, limit=limit)
        _not_itself(source, target)
        notes = photo.notes + check_target(target, photo)
        tag = self._tag(codec, quality, values)
        filtered = replace(photo, pixels=self.run("forward", photo.pixels, values, progress), tag=tag)
        write_photo(target, filtered, quality=quality, subsampling=subsampling)
        return notes

    def restore_file(
        self,
        source: str | Path,
        target: str | Path,
        *,
        force: bool = False,
        limit: int = PIXEL_LIMIT,
        progress: Progress | None = None,
        photo: Photo | None = None,
    ) -> tuple[str, ...]:
        """Restore a photo from a file that this filter saved; the result carries no tag, and everything else that the file
        does. `limit` is as for `read_photo`, `progress` as for `run_photo`; `photo` is what `source` holds, if known.

        Returns:
            What was left behind, a line each.

        Raises:
            PhotoError: unreadable or unwritable; unless `force`, made by another filter, saved again in another codec, or by
                what its pixels say not as this filter saved it (`unfilter.detection`).
        """
        source, target = Path(source), Path(target)
        codec_of(target)
        photo = photo or read_photo(source, limit=limit)
        _not_itself(source, target)
        notes = photo.notes + check_target(target, photo)
        if not force:
            self._refuse_foreign(source, photo)
            refuse_altered(self, source, photo)
        restored = self.run("inverse", photo.pixels, progress=progress)
        write_photo(target, replace(photo, pixels=restored, tag=None), quality=100)
        return notes

    def _tag(self, codec: Codec, quality: int, parameters: dict[str, float]) -> Tag:
        manifest = self.bundle.manifest
        return Tag(
            filter=manifest.filter,
            restoration=manifest.restoration,
            codec=codec,
            quality=quality if codec == "jpeg" else None,
            parameters=parameters,
        )

    def _refuse_untrained(self, target: Path, codec: Codec) -> None:
        manifest = self.bundle.manifest
        if codec == "jpeg" and "jpeg" not in manifest.carriers:
            raise PhotoError(
                f"{target}: filter {manifest.filter} was not trained for JPEG, whose losses destroy what it carries; "
                "use .png, .webp or .heic, which are exact"
            )

    def _refuse_foreign(self, source: Path, photo: Photo) -> None:
        tag, manifest = photo.tag, self.bundle.manifest
        if tag is None:
            return  # metadata was stripped, and the user named the filter
        if tag.restoration != manifest.restoration:
            raise PhotoError(
                f"{source}: was made by filter {tag.filter} {tag.restoration[:12]}, this bundle is "
                f"{manifest.filter} {manifest.restoration[:12]}; name the right bundle, or force it"
            )
        if tag.codec != photo.codec:
            raise PhotoError(
                f"{source}: was saved as {tag.codec} and is now {photo.codec}, so what it carried is damaged; "
                "use the file that the filter saved, or force it"
            )


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


def _first_runtime(bundle: Bundle, precision: Precision) -> str:
    installed = runtimes.installed()
    if not installed:
        raise RuntimeUnavailable("no runtime is installed; add one with: pip install 'unfilter[onnx]'")
    formats = {artifact.format for artifact in bundle.manifest.artifacts if artifact.precision == precision}
    for name in installed:
        if runtimes.sibling(name).FORMAT in formats:
            return name
    raise RuntimeUnavailable(
        f"{bundle.folder}: nothing in {precision} that an installed runtime ({', '.join(installed)}) opens; "
        f"it holds {', '.join(sorted(formats)) or 'no such artifact'}"
    )


def _not_itself(source: Path, target: Path) -> None:
    if target.exists() and source.samefile(target):
        raise PhotoError(f"{target}: is the photo itself; name another output file")
