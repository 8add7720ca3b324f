"""The operator's output as a file that carries nothing more."""

from dataclasses import dataclass
from typing import Any

from unfilter_training.evaluation.bench import Bench, Values
from unfilter_training.evaluation.carriers import Carrier
from unfilter_training.evaluation.measurements.keys import target_key
from unfilter_training.evaluation.pictures import Picture
from unfilter_training.evaluation.subjects import Subject


@dataclass(frozen=True)
class PlainFile:
    """`bytes` of the operator's output in a carrier. Asks the subject for its task alone."""

    subject: Subject
    picture: Picture
    carrier: Carrier
    values: Values = ()

    def key(self) -> dict[str, Any]:
        """See `Cell`."""
        return {
            "measurement": "plain file",
            **target_key(self.subject.task(dict(self.values)), self.picture),
            "carrier": self.carrier.name,
        }

    def measure(self, bench: Bench) -> dict[str, float]:
        """See `Cell`."""
        target = bench.target(self.subject.task(dict(self.values)), self.picture)
        return {"bytes": float(self.carrier.through(target, bench.folder).bytes)}
