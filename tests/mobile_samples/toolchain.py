"""What testing the Kotlin sample takes beyond Java and Debian's jars, from npm and PyPI: `python toolchain.py FOLDER`.

The compiler is npm's `kotlin-compiler`; ONNX Runtime's Java API, with its Linux libraries, is inside the jar of PyPI's
`pyserini`. Both are for tests only.
"""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

KOTLIN = "kotlin-compiler@2.4.20"
PYSERINI = "pyserini==1.6.0"  # ONNX Runtime 1.17
KOTLINC = "node_modules/kotlin-compiler/bin/kotlinc"
ONNXRUNTIME = "onnxruntime.jar"
_WANTED = ("ai/onnxruntime/native/linux-x64/", "ai/onnxruntime/native/linux-aarch64/")


def fetch(folder: Path) -> None:
    """Fill `folder` with what is not there yet; says why where something cannot be had."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, get in ((KOTLINC, _kotlin), (ONNXRUNTIME, _onnxruntime)):
        if not (folder / name).exists():
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


def _part(jar: Path, target: Path) -> None:
    """The part of a jar that is ONNX Runtime, under its name only when it is whole."""
    temporary = target.with_suffix(".partial")
    with zipfile.ZipFile(jar) as whole, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as part:
        for name in whole.namelist():
            if name.startswith("ai/onnxruntime/") and (name.endswith(".class") or name.startswith(_WANTED)):
                part.writestr(name, whole.read(name))
    temporary.rename(target)


if __name__ == "__main__":
    fetch(Path(sys.argv[1]))
