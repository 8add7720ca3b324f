"""The networks that are evaluated: shipped filters, others by name, and short trainings that a folder holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import torch
from pydantic import Field

from unfilter.errors import UnfilterError
from unfilter.format.quantisation import QuantiserTables, Subsampling
from unfilter_training import checkpoint
from unfilter_training.evaluation.record import Record
from unfilter_training.operators import operator
from unfilter_training.quantisation.learned import FILE, read_learned
from unfilter_training.scoring import Task, task

Group = Literal["filter", "ablation", "baseline"]

SHORT_TRAININGS = Path("build/ablations")
"""Where `unfilter ablate` leaves checkpoints, unless it is told otherwise."""

_PREFIXES: dict[str, Group] = {"ablation_": "ablation", "baseline_": "baseline"}


@dataclass(frozen=True)
class Subject:
    """One checkpoint.

    Attributes:
        label: what tables call it, the recipe's name.
        weights: sha256 of the weights file.
        group: by the name of the recipe: `ablation_*`, `baseline_*`, or a filter.
        quantisation: the tables that `apply` writes the filter's JPEGs with; annex K's where there are none.
    """

    label: str
    weights: str
    group: Group
    folder: Path = field(compare=False)
    description: checkpoint.Description = field(compare=False, repr=False)
    quantisation: Mapping[Subsampling, QuantiserTables] = field(default_factory=dict, compare=False, repr=False)

    def task(self, values: Mapping[str, float] | None = None) -> Task:
        """What it is to do, its hyper-parameters at `values` or their defaults."""
        return task(self.description.recipe, dict(values or {}))

    @property
    def budget(self) -> str:
        """Its training's length, such as `2,000 steps x 4 patches of 128 x 128`."""
        schedule = self.description.recipe.schedule
        start = self.description.warm_start
        length = f"{self.description.steps:,} steps x {schedule.batch} patches of {schedule.patch} x {schedule.patch}"
        return f"{length}, from `{start.recipe}`" if start else length


class SubjectRecord(Record):
    """A checkpoint in `results.json`."""

    label: str = Field(description="name of the recipe")
    group: Group
    operator: str
    weights_sha256: str
    budget: str = Field(description="length of the training, in words")
    research_only: bool = Field(description="whether the weights may be used for research only")

    @staticmethod
    def of(subject: Subject) -> "SubjectRecord":
        """The record of a subject."""
        recipe = subject.description.recipe
        return SubjectRecord(
            label=subject.label,
            group=subject.group,
            operator=recipe.operator,
            weights_sha256=subject.weights,
            budget=subject.budget,
            research_only=recipe.research_only is not None,
        )


def gather(names: Sequence[str], short_trainings: Path | None) -> tuple[Subject, ...]:
    """Checkpoints by name or folder, or all shipped ones; then those in folders of `short_trainings`.

    None is `SHORT_TRAININGS`, where it is there. A checkpoint that is named twice, or lies in both places, is one subject.

    Raises:
        CheckpointError: one of them is missing, damaged or of another version.
        UnfilterError: there is none, two that differ go by one name, `short_trainings` is no folder, or an operator lacks
            weights of its own.
    """
    if short_trainings is not None and not short_trainings.is_dir():
        raise UnfilterError(f"{short_trainings}: no such folder of short trainings; `unfilter ablate` makes one")
    short_trainings = short_trainings or SHORT_TRAININGS
    folders = [checkpoint.find(name) for name in names or checkpoint.shipped()]
    folders += sorted(path.parent for path in short_trainings.glob(f"*/{checkpoint.DESCRIPTION}"))
    subjects: dict[str, Subject] = {}
    for folder in folders:
        subject = _subject(folder)
        other = subjects.setdefault(subject.label, subject)
        if other != subject:
            raise UnfilterError(f"{folder} and {other.folder} are both called {subject.label}: evaluate them one by one")
    if not subjects:
        raise UnfilterError(f"nothing to evaluate: no filter ships, and {short_trainings} holds no checkpoint")
    for name in sorted({one.description.recipe.operator for one in subjects.values()}):
        if "weights" in operator(name).parameters:  # said now, not after hours of measuring
            operator(name)(torch.zeros(1, 3, 16, 16))
    return tuple(subjects.values())


def _subject(folder: Path) -> Subject:
    description = checkpoint.read_description(folder)
    label = description.filter
    group: Group = next((group for prefix, group in _PREFIXES.items() if label.startswith(prefix)), "filter")
    learned = read_learned(folder / FILE) if (folder / FILE).exists() else None
    fits = learned is not None and learned.weights_sha256 == description.weights_sha256
    return Subject(label, description.weights_sha256, group, folder, description, learned.tables if learned and fits else {})
