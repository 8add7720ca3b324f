"""A filtered photo that was shared, and what comes back at the size that arrives."""

from dataclasses import dataclass
from typing import Any

from unfilter.format.mark import marked
from unfilter.jobs.recognition.mark_search import THRESHOLD, strongest
from unfilter.proof.fidelity.metrics import psnr
from unfilter_training.chains import Chain
from unfilter_training.evaluation.bench import Bench, Values
from unfilter_training.evaluation.measurements.keys import target_key
from unfilter_training.evaluation.pictures import Picture
from unfilter_training.evaluation.subjects import Subject


@dataclass(frozen=True)
class Shared:
    """`restored_db`: what is restored against the photo at that size; `arrived_db`: the file that arrived against it;
    `recognised`: 1 where the mark of the filter, put into the filtered photo, is found in what arrives, else 0.
    """

    subject: Subject
    picture: Picture
    chain: Chain
    values: Values = ()

    def key(self) -> dict[str, Any]:
        """See `Cell`."""
        task = self.subject.task(dict(self.values))
        return {
            "measurement": "shared",
            "weights": self.subject.weights,
            "network": self.subject.description.network.model_dump(),
            "values": list(task.normalised),
            **target_key(task, self.picture),
            "chain": self.chain.name,
        }

    def measure(self, bench: Bench) -> dict[str, float]:
        """See `Cell`."""
        filtered = bench.filtered(self.subject, self.values, self.picture)
        arrived = self.chain.arrived(filtered, bench.folder)
        photo = self.chain.reference(bench.photo(self.picture))
        name = self.subject.weights  # as good as a restoration id: 64 hexadecimal digits
        mark = strongest(self.chain.arrived(marked(filtered, name), bench.folder), [name])
        return {
            "restored_db": psnr(bench.restored(self.subject, arrived), photo),
            "arrived_db": psnr(arrived, photo),
            "recognised": float(mark is not None and mark.deviations >= THRESHOLD),
        }
