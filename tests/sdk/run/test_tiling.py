"""Laws: kept parts cover a photo exactly once, away from inner sides; tiled equals untiled; one tile in memory at a time."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from unfilter.format.artifact import Direction
from unfilter.format.rounding import to_bytes, to_floats
from unfilter.format.tiles import TilePlan, spans, tiles
from unfilter.jobs.filter import Filter
from unfilter.photo import read_photo
from unfilter.run.runtimes import Graph
from unfilter.run.tiling import run_tiles


@st.composite
def plans(draw: st.DrawFn) -> TilePlan:
    alignment = draw(st.integers(1, 4))
    grid = draw(st.sampled_from([None, 2 * alignment, 4 * alignment]))
    cell = grid or alignment
    halo = cell * draw(st.integers(0, 5))
    return TilePlan(tile=2 * halo + cell * draw(st.integers(1, 6)), halo=halo, alignment=alignment, grid=grid)


@given(plans(), st.integers(0, 5), st.integers(0, 80), st.booleans())
def test_forward_graphs_are_cut_by_their_own_halo_and_compute_no_more(
    plan: TilePlan, cells: int, length: int, fixed_size: bool
) -> None:
    narrower = min(plan.halo, cells * plan.step)
    both = TilePlan(**plan.model_dump(), forward_halo=narrower)
    forward = TilePlan(**plan.model_dump() | {"halo": narrower})
    assert both.of("forward") == forward
    assert both.of("inverse") == plan
    assert plan.of("forward") == plan
    pixels = length * plan.alignment
    counts = [len(spans(pixels, one, fixed_size)) for one in (forward, plan)]
    assert counts[0] <= counts[1]


@given(plans(), st.integers(0, 80), st.booleans())
def test_kept_parts_cover_a_line_exactly_once(plan: TilePlan, cells: int, fixed_size: bool) -> None:
    length = cells * plan.alignment
    kept = [pixel for span in spans(length, plan, fixed_size) for pixel in range(span.keep_start, span.keep_stop)]
    assert kept == list(range(length))


@given(plans(), st.integers(1, 80), st.booleans())
def test_kept_pixels_are_a_halo_away_from_inner_sides(plan: TilePlan, cells: int, fixed_size: bool) -> None:
    length = cells * plan.alignment
    for span in spans(length, plan, fixed_size):
        assert span.start == 0 or span.keep_start - span.start >= plan.halo
        assert span.stop == length or span.stop - span.keep_stop >= plan.halo
        assert span.start <= span.keep_start < span.keep_stop <= span.stop


@given(plans(), st.integers(1, 80), st.booleans())
def test_tiles_are_aligned_inside_the_photo_and_no_larger_than_planned(plan: TilePlan, cells: int, fixed_size: bool) -> None:
    length = cells * plan.alignment
    for span in spans(length, plan, fixed_size):
        assert 0 <= span.start < span.stop <= length
        assert span.stop - span.start == min(length, plan.tile) or not fixed_size or (plan.grid and span.stop == length)
        assert span.start % (plan.grid or plan.alignment) == 0
        assert span.stop - span.start <= plan.tile
        assert span.start % plan.alignment == span.stop % plan.alignment == 0


@given(plans(), st.integers(1, 80))
def test_tiles_of_free_size_are_as_many_of_one_size_and_compute_no_more(plan: TilePlan, cells: int) -> None:
    planned, free = (spans(cells * plan.alignment, plan, fixed_size) for fixed_size in (True, False))
    assert len(free) <= len(planned)
    assert len({span.stop - span.start for span in (free[:-1] if plan.grid else free)}) <= 1
    computed = [sum(span.stop - span.start for span in some) for some in (planned, free)]
    assert computed[1] <= computed[0]


def test_what_is_computed_twice_hardly_depends_on_the_size_of_the_photo() -> None:
    """So that megapixels per second do not."""
    plan = TilePlan(tile=768, halo=60, alignment=2)
    shares = []
    for height, width in ((864, 1152), (3024, 4032), (4248, 5664), (6048, 8064)):
        computed = sum(
            (t.rows.stop - t.rows.start) * (t.columns.stop - t.columns.start) for t in tiles(height, width, plan, False)
        )
        shares.append(computed / height / width)
    mean = sum(shares) / len(shares)
    assert all(0.9 * mean <= share <= 1.1 * mean for share in shares)


@pytest.mark.parametrize(
    ("length", "tile", "halo", "alignment"),
    [
        (33, 16, 2, 2),  # the length is not aligned
        (3, 16, 2, 2),  # the same below one tile
        (32, 8, 4, 2),  # nothing left to keep
        (32, 8, 6, 2),
        (32, 15, 2, 2),  # the tile is not aligned
        (32, 16, 3, 2),  # the halo is not aligned
    ],
)
def test_an_impossible_plan_is_refused(length: int, tile: int, halo: int, alignment: int) -> None:
    with pytest.raises(ValueError, match=r"multiple|leave nothing to keep"):
        spans(length, TilePlan(tile=tile, halo=halo, alignment=alignment))


@given(plans(), st.integers(1, 25), st.integers(1, 25))
def test_tiles_of_a_photo_put_together_are_the_photo_and_no_graph_sees_more_than_one(
    plan: TilePlan, rows: int, columns: int
) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (rows * plan.alignment, columns * plan.alignment, 3), dtype=np.uint8)
    seen: list[tuple[int, ...]] = []

    def spy(image: NDArray[np.float32]) -> NDArray[np.float32]:
        seen.append(image.shape)
        return image

    counts, together = np.zeros(pixels.shape[:2], int), np.zeros_like(pixels)
    for tile, values in run_tiles(spy, pixels, plan):
        counts[tile.keep] += 1
        together[tile.keep] = to_bytes(values)
    assert (counts == 1).all()
    np.testing.assert_array_equal(together, pixels)
    assert max(max(shape[:2]) for shape in seen) <= plan.tile
    assert len(seen) == len(tiles(*pixels.shape[:2], plan))


def test_tiles_are_run_one_at_a_time() -> None:
    runs = []
    results = run_tiles(
        lambda image: runs.append(0) or image, np.zeros((64, 64, 3), np.uint8), TilePlan(tile=16, halo=2, alignment=2)
    )
    next(results)
    assert len(runs) == 1


def tiled(graph: Graph, pixels: NDArray[np.uint8], plan: TilePlan) -> NDArray[np.float32]:
    whole = np.full(pixels.shape, np.nan, np.float32)
    for tile, values in run_tiles(graph, pixels, plan):
        whole[tile.keep] = values
    return whole


@pytest.fixture(scope="module")
def large_photo(golden_photos: Path) -> NDArray[np.uint8]:
    """Two real photos, six times side by side, 692 x 640: three rows of three tiles in the plan below."""
    coffee, rocket = (read_photo(golden_photos / name).pixels for name in ("coffee.webp", "rocket.webp"))
    left, right = (coffee, rocket, coffee), (rocket, coffee, coffee)
    return np.concatenate([np.concatenate(column) for column in (left, right)], axis=1)[:692]


@pytest.fixture
def small_plan(shipped_bundle: Path, open_filter: Callable[[str], Filter]) -> TilePlan:
    return open_filter("onnx").bundle.manifest.tiles.model_copy(update={"tile": 512})


@pytest.mark.parametrize("direction", ["forward", "inverse"])
@pytest.mark.parametrize("name", ["onnx", "torch"])
def test_tiled_equals_untiled_and_gives_the_same_bytes_again(
    name: str,
    direction: Direction,
    large_photo: NDArray[np.uint8],
    small_plan: TilePlan,
    open_filter: Callable[[str], Filter],
) -> None:
    graph, plan = open_filter(name).graph(direction), small_plan.of(direction)
    first = tiled(graph, large_photo, plan)
    np.testing.assert_allclose(first, graph(to_floats(large_photo)), rtol=0, atol=1e-5)
    np.testing.assert_array_equal(to_bytes(tiled(graph, large_photo, plan)), to_bytes(first))


def test_a_halo_below_the_receptive_field_would_show(
    large_photo: NDArray[np.uint8], small_plan: TilePlan, open_filter: Callable[[str], Filter]
) -> None:
    """Gives the test above its teeth."""
    graph = open_filter("onnx").graph("forward")
    narrow = small_plan.model_copy(update={"halo": 16})
    assert np.abs(tiled(graph, large_photo, narrow) - graph(to_floats(large_photo))).max() > 1e-4
