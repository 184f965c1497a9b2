"""The worker makes the PDF that somebody asked for: from what they may see now, not from what they saw."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from agencies.jobs import CannotDo, Made, Progress
from agencies.models import Job
from records.models import Concern
from sharing import access
from sharing.models import PaperCopy
from sharing.operations import paper as operations
from sharing.paper import concern, decision, exchange, minutes, press, reading
from sharing.paper.parts import Paper, Printing, as_data

TEMPLATE = "paper.typ"
GONE = "You may no longer see what this is a copy of, so no copy was made."
STEPS = 3  # read, set, kept


def run(job: Job, *, at: datetime, progress: Progress) -> Made:
    """Make the PDF of a copy. Raises CannotDo where whoever asked may no longer see it."""
    copy = PaperCopy.objects.select_related(
        "by__user", "by__agency__partnership", "concern__agency", "person"
    ).get(job=job)
    progress(0, STEPS)
    found = COLLECTORS[PaperCopy.Kind(copy.kind)](copy)
    if found is None:
        raise CannotDo(GONE)
    progress(1, STEPS)
    printing = Printing(by=copy.by, at=at, for_whom=copy.for_whom)
    made = press.pdf(TEMPLATE, as_data(found, printing), at=at)
    progress(2, STEPS)
    operations.copy_was_made(copy, by=copy.by, at=at, digest=sha256(made).hexdigest())
    return Made(f"{copy.reference}-{copy.kind.lower()}.pdf", "application/pdf", [made])


def _concern(copy: PaperCopy) -> Concern | None:
    """Return the concern of a copy, as whoever asked for it may see it now."""
    rows = Concern.objects.visible_to(copy.by).filter(pk=copy.concern_id)
    return rows.select_related(*CONCERN).first()


CONCERN = ("agency", "owner__user", "owner__agency", "started_by__user", "started_by__agency",
           "logged_by__user", "logged_by__agency")  # fmt: skip


def _of_decision(copy: PaperCopy) -> Paper | None:
    found = _concern(copy)
    if found is None or copy.cycle_number is None:
        return None
    made = decision.find(found, copy.cycle_number, copy.person)
    return decision.collect(decision.read(made, found, by=copy.by)) if made else None


def _of_exchange(copy: PaperCopy) -> Paper | None:
    found = access.exchanges_seen_by(copy.by).filter(reference=copy.reference).first()
    read = reading.read([found], by=copy.by)[0] if found else None
    return exchange.collect(read) if read is not None and read.standing.reads else None


def _of_concern(copy: PaperCopy) -> Paper | None:
    found = _concern(copy)
    return concern.collect(found, by=copy.by) if found else None


def _of_minutes(copy: PaperCopy) -> Paper | None:
    found = access.meetings_seen_by(copy.by).filter(reference=copy.reference).first()
    seen = minutes.look(found, copy.version or 0, by=copy.by) if found else None
    return minutes.collect(seen) if seen else None


COLLECTORS: dict[PaperCopy.Kind, Callable[[PaperCopy], Paper | None]] = {
    PaperCopy.Kind.DECISION: _of_decision,
    PaperCopy.Kind.EXCHANGE: _of_exchange,
    PaperCopy.Kind.CONCERN: _of_concern,
    PaperCopy.Kind.MINUTES: _of_minutes,
}
