"""What the README shows is what the project gives."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from unfilter import Bundle, Filter, read_photo
from unfilter_training import checkpoint
from unfilter_training.scoring import JPEG_QUALITIES
from unfilter_training.zoo import mean_score, table

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_pictures_come_from_the_shipped_checkpoint(shipped_bundle: Path) -> None:
    photo, filtered, restored = (read_photo(ROOT / "docs/pictures" / f"{n}.png") for n in ("photo", "filtered", "restored"))
    assert filtered.tag is not None
    assert filtered.tag.restoration == Bundle(shipped_bundle).manifest.restoration
    opened = Filter.open(shipped_bundle, runtime="onnx")
    # another machine's kernels may round a byte the other way
    for made, shown in ((opened.apply(photo.pixels), filtered), (opened.restore(filtered.pixels), restored)):
        difference = np.abs(made.astype(int) - shown.pixels.astype(int))
        assert difference.max() <= 1
        assert np.mean(difference) < 1e-3


@pytest.mark.parametrize("name", checkpoint.shipped())
def test_the_scores_are_those_of_the_cards(name: str) -> None:
    mean = mean_score(checkpoint.read_description(checkpoint.find(name)).scores)
    row = next(line for line in README.splitlines() if line.startswith(f"| `{name}` "))
    shown = (mean.unfiltered, mean.approximation, mean.restoration, mean.restoration_jpeg_420[JPEG_QUALITIES.index(80)])
    assert re.findall(r"\d+\.\d\d", row) == [f"{value:.2f}" for value in shown]


def test_the_table_of_filters_is_what_zoo_prints() -> None:
    names = [*checkpoint.shipped(), *checkpoint.research_only()]
    rows = table([checkpoint.read_description(checkpoint.find(name)) for name in names]).splitlines()
    page = (ROOT / "docs/filters.md").read_text(encoding="utf-8").splitlines()
    assert sorted(line for line in page if line.startswith("|")) == sorted(rows)


@pytest.mark.parametrize("session", ["convert", "tests", "train"])
def test_the_nox_sessions_that_the_readme_names_exist(session: str) -> None:
    assert f"nox -s {session}" in README
    assert f"def {session}(" in (ROOT / "noxfile.py").read_text(encoding="utf-8")


def test_every_file_that_the_readme_links_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_extras_that_the_readme_names_exist() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert set(re.findall(r"unfilter\[(\w+)\]", README)) <= set(extras)


@pytest.mark.parametrize("name", [*checkpoint.shipped(), *checkpoint.research_only()])
def test_every_filter_has_a_sheet_that_a_page_shows(name: str) -> None:
    page, pictures = "docs/filters.md", "pictures/filters"
    if name in checkpoint.research_only():
        page, pictures = "research_only/README.md", "."
    sheet = (ROOT / page).parent / pictures / f"{name}.jpg"
    assert f"({pictures}/{name}.jpg)".replace("./", "") in (ROOT / page).read_text(encoding="utf-8")
    # photo, operator, filtered, restored and difference, side by side
    assert read_photo(sheet).pixels.shape[1] > 5 * read_photo(ROOT / "docs/pictures/photo.png").pixels.shape[1]
