"""`unfilter filters`: the filters in the search path."""

import json
import sys
from argparse import ArgumentParser, Namespace
from typing import Any

from unfilter.find.archive import SUFFIX, Archive
from unfilter.format.bundle import Bundle

SUMMARY = "list the filters that are found by name, with size, carriers, runtimes and model card"
EXTRA: str | None = None
REQUIRES: tuple[str, ...] = ()


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="as JSON: a list of objects")


def run(arguments: Namespace) -> int:
    from unfilter.find.packages import packed
    from unfilter.find.search_path import bundles, folders

    def say(error: Exception) -> None:
        print(f"unfilter: {error}", file=sys.stderr)

    everywhere: list[Bundle | Archive] = [*bundles(broken=say), *packed(say)]
    found = [_described(bundle) for bundle in everywhere]
    if arguments.json:
        print(json.dumps(found, indent=2))
    elif found:
        print("\n\n".join(_block(filter) for filter in found))
    else:
        print(f"no filters in {', '.join(map(str, folders()))}; add one with `unfilter install BUNDLE`")
    return 0


def _described(bundle: Bundle | Archive) -> dict[str, Any]:
    manifest = bundle.manifest
    card = bundle.card if isinstance(bundle, Bundle) else None  # a packed one has no path; `unfilter card` unpacks it
    return {
        "name": bundle.name,
        "filter": manifest.filter,
        "restoration": manifest.restoration,
        "id": bundle.id,
        "folder": str(bundle.folder if isinstance(bundle, Bundle) else bundle.path),
        "bytes": bundle.size,
        "carriers": list(manifest.carriers),
        "runtimes": _runtimes(bundle),
        "parameters": [one.name for one in manifest.hyper_parameters],
        "card": str(card) if card else None,
        "guided": manifest.guided,
        "research_only": manifest.research_only,
    }


def _runtimes(bundle: Bundle | Archive) -> dict[str, list[str]]:
    """Precisions by runtime: what the bundle has graphs for, whether that runtime is installed or not."""
    from unfilter.run import runtimes

    precisions: dict[str, list[str]] = {}
    for artifact in bundle.manifest.artifacts:
        held = precisions.setdefault(artifact.format, [])
        if artifact.precision not in held:
            held.append(artifact.precision)
    formats = {name: runtimes.sibling(name).FORMAT for name in runtimes.NAMES}
    return {name: precisions[format] for name, format in formats.items() if format in precisions}


def _block(described: dict[str, Any]) -> str:
    from unfilter.run.runtimes import installed

    here = installed()
    lacking = [name for name in described["runtimes"] if name not in here]
    runs = "; ".join(f"{name} {', '.join(precisions)}" for name, precisions in described["runtimes"].items())
    lines = [
        ("bundle", f"{described['folder']}, {described['bytes'] / 1e6:.1f} MB, id {described['id']}"),
        ("carriers", ", ".join(described["carriers"])),
        ("runtimes", runs + (f" (not installed here: {', '.join(lacking)})" if lacking else "")),
    ]
    if described["parameters"]:
        lines.append(("parameters", ", ".join(described["parameters"])))
    packed = described["folder"].endswith(SUFFIX)
    lines.append(("card", described["card"] or (f"unfilter card {described['filter']}" if packed else "none")))
    if described["guided"]:
        lines.append(("guided", "takes what your own filter made of the photo (apply --output RESULT)"))
    if described["research_only"]:
        lines.append(("licence", f"for research only: {' '.join(described['research_only'].split())}"))
    return "\n".join([described["name"], *(f"  {name:<12}{value}" for name, value in lines)])
