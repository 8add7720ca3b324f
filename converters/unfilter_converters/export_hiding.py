"""A hiding fusion as delegates take it: halves of the bands stay two tensors, and the inverse negates nothing."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from unfilter_converters.export_bands import Bands, Halves, TonesForm
from unfilter_converters.export_layers import CouplingForm, Direction, Trunk, Unsqueeze, forms, part
from unfilter_converters.export_pyramid import PyramidForm
from unfilter_training.network.hiding import Expectation, Hiding


class _ExpectationForm(nn.Module):
    """What the photo's halves probably are, of those of the operator's output."""

    def __init__(self, expectation: Expectation, bands: Bands) -> None:
        super().__init__()
        self.tones = None if expectation.tones is None else TonesForm(expectation.tones, bands)
        self.trunk = Trunk(expectation.subnet)
        last = expectation.subnet.convolutions[-1]
        assert isinstance(last, nn.Conv2d)
        halves = (0, bands.low), (bands.low, last.out_channels)
        self.moves = nn.ModuleList(part(last, start, stop) for start, stop in halves)
        self.matrices = nn.ModuleList(part(expectation.matrix, start, stop) for start, stop in halves)

    def forward(self, features: Halves, valid: Tensor | None) -> Halves:
        seen = torch.cat(features, dim=1)
        hidden = self.trunk(seen, valid)
        low, high = (
            feature + matrix(seen) + move(hidden)
            for feature, matrix, move in zip(features, self.matrices, self.moves, strict=True)
        )
        if self.tones is None:
            return low, high
        low_tones, high_tones = self.tones(features)
        return low + low_tones, high + high_tones


class HidingForm(nn.Module):
    """A hiding fusion in one direction, on halves of the bands."""

    def __init__(self, hiding: Hiding, direction: Direction, bands: Bands, unsqueeze: Unsqueeze) -> None:
        super().__init__()
        self.inverse, low = direction == "inverse", bands.low
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
        expectation = hiding.expectation
        self.expectation = _ExpectationForm(expectation, bands) if isinstance(expectation, Expectation) else None
        self.predictor = PyramidForm(hiding.predictor, (low, channels - low), unsqueeze) if self.inverse else None
        self.refinements = len(hiding.trust) if self.inverse else 0
        for index in range(self.refinements):
            trust = hiding.trust[index].detach()
            self.register_buffer(f"low_trust_{index}", trust[:low].clone()[None])
            self.register_buffer(f"high_trust_{index}", trust[low:].clone()[None])

    def _gains(self, features: Tensor, valid: Tensor | None) -> Halves:
        hidden = self.trunk(features, valid)
        low, high = (torch.tanh(gain(hidden)) * self.factor for gain in self.gains)
        return torch.exp(low + self.low_start), torch.exp(high + self.high_start)

    def _expected(self, features: Halves, valid: Tensor | None) -> Halves:
        return features if self.expectation is None else self.expectation(features, valid)

    def filtered(self, image: Halves, features: Halves, valid: Tensor | None) -> Tensor:
        seen = torch.cat(features, dim=1)
        gains = self._gains(seen, valid)
        expected = self._expected(features, valid)
        hidden = [gain * (band - guess) for gain, band, guess in zip(gains, image, expected, strict=True)]
        for index, form in enumerate(self.couplings):
            target = index % 2
            hidden[target] = form(hidden[target], torch.cat([hidden[1 - target], seen], dim=1), valid)
        return torch.cat([feature + band for feature, band in zip(features, hidden, strict=True)], dim=1)

    def restored(self, filtered: Halves, valid: Tensor | None, remade: Callable[[Halves], Halves]) -> Halves:
        """The image's halves. `remade` gives the features of an image's halves, for refinements."""
        assert self.predictor is not None
        moved = self.predictor(torch.cat(filtered, dim=1), None, valid)
        features = [band + move for band, move in zip(filtered, moved, strict=True)]
        for index in range(self.refinements):
            trusts = getattr(self, f"low_trust_{index}"), getattr(self, f"high_trust_{index}")
            again = remade(self._with(features, filtered, valid))
            features = [old + trust * (new - old) for old, trust, new in zip(features, trusts, again, strict=True)]
        return self._with(features, filtered, valid)

    def _with(self, features: list[Tensor], filtered: Halves, valid: Tensor | None) -> Halves:
        """What is restored where the picture was filtered with these features."""
        seen = torch.cat(features, dim=1)
        hidden = [band - feature for band, feature in zip(filtered, features, strict=True)]
        for index in reversed(range(len(self.couplings))):
            target = index % 2
            hidden[target] = self.couplings[index](hidden[target], torch.cat([hidden[1 - target], seen], dim=1), valid)
        gains = self._gains(seen, valid)
        expected = self._expected((features[0], features[1]), valid)
        low, high = (guess + gain * band for guess, gain, band in zip(expected, gains, hidden, strict=True))
        return low, high
