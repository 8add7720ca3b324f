"""The graphs of one bundle on one runtime: each loaded once, when first needed, whatever number of threads ask for it."""

import logging
from collections.abc import Collection, Mapping
from functools import partial
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import RuntimeUnavailable, UnfilterError, did_you_mean
from unfilter.format.artifact import DIRECTIONS, Direction, Precision
from unfilter.format.bundle import Bundle
from unfilter.format.hyper_parameter import complete
from unfilter.run import runtimes
from unfilter.run.again import again
from unfilter.run.delegates import table
from unfilter.run.delegates.table import Delegate
from unfilter.run.runtimes import BoundGraph, Graph
from unfilter.run.tiling import Progress, beside, run_photo

_LOG = logging.getLogger(__name__)


class Graphs:
    """Both directions of a bundle.

    Raises:
        RuntimeUnavailable: the runtime is not installed, or its delegate not to be had here.
        BundleError: the bundle lacks a direction in that format and precision.
    """

    def __init__(self, bundle: Bundle, runtime: str, precision: Precision, delegate: str | None = None) -> None:
        self.bundle, self.runtime, self.precision = bundle, runtime, precision
        self._module = runtimes.runtime(runtime)
        self.delegate: Delegate = chosen(runtime, precision, delegate)
        self._artifacts = {each: bundle.artifact(self._module.FORMAT, each, precision) for each in DIRECTIONS}
        self.guided = self._artifacts["forward"].output is not None
        """Whether filtering takes the app's own result beside the photo."""
        self._loaded: dict[Direction, Graph] = {}
        self._lock = Lock()

    @property
    def engine(self) -> str:
        """See `engine_name`."""
        return engine_name(self.runtime, self.precision, None if self.delegate.hardware == "CPU" else self.delegate.delegate)

    def run(
        self,
        direction: Direction,
        pixels: NDArray[np.uint8],
        parameters: Mapping[str, float] | None = None,
        progress: Progress | None = None,
        output: NDArray[np.uint8] | None = None,
    ) -> NDArray[np.uint8]:
        """One direction on a photo (uint8, height x width x 3) of any size, tile by tile. `parameters` is as for `bound`,
        `progress` as for `run_photo`; `output` is what the app's own filter made of the photo, of the same shape, for the
        forward direction of a guided filter (R29 of sdk/format/RULES.md).

        Raises:
            ValueError: pixels of another shape or type, or none.
            UnfilterError: `output` is missing, superfluous, or of another size.
        """
        self.check_output(direction, pixels, output)
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
            raise ValueError(f"a photo is uint8, height x width x 3, not empty; got {pixels.dtype} {pixels.shape}")
        fixed_size, graph = self.fixed_size(direction), self.bound(direction, parameters)
        return run_photo(graph, beside(pixels, output), self.bundle.manifest.tiles.of(direction), fixed_size, progress)

    def run_again(
        self,
        pixels: NDArray[np.uint8],
        parameters: Mapping[str, float] | None = None,
        progress: Progress | None = None,
    ) -> NDArray[np.uint8]:
        """The inverse on an exact file's pixels, and again (`unfilter.run.again`). `parameters` are those that the file was
        filtered with; the rest is as for `run`.
        """
        graph = again(self.bound("inverse"), self.bound("forward", parameters))
        fixed_size = self.fixed_size("inverse") or self.fixed_size("forward")
        return run_photo(graph, pixels, self.bundle.manifest.tiles, fixed_size, progress)

    @property
    def precise(self) -> bool:
        """Whether graphs compute what the reference does but for some thousandths of a level: in fp32, on a CPU."""
        return self.precision == "fp32" and self.delegate.hardware == "CPU"

    def check_output(
        self, direction: Direction, pixels: NDArray[np.uint8], output: NDArray[np.uint8] | None, name: str = "the output"
    ) -> None:
        """Raises UnfilterError where `output`, called `name`, is not what the direction takes beside `pixels`."""
        taken = self.guided and direction == "forward"
        filter_name = self.bundle.manifest.filter
        if output is None:
            if taken:
                raise UnfilterError(
                    f"filter {filter_name} is guided: it hides the photo in what your own filter made of it; give that too "
                    "(--output RESULT, in Python output=result)"
                )
            return
        if not taken:
            raise UnfilterError(f"filter {filter_name} makes its look itself: leave {name} out")
        if output.dtype != np.uint8 or output.ndim != 3 or output.shape[2] != 3:
            raise UnfilterError(f"{name}: is {output.dtype} {output.shape}; give uint8, height x width x 3")
        if output.shape != pixels.shape:
            (height, width), (other_height, other_width) = pixels.shape[:2], output.shape[:2]
            turned = "; it may be turned: save it as the photo is stored" if output.shape[:2] == (width, height) else ""
            raise UnfilterError(
                f"{name}: has {other_width} x {other_height} pixels, the photo {width} x {height}; both must lie on one "
                f"another, pixel on pixel{turned}"
            )

    def bound(self, direction: Direction, parameters: Mapping[str, float] | None = None) -> BoundGraph:
        """The graph of one direction with its hyper-parameters; see `Filter.graph`."""
        taken = self.bundle.manifest.hyper_parameters if direction == "forward" else ()
        values = complete(taken, parameters or {})
        graph = self._graph(direction)
        if not taken:
            return graph
        normalised = np.array([one.normalise(values[one.name]) for one in taken], np.float32)
        return partial(graph, parameters=normalised)

    def fixed_size(self, direction: Direction) -> bool:
        """See `Filter.fixed_size`."""
        return self._artifacts[direction].fixed_size or self.delegate.fixed_size

    def _graph(self, direction: Direction) -> Graph:
        with self._lock:
            if direction not in self._loaded:
                artifact = self._artifacts[direction]
                self.bundle.check_artifact(artifact)
                self._loaded[direction] = self._module.open_graph(self.bundle, artifact, self.delegate)
            return self._loaded[direction]


def engine_name(runtime: str, precision: Precision, delegate: str | None) -> str:
    """Runtime, delegate where it is not the runtime's own CPU, and precision, such as `litert+gpu fp16`."""
    return f"{runtime}{f'+{delegate}' if delegate else ''} {precision}"


def chosen(runtime: str, precision: Precision, delegate: str | None) -> Delegate:
    """The delegate of that name; None takes the first that this machine has, of those preferred for the precision.

    Raises:
        RuntimeUnavailable: the runtime has none of that name, or this machine has not what it needs.
    """
    module = runtimes.sibling(runtime)
    if delegate is None:
        return next(each for each in table.preferred(runtime, precision) if not module.delegate_unavailable(each))
    named = table.find_delegate(runtime, delegate)
    if reason := module.delegate_unavailable(named):
        raise RuntimeUnavailable(f"delegate {named}: {reason}")
    return named


def first_runtime(bundle: Bundle, precision: Precision, delegate: str | None = None) -> str:
    """The first runtime that works, opens what the bundle has in that precision, and has the delegate. One that is installed
    and broken is passed over, which is logged.

    Raises:
        RuntimeUnavailable: there is none, or none does.
    """
    formats = {artifact.format for artifact in bundle.manifest.artifacts if artifact.precision == precision}
    if delegate is not None:
        return _with_delegate(delegate, formats, precision)
    broken: list[str] = []
    for name in runtimes.NAMES:
        module = runtimes.sibling(name)
        if module.FORMAT not in formats or module.unavailable():
            continue
        reason = runtimes.import_failure(name)
        if reason is None:
            for each in broken:
                _LOG.warning("%s; %s is taken", each, name)
            return name
        broken.append(f"runtime {name}: {reason}")
    if broken:
        raise RuntimeUnavailable("; ".join(broken))
    installed = runtimes.installed()
    if not installed:
        raise RuntimeUnavailable("no runtime is installed; add one with: pip install 'unfilter[onnx]'")
    raise RuntimeUnavailable(
        f"{bundle.folder}: nothing in {precision} that an installed runtime ({', '.join(installed)}) opens; "
        f"it holds {', '.join(sorted(formats)) or 'no such artifact'}"
    )


def _with_delegate(delegate: str, formats: Collection[str], precision: Precision) -> str:
    """The first runtime that has a delegate of that name here. Raises RuntimeUnavailable, which says of each why not."""
    reasons = []
    for known in (each for name in runtimes.NAMES for each in table.of_runtime(name) if each.delegate == delegate):
        module = runtimes.sibling(known.runtime)
        lacking = None if module.FORMAT in formats else f"the bundle holds no {module.FORMAT} in {precision}"
        reason = lacking or runtimes.unusable(known.runtime) or module.delegate_unavailable(known)
        if reason is None:
            return known.runtime
        reasons.append(f"{known}: {reason}")
    names = table.names()
    unknown = f"no runtime has it; {did_you_mean(delegate, names)}there are {', '.join(names)}"
    raise RuntimeUnavailable(f"delegate {delegate}: {'; '.join(reasons) or unknown}")
