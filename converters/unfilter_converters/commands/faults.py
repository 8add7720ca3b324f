"""`unfilter faults`: put faults into a bundle on purpose, and see which check of `unfilter verify` catches each."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unfilter.format.manifest import Manifest

SUMMARY = "put faults into copies of a bundle, and show which check of verify catches each"
EXTRA: str | None = "convert"
REQUIRES = ("torch", "onnx", "onnxruntime", "ai_edge_litert", "coremltools", "safetensors")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("bundle", metavar="BUNDLE", help="bundle folder, packed bundle, or name of a filter")
    parser.add_argument("--fault", action="append", help="one of them by name (may be repeated; all)")
    parser.add_argument("--golden", action="append", default=[], help="measure on this golden first (may be repeated; all)")


def run(arguments: Namespace) -> int:
    from unfilter.cli.progress import announce, finish
    from unfilter.errors import UnfilterError
    from unfilter.find.search_path import open_bundle
    from unfilter_converters.faults import catalogue, form_of, render, without_fault
    from unfilter_converters.faults import run as put_in

    bundle = open_bundle(arguments.bundle)
    with TemporaryDirectory(prefix="unfilter-other-") as folder:
        faults = catalogue(form_of(bundle.folder), cache(_other_inverse(bundle.manifest, Path(folder))))
        unknown = set(arguments.fault or ()) - {fault.name for fault in faults}
        if unknown:
            raise UnfilterError(f"no fault {min(unknown)!r}: choose of {', '.join(fault.name for fault in faults)}")
        announce("without a fault")
        alarms = without_fault(bundle.folder, goldens=arguments.golden)
        outcomes = []
        for fault in faults:
            if not arguments.fault or fault.name in arguments.fault:
                announce(fault.name)
                outcomes.append(put_in(bundle.folder, fault, goldens=arguments.golden, where=True))
    finish()
    print(render(outcomes))
    slipped = [each.fault.name for each in outcomes if each.here and not each.caught_by]
    caught = sum(bool(each.caught_by) for each in outcomes)
    print(f"\n{caught} caught, {len(slipped)} slipped through, {len(alarms)} false alarms without a fault")
    for line in (*alarms, *slipped):
        print(f"FAIL {line}")
    return 1 if slipped or alarms else 0


def _other_inverse(manifest: "Manifest", folder: Path) -> Callable[[], Path]:
    """Makes the ONNX inverse of another training: of `l0_variable`, which learned the operator of `l0`, or of `l0`."""

    def make() -> Path:
        from unfilter_converters import onnx
        from unfilter_converters.captured_output import captured_output
        from unfilter_training.checkpoint import find, load

        network = load(find("l0" if manifest.filter == "l0_variable" else "l0_variable"))[0]
        with captured_output():
            onnx.convert(network, manifest.tiles, folder, "fp32")
        return folder / "onnx/inverse.onnx"

    return make
