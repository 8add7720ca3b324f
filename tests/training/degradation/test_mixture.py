"""A mixture draws by its weights, the same for the same random state, and refuses what cannot be drawn."""

from collections import Counter
from functools import partial

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from unfilter_training.degradation import Degradation, Mixture, each, identity, real_jpeg, rounding, simulated_jpeg


def name(degradation: object) -> str:
    return getattr(degradation, "func", degradation).__name__


def test_rounding_alone_is_the_default() -> None:
    random = np.random.default_rng(0)
    assert all(Mixture().draw(random) is rounding for _ in range(20))
    assert not Mixture().jpeg


def test_each_is_drawn_by_its_weight() -> None:
    mixture = Mixture(rounding=1, real_jpeg=2, simulated_jpeg=4, identity=1)
    random = np.random.default_rng(0)
    counts = Counter(name(mixture.draw(random)) for _ in range(4000))
    shares = {one.__name__: counts[one.__name__] / 4000 for one in (rounding, real_jpeg, simulated_jpeg, identity)}
    assert shares == pytest.approx(
        {"rounding": 0.125, "real_jpeg": 0.25, "simulated_jpeg": 0.5, "identity": 0.125}, abs=0.03
    )
    assert mixture.jpeg


def test_qualities_and_subsamplings_are_all_drawn_and_no_others() -> None:
    mixture = Mixture(rounding=0, real_jpeg=1, qualities=(70, 73))
    random = np.random.default_rng(0)
    drawn = {tuple(sorted(mixture.draw(random).keywords.items())) for _ in range(300)}
    assert drawn == {(("quality", q), ("subsampling", s)) for q in range(70, 74) for s in ("4:4:4", "4:2:0")}


def test_the_same_random_state_draws_the_same() -> None:
    mixture = Mixture(real_jpeg=1, simulated_jpeg=1)
    first, again = (mixture.draw(np.random.default_rng([0, 7, 1])) for _ in range(2))
    assert name(first) == name(again)
    assert getattr(first, "keywords", None) == getattr(again, "keywords", None)


def test_a_draw_takes_as_much_from_the_random_state_whatever_it_gives() -> None:
    draws = {}
    for mixture in (Mixture(), Mixture(rounding=0, real_jpeg=1), Mixture(identity=3, simulated_jpeg=1)):
        random = np.random.default_rng(5)
        mixture.draw(random)
        draws[mixture] = random.bit_generator.state["state"]["state"]
    assert len(set(draws.values())) == 1


EVERY: list[Degradation] = [
    rounding,
    partial(real_jpeg, quality=70, subsampling="4:2:0"),
    partial(simulated_jpeg, quality=70, subsampling="4:2:0"),
    partial(simulated_jpeg, quality=90, subsampling="4:4:4"),
    identity,
]


def test_each_image_of_a_batch_passes_through_its_own_degradation_gradient_included() -> None:
    generator = torch.Generator().manual_seed(0)
    images = 1.4 * torch.rand(len(EVERY), 3, 24, 20, generator=generator) - 0.2
    weights = torch.rand(images.shape, generator=generator)
    together = images.clone().requires_grad_()
    saved = each(EVERY)(together)
    (gradient,) = torch.autograd.grad((saved * weights).sum(), together)
    for index, degradation in enumerate(EVERY):
        alone = images[index : index + 1].clone().requires_grad_()
        one = degradation(alone)
        assert torch.equal(saved[index : index + 1], one)
        (expected,) = torch.autograd.grad((one * weights[index : index + 1]).sum(), alone)
        assert torch.equal(gradient[index : index + 1], expected)


@pytest.mark.parametrize("count", [1, 3])
def test_each_needs_as_many_degradations_as_images(count: int) -> None:
    with pytest.raises(ValueError, match="zip"):
        each([rounding] * count)(torch.zeros(2, 3, 4, 4))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"rounding": 0}, "all weights are zero"),
        ({"rounding": -1}, "greater than or equal to 0"),
        ({"qualities": (90, 60)}, "must rise within 1..100"),
        ({"qualities": (0, 60)}, "must rise within 1..100"),
        ({"subsamplings": ()}, "at least 1"),
        ({"subsamplings": ("4:1:1",)}, "4:4:4"),
        ({"blur": 1}, "not permitted"),
    ],
)
def test_what_cannot_be_drawn_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Mixture.model_validate(fields)
