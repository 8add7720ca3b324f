"""What is refused before anything is run: a codec that would lose the photo, a file that another filter made, a result in
the place of its own photo.
"""

from pathlib import Path

from unfilter.errors import PhotoError
from unfilter.format.manifest import SHOWN, Manifest
from unfilter.format.tag import refuse_later
from unfilter.jobs.origin import NotRestored, Origin, Recognition
from unfilter.photo import Codec, Photo


def refuse_untrained(manifest: Manifest, target: Path, codec: Codec) -> None:
    """Raises PhotoError where the filter was not trained to be saved as `codec`."""
    if codec == "jpeg" and "jpeg" not in manifest.carriers:
        raise PhotoError(
            f"{target}: filter {manifest.filter} was not trained for JPEG, whose losses destroy what it carries; "
            "use .png, .webp or .heic, which are exact"
        )


def refuse_foreign(manifest: Manifest, source: Path | str, photo: Photo) -> None:
    """Raises NotRestored where the tag says that another filter made `photo`, PhotoError where a later unfilter did. Without
    a tag it passes: whoever calls has named the filter.
    """
    tag = photo.tag
    if tag is not None:
        refuse_later(source, tag)
    if tag is not None and tag.restoration != manifest.restoration:
        made_by = f"was made by filter {tag.filter} {tag.restoration[:SHOWN]}"
        raise NotRestored(
            f"{source}: {made_by}, this bundle is {manifest.filter} {manifest.restoration[:SHOWN]}; "
            "name the right bundle, or force it (--force, in Python force=True)",
            Recognition(Origin.NOT_OURS, made_by, tag.filter, tag.restoration),
        )


def refuse_itself(source: Path, target: Path) -> None:
    """Raises PhotoError where a result would take the place of the photo that it is made from."""
    if target.exists() and source.exists() and source.samefile(target):
        raise PhotoError(f"{target}: is the photo itself; name another output file")
