"""Whether a delegate really ran: the same tile on it and on the CPU of the same runtime.

Kernels of other hardware add in another order, so a delegate whose floats are the CPU's to the last bit did not run: the
runtime fell back without a word. One that is far off ran, and is wrong.
"""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from unfilter.errors import RuntimeUnavailable
from unfilter.format.artifact import Direction, Precision
from unfilter.format.bundle import Bundle
from unfilter.format.rounding import to_floats
from unfilter.jobs.filter import Filter
from unfilter.proof.fidelity.cases import given
from unfilter.proof.fidelity.tolerances import TOLERANCES
from unfilter.run import runtimes
from unfilter.run.delegates.table import Delegate, find_delegate


class Engagement(StrEnum):
    """What the bytes say of a delegate."""

    ENGAGED = "engaged"
    NOT_ENGAGED = "not engaged: its bytes are the CPU's"
    WRONG = "wrong"
    UNAVAILABLE = "not available here"


class Trial(BaseModel):
    """One delegate on one direction; `error` is its largest difference from the CPU, where 1 is the range of a photo."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    runtime: str
    delegate: str
    precision: Precision
    direction: Direction
    engagement: Engagement
    error: float | None = None
    reason: str = ""


def judge(on_delegate: NDArray[np.float32], on_cpu: NDArray[np.float32], precision: Precision) -> tuple[Engagement, float]:
    """What two results of the same graph on the same tile say, and their largest difference.

    A delegate may compute in half precision whatever the artifact says, so no bound is tighter than that of fp16.
    """
    if np.array_equal(on_delegate, on_cpu):
        return Engagement.NOT_ENGAGED, 0.0
    error = float(np.max(np.abs(on_delegate - on_cpu)))
    bound = max(TOLERANCES[precision].error, TOLERANCES["fp16"].error)
    return (Engagement.ENGAGED if error <= bound else Engagement.WRONG), error


def trial(bundle: Bundle, delegate: Delegate, precision: Precision, direction: Direction) -> Trial:
    """Run one direction of `bundle` on `delegate` and on its baseline, on a whole tile of a golden.

    Raises:
        BundleError: the bundle lacks the artifact, or a golden.
    """

    def said(engagement: Engagement, error: float | None = None, reason: str = "") -> Trial:
        return Trial(
            runtime=delegate.runtime,
            delegate=delegate.delegate,
            precision=precision,
            direction=direction,
            engagement=engagement,
            error=error,
            reason=reason,
        )

    if reason := runtimes.sibling(delegate.runtime).delegate_unavailable(delegate):
        return said(Engagement.UNAVAILABLE, reason=reason)
    tile, parameters = _tile(bundle, direction)
    try:
        result = Filter(bundle, delegate.runtime, precision, delegate.delegate).graph(direction, parameters)(tile)
    except RuntimeUnavailable as error:
        return said(Engagement.UNAVAILABLE, reason=str(error).removeprefix(f"delegate {delegate}: "))
    baseline = find_delegate(delegate.runtime, delegate.baseline).delegate
    expected = Filter(bundle, delegate.runtime, precision, baseline).graph(direction, parameters)(tile)
    return said(*judge(result, expected, precision))


def _tile(bundle: Bundle, direction: Direction) -> tuple[NDArray[np.float32], dict[str, float] | None]:
    """The upper left tile of the largest golden, which fills one."""
    plan = bundle.manifest.tiles
    goldens = [(given(bundle, golden, direction), golden) for golden in bundle.manifest.goldens]
    pixels, golden = max(goldens, key=lambda pair: pair[0].size)
    height, width = (min(side, plan.tile) // plan.alignment * plan.alignment for side in pixels.shape[:2])
    return to_floats(pixels[:height, :width]), golden.parameters if direction == "forward" else None
