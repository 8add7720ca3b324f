"""Every operator against its authors' program, by the figures asked of it; with -s it prints docs/operators.md's table."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from unfilter_training.operators import operator

# name, folder of the oracle, least mean PSNR in float32 and in float64 (dB; 99: every byte equal)
ASKED = [
    ("l0", "L0", 60, 99),
    ("wls", "WLS", 60, 99),
    ("llf", "LLF", 60, 99),
    ("wmf", "WMF", 40, 40),
    ("rtv", "RTV_EXACT", 60, 99),
    ("rgf", "RGF", 60, 95),
    ("bwp", "BWP", 38, 38),
    ("cpd", "CPD", 55, 55),
    ("rain_princess", "STYLE_RAIN", 70, 70),
    ("scream", "STYLE_SCREAM", 70, 70),
]


@pytest.mark.parametrize(("name", "folder", "single", "double"), ASKED, ids=[row[0] for row in ASKED])
def test_agrees_with_the_authors_program_as_asked(
    name: str, folder: str, single: int, double: int, oracles: Callable[[str], list[Any]], data: Path
) -> None:
    given: dict[str, object] = {
        "bwp": {"exemplar": data / "oracles/exemplar/exemplar_gray.png"},
        "cpd": {"texture": data / "style/pencil_textures/pencil0.jpg"},
        "rain_princess": {"weights": data / "style/weights/rain_princess"},
        "scream": {"weights": data / "style/weights/scream"},
    }.get(name, {})
    pictures = oracles(folder)
    means = []
    for dtype in (torch.float32, torch.float64):
        with torch.inference_mode():
            means.append(sum(o.psnr(operator(name)(o.images(dtype), **given)) for o in pictures) / len(pictures))
    print(f"\n| `{name}` | {means[0]:.1f} | {means[1]:.1f} | {len(pictures)} pictures")
    assert means[0] >= single
    assert means[1] >= double
