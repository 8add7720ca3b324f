"""A bundle with a recogniser whose answer is known: what is tested here is what becomes of the answer."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from unfilter.format.bundle import digest
from unfilter.format.manifest import MANIFEST
from unfilter.jobs.recognition import traces
from unfilter.jobs.recognition.recognizer import FILE, Layer, Quality, Recognizer

Calibrated = Callable[..., Path]


def recognizer(score: float, expected: float = 30.0, arrived: float = 20.0) -> Recognizer:
    """Gives every picture that score, where 1 is the filter's own and -1 is foreign."""
    nothing = (0.0,) * traces.COUNT

    def quality(db: float) -> Quality:
        return Quality(weights=nothing, bias=db, least=0, most=60, off=1)

    return Recognizer(
        weights_sha256="0" * 64,
        photos=10,
        traces=traces.VERSION,
        centre=nothing,
        deviation=(1.0,) * traces.COUNT,
        layers=(Layer(weights=(nothing,), bias=(score,)),),
        own=1,
        foreign=-1,
        recognised=0.9,
        restored=quality(expected),
        arrived=quality(arrived),
    )


@pytest.fixture
def calibrated(small_bundle: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> Calibrated:
    """Makes a bundle in the search path, with a recogniser of that score."""
    monkeypatch.setenv("UNFILTER_BUNDLES", str(elsewhere / "bundles"))

    def make(score: float | None, name: str = "l0", **quality: float) -> Path:
        folder = elsewhere / "bundles" / name
        shutil.copytree(small_bundle, folder)
        fields = json.loads((folder / MANIFEST).read_text())
        if name != "l0":
            fields.update(filter=name, restoration=(name.encode().hex() + "0" * 64)[:64])
        if score is not None:
            (folder / FILE).write_text(recognizer(score, **quality).model_dump_json())
            size = (folder / FILE).stat().st_size
            entry = {"path": FILE, "sha256": digest(folder / FILE), "bytes": size, "volatile": False}
            fields.update(recognition=FILE, files=[*fields["files"], entry])
        (folder / MANIFEST).write_text(json.dumps(fields))
        return folder

    return make
