"""How often marks are found, and how far forged ones are told, as tables in Markdown (docs/sharing.md).

python tests/bench/marks.py foreign PHOTOS --every 5    # photos that nobody marked, asked for every filter that ships
python tests/bench/marks.py chains PHOTOS --every 3     # marked files after what sites, people and screens do to them
python tests/bench/marks.py filters PHOTOS --every 5    # the same by filter, of what sites do
python tests/bench/marks.py landing PHOTOS --every 5 --filters cpd bwp    # shared files, and photos with a forged mark

Networks run in torch, whole; each photo is filtered by one of the filters that mark by default, in turn. Nothing is drawn at
random but noise, by a seed.
"""

import argparse
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unfilter.format.mark import marked
from unfilter.jobs.recognition.bars import inside
from unfilter.jobs.recognition.landing import MOST, SIDE, block_means
from unfilter.jobs.recognition.mark_search import THRESHOLD, Mark, strongest
from unfilter_converters.restoration_id import restoration_id_of
from unfilter_training import checkpoint
from unfilter_training.chains import CHAINS, Chain
from unfilter_training.network.whole_photo import run_whole
from unfilter_training.photo_sets.plain import PLAIN
from unfilter_training.scoring import task

Pixels = NDArray[np.uint8]

LARGEST = 1024
"""Longer side of the photos, pixels at most: larger ones are cut to their middle."""


def saved(pixels: Pixels, quality: int = 75, subsampling: str = "4:2:0") -> Pixels:
    Image.fromarray(np.ascontiguousarray(pixels)).save(file := BytesIO(), "JPEG", quality=quality, subsampling=subsampling)
    return np.asarray(Image.open(file))


def resized(pixels: Pixels, scale: float, kernel: Image.Resampling = Image.Resampling.LANCZOS) -> Pixels:
    height, width = (max(1, round(length * scale)) for length in pixels.shape[:2])
    return np.asarray(Image.fromarray(np.ascontiguousarray(pixels)).resize((width, height), kernel))


def barred(pixels: Pixels, level: int, rows: int, columns: int) -> Pixels:
    return np.pad(pixels, ((rows, rows), (columns, columns), (0, 0)), constant_values=level)


def cropped(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    return pixels[37 : height - 50, 53 : width - 21]


def of_a_screen(pixels: Pixels) -> Pixels:
    """Light of a screen's stripes of colour, sampled by a camera at another pitch, with its own tones and noise."""
    large = resized(pixels, 3, Image.Resampling.BOX).astype(np.float32) / 255
    for channel in range(3):  # one stripe of three lights up in each colour
        stripes = np.full(large.shape[1], 0.25, np.float32)
        stripes[channel::3] = 1
        large[..., channel] *= stripes
    light = np.clip(large**2.2 * 2 * 255, 0, 255).astype(np.uint8)
    taken = (resized(light, 0.29, Image.Resampling.BILINEAR).astype(np.float32) / 255) ** (1 / 2.4)
    noise = np.random.default_rng(0).normal(0, 0.015, taken.shape).astype(np.float32)
    return np.clip((taken + noise) * 255, 0, 255).astype(np.uint8)


WAYS: dict[str, Callable[[Pixels], Pixels]] = {
    "JPEG 75": saved,
    "x 0.75, JPEG 75": lambda pixels: saved(resized(pixels, 0.75)),
    "x 0.5, JPEG 75": lambda pixels: saved(resized(pixels, 0.5)),
    "x 0.4, JPEG 75": lambda pixels: saved(resized(pixels, 0.4)),
    "cropped off the grid, JPEG 75": lambda pixels: saved(cropped(pixels)),
    "black bars above and below, JPEG 75": lambda pixels: saved(barred(pixels, 0, 90, 0)),
    "white bars on both sides, JPEG 75": lambda pixels: saved(barred(pixels, 255, 0, 70)),
    "mirrored and turned, JPEG 75": lambda pixels: saved(np.rot90(pixels[:, ::-1])),
    "screenshot: x 0.9 bicubic, black bars, JPEG 80": lambda pixels: saved(
        barred(resized(pixels, 0.9, Image.Resampling.BICUBIC), 0, 120, 0), 80
    ),
    "photo of a screen (stripes, another pitch, tones, noise), JPEG 85": lambda pixels: saved(of_a_screen(pixels), 85),
}


class Filters:
    """Networks of the filters that ship, opened when first needed."""

    def __init__(self) -> None:
        loaded = {name: checkpoint.load(checkpoint.find(name)) for name in checkpoint.shipped_and_guided()}
        self.ids = {restoration_id_of(network): name for name, (network, _) in loaded.items()}  # type: ignore[arg-type]
        self._loaded = loaded

    @property
    def marking(self) -> list[str]:
        """Those that mark by default, and filter without being told anything."""
        return [
            name
            for name, (network, described) in self._loaded.items()
            if name != "bwp" and not network.takes_output and not described.recipe.hyper_parameters
        ]

    @property
    def learned(self) -> list[str]:
        """Those that make their look themselves; with hyper-parameters, at their defaults."""
        return [name for name, (network, _) in self._loaded.items() if not network.takes_output]

    def id_of(self, name: str) -> str:
        return next(each for each, known in self.ids.items() if known == name)

    def run(self, name: str, direction: str, pixels: Pixels) -> Pixels:
        network, described = self._loaded[name]
        values = task(described.recipe, {}, checkpoint.find(name)).normalised if direction == "forward" else ()
        return run_whole(network, direction, pixels, values)  # type: ignore[arg-type]


def photos(folder: Path, every: int, largest: int = LARGEST) -> Iterator[Pixels]:
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".jpg", ".png"))
    for path in files[::every]:
        pixels = PLAIN.read(path)
        yield _middle(pixels, largest)


def found_in(pixels: Pixels, ids: list[str]) -> Mark | None:
    """The mark that counts, in the whole picture or within bars."""
    for part in (None, inside(pixels)):
        mark = strongest(pixels if part is None else np.ascontiguousarray(pixels[part]), ids)
        if mark is not None and mark.deviations >= THRESHOLD:
            return mark
        if part is None and inside(pixels) is None:
            break
    return None


def foreign(folder: Path, every: int, _: list[str]) -> None:
    ids = list(Filters().ids)
    marks = [strongest(pixels, ids) for pixels in photos(folder, every)]
    deviations = np.array([mark.deviations for mark in marks if mark is not None])
    passed = int((deviations >= THRESHOLD).sum())
    print("| photos | filters asked for | pass | strongest mark, deviations |\n|---|---|---|---|")
    print(f"| {len(deviations)} | {len(ids)} | {passed} | median {np.median(deviations):.1f}, most {deviations.max():.1f} |")


def chains(folder: Path, every: int, names: list[str]) -> None:
    filters, ways = Filters(), {name: [] for name in WAYS}  # type: ignore[var-annotated]
    names = names or filters.marking
    for index, photo in enumerate(photos(folder, every)):
        name = names[index % len(names)]
        made = filters.run(name, "forward", photo)
        file = saved(marked(made, filters.id_of(name)), 95, "4:4:4")
        for way, change in WAYS.items():
            mark = found_in(change(file), list(filters.ids))
            ways[way].append(None if mark is None else filters.ids[mark.restoration] == name)
    print("| what became of it | files | found | as another filter |\n|---|---|---|---|")
    for way, verdicts in ways.items():
        print(f"| {way} | {len(verdicts)} | {verdicts.count(True)} | {verdicts.count(False)} |")


def by_filter(folder: Path, every: int, names: list[str]) -> None:
    filters = Filters()
    ids, ways = list(filters.ids), list(WAYS)[:4]
    print("| filter | files | " + " | ".join(ways) + " |\n" + "|---" * (2 + len(ways)) + "|")
    pictures = list(photos(folder, every, 768))
    for name in names or filters.learned:
        found = dict.fromkeys(ways, 0)
        for photo in pictures:
            file = saved(marked(filters.run(name, "forward", photo), filters.id_of(name)), 95, "4:4:4")
            for way in ways:
                mark = found_in(WAYS[way](file), ids)
                found[way] += mark is not None and filters.ids[mark.restoration] == name
        print(f"| `{name}` | {len(pictures)} | " + " | ".join(str(found[way]) for way in ways) + " |", flush=True)


def landing(folder: Path, every: int, names: list[str]) -> None:
    filters = Filters()
    print("| filter | shared files | refused | farthest, levels | photos with its mark | refused | nearest |")
    print("|---|---|---|---|---|---|---|")
    for name in names or [*filters.marking, "bwp"]:
        own, forged = [], []
        for photo in photos(folder, every, 640):
            made = filters.run(name, "forward", photo)
            for way in (*CHAINS, Chain(85, 0.4, 70)):
                for pixels, distances in ((made, own), (photo, forged)):
                    arrived = _middle(_through(way, pixels))
                    again = filters.run(name, "forward", filters.run(name, "inverse", arrived))
                    difference = block_means(again) - block_means(arrived)
                    distances.append(float(np.sqrt(np.square(difference).mean())))
        refused = [sum(away > MOST for away in distances) for distances in (own, forged)]
        print(
            f"| `{name}` | {len(own)} | {refused[0]} | {max(own):.1f} | {len(forged)} | {refused[1]} | {min(forged):.1f} |",
            flush=True,
        )


def _middle(pixels: Pixels, side: int = SIDE) -> Pixels:
    top, left = (max(0, (length - side) // 2) for length in pixels.shape[:2])
    return np.ascontiguousarray(pixels[top : top + side, left : left + side])


def _through(chain: Chain, pixels: Pixels) -> Pixels:
    return saved(resized(saved(pixels, chain.saved), chain.scale), chain.posted)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    tables = {"foreign": foreign, "chains": chains, "filters": by_filter, "landing": landing}
    parser.add_argument("table", choices=tables)
    parser.add_argument("photos", type=Path, metavar="PHOTOS", help="folder of photos")
    parser.add_argument("--every", type=int, default=1, help="take every so manieth photo (1)")
    parser.add_argument(
        "--filters", nargs="+", default=[], metavar="FILTER", help="of marked and of shared files (all that can be)"
    )
    arguments = parser.parse_args()
    tables[arguments.table](arguments.photos, arguments.every, arguments.filters)


if __name__ == "__main__":
    main()
