"""Laws: the Swift sample has no syntax error, and its core needs Foundation alone.

No Swift compiler is here: names and types are not checked. On a Mac, `swift test` runs the sample's own tests.
"""

import plistlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

IOS = Path(__file__).parents[2] / "mobile_samples/ios"
SOURCES = sorted(IOS.rglob("*.swift"))


def faults(source: bytes) -> list[str]:
    """Line and text of what is no Swift."""
    tree_sitter = pytest.importorskip("tree_sitter", reason="no tree-sitter: `nox -s samples` installs it")
    swift = pytest.importorskip("tree_sitter_swift", reason="no tree-sitter-swift: `nox -s samples` installs it")
    tree = tree_sitter.Parser(tree_sitter.Language(swift.language())).parse(source)

    def walk(node: Any) -> Iterator[str]:
        if node.type == "ERROR" or node.is_missing:
            yield f"line {node.start_point[0] + 1}: {source[node.start_byte : node.end_byte][:60]!r}"
        for child in node.children:
            yield from walk(child)

    return list(walk(tree.root_node))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_there_is_no_syntax_error(path: Path) -> None:
    assert faults(path.read_bytes()) == []


@pytest.mark.parametrize("broken", [b"func f() { let x = }", b"struct A { var a: Int", b"let a = [1, 2"])
def test_a_syntax_error_would_be_seen(broken: bytes) -> None:
    assert faults(broken)


def test_the_core_needs_foundation_alone() -> None:
    imported = {
        line
        for path in (IOS / "Sources/Unfilter").glob("*.swift")
        for line in re.findall(r"^import (\w+)", path.read_text(), re.M)
    }
    assert imported == {"Foundation"}


def test_every_target_of_the_package_has_a_folder_and_every_folder_a_target() -> None:
    package = (IOS / "Package.swift").read_text()
    for kind, folder in ((r"\.target", "Sources"), (r"\.testTarget", "Tests")):
        named = set(re.findall(rf'{kind}\(name: "(\w+)"', package))
        assert named == {path.name for path in (IOS / folder).iterdir()}


def test_what_the_app_asks_permission_for_is_said() -> None:
    app = "".join(path.read_text() for path in (IOS / "App").glob("*.swift"))
    said = plistlib.loads((IOS / "App/Info.plist").read_bytes())
    asked = {"NSCameraUsageDescription": "requestAccess(for: .video)", "NSPhotoLibraryAddUsageDescription": ".addOnly"}
    assert set(said) == {key for key, call in asked.items() if call in app} == set(asked)
