"""A narrower network from the weights of a wider one of the same form: of hidden channels those that matter most.

A channel matters as much as the norms of the weights that make it and of those that use it, multiplied (Li et al., "Pruning
Filters for Efficient ConvNets", 2017, rank by the first norm alone). It is a start to train on from, not a network to use.
Subnets and the dilated branch can be narrowed; the released code's own forms and pyramids cannot.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from torch import Tensor, nn

from unfilter_training.network.auxiliary import Dilated
from unfilter_training.network.coupling import Subnet


class _Hidden(NamedTuple):
    """Channels between convolutions, by the convolutions' names: what makes them, and what uses them."""

    made_by: list[str]
    used_by: list[str]


def narrowed(network: nn.Module, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """`weights` by name, with no more hidden channels than `network` has; what is not wider is left as it is."""
    own = network.state_dict()
    result = dict(weights)
    for hidden in _hidden(network):
        names = [*hidden.made_by, *hidden.used_by]
        if any(f"{name}.weight" not in result for name in names):
            continue
        count = len(own[f"{hidden.made_by[0]}.weight"])
        made = sum(result[f"{name}.weight"].square().sum((1, 2, 3)) for name in hidden.made_by)
        used = sum(result[f"{name}.weight"].square().sum((0, 2, 3)) for name in hidden.used_by)
        assert isinstance(made, Tensor)
        if len(made) <= count:
            continue
        kept = (made * used).topk(count).indices.sort().values
        for name in hidden.made_by:
            for part in ("weight", "bias"):
                result[f"{name}.{part}"] = result[f"{name}.{part}"][kept]
        for name in hidden.used_by:
            result[f"{name}.weight"] = result[f"{name}.weight"][:, kept]
    return result


def _hidden(network: nn.Module) -> Iterator[_Hidden]:
    for name, module in network.named_modules():
        if isinstance(module, Subnet) and not module.skip:
            convolutions = [f"{name}.convolutions.{index}" for index in range(len(module.convolutions))]
            for made_by, used_by in pairwise(convolutions):
                yield _Hidden([made_by], [used_by])
        elif isinstance(module, Dilated) and module.condition is None:
            yield from _of_branch(name, len(module.encoder))


def _of_branch(name: str, depth: int) -> Iterator[_Hidden]:
    """What the encoder makes is added to what the decoder makes at the same dilation: both keep the same channels."""
    encoder = [f"{name}.encoder.{index}" for index in range(depth)]
    after = [*(f"{name}.decoder.{index}" for index in range(depth - 1)), f"{name}.last"]
    for index in range(depth - 1):
        back = depth - 2 - index
        yield _Hidden([encoder[index], after[back]], [encoder[index + 1], after[back + 1]])
    yield _Hidden([encoder[-1]], [after[0]])
