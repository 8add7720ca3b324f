"""NPUs of phones ahead of time, through LiteRT's compiler plugins, for those who have the vendor's SDK.

Source: https://ai.google.dev/edge/litert/next/npu
"""

import shutil
import tempfile
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from unfilter.errors import RuntimeUnavailable, UnfilterError

SDK = {"qualcomm": "ai-edge-litert-sdk-qualcomm", "mediatek": "ai-edge-litert-sdk-mediatek"}
"""Distribution that holds a vendor's compiler; installing it downloads the SDK from the vendor."""


def unavailable(vendor: str) -> str | None:
    """Why nothing can be compiled for that vendor here; None where it can."""
    if find_spec(SDK[vendor].replace("-", "_")):
        return None
    return f"not available here: it needs the vendor's SDK; add it with: pip install {SDK[vendor]}"


def compile_file(source: Path, target: Path, *, vendor: str, soc: str) -> None:
    """Compile a TFLite file for one chip. Signatures stay; what the NPU does not take stays for the CPU.

    Raises:
        UnfilterError: no such chip.
        RuntimeUnavailable: the SDK is missing, or its compiler fails.
    """
    module: Any = import_module(f"ai_edge_litert.aot.vendors.{vendor}.target")
    chips = [each.value for each in module.SocModel]
    if soc not in chips:
        raise UnfilterError(f"{vendor} has no chip {soc!r} that LiteRT compiles for: choose one of {', '.join(chips)}")
    if reason := unavailable(vendor):
        raise RuntimeUnavailable(f"npu {vendor}: {reason}")
    from ai_edge_litert.aot.aot_compile import aot_compile

    import_module(f"ai_edge_litert.aot.vendors.{vendor}.{vendor}_backend")  # registers itself
    with tempfile.TemporaryDirectory() as folder:
        try:
            aot_compile(str(source), output_dir=folder, target=module.Target(module.SocModel(soc)), keep_going=False)
        except Exception as error:  # compilers of vendors fail as they like
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise RuntimeUnavailable(f"npu {vendor}: does not compile {source} ({reason})") from None
        made = sorted(Path(folder).rglob("*.tflite"))
        if not made:
            raise RuntimeUnavailable(f"npu {vendor}: compiled nothing of {source}")
        shutil.copyfile(made[0], target)
