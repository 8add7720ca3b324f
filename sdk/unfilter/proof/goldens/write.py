"""Goldens of a bundle: a few small photos through the filter, and what goes with them."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unfilter.files import new_folder
from unfilter.format.remainder import aligned_size
from unfilter.format.rounding import to_bytes
from unfilter.format.tiles import Span, TilePlan, spans
from unfilter.jobs.filter import Filter
from unfilter.proof.goldens.cases import write_files
from unfilter.proof.goldens.jpegs import write_jpegs
from unfilter.proof.goldens.look import golden_look
from unfilter.proof.goldens.schema import NAME, Goldens, PhotoGolden, PlanGolden, RoundingGolden

TOLERANCE = 1
"""Levels. Graphs of one precision differ by 1e-5 at most (`unfilter.proof.fidelity.tolerances`), which turns a rounding
over.
"""

CASES = "odd"
"""Name of the photo that the files are made of."""

MEGAPIXELS_48 = (6048, 8064)


def write_goldens(chosen: Filter, pixels: NDArray[np.uint8], folder: Path) -> Goldens:
    """Write `goldens.json` and its files into the new folder `folder`: what `chosen` makes of parts of `pixels` (uint8 RGB).

    Law: the same bundle, photo, runtime and machine give the same bytes.

    A guided filter gets `golden_look` of each part as its output.

    Raises:
        FileNotFoundError: the folder that `folder` lies in does not exist.
        OSError: `folder` exists.
    """
    manifest = chosen.bundle.manifest
    with new_folder(folder) as temporary:
        (temporary / "photos").mkdir()
        photos = tuple(
            _photo(chosen, name, _cut(pixels, height, width, index), index, temporary)
            for index, (name, (height, width)) in enumerate(sizes(manifest.tiles).items())
        )
        cases = next(photo for photo in photos if photo.name == CASES)
        goldens = Goldens(
            filter=manifest.filter,
            restoration=manifest.restoration,
            runtime=chosen.runtime,
            precision=chosen.precision,
            tolerance=TOLERANCE,
            tiles=manifest.tiles,
            photos=photos,
            files=write_files(chosen, cases, temporary),
            jpegs=write_jpegs(chosen, cases, temporary),
            plans=plans(manifest.tiles),
            roundings=roundings(),
        )
        (temporary / NAME).write_text(goldens.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return goldens


def sizes(plan: TilePlan) -> dict[str, tuple[int, int]]:
    """Height and width of each photo: below a cell, a cell, within a tile, and strips of two tiles, either way."""
    strip, cell = plan.tile + 33, plan.alignment
    return {
        "line": (1, 5),
        "cell": (cell, cell),
        "even": (24 * cell, 32 * cell),
        CASES: (51, 67),
        "wide": (25, strip),
        "tall": (strip, 24),
    }


def plans(plan: TilePlan) -> tuple[PlanGolden, ...]:
    """Tiles of photos of all kinds of sizes, for graphs of free and of fixed size."""
    tile, cell = plan.tile, plan.alignment
    shown = [(1, 1), (cell, cell + 1), (51, 67), (tile, tile), (tile - cell, tile + cell), (tile + 1, 2 * tile + 1)]
    return tuple(
        PlanGolden(
            height=height,
            width=width,
            fixed_size=fixed_size,
            rows=_numbers(spans(rows, plan, fixed_size)),
            columns=_numbers(spans(columns, plan, fixed_size)),
        )
        for height, width in (*shown, (3024, 4032), MEGAPIXELS_48)
        for rows, columns in [aligned_size(height, width, cell)]
        for fixed_size in (False, True)
    )


def roundings() -> tuple[RoundingGolden, ...]:
    """Where rules of rounding part: halves and their neighbours, both ends, beyond them, and what is no number."""
    halves = (np.array([0, 1, 2, 63, 126, 127, 128, 253, 254], np.float32) + np.float32(0.5)) / np.float32(255)
    values = [halves, np.nextafter(halves, np.float32(0)), np.nextafter(halves, np.float32(1))]
    special = np.array([0, -0.0, 1, 0.5, -0.25, 1.25, -np.inf, np.inf, np.nan, 1e-30], np.float32)
    floats = np.concatenate([*values, special, np.arange(0, 256, 15, dtype=np.float32) / np.float32(255)])
    return tuple(
        RoundingGolden(bits=int(bits), level=int(level))
        for bits, level in zip(floats.view(np.uint32), to_bytes(floats), strict=True)
    )


def _photo(chosen: Filter, name: str, pixels: NDArray[np.uint8], index: int, folder: Path) -> PhotoGolden:
    taken = chosen.hyper_parameters
    chosen_values = [(index + turn) % 3 / 2 for turn, _ in enumerate(taken)]
    parameters = {one.name: one.value(normalised) for one, normalised in zip(taken, chosen_values, strict=True)}
    look = golden_look(pixels) if chosen.bundle.manifest.guided else None
    filtered = chosen.run("forward", pixels, parameters, output=look)
    pictures = {"": pixels, ".filtered": filtered, ".restored": chosen.restore(filtered)}
    if look is not None:
        pictures[".output"] = look
    paths = {part: f"photos/{name}{part}.rgb" for part in pictures}
    for part, path in paths.items():
        (folder / path).write_bytes(pictures[part].tobytes())
    return PhotoGolden(
        name=name,
        height=pixels.shape[0],
        width=pixels.shape[1],
        parameters=parameters,
        places=tuple(one.normalise(parameters[one.name]) for one in taken),
        photo=paths[""],
        output=paths.get(".output"),
        filtered=paths[".filtered"],
        restored=paths[".restored"],
    )


def _cut(pixels: NDArray[np.uint8], height: int, width: int, index: int) -> NDArray[np.uint8]:
    """Another part of the photo for each `index`; beyond its edges it is mirrored."""
    moved = np.roll(pixels, (-31 * index, -47 * index), axis=(0, 1))
    more = ((0, max(0, height - pixels.shape[0])), (0, max(0, width - pixels.shape[1])), (0, 0))
    return np.ascontiguousarray(np.pad(moved, more, mode="symmetric")[:height, :width])


def _numbers(some: list[Span]) -> tuple[tuple[int, int, int, int], ...]:
    return tuple((span.start, span.stop, span.keep_start, span.keep_stop) for span in some)
