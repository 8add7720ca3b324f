"""Size and time of the exact carriers for one photo, as a table; each is read back and compared by `write_photo`.

python tests/bench/exact_carriers.py ../shared/data/dev/kodak/kodim23.png
"""

import sys
import tempfile
import time
from pathlib import Path

from unfilter import Photo, PhotoError, read_photo, write_photo


def main(path: Path) -> int:
    pixels = read_photo(path).pixels
    print(f"| {path.name}, {pixels.shape[1]} x {pixels.shape[0]} | share of the raw bytes | write and prove | read |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for suffix in ("png", "webp", "heic"):
            target = Path(folder) / f"photo.{suffix}"
            try:
                started = time.monotonic()
                write_photo(target, Photo(pixels))
                written = time.monotonic()
                read_photo(target)
                read = time.monotonic()
            except PhotoError as error:
                print(f"| {suffix} | {error} | | |")
                continue
            share = target.stat().st_size / pixels.nbytes
            print(f"| {suffix} | {share:.3f} | {written - started:.2f} s | {read - written:.2f} s |")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
