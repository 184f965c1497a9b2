"""A hand-over to another area as the pages show it: who is responsible now, and both clocks, in sentences.

A telephone call stands beside the written receipt, and says of itself that it starts no clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone

from agencies.days import written
from sharing.models import Transfer, TransferCall
from sharing.rules import spoken_limit
from sharing.rules.transfers import TRANSFER_TAGS, TransferState, transfer_state

MOMENTS = (
    *("proposed_at", "received_at", "answer_due_at", "conference_due_at", "accepted_at", "declined_at"),
    *("withdrawn_at", "responsible_from"),
)
WAITING = (TransferState.PROPOSED, TransferState.RECEIVED)


@dataclass(frozen=True)
class Call:
    """One telephone call: when (UTC), with whom, and what was said."""

    called_at: datetime
    with_whom: str
    what_was_said: str


@dataclass(frozen=True)
class Seen:
    """What is shown of a hand-over. Moments are UTC."""

    reference: str
    from_agency: str
    to_agency: str
    logged_at: datetime | None
    proposed_at: datetime
    received_at: datetime | None
    received_by: str
    answer_due_at: datetime | None
    answer_why: tuple[str, ...]
    conference_due_at: datetime | None
    conference_why: tuple[str, ...]
    conference_on: date | None
    accepted_at: datetime | None
    taken_on_by: str
    declined_at: datetime | None
    withdrawn_at: datetime | None
    responsible_from: datetime | None
    calls: tuple[Call, ...]

    @property
    def state(self) -> TransferState:
        return transfer_state(self)


def of_exchange() -> Subquery:
    """Annotate exchanges with the latest hand-over that rests on each, as `seen` reads it."""
    calls = TransferCall.objects.filter(transfer=OuterRef("pk")).order_by("called_at", "id")
    rows = Transfer.objects.filter(exchange=OuterRef("pk")).order_by("-id")
    fields = {name: name for name in MOMENTS}
    json = JSONObject(
        reference="reference",
        from_agency="from_agency__name",
        to_agency="to_agency__name",
        logged_at="concern__logged_at",
        received_by=Coalesce("received_by__user__full_name", "received_by__name"),
        answer_why="answer_why",
        conference_why="conference_why",
        conference_on="conference_on",
        taken_on_by=Coalesce("taken_on_by__user__full_name", "taken_on_by__name"),
        calls=ArraySubquery(
            calls.values(
                json=JSONObject(called_at="called_at", with_whom="with_whom", what_was_said="what_was_said")
            )
        ),
        **fields,
    )
    return Subquery(rows.values(json=json)[:1])


def seen(found: Mapping[str, Any]) -> Seen:
    """Read what `of_exchange` annotated."""
    moments = {name: _moment(found[name]) for name in MOMENTS if name != "proposed_at"}
    on = found["conference_on"]
    return Seen(
        reference=found["reference"],
        from_agency=found["from_agency"],
        to_agency=found["to_agency"],
        logged_at=_moment(found["logged_at"]),
        proposed_at=datetime.fromisoformat(found["proposed_at"]),
        received_by=found["received_by"] or "",
        answer_why=tuple(found["answer_why"].splitlines()),
        conference_why=tuple(found["conference_why"].splitlines()),
        conference_on=date.fromisoformat(on) if on else None,
        taken_on_by=found["taken_on_by"] or "",
        calls=tuple(
            Call(datetime.fromisoformat(one["called_at"]), one["with_whom"], one["what_was_said"])
            for one in found["calls"]
        ),
        **moments,
    )


def seen_row(row: Transfer, calls: Sequence[TransferCall]) -> Seen:
    """Read a hand-over that came with its people and agencies."""
    return Seen(
        reference=row.reference,
        from_agency=row.from_agency.name,
        to_agency=row.to_agency.name,
        logged_at=row.concern.logged_at,
        received_by=row.received_by.full_name if row.received_by else "",
        answer_why=tuple(row.answer_why.splitlines()),
        conference_why=tuple(row.conference_why.splitlines()),
        conference_on=row.conference_on,
        taken_on_by=row.taken_on_by.full_name if row.taken_on_by else "",
        calls=tuple(Call(one.called_at, one.with_whom, one.what_was_said) for one in calls),
        **{name: getattr(row, name) for name in MOMENTS},
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def spoken(moment: datetime) -> str:
    """Say a moment in London time: "Friday 20 November 2026 at 16:40"."""
    local = timezone.localtime(moment)
    return f"{local:%A} {written(local, 'j F Y')} at {local:%H:%M}"


# --- Who is responsible ------------------------------------------------------------------------


def responsibility(found: Seen, *, now: datetime) -> list[str]:
    """Say who is responsible now and since when, and who will be from when."""
    starts = found.responsible_from
    if starts is not None and starts <= now:
        return [f"Responsible now: {found.to_agency}, since {spoken(starts)}."]
    since = f", since {spoken(found.logged_at)}" if found.logged_at else ""
    sentences = [f"Responsible now: {found.from_agency}{since}."]
    if starts is not None:
        sentences.append(f"From {spoken(starts)}: {found.to_agency}, which has accepted in writing.")
    elif found.state in WAITING:
        sentences.append(f"It stays so until {found.to_agency} accepts in writing.")
    return sentences


# --- Both clocks -------------------------------------------------------------------------------


def panel(found: Seen, *, now: datetime, with_words: bool = True) -> dict[str, Any]:
    """Put a hand-over into components/transfer_panel.html. Without `with_words` nothing that people wrote is
    in it: whoever has not opened what it rests on sees the moments, and no more."""
    state = found.state
    return {
        "reference": found.reference,
        "to_agency": found.to_agency,
        "tag": {"text": state.value.capitalize(), "colour": TRANSFER_TAGS[state]},
        "responsible": responsibility(found, now=now),
        "clocks": [*_telephoned(found, with_words=with_words), *_in_writing(found, now=now)],
    }


def _telephoned(found: Seen, *, with_words: bool) -> list[dict[str, Any]]:
    return [
        {
            "title": f"Telephoned on {spoken(call.called_at)}",
            "text": "A telephone call starts no clock.",
            "said": f"Spoke with: {call.with_whom}\n{call.what_was_said}" if with_words else "",
        }
        for call in found.calls
    ]


def _in_writing(found: Seen, *, now: datetime) -> list[dict[str, Any]]:
    if found.received_at is None:
        if found.withdrawn_at:
            return [{"title": "Not received in writing", "text": "It was taken back before that."}]
        return [
            {
                "title": "Not received in writing yet",
                "text": f"No clock has started. It starts when {found.to_agency} confirms the receipt.",
            }
        ]
    by = f", by {found.received_by}" if found.received_by else ""
    lines: list[dict[str, Any]] = [
        {
            "title": f"Received in writing on {spoken(found.received_at)}{by}",
            "text": "Both limits count from here.",
        }
    ]
    answered = found.accepted_at or found.declined_at
    if answered:
        what = "Accepted" if found.accepted_at else "Declined"
        lines.append({"title": f"{what} in writing on {spoken(answered)}", "text": ""})
    if not answered and not found.withdrawn_at:
        lines.append(_limit("Answer due", found.answer_due_at, found.answer_why, now=now))
    if found.conference_on:
        held = written(found.conference_on, "l j F Y")
        lines.append({"title": f"Conference held on {held}", "text": ""})
    elif not found.declined_at and not found.withdrawn_at:
        lines.append(_limit("Conference due", found.conference_due_at, found.conference_why, now=now))
    return lines


def _limit(what: str, due_at: datetime | None, why: tuple[str, ...], *, now: datetime) -> dict[str, Any]:
    if due_at is None:
        return {"title": what, "text": ""}
    return {
        "title": what,
        "due": {"text": spoken_limit(due_at), "late": due_at < now, "at": due_at},
        "why": why,
        "nothing_skipped": not why,
    }
