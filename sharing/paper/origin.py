"""Where a file came from, by its digest: for when a paper turns up in the wrong place."""

from __future__ import annotations

from agencies.models import Job
from audit.models import Event
from sharing import timeline
from sharing.models import PaperCopy
from sharing.told import moment


def of_digest(digest: str) -> list[str]:
    """Say which job or event made a file with this SHA-256, a line each. Empty where none did.

    The job is found although its file is long gone: a job is never deleted, and keeps the digest.
    """
    jobs = Job.objects.filter(digest=digest).select_related("by__user", "by__agency", "paper_copy")
    found = [line for job in jobs for line in _of_job(job)]
    events = Event.objects.filter(verb="sharing.exchange.copy_taken", data__sha256=digest)
    found += [f"{timeline.in_words(event)}, {moment(event.at)}." for event in events.order_by("pk")]
    return found


def _of_job(job: Job) -> list[str]:
    lines = [
        f"{job.title}, {job.about}." if job.about else f"{job.title}.",
        f"Made for {job.by.label}. Asked for {moment(job.asked_at)}, ready {moment(job.finished_at)}.",
        f"Job {job.pk}.",
    ]
    copy: PaperCopy | None = getattr(job, "paper_copy", None)
    if copy is not None:
        why = f" {copy.purpose_words}" if copy.purpose_words else ""
        lines.append(f"{copy.get_purpose_display()}.{why} For {copy.for_whom}.")
    return lines
