"""`unfilter quantisation` as a user calls it: tables are learned, written where they pay, and measured."""

from argparse import ArgumentParser
from pathlib import Path

import numpy as np
import pytest

from unfilter.errors import BundleError, UnfilterError
from unfilter.format.quantisation import ANNEX_K
from unfilter.photo import Photo, read_photo, write_photo
from unfilter_training import checkpoint
from unfilter_training.commands import quantisation
from unfilter_training.network import QuasiInvertibleNetwork
from unfilter_training.quantisation import crops, measured
from unfilter_training.quantisation.learned import FILE, Learned, read_learned

GOLDEN = Path(__file__).parents[3] / "converters/unfilter_converters/golden_photos/coffee.webp"


@pytest.fixture
def small(small_network: QuasiInvertibleNetwork, tmp_path: Path) -> Path:
    """Of an operator that takes no time."""
    shipped = checkpoint.read_description(checkpoint.find("exposure"))
    description = shipped.model_copy(update={"filter": "tiny", "network": small_network.config})
    checkpoint.save(tmp_path / "tiny", small_network, description)
    return tmp_path / "tiny"


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Eight crops of 48 pixels."""
    monkeypatch.setattr(crops, "SIDE", 48)
    monkeypatch.setattr(measured, "SIDE", 48)
    pixels = read_photo(GOLDEN).pixels
    (folder := tmp_path / "photos").mkdir()
    for index in range(8):
        cut = np.ascontiguousarray(pixels[20 * index : 20 * index + 60, 90 : 90 + 70])
        write_photo(folder / f"{index}.png", Photo(cut))
    return folder


def run(*arguments: object) -> int:
    """Through the command's own parser: the entry point of an installation of older days may lack it."""
    quantisation.add_arguments(parser := ArgumentParser())
    return quantisation.run(parser.parse_args([str(argument) for argument in arguments]))


def write(folder: Path, **changes: object) -> None:
    digest = checkpoint.read_description(folder).weights_sha256
    learned = Learned(weights_sha256=digest, photos=3, saved={"4:4:4": 0.1}, tables={"4:4:4": ANNEX_K})
    (folder / FILE).write_text(learned.model_copy(update=changes).model_dump_json())


def test_tables_that_pay_are_written_beside_those_of_the_other_subsampling(
    small: Path, photos: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(small)
    monkeypatch.setattr(quantisation, "LEAST", -1.0)
    monkeypatch.setattr(quantisation, "LOST", 10.0)
    assert run("learn", photos, small, "--subsampling", "4:2:0") == 0
    learned = read_learned(small / FILE)
    assert (learned.photos, sorted(learned.tables), learned.tables["4:4:4"]) == (2, ["4:2:0", "4:4:4"], ANNEX_K)
    assert learned.weights_sha256 == checkpoint.read_description(small).weights_sha256
    assert "written" in capsys.readouterr().out
    assert run("measured", photos, small) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("|")[1:3] for line in lines[2:]] == [[" `tiny` ", " 4:4:4 "], [" `tiny` ", " 4:2:0 "]]


def test_tables_that_do_not_pay_are_not_written_and_older_ones_go(
    small: Path, photos: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantisation, "LEAST", 2.0)
    write(small, tables={"4:2:0": ANNEX_K, "4:4:4": ANNEX_K})
    assert run("learn", photos, small, "--subsampling", "4:2:0") == 0
    assert sorted(read_learned(small / FILE).tables) == ["4:4:4"]
    assert "not written" in capsys.readouterr().out
    assert run("learn", photos, small) == 0
    assert not (small / FILE).exists()


def test_what_can_have_no_tables_is_refused_in_one_line(small: Path, photos: Path) -> None:
    for path in sorted(photos.iterdir())[4:]:
        path.unlink()
    with pytest.raises(UnfilterError, match="4 photos are too few to learn from and to judge by: give 8"):
        run("learn", photos, small)
    with pytest.raises(UnfilterError, match="is guided"):
        run("learn", photos, "any")
    with pytest.raises(
        BundleError, match=r"quantisation\.json: cannot be read .*; learn with `unfilter quantisation learn`$"
    ):
        run("measured", photos, small)
    (small / FILE).write_text('{"version": 2}')
    with pytest.raises(BundleError, match=r"quantisation\.json: version: .*; learn again with"):
        run("measured", photos, small)
    write(small, weights_sha256="f" * 64)
    with pytest.raises(BundleError, match=r"quantisation\.json: is for other weights; learn again with"):
        run("measured", photos, small)
    with pytest.raises(UnfilterError, match="no photos"):
        run("learn", small, small)


@pytest.mark.parametrize("name", [*checkpoint.shipped(), *checkpoint.research_only()])
def test_no_tables_lie_beside_other_weights_than_their_own(name: str) -> None:
    if (path := checkpoint.find(name) / FILE).exists():
        assert read_learned(path).weights_sha256 == checkpoint.read_description(path.parent).weights_sha256
