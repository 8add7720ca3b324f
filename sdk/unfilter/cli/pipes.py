"""One photo through standard input or output, which are called `-`."""

import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from unfilter.errors import PhotoError
from unfilter.jobs.job import Job, Result
from unfilter.photo import Codec, Photo, read_photo, suffix_of
from unfilter.photo.forms import exact_codec

PIPE = Path("-")
_INPUT, _OUTPUT = "standard input", "standard output"


def through_pipe(job: Job, source: Path, target: Path, codec: Codec | None) -> Result:
    """Do a job on a photo that comes from standard input, goes to standard output, or both. `codec` is of the result where
    it goes there: None keeps the photo's own where that is exact, and else takes PNG.

    Raises:
        PhotoError: as `Job.file`; standard input is closed, standard output is closed or a terminal, or does not take it.
    """
    if target == PIPE and (sys.stdout is None or sys.stdout.isatty()):
        raise PhotoError(f"{_OUTPUT}: is a terminal, which shows no photo; redirect it to a file or a pipe")
    if source != PIPE:
        photo, name = job.read(source), source
    else:
        photo, name = standard_input(convert=job.convert, reduce=job.reduce, limit=job.limit), Path(_INPUT)
    if target != PIPE:
        return job.photo(name, photo, target)
    with TemporaryDirectory(prefix="unfilter-") as folder:
        written = Path(folder) / f"photo{suffix_of(codec or exact_codec(photo))}"
        result = job.photo(name, photo, written)
        _give(written.read_bytes())
    return replace(result, source=name, target=Path(_OUTPUT))


def standard_input(*, convert: bool, reduce: bool, limit: int) -> Photo:
    """The photo that comes from standard input; arguments are as for `read_photo`.

    Raises:
        PhotoError: as `read_photo`; standard input is closed, or a terminal.
    """
    if sys.stdin is None:
        raise PhotoError(f"{_INPUT}: is closed; give it a photo, or name a file")
    if sys.stdin.isatty():
        raise PhotoError(f"{_INPUT}: is a terminal; give it a photo, such as with `< photo.jpg`, or name a file")
    content = BytesIO(sys.stdin.buffer.read())
    return read_photo(content, convert=convert, reduce=reduce, limit=limit, name=_INPUT)


def _give(content: bytes) -> None:
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except OSError as error:
        raise PhotoError(f"{_OUTPUT}: cannot be written ({error.strerror}); the photo did not arrive") from None
