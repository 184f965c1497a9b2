"""Jobs: asked for in a request, done by the worker, one at a time, each under a lease."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import timezone

from agencies import rules
from agencies.jobs import CannotDo, Made, Progress, handler_of
from agencies.models import Job, Membership
from agencies.operations import files
from agencies.verbs import Verb
from audit import operations as audit


class Overtaken(RuntimeError):
    """The lease ran out and another worker has the job."""


logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=6)
ATTEMPTS = 3
KEPT = timedelta(hours=24)
NOT_DONE = "It could not be made. Try again; if it fails again, tell whoever looks after the service."


@transaction.atomic
def ask(
    kind: str,
    *,
    title: str,
    by: Membership,
    at: datetime,
    about: str = "",
    back: str = "",
    params: Mapping[str, Any] | None = None,
) -> Job:
    """Ask for a piece of work. `about` is a reference, `back` the page to go back to, `at` is UTC.

    `params` holds references and codes, never words of the record. Raises KeyError for a kind that nobody
    does, `rules.TooManyAsked`.
    """
    handler_of(kind)
    rules.require_waits_for_few(Job.objects.filter(by=by, finished_at=None, failed_at=None).count())
    job = Job.objects.create(
        kind=kind, title=title, about=about, back=back, params=dict(params or {}), by=by, asked_at=at
    )
    audit.record(Verb.JOB_ASKED, by=by, at=at, subject=f"job:{job.pk}", data={"kind": kind, "about": about})
    return job


def work(*, at: datetime | None = None, seconds: float = 240) -> int:
    """Do what has been asked for, oldest first, until nothing is left or time is up; return how many.

    `at` is for tests; the clock is read otherwise. Runs outside any transaction of the caller.
    """
    until, count = time.monotonic() + seconds, 0
    while time.monotonic() < until and (job := _claim(at or timezone.now())):
        _do(job, at=at or timezone.now())
        count += 1
    _take_files_away(at=at or timezone.now())
    return count


def _claim(at: datetime) -> Job | None:
    """Take the oldest job that nobody is doing, for as long as the lease lasts."""
    with transaction.atomic():
        to_do = Job.objects.filter(finished_at=None, failed_at=None)
        free = to_do.filter(Q(lease_until=None) | Q(lease_until__lt=at))
        job = free.order_by("asked_at").select_for_update(skip_locked=True).first()
        if job is None:
            return None
        job.attempt += 1
        job.started_at = job.started_at or at
        job.lease_until = at + LEASE
        job.save(update_fields=["attempt", "started_at", "lease_until"])
    return job


def _do(job: Job, *, at: datetime) -> None:
    """Do one job. Whatever goes wrong is written into its row, where whoever asked sees it."""
    if job.attempt > ATTEMPTS:
        _fail(job, NOT_DONE, at=at)
        return
    try:
        made = handler_of(job.kind)(job, at=at, progress=_progress(job))
        _finish(job, made, at=at)
    except CannotDo as sorry:
        _fail(job, str(sorry), at=at)
    except Overtaken:
        logger.warning("job overtaken", extra={"kind": job.kind})
    except DatabaseError:
        raise  # no fault of the job: it is done again when its lease has run out
    except Exception as error:  # noqa: BLE001  # one job's fault must not keep the others waiting
        logger.error("job failed", extra={"kind": job.kind, "error": type(error).__name__})
        _fail(job, NOT_DONE, at=at)


def _finish(job: Job, made: Made | None, *, at: datetime) -> None:
    """Keep what was made and say that it is done, both or neither."""
    values: dict[str, Any] = {"finished_at": at, "lease_until": None}
    with transaction.atomic():
        if made and made.name:
            file = files.keep(made.chunks, at=at)
            values |= {
                "file": file,
                "file_name": made.name[:120],
                "content_type": made.content_type,
                "digest": file.sha256,
            }
        if made and made.next_page:
            values["next_page"] = made.next_page
        if not _mine(job).update(**values):
            raise Overtaken


def _progress(job: Job) -> Progress:
    """Make what writes down how far a job is, at most twice a second, and keeps its lease alive."""
    written = 0.0

    def progress(done: int, total: int, /) -> None:
        nonlocal written
        now = time.monotonic()
        if now - written < 0.5 and done < total:
            return
        written = now
        if not _mine(job).update(done=done, total=total, lease_until=timezone.now() + LEASE):
            raise Overtaken

    return progress


def _mine(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, attempt=job.attempt, finished_at=None, failed_at=None)


def _fail(job: Job, why: str, *, at: datetime) -> None:
    _mine(job).update(failed_at=at, why_failed=why, lease_until=None)


def _take_files_away(*, at: datetime) -> None:
    """Take away what was made more than a day ago."""
    for job in Job.objects.filter(file__isnull=False, finished_at__lt=at - KEPT).select_related("file")[:100]:
        with transaction.atomic():
            kept = job.file
            Job.objects.filter(pk=job.pk).update(file=None, gone_at=at)
            if kept is not None:
                files.remove(kept)
