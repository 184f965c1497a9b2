"""What the listener of an exchange said and agreed, to take away: their own words, and what they were asked.

What the speaker told is left out, but for what the listener made of it: it was told to be acted on, not to
leave the service on paper. So is what anybody else said; of the speaker's words there are what was asked,
and how each restatement was answered.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils import timezone

from agencies.days import written
from agencies.models import Membership
from sharing.models import (
    Action,
    Exchange,
    Position,
    ProposedCorrection,
    Round,
    Side,
    SummaryAnswer,
    Verdict,
)
from sharing.rules import PROMPTS, spoken_limit
from sharing.told import moment

TEMPLATE = "my_copy.typ"
TITLE = "What I said and agreed"
LEAD = (
    "A copy for whoever said it. It is about a child or an adult who may be at risk: "
    "keep it where such records are kept."
)
ANSWERS = {
    Round.Outcome.OPEN: "Not checked yet",
    Round.Outcome.CONFIRMED: "Understood",
    Round.Outcome.CORRECTED: "To be said again",
    Round.Outcome.SPOKEN: "Typed by another after a call, and not yet confirmed in writing",
    Round.Outcome.NOT_SAID: "Typed by another after a call: not what was said",
}
Rows = list[dict[str, str]]


def collect(exchange: Any, *, by: Membership, at: datetime) -> dict[str, Any] | None:
    """Return what the listener of an exchange said and agreed, for the template; None where there is nothing.

    `exchange` came from `access.get_exchange`, and `by` is its listener or their deputy. `at` is UTC.
    """
    said = [
        _part("What I said back", _rounds(exchange)),
        _part("Whether I agree", _agreements(exchange)),
        _part("What I think where we do not agree", _positions(exchange)),
        _part("What I said is wrong in it", _proposals(exchange)),
        _part("What I answered to the summary", _answer(exchange)),
        _part("What I took on", _actions(exchange)),
    ]
    if not any(part["entries"] for part in said):
        return None
    name = exchange.listener.full_name
    day = written(timezone.localtime(at), "j F Y")
    return {
        "title": TITLE,
        "lead": LEAD,
        "reference": exchange.reference,
        "watermark": f"{exchange.reference}, {day}, {by.full_name}",
        "facts": _facts(exchange, name=name, by=by, at=at),
        "parts": [part for part in [_asked(exchange), *said] if part["entries"]],
    }


def _part(heading: str, entries: list[dict[str, Any]], *, lead: str = "") -> dict[str, Any]:
    return {"heading": heading, "lead": lead, "entries": entries}


def _row(key: str, value: str) -> dict[str, str]:
    return {"key": key, "value": value}


def _facts(exchange: Any, *, name: str, by: Membership, at: datetime) -> Rows:
    made = moment(at) if by.full_name == name else f"{moment(at)}, by {by.full_name}"
    rows = (
        ("Reference", exchange.reference),
        ("Who said it", exchange.listener.label),
        ("To whom", exchange.speaker.label),
        ("Sent to me", moment(exchange.sent_at)),
        ("I confirmed receipt", moment(exchange.received_at)),
        ("Confirmed as understood", moment(exchange.understood_at)),
        ("This copy was made", made),
    )
    return [_row(key, value) for key, value in rows if value]


def _asked(exchange: Any) -> dict[str, Any]:
    asked = exchange.what_i_ask.strip()
    entries = [{"heading": "", "rows": [_row("", exchange.what_i_ask)]}] if asked else []
    return _part("What I was asked to do", entries)


def _rounds(exchange: Exchange) -> list[dict[str, Any]]:
    verdicts = (
        Verdict.objects.filter(round=OuterRef("pk"))
        .order_by("item__number")
        .values(json=JSONObject(number="item__number", answer="answer", note="note"))
    )
    rounds = exchange.rounds.select_related("restated_by__user", "checked_by__user").annotate(
        answers=ArraySubquery(verdicts)
    )
    return [_round(exchange, one) for one in rounds.order_by("number")]


def _round(exchange: Exchange, one: Any) -> dict[str, Any]:
    rows = [_row(prompt, getattr(one, name)) for name, prompt in PROMPTS.items()]
    outcome = ANSWERS[Round.Outcome(one.outcome)]
    if one.checked_by:
        answer = [f"{outcome}, said {one.checked_by.full_name} on {moment(one.checked_at)}."]
        answer += [one.note] if one.note else []
        for said in one.answers:
            label = Verdict.Answer(said["answer"]).label
            answer.append(f"Key item {said['number']}: {label}. {said['note']}".strip())
        rows.append(_row("The answer", "\n".join(answer)))
    else:
        rows.append(_row("The answer", f"{outcome}."))
    heading = f"Version {one.number}, {moment(one.restated_at)}"
    if one.restated_by_id != exchange.listener_id:
        heading += f", said by {one.restated_by.full_name}"
    return {"heading": heading, "rows": rows}


def _agreements(exchange: Exchange) -> list[dict[str, Any]]:
    return [
        {
            "heading": f"{one.get_about_display()}: {one.get_answer_display().lower()}",
            "rows": [_row("", f"{one.why}\n{one.by.full_name}, {moment(one.at)}".strip())],
        }
        for one in exchange.agreements.select_related("by__user")
    ]


def _positions(exchange: Exchange) -> list[dict[str, Any]]:
    """What they wrote themselves, in each disagreement about it. A lead's words are the lead's."""
    mine = [exchange.listener_id, *filter(None, [exchange.first_listener_id])]
    rows = Position.objects.filter(
        stage__disagreement__exchange=exchange, side=Side.LISTENER, by__in=mine
    ).select_related("stage__disagreement")
    return [
        {
            "heading": f"{one.stage.disagreement.get_about_display()}, stage {one.stage.number}",
            "rows": [_row("", f"{one.words}\n{moment(one.at)}")],
        }
        for one in rows.order_by("id")
    ]


def _proposals(exchange: Exchange) -> list[dict[str, Any]]:
    """The corrections that they proposed, and how each was answered. The item itself was the speaker's."""
    rows = ProposedCorrection.objects.filter(exchange=exchange).select_related("item", "by__user")
    return [
        {
            "heading": f"Item {one.item.number}, {moment(one.at)}",
            "rows": [
                _row("What it should say", one.words),
                _row("How I know", one.how_known),
                _row("The answer", f"{one.get_answer_display()}. {one.answer_words}".strip()),
            ],
        }
        for one in rows.order_by("id")
    ]


def _answer(exchange: Any) -> list[dict[str, Any]]:
    given = getattr(exchange, "summary_answer", None)
    if given is None or given.answer == SummaryAnswer.Answer.SILENCE:
        return []
    words = f"{given.correction}\n{moment(given.answered_at)}".strip()
    return [{"heading": given.get_answer_display(), "rows": [_row("", words)]}]


def _actions(exchange: Exchange) -> list[dict[str, Any]]:
    """The actions that are theirs and that they accepted, with what they reported."""
    taken = Action.objects.filter(
        exchange=exchange, owner=exchange.listener_id, accepted_at__isnull=False
    ).prefetch_related("reports")
    return [_action(one) for one in taken.order_by("id")]


def _action(one: Action) -> dict[str, Any]:
    due = spoken_limit(one.due_at)
    rows = [
        _row("What", one.what),
        _row("By when", f"{due[:1].upper()}{due[1:]} ({one.by_when})"),
        _row("We would act sooner if", one.contingency),
        _row("I took it on", moment(one.accepted_at)),
    ]
    if one.withdrawn_at:
        rows.append(_row("Taken back", moment(one.withdrawn_at)))
    rows += [
        _row("What I reported", f"{report.what_happened}\n{moment(report.reported_at)}")
        for report in one.reports.all()
    ]
    return {"heading": one.reference, "rows": rows}
