"""What doing nothing scores."""

from dataclasses import dataclass
from typing import Any

from unfilter.proof.fidelity.metrics import psnr, ssim
from unfilter_training.evaluation.bench import Bench, Values
from unfilter_training.evaluation.measurements.keys import target_key
from unfilter_training.evaluation.pictures import Picture
from unfilter_training.evaluation.subjects import Subject


@dataclass(frozen=True)
class Unfiltered:
    """The photo itself against the operator's output: `db` (RGB PSNR) and `ssim`. Asks the subject for its task alone."""

    subject: Subject
    picture: Picture
    values: Values = ()

    def key(self) -> dict[str, Any]:
        """See `Cell`."""
        return {"measurement": "unfiltered", **target_key(self.subject.task(dict(self.values)), self.picture)}

    def measure(self, bench: Bench) -> dict[str, float]:
        """See `Cell`."""
        photo = bench.photo(self.picture)
        target = bench.target(self.subject.task(dict(self.values)), self.picture)
        return {"db": psnr(photo, target), "ssim": ssim(photo, target)}
