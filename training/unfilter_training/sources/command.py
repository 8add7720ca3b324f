"""A command that is run once per photo, such as `magick {in} -modulate 110,130 {out}`."""

import shlex
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import PhotoError, UnfilterError
from unfilter.photo import Photo, read_photo, write_photo
from unfilter_training.sources.specification import Specification


class CommandSource:
    """`{in}` becomes a PNG file of the photo, `{out}` the PNG file that the command must write. No shell is between."""

    def __init__(self, specification: Specification, path: Path = Path()) -> None:
        self._text, self._seconds = specification.value, specification.seconds
        try:
            self._words = shlex.split(specification.value)
        except ValueError as error:
            raise UnfilterError(f"{specification.value}: cannot be taken apart into words ({error})") from None

    def files(self, photo: NDArray[np.uint8]) -> tuple[Path, ...]:
        """See `MadeOfFiles`: scripts and presets that the command names."""
        return tuple(Path(word) for word in self._words[1:] if Path(word).is_file())

    def __call__(self, photo: NDArray[np.uint8], /) -> NDArray[np.uint8]:
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder) / "in.png", Path(folder) / "out.png"
            write_photo(source, Photo(photo))
            words = [word.replace("{in}", str(source)).replace("{out}", str(target)) for word in self._words]
            try:
                ended = subprocess.run(
                    words,
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    timeout=self._seconds,
                    text=True,
                    errors="replace",
                )
            except subprocess.TimeoutExpired:
                raise UnfilterError(
                    f"{self._text}: took more than {self._seconds:g} s on a photo of {photo.shape[1]} x {photo.shape[0]} "
                    "pixels; allow more with --time-limit, or give smaller photos"
                ) from None
            except OSError as error:
                raise UnfilterError(f"{words[0]}: cannot be started ({error.strerror}); is it installed?") from None
            if ended.returncode:
                said = (ended.stderr.strip() or ended.stdout.strip() or "without a word").splitlines()[-1]
                raise UnfilterError(f"{self._text}: ended with code {ended.returncode} ({said.replace(folder, '')})")
            if not target.exists():
                raise UnfilterError(f"{self._text}: ended well and wrote no {{out}}")
            try:
                return read_photo(target, convert=True, reduce=True).pixels
            except PhotoError as error:
                raise UnfilterError(f"{self._text}: what it wrote is no photo ({str(error).replace(folder, '')})") from None
