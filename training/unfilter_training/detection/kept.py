"""What was measured of photos, kept as JSON lines, so that what was measured once is not measured again."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

Report = Callable[[Iterable[Path]], Iterable[Path]]
"""Shows progress over photos, which it gives back one by one."""


def measured(
    kept: Path,
    names: Sequence[str],
    photos: Iterable[Path],
    measure: Callable[[Path], list[list[Any]]],
    report: Report = lambda photos: photos,
) -> Iterator[tuple[str, list[list[Any]]]]:
    """Each photo, by folder and name, with what `measure` gives for it: a list per file that is made of it, of JSON's types.

    `kept` gets a line per photo when it is complete; lines of measures other than `names` are passed over.
    """
    kept.parent.mkdir(parents=True, exist_ok=True)
    known: dict[str, list[list[Any]]] = {}
    if kept.exists():
        lines = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
        known = {line["photo"]: line["files"] for line in lines if line["measures"] == list(names)}
    for path in report(photos):
        photo = f"{path.parent.name}/{path.name}"  # collections give the same name to versions of a photo
        if photo not in known:
            known[photo] = measure(path)
            line = json.dumps({"photo": photo, "measures": list(names), "files": known[photo]})
            with kept.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        yield photo, known[photo]
