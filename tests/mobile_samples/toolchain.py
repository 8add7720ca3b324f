"""What testing the Kotlin and Swift samples takes, from npm, PyPI and Debian: `python toolchain.py FOLDER`.

Kotlin: the compiler is npm's `kotlin-compiler`; ONNX Runtime's Java API, with its Linux libraries, is inside the jar of
PyPI's `pyserini`. Swift: Debian 13 has the compiler and all that the stand-ins are over, in a root of its own, which only
root can make. All are for tests only.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

KOTLIN = "kotlin-compiler@2.4.20"
PYSERINI = "pyserini==1.6.0"  # ONNX Runtime 1.17
KOTLINC = "node_modules/kotlin-compiler/bin/kotlinc"
ONNXRUNTIME = "onnxruntime.jar"
SWIFT = "trixie"
"""A root with Debian 13: some 4 GB, two minutes."""
_SWIFT_PACKAGES = (
    *("swiftlang", "libc6-dev", "libstdc++-14-dev", "git", "ca-certificates"),
    *("zlib1g-dev", "libssl-dev", "libturbojpeg0-dev", "libwebp-dev", "libavif-dev", "libonnxruntime-dev"),
)
_WANTED = ("ai/onnxruntime/native/linux-x64/", "ai/onnxruntime/native/linux-aarch64/")


def fetch_all(folder: Path) -> None:
    """Fill `folder` with what is not there yet; says why where something cannot be had."""
    fetch_kotlin(folder)
    _fetch(folder, SWIFT, _swift)
    if missing(folder / SWIFT):  # made before the stand-ins were over as much
        _get(folder, SWIFT, _complete)


def fetch_kotlin(folder: Path) -> None:
    """The same, of what the Kotlin sample takes: less than a minute, so every run of the tests has it."""
    _fetch(folder, KOTLINC, _kotlin)
    _fetch(folder, ONNXRUNTIME, _onnxruntime)


def _fetch(folder: Path, name: str, get: Callable[[Path], None]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / name).exists():
        _get(folder, name, get)


def _get(folder: Path, name: str, get: Callable[[Path], None]) -> None:
    try:
        get(folder)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"{name}: not fetched ({error})", file=sys.stderr)


def _kotlin(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("npm is not installed")
    subprocess.run([npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", KOTLIN], cwd=folder, check=True)


def _onnxruntime(folder: Path) -> None:
    download = folder / "pyserini"
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", "--dest", str(download)]
    subprocess.run([*pip, PYSERINI], check=True)
    try:
        (archive,) = download.glob("*.tar.gz")
        with tarfile.open(archive) as package:
            (jar,) = (member for member in package if member.name.endswith("fatjar.jar"))
            package.extract(jar, download, filter="data")
        _part(download / jar.name, folder / ONNXRUNTIME)
    finally:
        shutil.rmtree(download, ignore_errors=True)


def without_swift() -> str | None:
    """Why no Swift can be had here; None where it can."""
    if os.geteuid() != 0:
        return "no Swift: Debian 13's runs in a root of its own, which takes root rights"
    if shutil.which("debootstrap") is None:
        return "no Swift: making its root takes debootstrap (apt install debootstrap)"
    return None


def missing(root: Path) -> list[str]:
    """The packages that an existing `root` lacks; dpkg lists the files of each that is installed."""
    listed = root / "var/lib/dpkg/info"
    return [name for name in _SWIFT_PACKAGES if root.exists() and not any(listed.glob(f"{name}[.:]*list"))]


def inside(root: Path, command: str, **variables: str) -> list[str]:
    """The command that runs `command` in `root`, with /proc, which swiftc finds its libraries by; gone when it has run."""
    # Where nox keeps temporary files is no folder in there.
    given = [f"{name}={value}" for name, value in {"HOME": "/root", "TMPDIR": "/tmp", **variables}.items()]
    mounted = f'mount --bind /proc "{root}/proc" && exec chroot "{root}" env "$@"'
    return ["unshare", "--mount", "bash", "-c", mounted, "bash", *given, "bash", "-c", command]


def _swift(folder: Path) -> None:
    if (reason := without_swift()) is not None:
        raise FileNotFoundError(reason)
    temporary = folder / f"{SWIFT}.partial"
    shutil.rmtree(temporary, ignore_errors=True)
    subprocess.run(["debootstrap", "--variant=minbase", "trixie", str(temporary)], check=True)
    _install(temporary, _SWIFT_PACKAGES)
    temporary.rename(folder / SWIFT)


def _complete(folder: Path) -> None:
    if (reason := without_swift()) is not None:
        raise FileNotFoundError(reason)
    root = folder / SWIFT
    subprocess.run(inside(root, "apt-get update"), check=True)
    _install(root, missing(root))


def _install(root: Path, packages: Sequence[str]) -> None:
    install = f"apt-get install --yes --no-install-recommends {' '.join(packages)}"
    subprocess.run(inside(root, install, DEBIAN_FRONTEND="noninteractive"), check=True)


def _part(jar: Path, target: Path) -> None:
    """The part of a jar that is ONNX Runtime, under its name only when it is whole."""
    temporary = target.with_suffix(".partial")
    with zipfile.ZipFile(jar) as whole, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as part:
        for name in whole.namelist():
            if name.startswith("ai/onnxruntime/") and (name.endswith(".class") or name.startswith(_WANTED)):
                part.writestr(name, whole.read(name))
    temporary.rename(target)


if __name__ == "__main__":
    fetch_all(Path(sys.argv[1]))
