"""Qualcomm's NPU ahead of time, through ONNX Runtime's QNN plugin: its Linux x86-64 wheel holds the compiler for the HTP.

Source: https://onnxruntime.ai/docs/execution-providers/QNN-ExecutionProvider.html#qnn-context-binary-cache-feature
"""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from unfilter.errors import RuntimeUnavailable, UnfilterError
from unfilter.run.delegates.table import find_delegate
from unfilter.run.runtimes import onnx as onnx_runtime

PROVIDER = find_delegate("onnx", "qnn").api["python"]
SOCS = {"SM8450": ("36", "69"), "SM8550": ("43", "73"), "SM8650": ("57", "75"), "SM8750": ("69", "79")}
"""Model number and HTP architecture by the name of the chip.

Source: LiteRT, `vendors/qualcomm/core/schema/soc_table.h` and `.cc`, by Qualcomm.
"""


def unavailable() -> str | None:
    """Why nothing can be compiled here; None where it can."""
    known = find_delegate("onnx", "qnn")
    if not find_spec(known.plugin.replace("-", "_")):
        return f"not available here: it needs Qualcomm's compiler; add it with: pip install {known.plugin}"
    return onnx_runtime.delegate_unavailable(known)


def compile_graph(path: Path, target: Path, *, side: int, soc: str = "SM8750") -> list[tuple[str, int]]:
    """Compile an ONNX file for the NPU of a chip, for tiles of `side` pixels, into an ONNX file that holds the result.

    Returns:
        The stretches that the graph fell into: who runs each (ONNX Runtime's name of the provider), and of how many
        operations it is.

    Raises:
        UnfilterError: no such chip.
        RuntimeUnavailable: there is no compiler here, or it does not take the graph.
    """
    known = find_delegate("onnx", "qnn")
    if soc not in SOCS:
        raise UnfilterError(f"no chip {soc!r} that is known here: choose one of {', '.join(SOCS)}")
    if reason := unavailable():
        raise RuntimeUnavailable(f"delegate {known}: {reason}")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    for axis in ("height", "width"):
        options.add_free_dimension_override_by_name(axis, side)
    for name, value in {
        "ep.context_enable": "1",
        "ep.context_embed_mode": "1",
        "ep.context_file_path": str(target),
        "session.record_ep_graph_assignment_info": "1",
    }.items():
        options.add_session_config_entry(name, value)
    model, architecture = SOCS[soc]
    plugin: Any = import_module(known.plugin.replace("-", "_"))
    chosen = {"backend_path": plugin.get_qnn_htp_path(), "soc_model": model, "htp_arch": architecture}
    devices = [device for device in onnxruntime.get_ep_devices() if device.ep_name == PROVIDER]
    options.add_provider_for_devices(devices[:1], known.options | chosen)
    try:
        session = onnxruntime.InferenceSession(str(path), options)
    except Exception as error:  # onnxruntime raises classes of its own that share no base but Exception
        raise RuntimeUnavailable(f"delegate {known}: does not compile {path} ({str(error).splitlines()[0]})") from None
    return [(part.ep_name, len(part.get_nodes())) for part in session.get_provider_graph_assignment_info()]
