"""The photo itself as a file: what a user may keep instead of restoring."""

from dataclasses import dataclass
from typing import Any

from unfilter.proof.fidelity.metrics import psnr
from unfilter_training.evaluation.bench import Bench
from unfilter_training.evaluation.carriers import Carrier
from unfilter_training.evaluation.measurements.keys import photo_key
from unfilter_training.evaluation.pictures import Picture


@dataclass(frozen=True)
class KeptOriginal:
    """`bytes` of the photo in a carrier, `db` of what is read from it against the photo, and the photo's `pixels`."""

    picture: Picture
    carrier: Carrier

    def key(self) -> dict[str, Any]:
        """See `Cell`."""
        return {
            "measurement": "kept original",
            **photo_key(self.picture),
            "carrier": self.carrier.name,
        }

    def measure(self, bench: Bench) -> dict[str, float]:
        """See `Cell`."""
        photo = bench.photo(self.picture)
        saved = self.carrier.through(photo, bench.folder)
        return {"bytes": float(saved.bytes), "db": psnr(saved.pixels, photo), "pixels": float(photo[..., 0].size)}
