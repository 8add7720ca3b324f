"""What a filtered file says of its filter, and the refusals that follow: of a carrier that would lose the photo, of a file
that another filter made.
"""

from collections.abc import Mapping
from pathlib import Path

from unfilter.bundle import SHOWN, Manifest
from unfilter.errors import PhotoError
from unfilter.photo import Codec, Photo, Tag


def tag_of(manifest: Manifest, codec: Codec, quality: int, parameters: Mapping[str, float]) -> Tag:
    """The tag of a file that this filter makes. `quality` is of a JPEG; `parameters` has every hyper-parameter's value."""
    return Tag(
        filter=manifest.filter,
        restoration=manifest.restoration,
        codec=codec,
        quality=quality if codec == "jpeg" else None,
        parameters=dict(parameters),
    )


def refuse_untrained(manifest: Manifest, target: Path, codec: Codec) -> None:
    """Raises PhotoError where the filter was not trained to be saved as `codec`."""
    if codec == "jpeg" and "jpeg" not in manifest.carriers:
        raise PhotoError(
            f"{target}: filter {manifest.filter} was not trained for JPEG, whose losses destroy what it carries; "
            "use .png, .webp or .heic, which are exact"
        )


def refuse_later(source: Path | str, tag: Tag) -> None:
    """Raises PhotoError where the tag requires what this version does not know."""
    if tag.needs:
        raise PhotoError(
            f"{source}: was made by a later unfilter and requires {', '.join(tag.needs)}, which this one does not know; "
            "update unfilter"
        )


def refuse_foreign(manifest: Manifest, source: Path | str, photo: Photo) -> None:
    """Raises PhotoError where the tag says that another filter made `photo`, or a later unfilter did. Without a tag it
    passes: whoever calls has named the filter.
    """
    tag = photo.tag
    if tag is not None:
        refuse_later(source, tag)
    if tag is not None and tag.restoration != manifest.restoration:
        raise PhotoError(
            f"{source}: was made by filter {tag.filter} {tag.restoration[:SHOWN]}, this bundle is "
            f"{manifest.filter} {manifest.restoration[:SHOWN]}; name the right bundle, or force it"
        )


def refuse_itself(source: Path, target: Path) -> None:
    """Raises PhotoError where a result would take the place of the photo that it is made from."""
    if target.exists() and source.samefile(target):
        raise PhotoError(f"{target}: is the photo itself; name another output file")
