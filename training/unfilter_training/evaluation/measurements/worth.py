"""One way to save a filtered picture, measured, and what is left of its photo after what happens to files."""

from dataclasses import dataclass
from typing import Any

from unfilter.proof.fidelity.metrics import psnr
from unfilter_training.evaluation.bench import Bench
from unfilter_training.evaluation.measurements.keys import target_key, written_key
from unfilter_training.evaluation.pictures import Picture
from unfilter_training.evaluation.subjects import Subject
from unfilter_training.evaluation.ways import Way
from unfilter_training.evaluation.ways.events import EVENTS
from unfilter_training.evaluation.ways.ours import Network

LOST = -1.0
"""Decibels of a photo that does not come back."""


@dataclass(frozen=True)
class Worth:
    """`bytes` of the file; `distance_db` of its picture to the operator's output; `restored_db` of what comes back, against
    the photo; the same after each event by its name (`stripped_db` ...), `LOST` where nothing does; the photo's `pixels`.
    """

    subject: Subject
    picture: Picture
    way: Way

    def key(self) -> dict[str, Any]:
        """See `Cell`. A way without the network asks the subject for its task alone."""
        task = self.subject.task()
        network = written_key(self.subject) if isinstance(self.way, Network) else {}
        return {"measurement": "worth", **network, **target_key(task, self.picture), "way": self.way.name}

    def measure(self, bench: Bench) -> dict[str, float]:
        """See `Cell`."""
        photo, shown = bench.photo(self.picture), bench.target(self.subject.task(), self.picture)
        file = self.way.saved(bench, self.subject, self.picture)
        found = self.way.restored(bench, self.subject, file)
        assert found is not None
        value = {
            "bytes": float(len(file.content)),
            "pixels": float(photo[..., 0].size),
            "distance_db": psnr(file.pixels, shown),
            "restored_db": psnr(found, photo),
        }
        for name, event in EVENTS.items():
            left = self.way.restored(bench, self.subject, event.happens(file))
            value[f"{name}_db"] = LOST if left is None else psnr(left, event.reference(photo))
        return value
