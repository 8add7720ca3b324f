"""`unfilter compile`: graphs of a bundle, ahead of time, for the NPU of a chip, by the vendor's own compiler."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import get_args

from unfilter.format.artifact import Precision

SUMMARY = "compile a bundle's graphs ahead of time for the NPU of a chip, by the vendor's compiler"
EXTRA: str | None = "convert"
REQUIRES = ("onnx", "onnxruntime", "ai_edge_litert")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("bundle", metavar="BUNDLE", help="bundle folder, packed bundle, or name of a filter")
    parser.add_argument(
        "--npu", required=True, choices=("qnn", "qualcomm", "mediatek"), help="qnn: for ONNX Runtime; the others: for LiteRT"
    )
    parser.add_argument("--soc", required=True, metavar="CHIP", help="such as SM8750 (Qualcomm) or MT6991 (MediaTek)")
    parser.add_argument("--precision", choices=get_args(Precision), default="fp16")
    parser.add_argument("--out", type=Path, default=Path("build/compiled"), help="where the files go (build/compiled)")


def run(arguments: Namespace) -> int:
    from unfilter.errors import UnfilterError
    from unfilter.find.search_path import open_bundle
    from unfilter_converters.captured_output import captured_output
    from unfilter_converters.delegates import litert_npu, qualcomm

    bundle = open_bundle(arguments.bundle)
    bundle.check()
    if arguments.out.exists() and not arguments.out.is_dir():
        raise UnfilterError(f"{arguments.out}: is not a folder; name another one")
    arguments.out.mkdir(parents=True, exist_ok=True)
    stem = f"{bundle.manifest.filter}_{{}}_{arguments.precision}_{arguments.soc}"
    if arguments.npu != "qnn":
        source = bundle.path(bundle.artifact("tflite", "forward", arguments.precision).path)
        target = arguments.out / f"{stem.format('both')}.tflite"
        litert_npu.compile_file(source, target, vendor=arguments.npu, soc=arguments.soc)
        print(f"{target}: {target.stat().st_size:,} bytes")
        return 0
    for direction in ("forward", "inverse"):
        source = bundle.path(bundle.artifact("onnx", direction, arguments.precision).path)
        target = arguments.out / f"{stem.format(direction)}.onnx"
        target.unlink(missing_ok=True)  # or the compiler refuses to write
        with captured_output():
            parts = qualcomm.compile_graph(source, target, side=bundle.manifest.tiles.tile, soc=arguments.soc)
        on_npu = sum(count for provider, count in parts if provider == qualcomm.PROVIDER)
        total = sum(count for _, count in parts)
        share = f"{on_npu} of {total} operations on the NPU, {len(parts)} partition(s)"
        print(f"{target}: {target.stat().st_size:,} bytes, {share}")
    return 0
