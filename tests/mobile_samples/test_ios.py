"""Laws: the Swift package compiles and passes its tests, goldens and conformance cases on ONNX Runtime; its app type-checks.

Debian 13's Swift runs them (`nox -s samples` fetches it). What Linux lacks of Apple's frameworks is a stand-in, so this
proves the package's code and not Apple's; the app is checked against declarations, and does not run. Without Swift, only a
parser looks.
"""

import os
import plistlib
import re
import shutil
import subprocess
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from . import toolchain

ROOT = Path(__file__).parents[2]
IOS = ROOT / "mobile_samples/ios"
PACKAGE = ROOT / "Package.swift"
SOURCES = sorted([PACKAGE, *IOS.rglob("*.swift")])
WORK = Path("/unfilter")  # in Swift's root


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


def test_every_folder_of_the_package_is_a_target_and_every_target_a_folder() -> None:
    package = PACKAGE.read_text()
    for folder in ("Sources", "Tests", "Tests/StandIns", "Tests/Declarations"):
        present = {path.name for path in (IOS / folder).iterdir()} - {"StandIns", "Declarations"}
        assert [name for name in present if f'"{name}"' not in package and f"/{name}" not in package] == []
    named = re.findall(r'(?:target|tests|standIn|library|declared)\("(\w+)"', package)
    folders = {path.name for path in IOS.rglob("*") if path.is_dir()}
    assert named and set(named) <= folders


def test_where_foundation_is_imported_bundle_says_whose() -> None:
    """Foundation has one too, and every framework of Apple's brings Foundation."""
    for path in [*(IOS / "Sources").rglob("*.swift"), *(IOS / "App").glob("*.swift")]:
        text = path.read_text()
        if path.parent.name == "Unfilter" or not re.search(r"^import (?!Unfilter)", text, re.M):
            continue
        code = re.sub(r"//.*|\"[^\"]*\"", "", text)
        assert not re.search(r"(?<![.\w])Bundle\b(?!Error)", code), path


def test_what_the_app_asks_permission_for_is_said() -> None:
    app = "".join(path.read_text() for path in (IOS / "App").glob("*.swift"))
    said = plistlib.loads((IOS / "App/Info.plist").read_bytes())
    asked = {"NSCameraUsageDescription": "requestAccess(for: .video)", "NSPhotoLibraryAddUsageDescription": ".addOnly"}
    permissions = {key for key in said if key.endswith("UsageDescription")}
    assert permissions == {key for key, call in asked.items() if call in app} == set(asked)


def test_every_declaration_names_the_page_that_it_was_taken_from() -> None:
    for path in (IOS / "Tests/Declarations").rglob("*.swift"):
        assert "https://developer.apple.com/documentation/" in path.read_text(), path


def test_a_root_that_was_made_before_it_took_another_package_would_be_seen(tmp_path: Path) -> None:
    assert toolchain.missing(tmp_path / "none") == []
    listed = tmp_path / "var/lib/dpkg/info"
    listed.mkdir(parents=True)
    (listed / "swiftlang.list").touch()
    (listed / "libavif-dev:arm64.list").touch()
    lacking = toolchain.missing(tmp_path)
    assert "libwebp-dev" in lacking and not {"swiftlang", "libavif-dev"} & set(lacking)


@pytest.fixture(scope="session")
def swift() -> Path:
    """The root with Swift, and the package in it."""
    root = Path(os.environ.get("UNFILTER_SAMPLES_TOOLS", "nowhere")) / toolchain.SWIFT
    if not root.exists():
        pytest.skip(toolchain.without_swift() or "no Swift: run `nox -s samples`, which makes a root with Debian 13's")
    if lacking := toolchain.missing(root):
        pytest.skip(f"no {', '.join(lacking)} in Swift's root: run `nox -s samples`, which installs them")
    package = root / WORK.relative_to("/")
    for path in ("mobile_samples/ios", "tests/fixtures", "sdk/format"):
        shutil.rmtree(package / path, ignore_errors=True)
        shutil.copytree(ROOT / path, package / path)  # with the files' times, so that only what changed is compiled
    shutil.copy2(PACKAGE, package)
    return root


def run(root: Path, command: str, **variables: str) -> tuple[int, str]:
    inside = toolchain.inside(root, f"cd {WORK} && {command}", **variables)
    done = subprocess.run(inside, capture_output=True, text=True, timeout=1800)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="session")
def built(swift: Path) -> Path:
    """Package, tests and app, compiled in Swift 6 language mode, without a warning in what ships."""
    code, said = run(swift, "swift build --build-tests")
    assert code == 0, said
    warned = [line for line in said.splitlines() if "warning:" in line and re.search(r"ios/(?:Sources|App)/", line)]
    assert warned == []
    return swift


def executed(said: str) -> tuple[int, int]:
    """Tests that ran, and those of them that were skipped."""
    *_, last = re.findall(r"Executed (\d+) tests?, with (?:(\d+) tests? skipped and )?0 failures", said)
    return int(last[0]), int(last[1] or 0)


def test_the_package_passes_its_tests_on_a_real_runtime(built: Path) -> None:
    code, said = run(built, "swift test --skip-build")
    assert code == 0, said
    written = sum(path.read_text().count("    func test") for path in (IOS / "Tests").rglob("*Tests.swift"))
    assert executed(said)[0] == written


def test_the_package_passes_the_goldens_of_a_converted_bundle(built: Path, tmp_path: Path) -> None:
    bundle = os.environ.get("UNFILTER_TEST_BUNDLE")
    if bundle is None:
        pytest.skip("no converted bundle: set UNFILTER_TEST_BUNDLE to one, such as build/bundles/l0")
    from unfilter.cli import goldens

    parser = ArgumentParser()
    goldens.add_arguments(parser)
    assert goldens.run(parser.parse_args([bundle, str(tmp_path / "goldens")])) == 0
    for name, folder in (("bundle", Path(bundle)), ("goldens", tmp_path / "goldens")):
        shutil.rmtree(built / name, ignore_errors=True)
        shutil.copytree(folder, built / name)
    code, said = run(built, "swift test --skip-build", UNFILTER_BUNDLE="/bundle", UNFILTER_GOLDENS="/goldens")
    assert code == 0, said
    assert executed(said)[1] == 0


def test_a_name_that_apple_does_not_have_would_be_seen_in_the_app(built: Path) -> None:
    source = built / WORK.relative_to("/") / "mobile_samples/ios/App/Camera.swift"
    whole = source.read_text()
    source.write_text(whole.replace("videoRotationAngleForHorizonLevelCapture", "videoRotationAngleForCapture"))
    try:
        code, said = run(built, "swift build --target App")
    finally:
        source.write_text(whole)
    assert code != 0 and "videoRotationAngleForCapture" in said
