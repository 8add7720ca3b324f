"""A bundle opened on one runtime: what all that uses a filter shares, whatever it does with it."""

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Self, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import BundleError
from unfilter.find.search_path import open_bundle
from unfilter.format.artifact import Direction, Precision
from unfilter.format.bundle import Bundle
from unfilter.format.hyper_parameter import HyperParameter
from unfilter.jobs.detection.comparison import Examination
from unfilter.jobs.detection.examination import examine
from unfilter.jobs.origin import Recognition
from unfilter.jobs.recognition.arrival import arrival
from unfilter.photo import Photo
from unfilter.run.graphs import Graphs, first_runtime
from unfilter.run.runtimes import BoundGraph
from unfilter.run.tiling import Progress

AnyPath: TypeAlias = str | PathLike[str]


class Opened:
    """Both directions of one bundle on one runtime. Graphs are loaded, and their files checked, when first needed; several
    threads may use them at once, and get the bytes that one thread gets. Pickled, it opens its bundle again; after use,
    spawn processes rather than fork them (docs/python.md).
    """

    def __init__(self, bundle: Bundle, runtime: str, precision: Precision = "fp32", delegate: str | None = None) -> None:
        self.bundle, self.runtime, self.precision = bundle, runtime, precision
        self.graphs = Graphs(bundle, runtime, precision, delegate)

    @classmethod
    def open(
        cls,
        bundle: AnyPath,
        *,
        runtime: str | None = None,
        delegate: str | None = None,
        precision: Precision = "fp32",
        public_key: AnyPath | None = None,
    ) -> Self:
        """Open a filter by name or its bundle by path.

        Args:
            bundle: a folder with `manifest.json`, a packed bundle (`l0.unfilter`), or the name of a filter in the search
                path: `l0`, or `l0@13b9` where there are several. A `Path` is never a name.
            runtime: one of `unfilter.run.runtimes.NAMES`; None takes the first that is installed and opens that precision.
            delegate: what the runtime hands graphs to, such as gpu (docs/delegates.md); None takes the best that this
                machine has for the precision, which for fp32 is the CPU.
            precision: of the graphs (docs/precisions.md); a bundle may lack one for a runtime.
            public_key: PEM file; only a bundle that this key signed is opened. See docs/bundles.md.

        Raises:
            BundleError: no bundle, a broken one, or one without such artifacts; no filter of that name, or several; not
                signed by `public_key`, or altered since.
            RuntimeUnavailable: the runtime is not installed, or none is; the delegate is unknown, or not to be had here; or
                the extra `sign` where it is needed.
        """
        key = None if public_key is None else Path(public_key)
        opened = open_bundle(bundle if isinstance(bundle, str) else Path(bundle), key)
        return cls(opened, runtime or first_runtime(opened, precision, delegate), precision, delegate)

    def __getstate__(self) -> dict[str, str]:
        """For pickle, and so for processes that are spawned: where the bundle is, its id, and what runs it; no graphs."""
        return {
            "folder": str(self.bundle.folder.resolve()),
            "id": self.bundle.id,
            "runtime": self.runtime,
            "precision": self.precision,
            "delegate": self.delegate,
        }

    def __setstate__(self, state: dict[str, str]) -> None:
        """Open the same bundle again.

        Raises:
            BundleError: it is gone, or another one stands there.
            RuntimeUnavailable: this machine has not what ran it.
        """
        bundle = open_bundle(Path(state["folder"]))
        if bundle.id != state["id"]:
            raise BundleError(f"{bundle.folder}: has changed since the filter was pickled; open it again with Filter.open")
        self.__init__(bundle, state["runtime"], cast(Precision, state["precision"]), state["delegate"])  # type: ignore[misc]

    @property
    def delegate(self) -> str:
        """What the runtime hands graphs to, such as cpu or gpu."""
        return self.graphs.delegate.delegate

    @property
    def engine(self) -> str:
        """Runtime, delegate where it is not the runtime's own CPU, and precision, such as `litert+gpu fp16`."""
        return self.graphs.engine

    @property
    def hyper_parameters(self) -> tuple[HyperParameter, ...]:
        """What `apply` may be told, with names, ranges and defaults; empty for most filters."""
        return self.bundle.manifest.hyper_parameters

    def run(
        self,
        direction: Direction,
        pixels: NDArray[np.uint8],
        parameters: Mapping[str, float] | None = None,
        progress: Progress | None = None,
        output: NDArray[np.uint8] | None = None,
    ) -> NDArray[np.uint8]:
        """One direction by name, tile by tile; see `apply` and `restore`. `progress` is as for `run_photo`, `output` as for
        `apply`.
        """
        return self.graphs.run(direction, pixels, parameters, progress, output)

    def run_again(
        self,
        pixels: NDArray[np.uint8],
        parameters: Mapping[str, float] | None = None,
        progress: Progress | None = None,
    ) -> NDArray[np.uint8]:
        """What files that kept every level are restored by: the inverse, and again by what the forward graph makes of the
        restored photo (`unfilter.run.again`). For `pixels` that are what `apply` gave, every level, at these `parameters`.
        """
        return self.graphs.run_again(pixels, parameters, progress)

    def graph(self, direction: Direction, parameters: Mapping[str, float] | None = None) -> BoundGraph:
        """The graph of one direction, loaded once, after its files were compared with the manifest.

        `parameters` are values of the hyper-parameters, forward only; the default for each that is not named.

        Raises:
            UnfilterError: a parameter that this direction does not have, or a value outside its range.
        """
        return self.graphs.bound(direction, parameters)

    def fixed_size(self, direction: Direction) -> bool:
        """Whether the graph of one direction, or the hardware that runs it, takes tiles of the plan's size only."""
        return self.graphs.fixed_size(direction)

    def examine(self, photo: Photo) -> Examination:
        """Whether `photo` is as this filter saved it, with the confidence and the measured reason; see docs/detection.md.

        Raises:
            BundleError: a file of the bundle is missing or changed.
        """
        return examine(self.graphs, photo)

    def arrival(self, photo: Photo) -> Recognition:
        """What `photo` is to this filter: as saved, shared, not its own, or not to be told; see docs/sharing.md.

        Raises:
            BundleError: a file of the bundle is missing or changed.
        """
        return arrival(self.graphs, photo)
