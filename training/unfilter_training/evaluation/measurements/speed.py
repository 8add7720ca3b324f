"""Time per 480p picture, all networks in one run."""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from unfilter_training.evaluation.bench import Bench
from unfilter_training.evaluation.machine import machine
from unfilter_training.network import MethodConfig, build

HEIGHT, WIDTH = 480, 720
"""The paper's 480p."""

ROUNDS = 3


@dataclass(frozen=True)
class Speed:
    """Seconds per picture of 720 x 480 in torch on the CPU, float32: median of three rounds after one that is not counted.

    Numbers are named `I forward` and `I inverse`, I being the place in `forms`. All forms are timed in turn within a
    round, so that what else the machine does meets all of them alike. Weights do not matter to time: fresh ones are used.

    Attributes:
        forms: configurations of the networks.
    """

    forms: tuple[MethodConfig, ...]
    picture: None = None

    def key(self) -> dict[str, Any]:
        """See `Cell`."""
        return {"measurement": "speed", "forms": [form.model_dump(mode="json") for form in self.forms], "machine": machine()}

    def measure(self, bench: Bench) -> dict[str, float]:
        """See `Cell`."""
        networks = [build(form).eval() for form in self.forms]
        photo = torch.rand(1, 3, HEIGHT, WIDTH, generator=torch.Generator().manual_seed(0))
        seconds: dict[str, list[float]] = {}
        with torch.inference_mode():
            for _ in range(1 + ROUNDS):
                for index, (form, network) in enumerate(zip(self.forms, networks, strict=True)):
                    normalised = torch.full((1, form.hyper_parameters), 0.5) if form.hyper_parameters else None
                    start = time.perf_counter()
                    network.filter(photo, normalised, photo)
                    between = time.perf_counter()
                    network.restore(photo)
                    end = time.perf_counter()
                    seconds.setdefault(f"{index} forward", []).append(between - start)
                    seconds.setdefault(f"{index} inverse", []).append(end - between)
        return {name: float(np.median(times[1:])) for name, times in seconds.items()}
