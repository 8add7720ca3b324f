"""A report as one HTML page that needs nothing else: style, script, numbers and pictures are inside.

`frame.html`, `page.css`, `pieces.js` and `page.js` stand beside this module; the page draws itself from the JSON that is put
into it.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from importlib.resources import files
from typing import Any

from unfilter.proof.fidelity.baseline import Regression
from unfilter.proof.fidelity.gallery import Gallery
from unfilter.proof.fidelity.report import FidelityReport

_PARTS = files(__package__)


def page(report: FidelityReport, gallery: Gallery | None = None, regressions: Sequence[Regression] | None = None) -> str:
    """The page; without pictures where no `gallery` is given, and with what got worse unless that is None."""
    data = {
        "report": json.loads(report.model_dump_json()),
        "engines": [str(engine) for engine in report.engines],
        "pictures": gallery.data(report.engines) if gallery else None,
        "regressions": None if regressions is None else [asdict(one) for one in regressions],
    }
    return assemble("page", f"{report.filter}: does it restore?", data)


def assemble(name: str, title: str, data: Any) -> str:
    """The frame with style, the pieces that all pages share, `NAME.js`, and `data` put into it."""
    # A script ends at the first "</script", wherever it stands.
    content = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    parts = {
        "TITLE": escape(title),
        "STYLE": _read("page.css"),
        "PIECES": _read("pieces.js"),
        "SCRIPT": _read(f"{name}.js"),
        "DATA": content,
    }
    text = _read("frame.html")
    for place, part in parts.items():
        text = text.replace(f"{{{{{place}}}}}", part)
    return text


def _read(name: str) -> str:
    return (_PARTS / name).read_text(encoding="utf-8")
