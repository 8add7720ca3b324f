"""`.cube` tables: nodes are met exactly, and between them lies what the two interpolations say."""

from pathlib import Path

import numpy as np
import pytest

from unfilter.errors import UnfilterError
from unfilter_training.sources import filtered, open_source, parse

CORNERS = np.random.default_rng(0).uniform(0, 1, (2, 2, 2, 3))
"""Of a 3D table of two nodes a side, by blue, green, red: red runs fastest in the file."""


def written(path: Path, head: str, rows: np.ndarray) -> str:
    lines = "\n".join(" ".join(f"{value:.6f}" for value in row) for row in rows.reshape(-1, 3))
    path.write_text(f"# a comment\n{head}\n{lines}\n")
    return str(path)


@pytest.fixture
def cube(tmp_path: Path) -> str:
    return written(tmp_path / "look.cube", 'TITLE "a look"\nLUT_3D_SIZE 2', CORNERS)


def trilinear(r: float, g: float, b: float) -> np.ndarray:
    weights = [(1 - place, place) for place in (b, g, r)]
    return np.einsum("i,j,k,ijkc->c", *weights, CORNERS)


def tetrahedral(r: float, g: float, b: float) -> np.ndarray:
    """From black to white, along the axes in the order of how far they lead."""
    result, at = CORNERS[0, 0, 0].copy(), [0, 0, 0]
    for place, axis in sorted(((r, 2), (g, 1), (b, 0)), reverse=True):
        before = CORNERS[tuple(at)]
        at[axis] = 1
        result = result + place * (CORNERS[tuple(at)] - before)
    return result


@pytest.mark.parametrize(("between", "reference"), [("trilinear", trilinear), ("tetrahedral", tetrahedral)])
def test_between_nodes_lies_what_the_interpolation_says(cube: str, between: str, reference: object) -> None:
    source = open_source(parse(cube).model_copy(update={"interpolation": between}))
    photo = np.random.default_rng(1).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    expected = np.array([[reference(*pixel) for pixel in row] for row in photo / 255])  # type: ignore[operator]
    np.testing.assert_allclose(filtered(source, photo), expected, atol=2e-3)


def test_a_1d_table_is_a_curve_for_each_channel(tmp_path: Path) -> None:
    levels = np.linspace(0, 1, 9)
    rows = np.stack([levels**2, 1 - levels, levels], axis=1)
    source = open_source(parse(written(tmp_path / "curve.cube", "LUT_1D_SIZE 9", rows)))
    photo = np.arange(256, dtype=np.uint8)[None, :, None].repeat(3, axis=2)
    values = photo[0, :, 0] / 255
    expected = np.stack([np.interp(values, levels, column) for column in rows.T], axis=1)
    np.testing.assert_allclose(filtered(source, photo)[0], expected, atol=2e-3)


def test_what_is_no_table_is_refused_in_a_line(tmp_path: Path) -> None:
    path = tmp_path / "look.cube"
    path.write_text("LUT_3D_SIZE 4\n0 0 0\n")
    with pytest.raises(UnfilterError, match=r"look\.cube: is no \.cube table"):
        open_source(parse(str(path)))


def test_a_table_that_was_changed_is_not_the_recipe_s(cube: str) -> None:
    specification = parse(cube)
    written(Path(cube), "LUT_3D_SIZE 2", 1 - CORNERS)
    with pytest.raises(UnfilterError, match="is not the file that the recipe was written for"):
        open_source(specification)
