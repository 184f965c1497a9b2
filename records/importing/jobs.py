"""What the worker does for an import: reads the file, and later adds what is right in it."""

from __future__ import annotations

from datetime import datetime

from agencies.jobs import CannotDo, Made, Progress
from agencies.models import Job
from records.models import ChronologyImport
from records.operations import imports


def read(job: Job, *, at: datetime, progress: Progress) -> Made:
    """Read a file row by row, adding nothing, and lead to what was found."""
    imports.read_rows(_batch(job), by=job.by, at=at, progress=progress)
    return Made(next_page=job.params["next"])


def add(job: Job, *, at: datetime, progress: Progress) -> Made:
    """Add the rows that are right."""
    imports.add_rows(_batch(job), by=job.by, at=at, progress=progress)
    return Made(next_page=job.params["next"])


def _batch(job: Job) -> ChronologyImport:
    found = ChronologyImport.objects.select_related("file").filter(pk=job.params["import"], by=job.by).first()
    if found is None:
        raise CannotDo("The file is no longer here. Upload it again.")
    return found
