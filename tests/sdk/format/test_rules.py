"""Law: every rule of sdk/format/RULES.md is cited by its number wherever it is implemented, in each language's own code."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
RULES = (ROOT / "sdk/format/RULES.md").read_text(encoding="utf-8")
SOURCES = {
    "Python": ("sdk/unfilter/**/*.py",),
    "TypeScript": ("mobile_samples/web/src/**/*.ts",),
    "Kotlin": ("mobile_samples/android/*/src/main/**/*.kt",),
    "Swift": ("mobile_samples/ios/Sources/**/*.swift",),
}
NUMBER = re.compile(r"\bR(\d+)\b(?: to R(\d+)\b)?")


def numbers(text: str) -> Iterator[int]:
    """The rules that a text cites: `R4`, or `R25 to R28`."""
    for first, last in NUMBER.findall(text):
        yield from range(int(first), int(last or first) + 1)


WRITTEN = [int(number) for number in re.findall(r"^\*\*R(\d+) ", RULES, re.MULTILINE)]
ABSENT = {
    (language, number)
    for rules, languages in re.findall(r"^\| (R[^|]+) \| ([^|]+) \|", RULES, re.MULTILINE)
    for language in SOURCES
    if language in languages
    for number in numbers(rules)
}
"""Language and number of the rules that RULES.md says a language does without."""


def cited(language: str) -> dict[int, str]:
    """By number, a file that cites it."""
    paths = sorted(path for pattern in SOURCES[language] for path in ROOT.glob(pattern))
    return {number: path.name for path in paths for number in numbers(path.read_text(encoding="utf-8"))}


def test_rules_are_numbered_without_a_gap() -> None:
    assert list(range(1, len(WRITTEN) + 1)) == WRITTEN


def test_what_a_language_does_without_is_said_of_rules_that_exist() -> None:
    assert ABSENT
    assert {number for _, number in ABSENT} <= set(WRITTEN)
    assert "Python" not in {language for language, _ in ABSENT}


@pytest.mark.parametrize("language", SOURCES)
def test_every_rule_is_cited_where_it_is_implemented(language: str) -> None:
    found = cited(language)
    assert [number for number in WRITTEN if number not in found and (language, number) not in ABSENT] == []
    assert {number: name for number, name in found.items() if number not in WRITTEN} == {}
