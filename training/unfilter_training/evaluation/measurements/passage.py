"""A photo's way through a filter, a file, and back."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from unfilter.proof.fidelity.metrics import psnr, ssim
from unfilter.run.again import ROUNDS
from unfilter_training.evaluation.bench import Bench, Values
from unfilter_training.evaluation.carriers import Carrier
from unfilter_training.evaluation.carriers.png import Png
from unfilter_training.evaluation.measurements.keys import target_key
from unfilter_training.evaluation.pictures import Picture
from unfilter_training.evaluation.subjects import Subject


@dataclass(frozen=True)
class Passage:
    """Filter, save as `carrier`, read, restore (again, where the carrier kept every level), save as PNG, read.

    `approximation_db` and `approximation_ssim`: the file as read against the operator's output; `restoration_db` and
    `restoration_ssim`: the restored photo against the photo; `bytes`: size of the carrier.
    """

    subject: Subject
    picture: Picture
    carrier: Carrier
    values: Values = ()

    def key(self) -> dict[str, Any]:
        """See `Cell`."""
        task = self.subject.task(dict(self.values))
        return {
            "measurement": "passage",
            "weights": self.subject.weights,
            "network": self.subject.description.network.model_dump(),
            "values": list(task.normalised),
            **target_key(task, self.picture),
            "carrier": self.carrier.name,
            "rounds": ROUNDS,
        }

    def measure(self, bench: Bench) -> dict[str, float]:
        """See `Cell`."""
        photo = bench.photo(self.picture)
        target = bench.target(self.subject.task(dict(self.values)), self.picture)
        filtered = bench.filtered(self.subject, self.values, self.picture)
        saved = self.carrier.through(filtered, bench.folder)
        exact = np.array_equal(saved.pixels, filtered)
        back = (
            bench.restored_again(self.subject, self.values, saved.pixels)
            if exact
            else bench.restored(self.subject, saved.pixels)
        )
        restored = Png().through(back, bench.folder).pixels
        return {
            "approximation_db": psnr(saved.pixels, target),
            "approximation_ssim": ssim(saved.pixels, target),
            "restoration_db": psnr(restored, photo),
            "restoration_ssim": ssim(restored, photo),
            "bytes": float(saved.bytes),
        }
