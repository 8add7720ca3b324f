"""The one journey of a photo: check the target, read, refuse, run, tag, write (docs/architecture.md).

    from unfilter import Filter
    from unfilter.jobs import Batch, ByTag, Restore

    outcomes = Batch(Restore(ByTag()), [Path("filtered")], Path("restored")).run()

`Apply` and `Restore` are jobs on a file, bytes, a stream or an image; `Batch` does one on many files.
"""

from unfilter.jobs.batch import Batch, Outcome
from unfilter.jobs.by_tag import ByTag
from unfilter.jobs.detection.comparison import Examination
from unfilter.jobs.job import Apply, Job, Restore, Result
from unfilter.photo.forms import Noted

__all__ = ["Apply", "Batch", "ByTag", "Examination", "Job", "Noted", "Outcome", "Restore", "Result"]
