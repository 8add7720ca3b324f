"""Photo files: pixels as they are stored, never colour-converted, never rotated; profile, EXIF and XMP travel along.

One module per format (`png`, `jpeg`, `webp`, `heic`, `avif`, `tiff`), each with `decode(source)` and, where it is written,
`encode(target, photo)`. docs/photos.md is the policy for each kind of file.
"""

from unfilter.format.quantisation import Subsampling
from unfilter.format.tag import Codec, Tag
from unfilter.photo.payload import PayloadQuality, with_payload
from unfilter.photo.photo import Kind, Photo
from unfilter.photo.read import read_photo
from unfilter.photo.source import PIXEL_LIMIT
from unfilter.photo.top_up import Goal
from unfilter.photo.write import check_target, codec_of, suffix_of, write_photo

__all__ = [
    "PIXEL_LIMIT",
    "Codec",
    "Goal",
    "Kind",
    "PayloadQuality",
    "Photo",
    "Subsampling",
    "Tag",
    "check_target",
    "codec_of",
    "read_photo",
    "suffix_of",
    "with_payload",
    "write_photo",
]
