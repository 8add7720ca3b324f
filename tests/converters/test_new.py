"""A newcomer's one command: a table and a folder of photos become a verified filter, which filters and restores."""

from pathlib import Path

import numpy as np
import pytest

import unfilter_converters
from unfilter.cli import main
from unfilter.format.bundle import Bundle
from unfilter.photo import read_photo, write_photo
from unfilter_converters import make

PHOTOS = Path(unfilter_converters.__file__).parent / "golden_photos"


@pytest.mark.parametrize("form", ["--guided", "learned"])
def test_one_command_makes_a_filter_of_a_table(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # formats that take no time, and tiles that are small: each format has tests of its own
    monkeypatch.setattr(make, "CONVERTERS", ("reference", "onnx"))
    monkeypatch.setattr("unfilter.run.runtimes.NAMES", ("onnx", "torch"))
    monkeypatch.setattr("unfilter_converters.source.TILE_OF_PYRAMIDS", 512)
    monkeypatch.setenv("UNFILTER_BUNDLES", str(tmp_path / "bundles"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photos").mkdir()
    for path in PHOTOS.glob("*.webp"):
        write_photo(tmp_path / f"photos/{path.stem}.png", read_photo(path))
    levels = [0, 0.5, 1]
    rows = "\n".join(f"{0.1 + 0.8 * r} {g} {b * 0.9}" for b in levels for g in levels for r in levels)
    (tmp_path / "warm.cube").write_text(f"LUT_3D_SIZE 3\n{rows}\n")
    places = ["--out", "training", "--bundles", "bundles", "--cache", "cache", "--pairs", "pairs", "--minutes", "0.0001"]
    guided = [form] if form == "--guided" else []
    assert main(["new", "warm", "--from", "warm.cube", "--photos", "photos", *guided, *places]) == 0
    said = capsys.readouterr().out
    assert "doing nothing scores" in said
    assert "hides nothing" in said
    assert "dB near the look" in said
    bundle = Bundle(tmp_path / "bundles/warm")
    assert bundle.manifest.guided == bool(guided)
    assert bundle.manifest.provenance.scores[0]["photos"] == "held out"
    assert (tmp_path / "training/warm/recipe.toml").exists()
    photo = "photos/coffee.png"
    output = ["--output", photo] if guided else []
    assert main(["apply", "--filter", "warm", *output, photo, "filtered.png"]) == 0
    assert main(["restore", "filtered.png", "back.png"]) == 0
    back, before = (read_photo(Path(path)).pixels.astype(float) for path in ("back.png", photo))
    assert np.square(back - before).mean() < 255**2 / 10**2  # hardly trained: 20 dB
