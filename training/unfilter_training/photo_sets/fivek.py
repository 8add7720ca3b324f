"""MIT-Adobe FiveK: 5,000 photos, each retouched by five experts. One folder is one version of them: the inputs or an expert.

Names are `a`, four digits, and what the photographer called it: `a0001-jmac_DSC1459.tif`. The experts' files (`tiff16_a` to
`tiff16_e`) are 16-bit ProPhoto RGB; the archive `fivek_dataset` holds camera raw files.

Source: Bychkovsky, Paris, Chan, Durand, "Learning Photographic Global Tonal Adjustment with a Database of Input / Output
Image Pairs", CVPR 2011; https://data.csail.mit.edu/graphics/fivek/
"""

import re

from unfilter_training.photo_sets.collection import Collection

FIVEK = Collection(
    title="FiveK",
    names=re.compile(r"a\d{4}(?![0-9a-z])", re.IGNORECASE | re.ASCII),
    example="a0001-jmac_DSC1459.tif",
    raw_suffix=".dng",
    raw_advice="export them as 8-bit sRGB TIFF, PNG or JPEG with a short side of 480 pixels or more, or download an "
    "expert's TIFF files (tiff16_a to tiff16_e) from https://data.csail.mit.edu/graphics/fivek/",
    address="https://data.csail.mit.edu/graphics/fivek/",
)
