"""A look from a source to a checkpoint: what `unfilter new` does before it converts.

    prepared = prepare("film", "film.cube", Path("photos"), Path("build/training/film"))
    print(*prepared.examined.lines, sep="\\n")
    learn(prepared, minutes=20)

Everything that can be told early is told by `prepare`: nothing has been trained yet when it returns, or raises.
"""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import tomlkit

from unfilter.errors import PhotoError, UnfilterError
from unfilter.files import replacing
from unfilter_training import checkpoint
from unfilter_training.data import split
from unfilter_training.look_progress import Measuring, Watcher
from unfilter_training.photo_sets import photo_set
from unfilter_training.recipe import LOOK, PhotoSource, Recipe, read_recipe
from unfilter_training.scoring import score, task
from unfilter_training.sources import LookSource, open_source, parse
from unfilter_training.sources.examination import Examined, examine, examine_pairs
from unfilter_training.sources.pairs import BEFORE, PairsSource
from unfilter_training.sources.specification import Specification
from unfilter_training.trainer import started
from unfilter_training.training import PAIRS, train

Form = Literal["learned", "guided"]

BASE: dict[Form, str] = {"learned": "llf", "guided": "any"}
"""The recipe whose network, files and optimizers new looks take. Guided ones begin where `any` ended, where it is there."""

FEWEST, FEW = 4, 40
"""Photos below which nothing is trained, and below which it is said that more would help."""

MOST = 1_000_000_000
"""Pixels of all photos, which are held in memory at three bytes each."""

APPROXIMATING = 0.5
"""Part of the steps in which the auxiliary branch of a learned filter learns the look alone."""

RESTORATION: dict[Form, float] = {"learned": 0.3, "guided": 1.0}
"""Weight of the restored photo against the look. A guided filter need not learn the look, and is near it in any case."""

RESTART: dict[Form, float] = {"learned": 1.0, "guided": 0.5}
"""Learning rate of the hiding steps: whole where hiding is learned anew, half where it goes on from `any`."""

RECIPE = "recipe.toml"


@dataclass(frozen=True)
class Prepared:
    """A look that can be trained: its recipe, without a length yet, and what was found out about it."""

    recipe: Recipe
    photos: Path
    folder: Path
    source: LookSource
    examined: Examined
    count: int
    notes: tuple[str, ...]


def prepare(
    name: str,
    source: str | Specification,
    photos: Path | None,
    folder: Path,
    *,
    form: Form = "learned",
    licence: str = "not stated",
) -> Prepared:
    """Open and examine a look and its photos, and write down how it will be trained.

    Args:
        name: of the filter: lower-case letters, digits, underscores.
        source: as `sources.parse` understands it.
        photos: folder of photos; None for pairs, which bring their own.
        folder: where the training goes; the file of a source is copied there, so that the recipe is complete.
        form: whether the network makes the look itself, or takes photo and result.
        licence: of the photos, for the card.

    Raises:
        UnfilterError: a name that cannot be, no photos or too few, one that cannot be read, a source that fails, changes the
            size, changes nothing, or leaves nothing to restore from.
    """
    _check_name(name)
    specification = parse(source) if isinstance(source, str) else source
    opened = open_source(specification)
    notes = list(opened.matched.problems) if isinstance(opened, PairsSource) else []
    photos = _photos(specification, photos)
    files = _readable(photos, opened)
    every = max(4, len(files) // 8)
    pictures = [photo_set("plain").read(path) for path in files[:: max(1, len(files) // 3)]]
    try:
        examined = (examine_pairs if isinstance(opened, PairsSource) else examine)(opened, pictures)
    except UnfilterError as error:
        named = str(error) if specification.value in str(error) else f"{specification.value}: {error}"
        raise UnfilterError(named) from None
    if len(files) < FEW:
        notes.append(
            f"{photos}: {len(files)} photos are few; from some {FEW} on a filter does better on photos it never saw"
        )
    if form == "guided" and BASE[form] not in checkpoint.guided():
        start = BASE[form]
        notes.append(f"begins anew, not with {start}, and restores less for it: {checkpoint.HOW_TO_HAVE_THEM}")
    kept = specification.model_copy(update={"symmetry": examined.symmetry})
    if specification.kind in Specification.COPIED:
        folder.mkdir(parents=True, exist_ok=True)
        copy = folder / Path(specification.value).name
        if copy.resolve() != Path(specification.value).resolve():
            shutil.copyfile(specification.value, copy)
        kept = kept.model_copy(update={"value": copy.name})
    recipe = _recipe(name, kept, photos, form, every, licence)
    return Prepared(recipe, photos, folder, opened, examined, len(files), tuple(notes))


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[a-z0-9_]{1,64}", name):
        fitting = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")
        raise UnfilterError(f"{name!r}: a filter's name is of lower-case letters, digits and underscores, such as {fitting}")
    if name in checkpoint.shipped_and_guided():
        raise UnfilterError(f"{name}: is the name of a filter that ships; choose another one")


def _photos(specification: Specification, photos: Path | None) -> Path:
    if specification.kind == "pairs":
        own = Path(specification.value) / BEFORE
        if photos is not None and photos.resolve() != own.resolve():
            raise UnfilterError(f"{photos}: pairs bring their own photos, {own}; leave --photos out")
        return own
    if photos is None:
        raise UnfilterError(f"{specification.value}: needs photos to learn from; name a folder of them with --photos")
    return photos


def _readable(folder: Path, source: LookSource) -> list[Path]:
    """Paths of the photos, each of which was opened once. Raises UnfilterError where one cannot be, or they are too few."""
    whole = source.photos if isinstance(source, PairsSource) else None
    files = photo_set("plain").files(folder) if whole is None else list(whole)
    bad: list[PhotoError] = []
    pixels = 0
    for path in files:
        try:
            pixels += photo_set("plain").read(path).size // 3
        except PhotoError as error:
            bad.append(error)
    if bad:
        raise UnfilterError(f"{bad[0]} ({len(bad)} of {len(files)} photos cannot be used; move them out of the folder)")
    if len(files) < FEWEST:
        what = "pairs that fit" if whole is not None else "photos"
        raise UnfilterError(f"{folder}: holds {len(files)} {what}; {FEWEST} are the least, {FEW} and more are better")
    if pixels > MOST:
        raise UnfilterError(
            f"{folder}: {pixels / 1e6:.0f} megapixels in {len(files)} photos are more than memory should hold "
            f"({MOST / 1e6:.0f}); give fewer photos, or smaller copies"
        )
    return files


def _recipe(name: str, source: Specification, photos: Path, form: Form, every: int, licence: str) -> Recipe:
    base, learned = read_recipe(BASE[form]), form == "learned"
    network = base.network.model_dump() | {"expectation": True, "tone_width": 16}
    schedule = base.schedule.model_dump() | {"approximate": int(learned), "steps": 2, "restart": RESTART[form]}
    losses = base.losses.model_dump() | {"restoration": RESTORATION[form], "balanced": False}
    return Recipe(
        filter=name,
        operator=LOOK,
        source=source,
        held_out=every,
        network=type(base.network).model_validate(network),
        warm_start=BASE[form] if BASE[form] in checkpoint.guided() else None,
        photos=(PhotoSource(match="*", origin=photos.resolve().name, licence=licence),),
        schedule=type(base.schedule).model_validate(schedule),
        losses=type(base.losses).model_validate(losses),
        degradation=base.degradation,
    )


def learn(
    prepared: Prepared,
    *,
    minutes: float = 20.0,
    pairs: Path = PAIRS,
    device: str | None = None,
    watcher: Watcher | None = None,
    measure_every: float = 60.0,
) -> Path:
    """Train, score on the held-out photos through files, write card and recipe; returns the checkpoint, a folder.

    A training that was stopped goes on. Ctrl-C ends it, and what it has learned by then becomes the checkpoint.

    Args:
        prepared: from `prepare`.
        minutes: of processor time; a training that goes on keeps its own.
        pairs: folder of results made before.
        device: of torch; None takes cuda where there is one, else cpu.
        watcher: told how it goes.
        measure_every: seconds between measurements on held-out photos.

    Raises:
        UnfilterError: the folder holds a training of another look; or the source fails on a photo.
        KeyboardInterrupt: interrupted before anything could be restored.
    """
    before = started(prepared.folder)
    if before is not None and _without_length(before) != _without_length(prepared.recipe):
        raise UnfilterError(
            f"{prepared.folder}: holds a training of another look, form or set of photos; choose another name or --out"
        )
    held = split(prepared.recipe, prepared.photos, prepared.source).held_out
    audience = Measuring(prepared.source, prepared.folder, watcher or Watcher(), held, measure_every)
    schedule = prepared.recipe.schedule
    parts = {"approximate": int(1000 * APPROXIMATING), "steps": int(1000 * (1 - APPROXIMATING))}
    long = schedule.model_copy(update=parts if schedule.approximate else {"steps": 1000})
    recipe = prepared.recipe.model_copy(update={"schedule": long})
    folder = train(
        recipe,
        prepared.photos,
        prepared.folder,
        pairs=pairs,
        device=device,
        recipes=prepared.folder,
        audience=audience,
        seconds=60 * minutes,
    )
    _score(folder, [path for path, _ in held])
    write_recipe(folder / RECIPE, checkpoint.read_description(folder).recipe)
    return folder


def write_recipe(path: Path, recipe: Recipe) -> None:
    """A recipe as TOML, with all that it needs: `unfilter train PATH PHOTOS` makes the checkpoint again."""
    head = "# Written by `unfilter new`; made again by: unfilter train recipe.toml PHOTOS --out FOLDER\n"
    with replacing(path) as temporary:
        fields = recipe.model_dump(mode="json", exclude_none=True)
        temporary.write_text(head + tomlkit.dumps(fields), encoding="utf-8")


def _without_length(recipe: Recipe) -> Recipe:
    schedule = recipe.schedule.model_copy(update={"steps": 1, "approximate": min(1, recipe.schedule.approximate)})
    return recipe.model_copy(update={"schedule": schedule, "warm_start": None})


def _score(folder: Path, held: Sequence[Path]) -> None:
    network, description = checkpoint.load(folder)
    photos = (photo_set("plain").read(path) for path in held)
    mean, _ = score(network, task(description.recipe, folder=folder), photos, "held out")
    checkpoint.describe(folder, description.model_copy(update={"scores": (mean,)}))
