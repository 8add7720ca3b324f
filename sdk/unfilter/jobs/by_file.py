"""The filter of a file: that of its tag, or where the tag is gone the one that its pixels show."""

from dataclasses import replace
from pathlib import Path

from unfilter.find.search_path import installed
from unfilter.format.artifact import Precision
from unfilter.format.bundle import Bundle
from unfilter.jobs.by_tag import ByTag
from unfilter.jobs.filter import Filter
from unfilter.jobs.origin import NotRestored, Origin, Recognition
from unfilter.jobs.recognition.arrival import FORCED, Looked, arrival, checked, cut
from unfilter.jobs.recognition.by_pixels import Candidate, recognise
from unfilter.photo import Photo
from unfilter.photo.transparency import given
from unfilter.run.graphs import Graphs


class ByFile:
    """Opens the filters that made files, each once. For `unfilter.jobs.Restore`; takes files without a tag too, as sites
    and messengers give them back.

    Args:
        runtime, delegate, precision: as for `Filter.open`.
    """

    def __init__(self, *, runtime: str | None = None, delegate: str | None = None, precision: Precision = "fp32") -> None:
        self._choice = {"runtime": runtime, "delegate": delegate}
        self._precision = precision
        self._by_tag = ByTag(runtime=runtime, delegate=delegate, precision=precision)
        self._installed: dict[str, tuple[Bundle, Candidate]] | None = None
        self._graphs: dict[str, Graphs] = {}

    def __call__(self, source: Path | str, photo: Photo) -> Graphs | Looked:
        """The graphs of the filter that the tag of `photo`, read from `source`, names; without a tag, of the one that its
        pixels show, with the verdict.

        Raises:
            NotRestored: no tag, and no installed filter made it, or its pixels do not tell which did.
            PhotoError, BundleError, RuntimeUnavailable: as for `ByTag`.
        """
        if photo.tag is not None:
            return self._by_tag(source, photo)
        found = self.recognised(photo)
        if found.restoration is None or found.origin not in (Origin.SHARED, Origin.AS_SAVED):
            raise NotRestored(f"{source}: carries no unfilter tag, and {_said(found)}", found)
        return Looked(self._graphs_of(found.restoration), cut(photo, found), found)

    def recognised(self, photo: Photo) -> Recognition:
        """What the pixels of `photo` show, among all installed filters; a tag is not looked at.

        Filters of which the pixels alone do not tell run on a sample of a file that may be exact, which tells of those that
        are as saved.
        """
        candidates = self._candidates()
        found = recognise(given(photo), [candidate for _, candidate in candidates.values()])
        if found.origin is Origin.SHARED and found.restoration:
            graphs = self._graphs_of(found.restoration)
            return checked(graphs, photo, found) if found.inside else arrival(graphs, photo)
        if photo.codec == "jpeg" or found.origin is not Origin.CANNOT_TELL:
            return found
        left = []
        for restoration in found.candidates:
            graphs = self._graphs_of(restoration)
            asked = arrival(graphs, photo)
            if asked.origin is Origin.AS_SAVED:
                return asked
            if asked.origin is Origin.CANNOT_TELL:
                left.append(restoration)
        if left:
            return replace(found, candidates=tuple(left))
        return (
            Recognition(Origin.NOT_OURS, "no installed filter made it, or it is not as saved") if found.candidates else found
        )

    def _candidates(self) -> dict[str, tuple[Bundle, Candidate]]:
        if self._installed is None:
            self._installed = {one.manifest.restoration: (one, Candidate.of(one)) for one in installed()}
        return self._installed

    def _graphs_of(self, restoration: str) -> Graphs:
        if restoration not in self._graphs:
            bundle, _ = self._candidates()[restoration]
            opened = Filter.open(bundle.folder, precision=self._precision, **self._choice)
            self._graphs[restoration] = opened.graphs
        return self._graphs[restoration]


def _said(found: Recognition) -> str:
    if found.origin is Origin.NOT_OURS:
        return f"{found.reason}; if one did all the same, name it and {FORCED}"
    return f"{found.reason}; if you know which did, name it (--filter, in Python Filter.open)"
