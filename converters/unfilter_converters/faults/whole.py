"""Edits beyond one graph: of the manifest, of goldens, of which file stands where."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from unfilter.format.bundle import Bundle
from unfilter.jobs.filter import Filter
from unfilter.photo import read_photo, write_photo
from unfilter_converters.faults.fault import artifact_path, edit_manifest, hash_again, keep_artifacts


def narrow_halo(folder: Path) -> None:
    """One step of the tiles' beginnings too little."""
    plan = Bundle(folder).manifest.tiles
    edit_manifest(folder, lambda fields: fields["tiles"].update(halo=plan.halo - plan.step))


def other_rule(folder: Path) -> None:
    """A manifest of another rule of rounding, which its files were made by."""
    edit_manifest(folder, lambda fields: fields.update(rounding="floor(clip(x, 0, 1) * 255) in float32"))


def other_inverse(source: Callable[[], Path]) -> Callable[[Path], None]:
    """Puts the inverse of another training in the place of the right one."""

    def edit(folder: Path) -> None:
        shutil.copyfile(source(), artifact_path(folder, "onnx", "inverse", "fp32"))

    return edit


def goldens_of(edit: Callable[[Path], None]) -> Callable[[Path], None]:
    """Another edit, and goldens made anew by the graphs that it broke."""

    def both(folder: Path) -> None:
        edit(folder)
        _make_goldens(folder)

    return both


def alone(edit: Callable[[Path], None]) -> Callable[[Path], None]:
    """Another edit, in a bundle without reference, and goldens made anew: all in it agree."""

    def both(folder: Path) -> None:
        keep_artifacts(folder, lambda artifact: artifact.format == "onnx")
        goldens_of(edit)(folder)

    return both


def _make_goldens(folder: Path) -> None:
    hash_again(folder)
    broken = Filter.open(folder, runtime="onnx")
    for golden in broken.bundle.manifest.goldens:
        photo = read_photo(folder / golden.photo)
        output = read_photo(folder / golden.output).pixels if golden.output else None
        filtered = broken.run("forward", photo.pixels, golden.parameters, output=output)
        for path, pixels in ((golden.filtered, filtered), (golden.restored, broken.restore(filtered))):
            write_photo(folder / path, replace(photo, pixels=pixels))
