"""Copies on paper: asked for with a reason, made by the worker, each with its event."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from agencies.models import Job, Membership
from agencies.operations import jobs
from agencies.refusals import Refused
from audit import operations as audit
from audit.models import Event
from records.models import Concern, Person
from sharing import rules
from sharing.models import PaperCopy

JOB = "paper"


class Of(NamedTuple):
    """What a copy is of: a kind, the reference of the thing, and what else finds it."""

    kind: PaperCopy.Kind
    reference: str
    concern: Concern
    cycle_number: int | None = None
    person: Person | None = None
    version: int | None = None


class SayWhatFor(Refused):
    """A copy leaves the service only for a reason and for somebody."""


@transaction.atomic
def ask_for_copy(
    of: Of,
    *,
    by: Membership,
    at: datetime,
    purpose: str,
    for_whom: str,
    purpose_words: str = "",
    back: str = "",
) -> Job:
    """Ask for a PDF of something that the caller has obtained through `access`. `at` is UTC.

    Raises SayWhatFor without a purpose, or without saying for whom it is.
    """
    rules.require_role(by)
    if purpose not in PaperCopy.Purpose or (purpose == PaperCopy.Purpose.OTHER and not purpose_words.strip()):
        raise SayWhatFor("Say what the copy is for.")
    if not for_whom.strip():
        raise SayWhatFor("Say for whom the copy is: a name, or a post and an organisation.")
    job = jobs.ask(JOB, title=f"PDF: {of.kind.label.lower()}", by=by, at=at, about=of.reference, back=back)
    copy = PaperCopy.objects.create(
        **of._asdict(), purpose=purpose, purpose_words=purpose_words, for_whom=for_whom, job=job, by=by, at=at
    )
    _record("sharing.paper.asked", copy, by=by, at=at)
    return job


@transaction.atomic
def copy_was_made(copy: PaperCopy, *, by: Membership, at: datetime, digest: str) -> Event:
    """Write down that a PDF was made for whoever asked for it. `digest` is its SHA-256 in hexadecimal.

    A worker that was killed makes it again: then there are two, and each has its event.
    """
    return _record("sharing.paper.made", copy, by=by, at=at, sha256=digest)


def _record(verb: str, copy: PaperCopy, *, by: Membership, at: datetime, **data: Any) -> Event:
    return audit.record(
        verb,
        by=by,
        at=at,
        subject=copy.reference,
        concern=copy.concern.reference,
        data={"kind": copy.kind, "purpose": copy.purpose, "job": str(copy.job_id), **data},
    )
