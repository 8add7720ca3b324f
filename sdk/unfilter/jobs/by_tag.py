"""The filter of a file that says which one made it."""

from pathlib import Path

from unfilter.find.search_path import find_bundle
from unfilter.format.artifact import Precision
from unfilter.jobs.filter import Filter
from unfilter.photo import Photo
from unfilter.run.graphs import Graphs


class ByTag:
    """Opens the filters that the tags of photos name, each once. For `unfilter.jobs.Restore`.

    Args:
        runtime, delegate, precision: as for `Filter.open`.
    """

    def __init__(self, *, runtime: str | None = None, delegate: str | None = None, precision: Precision = "fp32") -> None:
        self._runtime, self._delegate, self._precision = runtime, delegate, precision
        self._graphs: dict[str, Graphs] = {}

    def __call__(self, source: Path | str, photo: Photo) -> Graphs:
        """The graphs of the filter that made `photo`, read from `source`.

        Raises:
            PhotoError: it carries no tag, or one of a bundle that is nowhere.
            BundleError: the bundle is broken, or has no such artifacts.
            RuntimeUnavailable: as for `Filter.open`.
        """
        restoration_id = photo.tag.restoration if photo.tag else ""
        if restoration_id not in self._graphs:
            folder = find_bundle(Path(source), photo.tag).folder
            opened = Filter.open(folder, runtime=self._runtime, delegate=self._delegate, precision=self._precision)
            self._graphs[restoration_id] = opened.graphs
        return self._graphs[restoration_id]
