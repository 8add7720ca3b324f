"""Laws: the Kotlin core compiles and passes goldens and conformance on ONNX Runtime; the app's manifest, resources and
sources agree.

The modules of Android are type-checked against declarations of what they call, and never run: no Android SDK is here.
The compiler and the runtime are fetched, which takes less than a minute.
"""

import importlib
import os
import re
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pytest

from . import toolchain

ROOT = Path(__file__).parents[2]
ANDROID = ROOT / "mobile_samples/android"
JARS = [Path("/usr/share/java") / name for name in ("json-android.jar", "junit4.jar", "hamcrest-core.jar")]
FRAMEWORK = Path("/usr/share/android-framework-res/framework-res.apk")
MAIN, TEST, IMAGEIO = (ANDROID / f"{path}/kotlin" for path in ("core/src/main", "core/src/test", "imageio/src/main"))
PLATFORM, APP = (ANDROID / f"{path}/src/main" for path in ("platform", "app"))
APP_TEST = ANDROID / "app/src/test/kotlin"
DECLARATIONS = Path(__file__).parent / "declarations/android"
PROBES = ((60, "4:2:0"), (80, "4:2:0"), (85, "4:2:0"), (85, "4:2:2"), (90, "4:2:0"), (90, "4:4:4"), (98, "4:4:4"))
"""Quality and chroma sampling of JPEG files that both decoders read."""


def require(found: object, what: str) -> None:
    if not found:
        pytest.skip(what)


@pytest.fixture(scope="session")
def tools(request: pytest.FixtureRequest) -> Path:
    """A folder with compiler and runtime: the one that `nox -s samples` filled, or one that is filled now."""
    require(shutil.which("java"), "no java: install a JDK, 17 or later")
    missing = [jar.name for jar in JARS if not jar.exists()]
    require(not missing, f"no {', '.join(missing)}: apt install junit4 libandroid-json-org-java")
    given = os.environ.get("UNFILTER_SAMPLES_TOOLS")
    folder = Path(given) if given else request.getfixturevalue("once")("kotlin-tools", toolchain.fetch_kotlin)
    for name in (toolchain.KOTLINC, toolchain.ONNXRUNTIME):
        require((folder / name).exists(), f"no {name}: run `nox -s samples`, which fetches it with npm and pip")
    return folder


@pytest.fixture(scope="session")
def core(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The core with the JDK's codec and its tests, compiled, warnings being errors."""
    jar = tmp_path_factory.mktemp("android") / "core.jar"
    done = compiled(tools, jar, [tools / toolchain.ONNXRUNTIME, *JARS], MAIN, IMAGEIO, TEST)
    assert done.returncode == 0, done.stderr
    return jar


def compiled(tools: Path, jar: Path, classes: list[Path], *sources: Path) -> subprocess.CompletedProcess[str]:
    options = ["-Werror", "-jvm-target", "17", "-cp", ":".join(map(str, classes)), "-d", jar]
    command = ["bash", tools / toolchain.KOTLINC, *options, *sources]
    return subprocess.run(command, capture_output=True, text=True, timeout=900)


def junit(tools: Path, jars: list[Path], *properties: str, folder: Path = TEST, only: str = "*Test.kt") -> str:
    """What JUnit says; the heap is smaller than the photo of LargePhotoTest."""
    library = tools / "node_modules/kotlin-compiler/lib/kotlin-stdlib.jar"
    classes = ":".join(map(str, [*jars, tools / toolchain.ONNXRUNTIME, *JARS, library]))
    names = [".".join(path.relative_to(folder).with_suffix("").parts) for path in sorted(folder.rglob(only))]
    done = subprocess.run(
        ["java", "-Xmx128m", *properties, "-cp", classes, "org.junit.runner.JUnitCore", *names],
        cwd=ANDROID / "core",
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="session")
def decoded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """JPEG files, each with the levels that Pillow's libjpeg-turbo decodes: colour and grey, baseline and progressive."""
    features = pytest.importorskip("PIL.features", reason="needs Pillow")
    require(features.check_feature("libjpeg_turbo"), "Pillow was built without libjpeg-turbo")
    from PIL import Image

    folder = tmp_path_factory.mktemp("decoded")
    photo = Image.open(ROOT / "tests/fixtures/bundle-schema-1/photo.png").convert("RGB").crop((3, 5, 250, 206))
    for quality, sampling in PROBES:
        for kind, progressive in (("baseline", False), ("progressive", True)):
            path = folder / f"{quality}-{sampling.replace(':', '')}-{kind}.jpg"
            photo.save(path, quality=quality, subsampling=sampling, progressive=progressive)
    photo.convert("L").save(folder / "grey.jpg", quality=90)
    for path in folder.glob("*.jpg"):
        path.with_name(f"{path.name}.rgb").write_bytes(Image.open(path).convert("RGB").tobytes())
    return folder


@pytest.fixture(scope="session")
def python() -> str:
    """A Python whose Pillow decodes the pictures within pictures of the conformance files, which the JDK does not."""
    features = pytest.importorskip("PIL.features", reason="needs Pillow")
    missing = [coding for coding in ("avif", "webp") if not features.check(coding)]
    require(not missing, f"Pillow was built without {', '.join(missing)}")
    return sys.executable


def test_the_kotlin_core_passes_the_committed_goldens_on_onnx_runtime(
    tools: Path, core: Path, decoded: Path, python: str
) -> None:
    said = junit(tools, [core], f"-Dunfilter.decoded={decoded}", f"-Dunfilter.python={python}")
    count = sum(path.read_text().count("@Test") for path in TEST.rglob("*Test.kt"))
    assert f"OK ({count} tests)" in said


def test_the_kotlin_core_passes_the_goldens_of_a_converted_bundle_in_png_and_jpeg(
    tools: Path, core: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    named = os.environ.get("UNFILTER_TEST_BUNDLE")
    if named is None:
        try:
            named = request.getfixturevalue("shipped_bundle")
        except pytest.FixtureLookupError:
            pytest.skip("no converted bundle: set UNFILTER_TEST_BUNDLE to one, such as build/bundles/l0")
    bundle = Path(named)
    unfilter = pytest.importorskip("unfilter", reason="needs the SDK")
    from unfilter.cli import goldens

    parser = ArgumentParser()
    goldens.add_arguments(parser)
    assert goldens.run(parser.parse_args([str(bundle), str(tmp_path / "goldens")])) == 0
    jpegs = tmp_path / "jpegs"
    jpegs.mkdir()
    folders = {"bundle": bundle, "goldens": tmp_path / "goldens", "jpegs": jpegs}
    properties = [f"-Dunfilter.{name}={path}" for name, path in folders.items()]
    assert "OK" in junit(tools, [core], *properties, only="*GoldensTest.kt")
    chosen = unfilter.Filter.open(bundle, runtime="onnx")
    made = sorted(jpegs.glob("*.jpg"))
    assert made
    for file in made:
        there = file.with_name(f"{file.name}.rgb").read_bytes()
        assert max(abs(ours - theirs) for ours, theirs in zip(restored_by(chosen, file), there, strict=True)) <= 1


def restored_by(chosen: Any, file: Path) -> bytes:
    """The levels that the SDK restores, which refuses a file whose tag or fingerprint does not fit."""
    target = file.with_suffix(".restored.png")
    chosen.restore_file(file, target)
    return bytes(importlib.import_module("unfilter").read_photo(target).pixels.tobytes())


@pytest.fixture(scope="session")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of R.java, which aapt makes of the manifest and the resources if it finds no fault in them."""
    require(shutil.which("aapt") and FRAMEWORK.exists(), "no aapt: apt install aapt android-framework-res")
    folder = tmp_path_factory.mktemp("aapt")
    manifest = (APP / "AndroidManifest.xml").read_text(encoding="utf-8")
    # Gradle takes the package from build.gradle.kts; aapt wants it here.
    (folder / "AndroidManifest.xml").write_text(manifest.replace("<manifest ", '<manifest package="dev.unfilter.app" '))
    made = folder / "java"
    made.mkdir()
    command = ["aapt", "package", "-f", "-m", "-J", made, "-M", folder / "AndroidManifest.xml", "-S", APP / "res"]
    done = subprocess.run([*command, "-I", FRAMEWORK, "-F", folder / "app.apk"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return made


@pytest.fixture(scope="session")
def app(tools: Path, core: Path, resources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The modules of Android and the app's tests against declarations: types are checked, nothing of Android's is there."""
    jar = tmp_path_factory.mktemp("android") / "app.jar"
    sources = (PLATFORM / "kotlin", APP / "kotlin", APP_TEST, DECLARATIONS, resources)
    done = compiled(tools, jar, [core, tools / toolchain.ONNXRUNTIME, *JARS], *sources)
    assert done.returncode == 0, done.stderr
    return jar


def test_the_modules_of_android_agree_with_the_declarations_and_with_manifest_and_resources(app: Path) -> None:
    """Not that they run: that takes a phone."""
    assert app.exists()


def test_what_needs_no_phone_of_the_app_passes_its_tests(tools: Path, core: Path, app: Path) -> None:
    assert "OK" in junit(tools, [core, app], folder=APP_TEST)


def test_every_declaration_names_its_page_and_exists_at_the_least_api_level() -> None:
    builds = [ANDROID / name / "build.gradle.kts" for name in ("platform", "app")]
    (least,) = {int(level) for build in builds for level in found(r"minSdk = (\d+)", build)}
    sources = sorted(DECLARATIONS.rglob("*.java"))
    assert len(sources) > 40
    heads = {path: path.read_text(encoding="utf-8").splitlines()[0] for path in sources}
    assert [path.name for path, head in heads.items() if not head.startswith("// Source: ")] == []
    of_android = {path: head for path, head in heads.items() if path.is_relative_to(DECLARATIONS / "android")}
    levels = {path: re.search(r" API (\d+)\.$", head) for path, head in of_android.items()}
    assert [path.name for path, level in levels.items() if level is None or int(level[1]) > least] == []
    assert max(int(level[1]) for level in levels.values() if level) == least  # a lower one would do otherwise


def test_modules_to_depend_on_are_published_with_a_licence_and_their_rules_for_r8() -> None:
    for module in ("core", "imageio", "platform"):
        build = (ANDROID / module / "build.gradle.kts").read_text(encoding="utf-8")
        assert all(part in build for part in ("`maven-publish`", "MavenPublication", "Apache-2.0", "description = "))
    assert "isMinifyEnabled = true" in (ANDROID / "app/build.gradle.kts").read_text(encoding="utf-8")
    (named,) = found(r'consumerProguardFiles\("(.+)"\)', ANDROID / "platform/build.gradle.kts")
    rules = (ANDROID / "platform" / named, *(ANDROID / "core/src/main/resources/META-INF/proguard").glob("*.pro"))
    kept = {name for path in rules for name in found(r"-keep class ([\w.]+)\.\*\*", path)}
    assert kept == {"com.google.ai.edge.litert", "ai.onnxruntime"}  # the libraries that call Kotlin and Java by name


def found(pattern: str, path: Path) -> list[str]:
    return re.findall(pattern, path.read_text(encoding="utf-8"))


def test_aapt_would_find_a_fault(tmp_path: Path) -> None:
    require(shutil.which("aapt") and FRAMEWORK.exists(), "no aapt: apt install aapt android-framework-res")
    shutil.copytree(APP / "res", tmp_path / "res")
    layout = tmp_path / "res/layout/main.xml"
    layout.write_text(layout.read_text().replace("android:layout_weight", "android:layout_wait"))
    (tmp_path / "AndroidManifest.xml").write_text('<manifest package="a.b"/>')
    command = ["aapt", "package", "-M", tmp_path / "AndroidManifest.xml", "-S", tmp_path / "res", "-I", FRAMEWORK]
    assert subprocess.run([*command, "-F", tmp_path / "app.apk"], capture_output=True).returncode != 0


def test_every_dependency_is_pinned_and_used() -> None:
    catalog = (ANDROID / "gradle/libs.versions.toml").read_text()
    builds = "".join(path.read_text() for path in ANDROID.rglob("build.gradle.kts"))
    versions = re.findall(r'^(\w+) = "([^"]+)"$', catalog, re.MULTILINE)
    assert versions
    assert all(re.fullmatch(r"[\d.]+", version) for _, version in versions)
    assert all(f'version.ref = "{name}"' in catalog for name, _ in versions)
    entries = re.findall(r"^([\w-]+) = \{", catalog, re.MULTILINE)
    assert [entry for entry in entries if f"{entry.replace('-', '.')})" not in builds] == []
