"""What was measured of a filter's files, kept as JSON lines, so that what was measured once is not measured again."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unfilter_training.checkpoint import Description
from unfilter_training.network import QuasiInvertibleNetwork


@dataclass(frozen=True)
class MeasuredFilter:
    """A filter whose files are looked at.

    Attributes:
        network, description: its checkpoint.
        cache: folder that gets a file per set of weights and kind of measure.
        progress: shows progress over photos, which it gives back one by one.
    """

    network: QuasiInvertibleNetwork
    description: Description
    cache: Path
    progress: Callable[[Iterable[Path]], Iterable[Path]] = lambda photos: photos

    def measured(
        self, names: Sequence[str], photos: Iterable[Path], measure: Callable[[Path], list[list[Any]]], kind: str = ""
    ) -> Iterator[tuple[str, list[list[Any]]]]:
        """Each photo, by folder and name, with what `measure` gives for it: a list per file that is made of it, of JSON's
        types.

        A photo's line is added when it is complete; lines of measures other than `names` are passed over.
        """
        self.cache.mkdir(parents=True, exist_ok=True)
        lines_path = self.cache / f"{self.description.filter}-{self.description.weights_sha256[:16]}{kind}.jsonl"
        known: dict[str, list[list[Any]]] = {}
        if lines_path.exists():
            lines = [json.loads(line) for line in lines_path.read_text(encoding="utf-8").splitlines()]
            known = {line["photo"]: line["files"] for line in lines if line["measures"] == list(names)}
        for path in self.progress(photos):
            photo = f"{path.parent.name}/{path.name}"  # collections give the same name to versions of a photo
            if photo not in known:
                known[photo] = measure(path)
                line = json.dumps({"photo": photo, "measures": list(names), "files": known[photo]})
                with lines_path.open("a", encoding="utf-8") as file:
                    file.write(line + "\n")
            yield photo, known[photo]
