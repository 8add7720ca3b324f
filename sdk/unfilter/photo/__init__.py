"""Photo files: pixels as they are stored, never colour-converted, never rotated; profile, EXIF and XMP travel along."""

from unfilter.photo.read import Photo, read_photo
from unfilter.photo.tag import Codec, Tag
from unfilter.photo.write import Subsampling, codec_of, write_photo

__all__ = ["Codec", "Photo", "Subsampling", "Tag", "codec_of", "read_photo", "write_photo"]
