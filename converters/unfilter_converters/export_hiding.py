"""A hiding fusion as delegates take it: halves of the bands stay two tensors, and the inverse negates nothing."""

import torch
from torch import Tensor, nn

from unfilter_converters.export_layers import CouplingForm, Direction, Trunk, Unsqueeze, forms, part
from unfilter_converters.export_pyramid import PyramidForm
from unfilter_training.network.hiding import Hiding


class HidingForm(nn.Module):
    """A hiding fusion in one direction, on halves of the bands."""

    def __init__(self, hiding: Hiding, direction: Direction, low: int, unsqueeze: Unsqueeze) -> None:
        super().__init__()
        self.inverse = direction == "inverse"
        sign = -1.0 if self.inverse else 1.0
        self.factor = sign * hiding.bound
        self.trunk = Trunk(hiding.log_gain)
        last = hiding.log_gain.convolutions[-1]
        assert isinstance(last, nn.Conv2d)
        channels = last.out_channels
        self.gains = nn.ModuleList(part(last, start, stop, 1 / hiding.bound) for start, stop in ((0, low), (low, channels)))
        start = hiding.start.detach() * sign
        self.register_buffer("low_start", start[:low].clone()[None])
        self.register_buffer("high_start", start[low:].clone()[None])
        self.couplings = forms(list(hiding.couplings), direction, CouplingForm)
        self.predictor = PyramidForm(hiding.predictor, (low, channels - low), unsqueeze) if self.inverse else None

    def _gains(self, features: Tensor, valid: Tensor | None) -> tuple[Tensor, Tensor]:
        hidden = self.trunk(features, valid)
        low, high = (torch.tanh(gain(hidden)) * self.factor for gain in self.gains)
        return torch.exp(low + self.low_start), torch.exp(high + self.high_start)

    def filtered(self, image: tuple[Tensor, Tensor], features: tuple[Tensor, Tensor], valid: Tensor | None) -> Tensor:
        seen = torch.cat(features, dim=1)
        gains = self._gains(seen, valid)
        hidden = [gain * (band - feature) for gain, band, feature in zip(gains, image, features, strict=True)]
        for index, form in enumerate(self.couplings):
            target = index % 2
            hidden[target] = form(hidden[target], torch.cat([hidden[1 - target], seen], dim=1), valid)
        return torch.cat([feature + band for feature, band in zip(features, hidden, strict=True)], dim=1)

    def restored(self, filtered: tuple[Tensor, Tensor], valid: Tensor | None) -> tuple[Tensor, Tensor]:
        assert self.predictor is not None
        moved = self.predictor(torch.cat(filtered, dim=1), None, valid)
        features = [band + move for band, move in zip(filtered, moved, strict=True)]
        seen = torch.cat(features, dim=1)
        hidden = [band - feature for band, feature in zip(filtered, features, strict=True)]
        for index in reversed(range(len(self.couplings))):
            target = index % 2
            hidden[target] = self.couplings[index](hidden[target], torch.cat([hidden[1 - target], seen], dim=1), valid)
        gains = self._gains(seen, valid)
        low, high = (feature + gain * band for feature, gain, band in zip(features, gains, hidden, strict=True))
        return low, high
