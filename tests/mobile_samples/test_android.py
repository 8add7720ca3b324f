"""Laws: the Kotlin core compiles and passes the goldens on ONNX Runtime; the app's manifest, resources and sources agree.

The app itself is not compiled: no Android SDK is here. `nox -s samples` fetches the compiler and the runtime.
"""

import os
import re
import shutil
import subprocess
from argparse import ArgumentParser
from pathlib import Path

import pytest

from . import toolchain

ROOT = Path(__file__).parents[2]
ANDROID = ROOT / "mobile_samples/android"
JARS = [Path("/usr/share/java") / name for name in ("json-android.jar", "junit4.jar", "hamcrest-core.jar")]
FRAMEWORK = Path("/usr/share/android-framework-res/framework-res.apk")
MAIN, TEST, APP = (ANDROID / path for path in ("core/src/main/kotlin", "core/src/test/kotlin", "app/src/main"))


def require(found: object, what: str) -> None:
    if not found:
        pytest.skip(what)


@pytest.fixture(scope="session")
def tools() -> Path:
    """The folder that `nox -s samples` filled."""
    require(shutil.which("java"), "no java: install a JDK, 17 or later")
    missing = [jar.name for jar in JARS if not jar.exists()]
    require(not missing, f"no {', '.join(missing)}: apt install junit4 libandroid-json-org-java")
    folder = Path(os.environ.get("UNFILTER_SAMPLES_TOOLS", "nowhere"))
    for name in (toolchain.KOTLINC, toolchain.ONNXRUNTIME):
        require((folder / name).exists(), f"no {name}: run `nox -s samples`, which fetches it with npm and pip")
    return folder


@pytest.fixture(scope="session")
def core(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The core and its tests, compiled, warnings being errors."""
    jar = tmp_path_factory.mktemp("android") / "core.jar"
    done = compiled(tools, jar, [tools / toolchain.ONNXRUNTIME, *JARS], MAIN, TEST)
    assert done.returncode == 0, done.stderr
    return jar


def compiled(tools: Path, jar: Path, classes: list[Path], *sources: Path) -> subprocess.CompletedProcess[str]:
    options = ["-Werror", "-jvm-target", "17", "-cp", ":".join(map(str, classes)), "-d", jar]
    command = ["bash", tools / toolchain.KOTLINC, *options, *sources]
    return subprocess.run(command, capture_output=True, text=True, timeout=900)


def junit(tools: Path, core: Path, *properties: str, only: str = "*Test.kt") -> str:
    """What JUnit says; the heap is smaller than the photo of LargePhotoTest."""
    library = tools / "node_modules/kotlin-compiler/lib/kotlin-stdlib.jar"
    classes = ":".join(map(str, [core, tools / toolchain.ONNXRUNTIME, *JARS, library]))
    names = [f"dev.unfilter.{path.stem}" for path in sorted(TEST.rglob(only))]
    done = subprocess.run(
        ["java", "-Xmx128m", *properties, "-cp", classes, "org.junit.runner.JUnitCore", *names],
        cwd=ANDROID / "core",
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_kotlin_core_passes_the_committed_goldens_on_onnx_runtime(tools: Path, core: Path) -> None:
    said = junit(tools, core)
    count = sum(path.read_text().count("@Test") for path in TEST.rglob("*Test.kt"))
    assert f"OK ({count} tests)" in said


def test_the_kotlin_core_passes_the_goldens_of_a_converted_bundle(tools: Path, core: Path, tmp_path: Path) -> None:
    bundle = os.environ.get("UNFILTER_TEST_BUNDLE")
    require(bundle, "no converted bundle: set UNFILTER_TEST_BUNDLE to one, such as build/bundles/l0")
    pytest.importorskip("unfilter", reason="needs the SDK")
    from unfilter.cli import goldens

    parser = ArgumentParser()
    goldens.add_arguments(parser)
    assert goldens.run(parser.parse_args([str(bundle), str(tmp_path / "goldens")])) == 0
    folders = [f"-Dunfilter.bundle={bundle}", f"-Dunfilter.goldens={tmp_path / 'goldens'}"]
    assert "OK" in junit(tools, core, *folders, only="GoldensTest.kt")


def test_the_sources_of_the_app_parse_and_name_what_the_core_has(tools: Path, core: Path, tmp_path: Path) -> None:
    """All that can be asked of them without Android's classes: these are the only names that are missing."""
    said = compiled(tools, tmp_path / "app.jar", [core, *JARS], APP / "kotlin").stderr
    assert "unresolved reference 'android'" in said  # it did look
    assert "syntax error" not in said.lower()
    assert not re.search(r"error: unresolved reference.*\n\s*import dev\.unfilter", said)


@pytest.fixture(scope="session")
def resources(tmp_path_factory: pytest.TempPathFactory) -> str:
    """R.java, which aapt makes of the manifest and the resources if it finds no fault in them."""
    require(shutil.which("aapt") and FRAMEWORK.exists(), "no aapt: apt install aapt android-framework-res")
    folder = tmp_path_factory.mktemp("aapt")
    manifest = (APP / "AndroidManifest.xml").read_text(encoding="utf-8")
    # Gradle takes the package from build.gradle.kts; aapt wants it here.
    (folder / "AndroidManifest.xml").write_text(manifest.replace("<manifest ", '<manifest package="dev.unfilter.app" '))
    command = ["aapt", "package", "-f", "-m", "-J", folder, "-M", folder / "AndroidManifest.xml", "-S", APP / "res"]
    done = subprocess.run([*command, "-I", FRAMEWORK, "-F", folder / "app.apk"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return (folder / "dev/unfilter/app/R.java").read_text()


def test_manifest_and_resources_are_valid_and_have_what_the_sources_name(resources: str) -> None:
    named = {name for path in APP.rglob("*.kt") for name in re.findall(r"\bR\.(\w+\.\w+)", path.read_text())}
    assert named
    kinds = re.findall(r"class (\w+) \{(.*?)\}", resources, re.DOTALL)
    present = {f"{kind}.{name}" for kind, body in kinds for name in re.findall(r"int (\w+)=", body)}
    assert named <= present


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
