"""A top-up: what it takes to restore so many decibels more than the pixels do."""

import math
from dataclasses import dataclass
from typing import Any

from unfilter.format.tag import Tag
from unfilter.photo import Goal, Photo
from unfilter.photo.jpeg import as_read, coded
from unfilter.photo.top_up import with_top_up
from unfilter.proof.fidelity.metrics import psnr
from unfilter_training.evaluation.bench import Bench
from unfilter_training.evaluation.measurements.keys import target_key, written_key
from unfilter_training.evaluation.pictures import Picture
from unfilter_training.evaluation.subjects import Subject


@dataclass(frozen=True)
class ToppedUp:
    """From the base, restored from JPEG 80 4:2:0 with the filter's own quantiser tables, to `gain` dB more, or to `db` where
    that is given.

    `base_db`; `restored_db`; `bytes` of the top-up, 0 where the base is as good already; the photo's `pixels`.
    """

    subject: Subject
    picture: Picture
    gain: float | None = 2.0
    db: float | None = None

    def key(self) -> dict[str, Any]:
        """See `Cell`."""
        return {
            "measurement": "topped up",
            **written_key(self.subject),
            **target_key(self.subject.task(), self.picture),
            "goal": [self.gain, self.db],
        }

    def measure(self, bench: Bench) -> dict[str, float]:
        """See `Cell`."""
        photo = bench.photo(self.picture)
        filtered = bench.filtered(self.subject, (), self.picture)
        saved = as_read(coded(filtered, 80, "4:2:0", self.subject.quantisation.get("4:2:0")))
        base = bench.restored(self.subject, saved.pixels)
        base_db = psnr(base, photo)
        value = {"base_db": base_db, "restored_db": base_db, "bytes": 0.0, "pixels": float(photo[..., 0].size)}
        goal = self.db if self.db is not None else base_db + (self.gain or 0)
        tag = Tag(filter=self.subject.label, restoration="0" * 64, codec="jpeg")
        topped = with_top_up(Photo(saved.pixels, tag=tag), Photo(photo), base, Goal("dB", goal), self.picture.name)
        if topped.top_up is None or topped.tag is None or topped.tag.top_up is None:
            return value
        return value | {"restored_db": topped.tag.top_up.restores_db or math.inf, "bytes": float(len(topped.top_up))}
