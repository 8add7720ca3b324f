"""Law: what is written is as the JSON Schemas of sdk/format/ say, and they are as the code says."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from unfilter import Filter, Tag, read_photo
from unfilter.format.manifest import Manifest
from unfilter.format.validation import READING

ROOT = Path(__file__).parents[3]
FORMAT, FIXTURES = ROOT / "sdk/format", ROOT / "tests/fixtures"


def validator(name: str) -> Draft202012Validator:
    content = json.loads((FORMAT / name).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(content)
    return Draft202012Validator(content)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("schemas", ROOT / "tests/bench/schemas.py")
    assert spec
    assert spec.loader
    spec.loader.exec_module(module := importlib.util.module_from_spec(spec))
    return module


def test_the_committed_schemas_are_those_of_the_code(script: ModuleType) -> None:
    assert sorted(script.MODELS) == sorted(path.name for path in FORMAT.glob("*.schema.json"))
    for name in script.MODELS:
        assert json.loads((FORMAT / name).read_text(encoding="utf-8")) == script.schema(name), name


@pytest.mark.parametrize("bundle", ["bundle-schema-1", "bundle-variable", "bundle-guided"])
def test_manifests_of_the_past_are_as_the_schema_says_and_so_is_what_is_written_again(bundle: str) -> None:
    text = (FIXTURES / bundle / "manifest.json").read_text(encoding="utf-8")
    again = Manifest.model_validate_json(text).model_dump_json()
    for content in (text, again):
        validator("manifest.schema.json").validate(json.loads(content))


@pytest.mark.parametrize("goldens", ["goldens-version-1", "goldens-variable", "goldens-guided"])
def test_goldens_are_as_the_schema_says(goldens: str) -> None:
    validator("goldens.schema.json").validate(json.loads((FIXTURES / goldens / "goldens.json").read_text()))


@pytest.mark.parametrize("name", ["filtered.png", "filtered.jpg"])
def test_a_tag_that_is_written_is_as_the_schema_says(name: str, tmp_path: Path) -> None:
    chosen = Filter.open(FIXTURES / "bundle-variable", runtime="onnx")
    chosen.apply(FIXTURES / "bundle-variable/goldens/odd.png", tmp_path / name)
    tag = read_photo(tmp_path / name).tag
    assert tag
    assert tag.fingerprint
    validator("tag.schema.json").validate(json.loads(tag.to_json()))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("manifest.schema.json", {"colour": "red"}),
        ("manifest.schema.json", {"requires": "all"}),
        ("tag.schema.json", {"colour": 1}),
    ],
)
def test_the_schemas_would_find_a_fault(name: str, content: dict[str, Any]) -> None:
    manifest = json.loads((FIXTURES / "bundle-variable/manifest.json").read_text())
    tag = {"filter": "l0", "restoration": "0" * 64, "codec": "png"}
    whole = manifest if name.startswith("manifest") else tag
    assert validator(name).is_valid(whole)
    assert not validator(name).is_valid(whole | content)


def test_what_writes_is_strict_and_what_reads_ignores_what_it_does_not_know() -> None:
    fields = json.loads((FIXTURES / "bundle-variable/manifest.json").read_text())
    fields["tiles"]["later"] = fields["hyper_parameters"][0]["later"] = fields["later"] = 1
    with pytest.raises(ValidationError, match="Extra inputs"):
        Manifest.model_validate(fields)
    assert Manifest.model_validate(fields, context=READING).filter == "variable"


@pytest.mark.parametrize("part", [Manifest, Tag])
def test_a_list_of_requirements_is_written_only_where_it_says_something(part: type[Manifest | Tag]) -> None:
    manifest = Manifest.model_validate_json((FIXTURES / "bundle-variable/manifest.json").read_text())
    whole = manifest if part is Manifest else Tag(filter="l0", restoration="0" * 64, codec="png")
    write = whole.model_dump_json if isinstance(whole, Manifest) else whole.to_json
    assert "requires" not in write()
    requiring = whole.model_copy(update={"requires": ("two_photos",)})
    written = requiring.model_dump_json() if isinstance(requiring, Manifest) else requiring.to_json()
    assert '"requires":["two_photos"]' in written
