"""The one journey of a photo: check the target, read, refuse, run, tag, write (docs/architecture.md).

    from unfilter import Filter
    from unfilter.jobs import Batch, ByFile, Restore

    outcomes = Batch(Restore(ByFile()), [Path("filtered")], Path("restored")).run()

`Apply` and `Restore` are jobs on a file, bytes, a stream or an image; `Batch` does one on many files. `Wrap` hides a
photo in what another tool made of it.
"""

from unfilter.jobs.apply import Apply
from unfilter.jobs.batch import Batch, Outcome
from unfilter.jobs.by_file import ByFile
from unfilter.jobs.by_tag import ByTag
from unfilter.jobs.carrying import Carry
from unfilter.jobs.detection.comparison import Examination
from unfilter.jobs.job import Job, Result
from unfilter.jobs.origin import NotRestored, Origin, Recognition
from unfilter.jobs.restore import Restore
from unfilter.jobs.wrapping import Promise, Wrap, Wrapped
from unfilter.photo.forms import Noted

__all__ = [
    "Apply", "Batch", "ByFile", "ByTag", "Carry", "Examination", "Job", "NotRestored", "Noted", "Origin", "Outcome",
    "Promise", "Recognition", "Restore", "Result", "Wrap", "Wrapped",
]  # fmt: skip
