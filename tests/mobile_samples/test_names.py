"""Law: the same things have the same names in every language, and the page that shows them calls what exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = {
    "Python": (ROOT / "sdk/unfilter", "*.py"),
    "TypeScript": (ROOT / "mobile_samples/web/src/unfilter", "*.ts"),
    "Kotlin": (ROOT / "mobile_samples/android/core/src/main", "*.kt"),
    "Swift": (ROOT / "mobile_samples/ios/Sources", "*.swift"),
}
TYPES = ("Filter", "Bundle", "Tile", "TilePlan", "Tag", "Fingerprint")
VERBS = ("apply", "restore", "inspect")
OF_THE_PLATFORM = {"Data"}


def code_of(language: str) -> str:
    folder, pattern = SOURCES[language]
    if not folder.is_dir():
        pytest.skip(f"{folder.relative_to(ROOT)} is not there")
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob(pattern)))


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize("language", SOURCES)
def test_a_type_has_the_same_name(language: str, name: str) -> None:
    assert re.search(rf"\b(?:class|struct|interface) {name}\b", code_of(language))


@pytest.mark.parametrize("name", VERBS)
@pytest.mark.parametrize("language", SOURCES)
def test_a_verb_has_the_same_name(language: str, name: str) -> None:
    code = code_of(language)
    declared = {
        "Python": rf"def {name}\(|^{name} = ",
        "TypeScript": rf"\b{name}\(",
        "Kotlin": rf"fun {name}\(",
        "Swift": rf"func {name}\(",
    }
    if language == "Python" and name == "inspect":
        assert (ROOT / "sdk/unfilter/cli/inspect.py").exists()  # a command there
        return
    assert re.search(declared[language], code, re.MULTILINE)


@pytest.mark.parametrize("language", SOURCES)
def test_the_page_shows_every_language(language: str) -> None:
    page = (ROOT / "docs/samples.md").read_text(encoding="utf-8")
    fences = re.findall(r"^```(\w+)$", page, re.MULTILINE)
    assert language.lower() in fences
    assert f"### {language}" in page


def test_what_the_page_calls_exists() -> None:
    page = (ROOT / "docs/samples.md").read_text(encoding="utf-8")
    for language, folder in SOURCES.items():
        if not folder[0].is_dir():
            continue
        (block,) = re.findall(rf"^```{language.lower()}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
        code = code_of(language)
        for name in set(re.findall(r"\b([A-Z]\w+)\(", block)) - OF_THE_PLATFORM:
            assert re.search(rf"\b(?:class|struct|interface|object|fun) {name}\b", code), f"{language}: {name}"
