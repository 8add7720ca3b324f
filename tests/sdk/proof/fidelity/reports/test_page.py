"""Laws, in headless Chromium: the page needs nothing else; pictures are exact; a chosen pair is what is shown.

UNFILTER_SCREENSHOTS names a folder where the pages that were looked at are left, in light and dark, wide and narrow.
"""

import math
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from unfilter.format.artifact import Refused
from unfilter.photo import read_photo
from unfilter.proof.fidelity import FidelityReport, Regression, Verdict, psnr
from unfilter.proof.fidelity.gallery import Gallery, middle
from unfilter.proof.fidelity.reports.overview import write_overview
from unfilter.proof.fidelity.reports.page import page
from unfilter.run.delegates.coverage import Coverage, Evidence

MakeReport = Callable[..., FidelityReport]
Show = Callable[..., Any]
FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Show]:
    """Opens a page from a file, without network, and fails on any error or request that it makes."""
    contexts, said = [], []

    def opened(content: str, *, width: int = 1280, scheme: str = "light", name: str = "page.html") -> Any:
        (tmp_path / name).write_text(content, encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
        contexts.append(context)
        tab = context.new_page()
        tab.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.on("request", lambda asked: said.append(asked.url) if asked.url.startswith("http") else None)
        tab.goto((tmp_path / name).as_uri())
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert said == []


@pytest.fixture
def whole(make_report: MakeReport, shipped_bundle: Path) -> tuple[FidelityReport, Gallery]:
    """A report with everything in it, and pictures of two goldens; one pair restores other bytes than the reference."""
    gallery = Gallery()
    for name in ("chelsea", "coffee"):
        parts = ("", ".filtered", ".restored")
        photo, filtered, restored = (read_photo(shipped_bundle / f"goldens/{name}{part}.png").pixels for part in parts)
        gallery.begin(name, photo, filtered, restored)
        report = make_report(Verdict.UNVERIFIED, Verdict.FAIL, restored_db=43.0)
        for trip in report.round_trips:
            other = np.clip(restored.astype(int) + 3, 0, 255).astype(np.uint8)
            gallery.keep(trip.forward, trip.inverse, filtered, restored if trip.verdict is Verdict.PASS else other)
    taken = Coverage(
        path="inverse.onnx",
        runtime="onnx",
        delegate="webgpu",
        precision="fp32",
        direction="inverse",
        evidence=Evidence.PREDICTED,
        operations=40,
        taken=38,
        partitions=2,
        left=("Tanh",),
        source="https://example.org",
        note="",
    )
    nobody = taken.model_copy(
        update={"delegate": "qnn", "evidence": Evidence.NOT_ASKED, "taken": None, "partitions": None, "left": ()}
    )
    refused = Refused(format="onnx", precision="w8", reason="restores 6.50 dB less than the reference, 1 at most")
    return report.model_copy(update={"coverage": (taken, nobody), "refused": (refused,)}), gallery


def wait_for(tab: Any, by: str) -> None:
    tab.wait_for_selector(f'.stage[data-by="{by}"]')


def shown_pixels(tab: Any, part: str) -> np.ndarray:
    script = """part => { const canvas = document.querySelector(`[data-part=${part}] canvas`);
        const image = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return [image.height, image.width, Array.from(image.data)]; }"""
    height, width, values = tab.evaluate(script, part)
    return np.array(values, np.uint8).reshape(height, width, 4)[..., :3]


def test_pictures_are_exact_and_those_of_the_chosen_pair(
    whole: tuple[FidelityReport, Gallery], show: Show, shipped_bundle: Path
) -> None:
    tab = show(page(*whole))
    first = whole[1].shown[0]
    tab.click('[aria-label^="onnx fp32 to onnx fp32"]')
    wait_for(tab, "onnx fp32 → onnx fp32")
    for part in ("photo", "filtered", "restored"):
        assert np.array_equal(shown_pixels(tab, part), getattr(first, part))
    difference = np.minimum(255, np.abs(first.restored.astype(int) - first.photo) * 32)
    assert np.array_equal(shown_pixels(tab, "difference"), difference)
    tab.click('[aria-label^="onnx fp32 to mil fp16"]')
    wait_for(tab, "onnx fp32 → mil fp16")
    moved = shown_pixels(tab, "restored")
    assert np.array_equal(moved, np.clip(first.restored.astype(int) + 3, 0, 255))
    assert f"{psnr(moved, first.photo):.1f} dB" in tab.inner_text('[data-part="restored"]')
    tab.click('button:text-is("coffee")')  # of which only the reference's are kept
    wait_for(tab, "the reference")
    assert np.array_equal(shown_pixels(tab, "restored"), whole[1].shown[1].restored)


def test_a_failing_pair_is_chosen_first_and_its_numbers_are_shown(whole: tuple[FidelityReport, Gallery], show: Show) -> None:
    tab = show(page(*whole))
    assert tab.inner_text(".pill") == "✕ does not pass"
    assert "onnx fp32 → mil fp16" in tab.inner_text(".detail")
    assert tab.locator(".cell.over").count() == 3
    assert tab.locator(".alarm li").count() == len(whole[0].failures) == 3
    assert "predicted from vendor documentation" in tab.inner_text("main")
    tab.click('button:text-is("differing bytes")')
    assert tab.inner_text('[aria-label^="onnx fp32 to onnx fp32"]') == "1.00 %"


def test_the_slider_uncovers_and_the_magnification_magnifies(whole: tuple[FidelityReport, Gallery], show: Show) -> None:
    tab = show(page(*whole))
    wait_for(tab, "onnx fp32 → mil fp16")
    tab.focus(".stage input")
    tab.keyboard.press("Home")
    assert tab.evaluate("document.querySelector('.stage').style.getPropertyValue('--wipe')") == "0%"
    before = shown_pixels(tab, "difference").astype(int).sum()
    tab.focus('[aria-label="magnification of the difference"]')
    tab.keyboard.press("Home")
    assert tab.inner_text("output")[1:] == "1"
    assert shown_pixels(tab, "difference").astype(int).sum() < before / 4


def test_the_page_says_what_a_gpu_would_run_on_whose_word_and_what_does_not_ship(
    whole: tuple[FidelityReport, Gallery], show: Show
) -> None:
    tab = show(page(*whole))
    rows = tab.locator("section:has(h2:text('What a GPU or NPU would run')) tbody tr").all()
    assert [[cell.inner_text().strip() for cell in row.locator("th, td").all()] for row in rows] == [
        ["onnx webgpu", "38 of 40, 2 parts", "predicted from vendor documentation"],
        ["onnx qnn", "\u2013", "not available here"],
    ]
    assert "onnx w8: restores 6.50 dB less" in tab.inner_text("section:has(h2:text('What does not ship'))")


def test_pairs_of_engines_that_do_not_ship_are_left_out_of_the_pictures(whole: tuple[FidelityReport, Gallery]) -> None:
    report, gallery = whole
    assert len(gallery.data(report.engines)["pairs"]) == 4
    only = gallery.data(report.engines[:1])
    assert [(pair["forward"], pair["inverse"]) for pair in only["pairs"]] == [("onnx fp32", "onnx fp32")]
    assert len(only["differences"]) == 1


def test_what_got_worse_is_a_table(make_report: MakeReport, show: Show) -> None:
    worse = Regression("the reference", "restored", "45.70 dB", "44.00 dB", "45.65 dB")
    tab = show(page(make_report(), None, (worse,)))
    assert "44.00 dB" in tab.inner_text(".alarm")
    assert "numbers only" in tab.inner_text("main")  # a saved report has no pictures
    assert "Nothing is worse" in show(page(make_report(), None, ())).inner_text("main")


def test_text_of_a_report_is_never_markup(make_report: MakeReport, show: Show) -> None:
    evil = "</script><script>document.title='owned'</script><img src=x onerror=alert(1)>"
    tab = show(page(make_report().model_copy(update={"note": evil, "filter": evil})))
    assert tab.locator("h1 img").count() == 0
    assert tab.title() == f"{evil}: does it restore?"
    assert evil in tab.inner_text("h1")


def test_exact_restoration_and_an_unmeasured_error_are_shown_as_such(make_report: MakeReport, show: Show) -> None:
    tab = show(page(make_report(restored_db=math.inf, error=None)))
    assert tab.inner_text('[aria-label^="mil fp16 to mil fp16"]').startswith("exact")
    assert "not measured without torch" in tab.inner_text("main")


def test_the_overview_links_every_filters_page(make_report: MakeReport, show: Show, tmp_path: Path) -> None:
    reports = {"l0.html": make_report(), "wls.html": make_report(Verdict.FAIL).model_copy(update={"filter": "wls"})}
    content = write_overview(tmp_path, reports).read_text(encoding="utf-8")
    tab = show(content, name="index.html")
    assert [link.get_attribute("href") for link in tab.locator("td a").all()] == ["l0.html", "wls.html"]
    assert tab.locator(".pill").inner_text() == "✕ not all pass"
    (tmp_path / "l0.html").write_text(page(reports["l0.html"]), encoding="utf-8")
    tab.click("td a >> nth=0")
    assert tab.inner_text("h1").startswith("l0")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits_its_window_in_light_and_dark(
    width: int, scheme: str, whole: tuple[FidelityReport, Gallery], show: Show, tmp_path: Path
) -> None:
    tab = show(page(*whole), width=width, scheme=scheme)
    wait_for(tab, "onnx fp32 → mil fp16")
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    folder = Path(os.environ.get("UNFILTER_SCREENSHOTS", tmp_path))
    shot = folder / f"page-{width}-{scheme}.png"
    tab.screenshot(path=shot, full_page=True)
    corner = np.asarray(Image.open(shot).convert("L"))[5, 5]
    assert (corner > 200) == (scheme == "light")


def test_of_a_large_photo_the_middle_is_shown() -> None:
    rows = np.arange(1000)[:, None, None].repeat(401, 1).repeat(3, 2).astype(np.uint8)
    assert middle(rows).shape == (320, 320, 3)
    assert middle(rows)[0, 0, 0] == 340 % 256
    assert middle(rows[:200]).shape == (200, 320, 3)
