"""What the README shows is what the project gives."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from unfilter import Bundle, Filter, read_photo
from unfilter_training import checkpoint

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


def test_the_scores_are_those_of_the_card() -> None:
    scores = {score.photos: score for score in checkpoint.read_description(checkpoint.find("l0")).scores}
    kodak = scores["kodak"]
    row = next(line for line in README.splitlines() if line.startswith("| `l0`"))
    assert re.findall(r"(\d+\.\d\d) dB", row) == [
        f"{value:.2f}" for value in (kodak.approximation, kodak.unfiltered, kodak.restoration)
    ]


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
