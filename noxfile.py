"""Sessions: `convert` is the main job, `tests` proves it; `lint`, `samples`, `train` and `wheel` beside them; `delegates`
asks vendors' tools what GPUs and NPUs would run; `faults` shows what the proof catches, `bench` how fast filters are;
`arm64` and `tflite_runtime` verify a bundle where it is not at home, `lowest` with the oldest libraries that are allowed.

Versions are read from pyproject.toml and repeated nowhere.
"""

import os
import re
import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "virtualenv"  # uv resolves another build of torch
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["lint", "tests"]

PROJECT = nox.project.load_toml("pyproject.toml")
FIXTURE = Path("tests/fixtures/bundle-schema-1")
SAMPLES = "tests/mobile_samples"
BUNDLE = Path("build/bundles/l0")
PACKED = Path("filters/unfilter_filters/bundles")
"""What `unfilter-filters` carries."""
ROOT = Path(__file__).resolve().parent
WHEEL_BYTES = 1_000_000
"""Most that `unfilter` may weigh: code and golden photos, no weights."""
PSNR = """
import sys
from pathlib import Path
from unfilter import read_photo
from unfilter.proof.fidelity import psnr

score = psnr(*(read_photo(Path(path)).pixels for path in sys.argv[1:3]))
print(f"restored {score:.2f} dB, {sys.argv[3]} at least")
sys.exit(score < float(sys.argv[3]))
"""
LOWEST = ("onnx", "litert", "coreml", "heif", "sign", "opencv")
"""Extras whose lowest versions one session tests."""


@nox.session
def convert(session: nox.Session) -> None:
    """Convert shipped filters to verified bundles: `nox -s convert -- l0`, or all without a name."""
    session.install("-e", ".[convert]")
    session.run("unfilter", "convert", *session.posargs)


@nox.session
def delegates(session: nox.Session) -> None:
    """Convert filters again with what TensorFlow's analyzer and Qualcomm's compiler say of their graphs: `... -- l0`."""
    session.install("-e", ".[delegates]")
    session.run("unfilter", "convert", *session.posargs)
    for name in session.posargs or ["l0"]:
        session.run("unfilter", "delegates", name)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests, a worker on each core; arguments go to pytest: `-- -m "not slow"` leaves out what takes long."""
    session.install("-e", ".[convert,opencv,heif,evaluate,sign]", *nox.project.dependency_groups(PROJECT, "test"))
    session.install("--no-deps", *nox.project.dependency_groups(PROJECT, "readers"))
    options = ("--numprocesses=auto", "--dist=worksteal", "--skips=tests/skips.toml")
    # Conversions are kept by what they depend on, so that the next run, and `wheel`, need not make them again.
    session.run("pytest", *options, *session.posargs, env={"UNFILTER_TEST_CACHE": str(ROOT / "build/cache")})


@nox.session
def lint(session: nox.Session) -> None:
    """Style, types of the SDK, and the rule that dependencies point downwards."""
    session.install("-e", ".", *nox.project.dependency_groups(PROJECT, "lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("lint-imports", "--no-cache")


@nox.session
def samples(session: nox.Session) -> None:
    """Test the camera-app samples with what this machine has; what is skipped is listed with its reason."""
    session.install("-e", ".[onnx]", *nox.project.dependency_groups(PROJECT, "samples"))
    tools = Path(session.create_tmp()).resolve() / "tools"
    session.run("python", f"{SAMPLES}/toolchain.py", str(tools))
    # Apart from the other tests, whose options need torch.
    alone = ["-o", "addopts=--import-mode=importlib", "-o", "filterwarnings=error", f"--confcutdir={SAMPLES}"]
    env = {"UNFILTER_SAMPLES_TOOLS": str(tools), "UNFILTER_PYTHON": str(Path(session.bin) / "python")}
    if (BUNDLE / "manifest.json").exists():  # as `nox -s convert -- l0` makes it, in all precisions
        env["UNFILTER_TEST_BUNDLE"] = os.environ.get("UNFILTER_TEST_BUNDLE", str(BUNDLE.resolve()))
    session.run("pytest", *alone, "-rs", SAMPLES, *session.posargs, env=env)


@nox.session
def train(session: nox.Session) -> None:
    """Train a filter: `nox -s train -- l0 PHOTOS`."""
    session.install("-e", ".[train]")
    session.run("unfilter", "train", *session.posargs)


@nox.session
def faults(session: nox.Session) -> None:
    """Put every fault into a bundle and see that `verify` catches it: `nox -s faults -- build/bundles/l0`."""
    session.install("-e", ".[convert]")
    session.run("unfilter", "faults", *(session.posargs or ["build/bundles/l0"]))


@nox.session
def bench(session: nox.Session) -> None:
    """Measure speed and memory: `nox -s bench -- build/bundles/l0`; arguments go to `unfilter bench`."""
    session.install("-e", ".[convert]")
    session.run("unfilter", "bench", *(session.posargs or ["build/bundles/l0"]))


@nox.session
def wheel(session: nox.Session) -> None:
    """Build both wheels and use them in a bare environment, with `l0`: `-- all` is for a release, and fills `dist`."""
    names = session.posargs or ["l0"]
    folder = Path(session.create_tmp()).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.rmtree(PACKED, ignore_errors=True)
    session.install("-e", ".[convert]")
    session.run("unfilter", "convert", *([] if names == ["all"] else names), "--pack", str(PACKED))
    code, filters = (_built(session, source, folder) for source in (".", "filters"))
    if code.stat().st_size > WHEEL_BYTES:
        session.error(f"{code.name} has {code.stat().st_size:,} bytes, where {WHEEL_BYTES:,} are allowed: what got into it?")
    session.log(f"{code.name}: {code.stat().st_size:,} bytes; {filters.name}: {filters.stat().st_size:,} bytes")
    session.run("python", "-m", "venv", "--clear", str(folder / "bare"))
    scripts = folder / "bare" / ("Scripts" if os.name == "nt" else "bin")
    python, command = str(scripts / "python"), str(scripts / "unfilter")
    requirements = (f"unfilter[onnx] @ {code.as_uri()}", f"unfilter-filters @ {filters.as_uri()}")
    session.run(python, "-m", "pip", "install", "--quiet", *requirements, external=True)
    session.run(python, "-m", "pip", "list", external=True)
    bundle, photo = FIXTURE.resolve(), (FIXTURE / "photo.png").resolve()
    packed = sorted(path.stem for path in PACKED.glob("*.unfilter"))
    session.chdir(folder)  # so that what is imported is what was installed
    session.env["HOME"] = str(folder / "home")  # where packed bundles are unpacked
    session.env.pop("UNFILTER_BUNDLES", None)
    as_jpeg = "import sys; from PIL import Image; Image.open(sys.argv[1]).convert('RGB').save('photo.jpg', quality=95)"
    session.run(python, "-c", as_jpeg, str(photo), external=True)
    session.run(command, "filters", external=True)
    for name in packed:
        session.run(command, "apply", "--filter", name, "photo.jpg", f"{name}.jpg", external=True)
        session.run(command, "restore", f"{name}.jpg", f"{name}.png", external=True)
        session.run(python, "-c", PSNR, "photo.jpg", f"{name}.png", "25", external=True)
    session.run(command, "apply", "--filter", str(bundle), str(photo), "filtered.png", external=True)
    session.run(command, "restore", "--filter", str(bundle), "filtered.png", "restored.png", external=True)
    session.run(python, "-c", PSNR, str(photo), "restored.png", "40", external=True)
    session.run(command, "convert", success_codes=[2], external=True)  # the extra is missing: says which, exits with 2
    if names == ["all"]:
        if any("OWNER" in url for url in PROJECT["project"]["urls"].values()):
            session.warn(
                "pyproject.toml: project.urls still name OWNER; write the owner of the repository before publishing"
            )
        for built in (code, filters):
            (ROOT / "dist").mkdir(exist_ok=True)
            shutil.copy(built, ROOT / "dist")


def _built(session: nox.Session, source: str, folder: Path) -> Path:
    """The wheel of the project in `source`."""
    target = folder / Path(source).name
    session.run("python", "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(target), f"./{source}")
    (built,) = target.glob("*.whl")
    return built


@nox.session
def lowest(session: nox.Session) -> None:
    """Verify a bundle with the lowest versions that are allowed, beside the newest numpy: `nox -s lowest -- BUNDLE`.

    Whoever has an old library gets the newest numpy by pip all the same, unless that library forbids it. Torch is not here:
    one version of it is allowed, which `tests` runs.
    """
    bundle, options = _bundle_to_verify(session)
    extras = PROJECT["project"]["optional-dependencies"]
    allowed = [*PROJECT["project"]["dependencies"], *(each for name in LOWEST for each in extras[name])]
    pinned = [re.sub(r">=(\S+)", r"==\1", each) for each in allowed if not each.startswith("numpy")]
    session.install("numpy", *pinned)
    session.install("--no-deps", ".")
    session.run("python", "-m", "pip", "check")
    session.run("python", "-m", "pip", "list")
    photo = FIXTURE.resolve() / "photo.png"
    session.chdir(session.create_tmp())  # so that what is imported is what was installed
    # Runtime mil runs too; it is not Core ML's own, so it cannot be required.
    required = [word for runtime in ("onnx", "litert") for word in ("--require", runtime)]
    session.run("unfilter", "verify", str(bundle), *required, "--note", "lowest versions, newest numpy", *options)
    for suffix in ("heic", "webp", "jpg"):  # the codecs' libraries, read and written
        check = (
            "import sys; from pathlib import Path; import numpy as np; from unfilter import read_photo, write_photo;"
            "photo = read_photo(Path(sys.argv[1])); write_photo(Path(sys.argv[2]), photo);"
            "back = read_photo(Path(sys.argv[2])).pixels;"
            "sys.exit(bool(np.abs(back.astype(int) - photo.pixels).mean() > (2 if sys.argv[2].endswith('jpg') else 0)))"
        )
        session.run("python", "-c", check, str(photo), f"photo.{suffix}")


@nox.session
def arm64(session: nox.Session) -> None:
    """Verify a bundle with ONNX Runtime and LiteRT for ARM64, emulated: `nox -s arm64 -- build/bundles/l0`.

    Debian's Python for ARM64 and wheels for it are unpacked into a folder, and nothing is installed on this machine.
    """
    absent = [tool for tool in ("qemu-aarch64-static", "debootstrap", "dpkg-deb") if shutil.which(tool) is None]
    if absent:
        session.skip(f"needs {', '.join(absent)}: apt-get install qemu-user-static debootstrap")
    bundle, options = _bundle_to_verify(session)
    folder = Path("build/arm64").resolve()
    root, site = folder / "root", folder / "site"
    if not (root / "usr/bin/python3.11").exists():
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir(parents=True)
        bootstrap = ["--arch=arm64", "--variant=minbase", "--include=python3", "--download-only", "bookworm", str(root)]
        session.run("debootstrap", *bootstrap, external=True)
        for package in sorted((root / "var/cache/apt/archives").glob("*.deb")):
            session.run("dpkg-deb", "-x", str(package), str(root), external=True, silent=True)
        # Without features to read, both runtimes crash; those of a Cortex-A76.
        (root / "proc").mkdir(exist_ok=True)
        (root / "proc/cpuinfo").write_text(
            "processor\t: 0\nFeatures\t: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm\n"
            "CPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x3\nCPU part\t: 0xd0c\nCPU revision\t: 1\n"
        )
    shutil.rmtree(folder / "wheels", ignore_errors=True)
    session.run("python", "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder / "wheels"), ".")
    (built,) = (folder / "wheels").glob("unfilter-*.whl")
    foreign = [f"--platform=manylinux_2_{glibc}_aarch64" for glibc in (17, 27, 28)]
    shutil.rmtree(site, ignore_errors=True)
    session.run(
        *(
            "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--target",
            str(site),
            "--only-binary=:all:",
            "--python-version=3.11",
        ),
        *(*foreign, "--platform=manylinux2014_aarch64", f"unfilter[onnx,litert] @ {built.as_uri()}"),
    )
    code = f"import sys; sys.path.insert(0, {str(site)!r}); from unfilter.cli import main; sys.exit(main())"
    session.run(
        *("qemu-aarch64-static", "-cpu", "max,sve=off", "-L", str(root), str(root / "usr/bin/python3.11"), "-S", "-c", code),
        *("verify", str(bundle), "--note", "ARM64, emulated by qemu", *options),
        external=True,
    )


@nox.session
def tflite_runtime(session: nox.Session) -> None:
    """Verify a bundle's TFLite files with tflite-runtime 2.14, LiteRT's old name: `nox -s tflite_runtime -- BUNDLE`."""
    bundle, options = _bundle_to_verify(session)
    session.install("tflite-runtime==2.14.0", "numpy<2", ".")
    old = Path("tests/bench/tflite_runtime").resolve()
    command = ("unfilter", "verify", str(bundle), "--runtime", "litert", "--note", "tflite-runtime 2.14.0", *options)
    session.run(*command, env={"PYTHONPATH": str(old)})


def _bundle_to_verify(session: nox.Session) -> tuple[Path, list[str]]:
    """The bundle that was named, or the one that `nox -s convert -- l0` makes; and options of `unfilter verify`."""
    named = [each for each in session.posargs[:1] if not each.startswith("-")]
    bundle = Path(named[0] if named else BUNDLE)
    if not (bundle / "manifest.json").exists():
        session.error(f"{bundle}: no bundle here; make one with: nox -s convert -- l0")
    return bundle.resolve(), session.posargs[len(named) :]
