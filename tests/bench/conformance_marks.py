"""Makes `shared` of sdk/format/conformance: pictures as sites give them back, and what is found in each (R31 to R34).

Pictures are drawn here: smooth enough that their files are small, and with edges and texture, as photos have them.
"""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unfilter import Filter, read_photo
from unfilter.format.manifest import Provenance
from unfilter.format.mark import marked
from unfilter.jobs import Apply
from unfilter.jobs.recognition.arrival import cut
from unfilter.jobs.recognition.bars import inside
from unfilter.jobs.recognition.by_pixels import Candidate, on_card, recognise
from unfilter.jobs.recognition.mark_search import THRESHOLD, strongest, upright, without
from unfilter.photo import Photo

Fields = dict[str, Any]
Pixels = NDArray[np.uint8]
ONE, OTHER, STRANGER = "0" * 64, "1" * 64, "2" * 64
STEP = 13
"""Of a picture without its mark, every level of so many rows and columns is given: no divisor of a cell at any size."""

TOLERANCES = {"deviations": 0.02, "scale": 0.002, "levels": 1, "restored": 3, "db": 0.001}


def drawn(height: int, width: int) -> Pixels:
    """A sky over fields, and a disc."""
    rows, columns = np.mgrid[:height, :width].astype(np.float64)
    red = 90 + 70 * rows / height + 20 * np.sin(columns / 60)
    green = 110 + 60 * rows / height + 20 * np.sin(columns / 47 + 1)
    blue = 150 - 40 * rows / height + 15 * np.sin(rows / 55)
    levels = np.stack([red, green, blue], -1)
    levels[np.hypot(rows - height * 0.5, columns - width * 0.4) < height * 0.3] = (180, 120, 70)
    levels[np.abs(rows - height * 0.8) < height * 0.1] = (60, 90, 50)
    levels += (12 * np.sin(columns / 7 + rows / 11) * (rows > height * 0.55))[..., None]
    return np.clip(np.rint(levels), 0, 255).astype(np.uint8)


def saved(pixels: Pixels, quality: int = 75) -> bytes:
    Image.fromarray(pixels).save(file := BytesIO(), format="JPEG", quality=quality, subsampling="4:2:0")
    return file.getvalue()


def decoded(content: bytes) -> Pixels:
    return np.asarray(Image.open(BytesIO(content)).convert("RGB"))


def posted(restoration: str | None = ONE, height: int = 600, width: int = 800) -> Pixels:
    """A picture as it was saved, with a filter's mark."""
    pixels = drawn(height, width)
    return decoded(saved(pixels if restoration is None else marked(pixels, restoration), 90))


def resized(pixels: Pixels, scale: float, kernel: Image.Resampling = Image.Resampling.LANCZOS) -> Pixels:
    image = Image.fromarray(pixels)
    return np.asarray(image.resize((round(image.width * scale), round(image.height * scale)), kernel))


def on_a_screen(pixels: Pixels) -> Pixels:
    """At the top of a tall screen, between a white and a black bar, out of the middle."""
    height, width, _ = pixels.shape
    screen = np.zeros((1400, width + 60, 3), np.uint8)
    screen[:40] = 255
    screen[40 : 40 + height, 30 : 30 + width] = pixels
    return screen


PICTURES: dict[str, Callable[[], Pixels]] = {
    "whole.jpg": posted,
    "smaller.jpg": lambda: resized(posted(), 0.75, Image.Resampling.BILINEAR),
    "half.jpg": lambda: resized(posted(OTHER), 0.5),
    "cut.jpg": lambda: resized(posted()[5:-40, 9:-31], 0.6),
    "turned.jpg": lambda: np.rot90(resized(posted(), 0.75), 3),
    "mirrored.jpg": lambda: np.rot90(resized(posted(), 0.6)[:, ::-1], 1),
    "screen.jpg": lambda: on_a_screen(resized(posted(), 0.5)),
    "larger.jpg": lambda: resized(posted(ONE, 400, 520), 1.2, Image.Resampling.BICUBIC),
    "unmarked.jpg": lambda: posted(None),
    "stranger.jpg": lambda: resized(posted(STRANGER), 0.75),
    "least.png": lambda: drawn(96, 97),
    "too_few.png": lambda: drawn(95, 120),
    "one_pixel.png": lambda: drawn(1, 1),
    "thin.png": lambda: np.full((30, 20_000, 3), 90, np.uint8),
}
"""By the name of a file: the picture that is in it."""

TAKEN_OFF = ("smaller.jpg", "half.jpg", "mirrored.jpg")

CARDS: tuple[list[Fields], ...] = (
    [{"set": "kodak", "count": 24, "shared": [33.0, 31.0], "arrived": [30.0, 31.5]}],
    [
        {"set": "kodak", "count": 3, "shared": [33.0, 31.0], "arrived": [30.0, 29.0]},
        {"set": "other", "count": 1, "shared": [37.0, 32.0], "arrived": [31.0, 30.0]},
        {"set": "older"},
    ],
    [{"set": "kodak", "count": 24}],
)


def marks(folder: Path, fixture: Path) -> None:
    """Writes the pictures and `marks.json` into `folder`; `fixture` is the bundle of the file that is restored."""
    folder.mkdir(exist_ok=True)
    cases = []
    for name, make in PICTURES.items():
        pixels = make()
        if name.endswith("jpg"):
            (folder / name).write_bytes(saved(pixels))
        else:
            Image.fromarray(pixels).save(folder / name, optimize=True)
        cases.append({"name": name, "path": f"shared/{name}"} | found(read_photo(folder / name).pixels, name in TAKEN_OFF))
    says = {
        "restorations": [OTHER, ONE],
        "threshold": THRESHOLD,
        "tolerances": TOLERANCES,
        "pictures": cases,
        "expectations": [expected(scores, scale) for scores in CARDS for scale in (1.0, 0.7, 0.5, 0.3)],
        "restored": restored(folder, fixture),
    }
    (folder / "marks.json").write_text(json.dumps(says, separators=(",", ":")) + "\n")


def found(pixels: Pixels, taken_off: bool) -> Fields:
    """What is found in a picture, and where it does not count in what lies within bars."""
    part = None
    mark = strongest(pixels, [ONE, OTHER])
    if (mark is None or mark.deviations < THRESHOLD) and (part := inside(pixels)):
        within = strongest(pixels[part], [ONE, OTHER])
        mark, part = (within, part) if within and within.deviations >= THRESHOLD else (mark, None)
    if mark is None:
        return {"mark": None, "counts": False}
    if mark.deviations < THRESHOLD:  # which of many weak ones is the strongest may hang on a rounding
        return {"mark": {"deviations": round(mark.deviations, 4)}, "counts": False}
    told: Fields = {"restoration": mark.restoration, "deviations": round(mark.deviations, 4), "scale": round(mark.scale, 5)}
    case: Fields = {"mark": told | {"turns": mark.turns, "mirrored": mark.mirrored}, "counts": True}
    if part:
        case["inside"] = [part[0].start, part[0].stop, part[1].start, part[1].stop]
    if taken_off:
        freed = without(upright(pixels, mark.turns, mark.mirrored), mark.restoration, mark.scale)
        height, width, _ = freed.shape
        case["without"] = {"height": height, "width": width, "step": STEP, "blue": freed[::STEP, ::STEP, 2].tolist()}
    return case


def expected(scores: list[Fields], scale: float) -> Fields:
    """PSNR to expect by the scores of a card; null where it says nothing."""
    card = Candidate("any", ONE, None, on_card(Provenance.model_construct(scores=scores)))
    restored_db, arrived_db = card.quality(np.empty((0, 0)), scale)
    return {"scores": scores, "scale": scale, "restored": restored_db, "arrived": arrived_db}


def restored(folder: Path, fixture: Path) -> Fields:
    """A file that a filter made, with its mark, at half the size, and what becomes of it."""
    chosen = Filter.open(fixture, runtime="onnx")
    filtered = Apply(chosen.graphs, mark=True).in_memory(Photo(drawn(600, 800), "png"), "png")
    (folder / "filtered.jpg").write_bytes(saved(resized(decoded(saved(filtered.pixels, 90)), 0.5)))
    photo = read_photo(folder / "filtered.jpg")
    recognition = recognise(photo.pixels, [Candidate.of(chosen.graphs.bundle)])
    pixels = chosen.restore(cut(photo, recognition).pixels)
    height, width, _ = pixels.shape
    sampled = {"height": height, "width": width, "step": STEP, "levels": pixels[::STEP, ::STEP].tolist()}
    case = {"path": "shared/filtered.jpg", "bundle": "bundle-variable", "verdict": recognition.origin.value}
    return case | {"scale": recognition.scale} | sampled
