"""The part of a bundle that an app brings along: what its platform runs, and one golden to test the device with.

Law: what is embedded restores what the whole bundle filtered, and the reverse; both have one restoration id.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

from unfilter.errors import BundleError
from unfilter.files import new_folder
from unfilter.format.artifact import Artifact, Format, Precision
from unfilter.format.bundle import Bundle
from unfilter.format.manifest import CARD, MANIFEST, Golden, Manifest

Platform = Literal["ios", "android", "web"]
PLATFORMS: tuple[Platform, ...] = get_args(Platform)
FORMATS: dict[Platform, tuple[Format, ...]] = {
    "ios": ("mlpackage",),
    "android": ("tflite", "onnx"),
    "web": ("onnx", "tflite"),
}
"""What the samples' runtimes open; the first is what an app gets that does not choose."""


def embed(
    bundle: Bundle, folder: Path, platform: Platform, formats: Sequence[Format] = (), precisions: Sequence[Precision] = ()
) -> Manifest:
    """Write into the new folder `folder` what an app on `platform` needs of `bundle`: a bundle of its own, unsigned.

    Args:
        bundle: compared with its manifest file by file before anything is written.
        folder: does not exist; the folder that it lies in does.
        platform: what the app runs on.
        formats: of those of the platform; none: the first of `FORMATS`.
        precisions: none: fp32, which is held to the goldens.

    Raises:
        BundleError: a direction lacks in a format and precision, the platform does not run a format, or a file is changed.
        OSError: `folder` exists, or cannot be written.
    """
    kept = part(bundle, platform, formats or FORMATS[platform][:1], precisions or ("fp32",))
    for entry in kept.files:
        bundle.checked(entry.path)
    with new_folder(folder) as temporary:
        for entry in kept.files:
            target = temporary / entry.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(bundle.path(entry.path).read_bytes())
        (temporary / MANIFEST).write_text(kept.model_dump_json(indent=2) + "\n", encoding="utf-8")
        Bundle(temporary).check()
    return kept


def part(bundle: Bundle, platform: Platform, formats: Sequence[Format], precisions: Sequence[Precision]) -> Manifest:
    """The manifest of what `embed` writes."""
    whole = bundle.manifest
    if foreign := [each for each in formats if each not in FORMATS[platform]]:
        raise BundleError(f"{platform} runs {' and '.join(FORMATS[platform])}, not {', '.join(foreign)}")
    artifacts = tuple(
        bundle.artifact(format, direction, precision)
        for format in formats
        for precision in precisions
        for direction in ("forward", "inverse")
    )
    goldens = _smallest(bundle, whole.goldens)
    paths = [each.path for each in artifacts] + [
        path for each in goldens for path in (each.photo, each.filtered, each.restored)
    ]
    files = tuple(entry for entry in whole.files if entry.path == CARD or any(_within(entry.path, path) for path in paths))
    refused = tuple(each for each in whole.refused if each.format in formats)
    update = {"artifacts": _unmeasured(artifacts), "goldens": goldens, "files": files, "refused": refused}
    return whole.model_copy(update=update | {"detection": None, "recognition": None, "delegates": None})


def _smallest(bundle: Bundle, goldens: Sequence[Golden]) -> tuple[Golden, ...]:
    """The one that a device is tested with (R10 of sdk/format/RULES.md); none where the bundle has none."""
    sizes = {entry.path: entry.bytes for entry in bundle.manifest.files}
    present = [each for each in goldens if {each.photo, each.filtered, each.restored} <= sizes.keys()]
    return tuple(sorted(present, key=lambda each: sizes[each.photo])[:1])


def _unmeasured(artifacts: Sequence[Artifact]) -> tuple[Artifact, ...]:
    """Without what was measured on goldens that do not come along."""
    return tuple(each.model_copy(update={"measured": None}) for each in artifacts)


def _within(path: str, artifact: str) -> bool:
    return path == artifact or path.startswith(artifact + "/")
