"""The weights folder of a style network: manifest.json and one raw little-endian float32 file per tensor."""

import json
from pathlib import Path

import torch
from torch import Tensor

from unfilter.errors import UnfilterError

MANIFEST = "manifest.json"


def read_style_weights(folder: Path, shapes: list[tuple[int, ...]]) -> list[Tensor]:
    """Tensors Variable, Variable_1, Variable_2, ... of these shapes, float32 on the CPU.

    The manifest maps each tensor's name to `{"filename": ..., "shape": [...]}`.

    Raises:
        UnfilterError: no such folder, or a manifest or tensor that is missing, broken or of the wrong number, shape or size.
    """
    entries = _manifest(folder)
    names = ["Variable", *(f"Variable_{number}" for number in range(1, len(shapes)))]
    if missing := [name for name in names if name not in entries]:
        raise UnfilterError(f"{folder / MANIFEST}: lacks the tensor {missing[0]}; the network has {len(names)}")
    if len(entries) != len(names):
        raise UnfilterError(f"{folder / MANIFEST}: lists {len(entries)} tensors, the network has {len(names)}")
    return [_tensor(folder, name, entries[name], shape) for name, shape in zip(names, shapes, strict=True)]


def _manifest(folder: Path) -> dict[str, object]:
    if not folder.is_dir():
        raise UnfilterError(f"{folder}: no such folder of style weights")
    path = folder / MANIFEST
    if not path.is_file():
        inside = sorted(found.parent.name for found in folder.glob(f"*/{MANIFEST}"))
        hint = f"; did you mean {folder / inside[0]}?" if inside else "; name the folder of one network's weights"
        raise UnfilterError(f"{folder}: holds no {MANIFEST}{hint}")
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UnfilterError(f"{path}: is not JSON ({error})") from None
    if not isinstance(entries, dict):
        raise UnfilterError(f"{path}: must map names of tensors to file and shape, is a {type(entries).__name__}")
    return entries


def _tensor(folder: Path, name: str, entry: object, shape: tuple[int, ...]) -> Tensor:
    filename, listed = (entry.get("filename"), entry.get("shape")) if isinstance(entry, dict) else (None, None)
    if not isinstance(filename, str) or Path(filename).name != filename:
        raise UnfilterError(f"{folder / MANIFEST}: {name} must name a file in this folder, names {filename!r}")
    if listed != list(shape):
        raise UnfilterError(f"{folder / MANIFEST}: {name} has shape {listed}, the network needs {list(shape)}")
    path = folder / filename
    if not path.is_file():
        raise UnfilterError(f"{path}: no such file; the tensor {name} is missing")
    expected, found = 4 * torch.Size(shape).numel(), path.stat().st_size
    if found != expected:
        raise UnfilterError(f"{path}: has {found} bytes, {name} of shape {list(shape)} needs {expected}")
    # Little-endian, as is every machine that PyTorch's own builds run on.
    tensor = torch.frombuffer(bytearray(path.read_bytes()), dtype=torch.float32).reshape(shape)
    if not torch.isfinite(tensor).all():
        raise UnfilterError(f"{path}: holds values that are not finite")
    return tensor
