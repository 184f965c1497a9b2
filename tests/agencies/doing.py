"""What tests ask the worker to do."""

from datetime import datetime

from agencies.jobs import CannotDo, Made, Progress
from agencies.models import Job


def nothing(job: Job, *, at: datetime, progress: Progress) -> Made:
    progress(1, 2)
    return Made("nothing.txt", "text/plain", [b"Nothing ", b"at all."])


def a_page(job: Job, *, at: datetime, progress: Progress) -> Made:
    return Made(next_page="/help/")


def refuses(job: Job, *, at: datetime, progress: Progress) -> Made:
    raise CannotDo("The list has no heading. Put one in its first line.")


def breaks(job: Job, *, at: datetime, progress: Progress) -> Made:
    raise RuntimeError("a sentence that holds a name")
