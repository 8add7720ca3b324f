"""Law: what a later version says of delegates is read as far as this one knows it."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from unfilter.errors import BundleError
from unfilter.format.bundle import Bundle, FileEntry
from unfilter.run.delegates.coverage import FILE, read_coverage

VARIABLE = Path(__file__).parents[3] / "fixtures/bundle-variable"
KNOWN = {
    **{"path": "onnx/forward.onnx", "direction": "forward", "precision": "fp32", "runtime": "onnx", "delegate": "cpu"},
    **{"evidence": "vendor's checker", "operations": 3, "taken": 3, "partitions": 1, "left": [], "source": "it", "note": ""},
}


def bundle_with(content: Any, folder: Path) -> Bundle:
    manifest = Bundle(VARIABLE).manifest
    text = json.dumps(content)
    entry = FileEntry(path=FILE, sha256=hashlib.sha256(text.encode()).hexdigest(), bytes=len(text))
    changed = manifest.model_copy(update={"files": (entry,), "delegates": FILE})
    (folder / "manifest.json").write_text(changed.model_dump_json())
    (folder / FILE).write_text(text)
    return Bundle(folder)


def test_unknown_fields_are_ignored_and_unknown_delegates_and_precisions_skipped(tmp_path: Path) -> None:
    later = [KNOWN | {"delegate": "quantum"}, KNOWN | {"precision": "w4"}, KNOWN | {"evidence": "a proof"}]
    content = {"recipes": {"later": 1}, "coverage": [*later, KNOWN | {"later": 1}], "later": 1}
    (found,) = read_coverage(bundle_with(content, tmp_path))
    assert (found.delegate, found.whole) == ("cpu", True)


@pytest.mark.parametrize("content", [[], None, 7, {}, {"coverage": [{}]}, {"coverage": 1}], ids=str)
def test_what_is_no_list_of_delegates_is_refused(content: object, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"delegates\.json: .*convert the filter again"):
        read_coverage(bundle_with(content, tmp_path))
