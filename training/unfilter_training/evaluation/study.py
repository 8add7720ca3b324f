"""What one run of `evaluate` looks at."""

from dataclasses import dataclass

from unfilter_training.evaluation.pictures import Picture, PictureSet
from unfilter_training.evaluation.subjects import Subject


@dataclass(frozen=True)
class Study:
    """Subjects, photo sets, and how many photos the curves are drawn from, which take some sixty cells each."""

    subjects: tuple[Subject, ...]
    sets: tuple[PictureSet, ...]
    most_curve_pictures: int = 25

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """All photos, set by set."""
        return tuple(picture for one in self.sets for picture in one.pictures)

    @property
    def table_pictures(self) -> tuple[Picture, ...]:
        """Photos of tables that stand beside the paper's: FiveK's, as the paper, where they are given; otherwise all."""
        return tuple(p for one in self.sets for p in one.pictures if one.layout == "fivek") or self.pictures

    @property
    def curve_pictures(self) -> tuple[Picture, ...]:
        """Photos of the curves: all, or so many of them, evenly spread over the list."""
        every = self.pictures
        count = min(len(every), self.most_curve_pictures)
        return tuple(every[index * len(every) // count] for index in range(count))

    @property
    def filters(self) -> tuple[Subject, ...]:
        """Subjects that are neither ablations nor baselines."""
        return tuple(one for one in self.subjects if one.group == "filter")


def named(pictures: tuple[Picture, ...]) -> str:
    """Which photos these are, such as `kodak (12), fivek (13)`."""
    counts: dict[str, int] = {}
    for picture in pictures:
        counts[picture.set] = counts.get(picture.set, 0) + 1
    return ", ".join(f"{name} ({count})" for name, count in counts.items())
