"""RAISE: 8,156 camera raw photos and their uncompressed TIFF files, with the subsets 1k, 2k, 4k and 6k.

Names are `r`, eight hexadecimal digits and `t`: `r000da54ft.TIF`. An index such as `RAISE_1k.csv` lists the addresses of the
files (columns File, NEF, TIFF); it is not needed here and selects nothing: the files that are there are the photos.

Source: Dang-Nguyen, Pasquini, Conotter, Boato, "RAISE: a raw images dataset for digital image forensics", ACM MMSys 2015;
http://loki.disi.unitn.it/RAISE/
"""

import re

from unfilter_training.photo_sets.collection import Collection

RAISE = Collection(
    title="RAISE",
    names=re.compile(r"r[0-9a-f]{8}t(?![0-9a-z])", re.IGNORECASE | re.ASCII),
    example="r000da54ft.TIF",
    raw_suffix=".nef",
    raw_advice="download the files that the TIFF column of the index (RAISE_1k.csv and its like) names into one folder, "
    "or export the raw ones as 8-bit sRGB TIFF, PNG or JPEG",
    address="http://loki.disi.unitn.it/RAISE/",
)
