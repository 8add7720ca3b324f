"""Getting photos back: by which filter, from pixels, payload or top-up, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from unfilter.format.mark import unmarked
from unfilter.jobs.held import held, holds_photo, refined
from unfilter.jobs.job import Accepted, Job
from unfilter.jobs.recognition.arrival import Looked, looked_at
from unfilter.jobs.restoring import restored
from unfilter.photo import PIXEL_LIMIT, Codec, Photo
from unfilter.photo.transparency import changed_where_seen, given
from unfilter.run.graphs import Graphs
from unfilter.run.tiling import Progress


class Restore(Job):
    """Get photos back from filtered files.

    Args:
        graphs: of the filter that made them, or what finds them for a photo: `unfilter.jobs.by_file.ByFile`, or `ByTag`,
            which takes no file without a tag.
        force: restore even what another filter made, what the filter cannot have made, and what restoring makes worse.
        once: restore every file once, also one that kept every level (`unfilter.run.again`), in a quarter of the time.
        limit: as for `read_photo`.
        overwrite: as for `Job`.
    """

    direction = "inverse"

    def __init__(
        self,
        graphs: Graphs | Callable[[Path | str, Photo], Graphs | Looked],
        *,
        force: bool = False,
        once: bool = False,
        limit: int = PIXEL_LIMIT,
        overwrite: bool = False,
    ) -> None:
        super().__init__(limit=limit, overwrite=overwrite)
        self._graphs, self.force, self.once = graphs, force, once

    def look(self, source: Path | str, photo: Photo) -> Looked:
        """The filter that was named, that the photo's tag names, or that its pixels show, and what the photo turned out to
        be: refused are what another filter made, and what by its pixels the filter did not make. A file that holds its
        photo whole needs none, and is asked first.

        Raises:
            NotRestored: it is refused.
            PhotoError: no tag, or one of a bundle that is nowhere.
        """
        if holds_photo(photo):
            return Looked(None, photo)
        found = self._graphs if isinstance(self._graphs, Graphs) else self._graphs(source, photo)
        if isinstance(found, Looked):
            return found
        return Looked(found, photo) if self.force else looked_at(found, source, photo)

    def check_codec(self, target: Path, codec: Codec) -> None:
        """Nothing: a restored photo may be saved in any codec."""

    def keeps(self, accepted: Accepted) -> bool:
        """A file that is likely to be nearer to the photo than what would be restored, unless forced."""
        return not self.force and accepted.recognition is not None and accepted.recognition.keep

    def made(self, accepted: Accepted, progress: Progress | None = None) -> Photo:
        """The photo as the file holds it, as it arrived, or restored from its pixels, with what its top-up adds."""
        photo = accepted.photo
        if accepted.graphs is None:
            whole, how = held(photo, accepted.source)
            return replace(whole, tag=None, top_up=None, notes=(*photo.notes, how))
        if self.keeps(accepted):
            return replace(photo, tag=None, top_up=None)
        base = _restored(accepted.graphs, photo, self.once, progress)
        pixels, note = refined(photo, base.pixels)
        better = base if pixels is base.pixels else changed_where_seen(base, pixels)
        return better if note is None else replace(better, notes=(*better.notes, note))

    def tag(self, graphs: Graphs | None, codec: Codec) -> None:
        """None: a restored photo is no filtered file."""
        return None


def _restored(graphs: Graphs, photo: Photo, once: bool, progress: Progress | None) -> Photo:
    """`photo` as it is restored from its pixels, without tag and top-up.

    The graph takes it as the network saw the filtered photo, which by an older tag was all of it; without the mark.
    """
    tag = photo.tag
    taken = given(photo)
    unmarked_pixels = unmarked(taken, tag.restoration) if tag and tag.marked else taken
    pixels = restored(graphs, photo, unmarked_pixels, progress, once=once)
    changed = replace(photo, pixels=pixels) if taken is photo.pixels else changed_where_seen(photo, pixels)
    return replace(changed, tag=None, top_up=None)
