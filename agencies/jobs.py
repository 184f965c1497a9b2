"""What a handler of jobs is given, gives back and raises. The handlers are named in settings.JOBS."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.http import Http404
from django.utils.module_loading import import_string

from agencies.models import Job, Membership


class CannotDo(Exception):
    """The work cannot be done. The sentence says why and what to do; it is shown to whoever asked."""


class Progress(Protocol):
    """Write down how far the work is. Called as often as is convenient: it writes twice a second at most."""

    def __call__(self, done: int, total: int, /) -> None: ...


@dataclass(frozen=True)
class Made:
    """What a job made: a file to fetch, or a page where it goes on. Neither, where doing it was all."""

    name: str = ""
    content_type: str = "application/octet-stream"
    chunks: Iterable[bytes] = ()
    next_page: str = ""


class Handler(Protocol):
    """Do one job. It may run again after a crash, so what it writes it writes in transactions of its own that
    do no harm the second time; how far it is, others see at once."""

    def __call__(self, job: Job, *, at: datetime, progress: Progress) -> Made | None: ...


def handler_of(kind: str) -> Handler:
    """Return what does jobs of a kind. Raises KeyError for a kind that nobody does."""
    handler: Handler = import_string(settings.JOBS[kind])
    return handler


def get_job(member: Membership, job_id: UUID) -> Job:
    """Return a job that this member asked for. Raises Http404, the same for not theirs and no such."""
    found = Job.objects.filter(pk=job_id, by=member).select_related("file", "by__agency", "by__user").first()
    if found is None:
        raise Http404
    return found
