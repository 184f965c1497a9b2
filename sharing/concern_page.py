"""What the page of one concern shows, read in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.text import Truncator

from agencies.models import Membership
from agencies.prepared import Prepared
from agencies.roles import Permission
from records import rules as records_rules
from records.models import Concern, Statement, Worry
from records.texts import COLOURS, happened, marks, struck_through
from sharing import facts as reading
from sharing import transferring
from sharing.facts import Facts
from sharing.models import Cycle, Enquiry, Exchange, Stage
from sharing.querysets import people
from sharing.rules import spoken_limit
from sharing.states import (
    ACTION_TAGS,
    ENQUIRY_TAGS,
    TAGS,
    WAITING_ON,
    EnquiryState,
    Turn,
    enquiry_state,
)
from sharing.told import voice
from sharing.workflow import ONWARD, Move, missing_for, moves_from

STAGES = (Stage.ASK, Stage.DO, Stage.SHARE, Stage.RECORD)
EXCHANGE_HEADINGS = {
    Exchange.Kind.ANSWER: "Answer from {speaker}",
    Exchange.Kind.ADVICE: "Advice from {speaker}",
    Exchange.Kind.DISCLOSURE: "Told to {listener}",
    Exchange.Kind.SUMMARY: "Summary to {listener}",
    Exchange.Kind.HANDOVER: "Handed over to {listener}",
    Exchange.Kind.OUTCOME: "Outcome of a disagreement, to {listener}",
    Exchange.Kind.MEETING: "What a meeting decided, to {listener}",
    Exchange.Kind.CORRECTION: "Correction to {listener}",
    Exchange.Kind.DECISION: "Decision from {speaker}",
}


FROM_OTHERS = (Exchange.Kind.ANSWER, Exchange.Kind.ADVICE, Exchange.Kind.DECISION)


@dataclass(frozen=True)
class Row:
    """One line of a list, as the worklist component shows it."""

    heading: str
    reference: str
    meta: tuple[str, ...]
    tag: dict[str, str]
    due: dict[str, Any] | None
    page: str
    link_text: str


def tag(text: str, colour: str) -> dict[str, str]:
    """Return a tag as the components take it, with a capital letter."""
    return {"text": text[:1].upper() + text[1:], "colour": colour}


def due(at: datetime | None, *, now: datetime, is_open: bool) -> dict[str, Any] | None:
    """Return a time limit as the components take it; none for what is over."""
    if at is None or not is_open:
        return None
    return {"text": spoken_limit(at), "late": at < now, "at": at}


def may_open(row: Any, member: Membership, acting_for: frozenset[Any], *sides: str) -> bool:
    """Say whether somebody may open an exchange or action: theirs, deputised, or overseen."""
    for side in sides:
        party = getattr(row, side)
        if party.pk in acting_for:
            return True
        if member.may(Permission.OVERSEE) and party.agency_id == member.agency_id:
            return True
    return False


def ring(facts: Facts) -> dict[str, Any]:
    """Draw where the concern is in its cycle. A stage that the cycle never left is not shown as done."""
    stage = facts.cycle.stage
    left = set(facts.cycle.left_stages)
    closed = stage == Stage.CLOSED
    onward = ONWARD.get(stage)
    is_open = bool(onward) and not missing_for(onward, facts) if onward else closed
    here = STAGES.index(Stage(stage)) if stage in STAGES else len(STAGES)
    stages = []
    for number, one in enumerate(STAGES):
        done = number < here and one in left
        state = "current" if number == here else "done" if done else "next"
        is_way_open = is_open if number == here else done
        stages.append({"name": one.label, "state": state, "gate": {"open": is_way_open}})
    return {"number": facts.cycle.number, "closed": closed, "stages": stages}


def other_moves(stage: str) -> list[Move]:
    """Return the ways out of a stage besides the onward one."""
    return [move for move in moves_from(stage) if not move.is_onward]


def exchange_rows(facts: Facts, member: Membership, acting_for: frozenset[Any], now: datetime) -> list[Row]:
    """List the exchanges of the cycle with state and time limit. What somebody may not open has no link."""
    rows = []
    for exchange in facts.of_cycle:
        state = facts.state(exchange)
        speaker, listener = exchange.speaker, exchange.listener
        waits_for = {Turn.SPEAKER: speaker, Turn.LISTENER: listener}.get(WAITING_ON[state])
        heading = EXCHANGE_HEADINGS[exchange.kind].format(
            speaker=speaker.full_name, listener=listener.full_name
        )
        party = speaker if exchange.kind in FROM_OTHERS else listener
        meta = [party.agency.name]
        if waits_for is not None:
            meta.append(f"Waiting for {waits_for.full_name}")
        if exchange.for_information:
            meta.append("For information")
        opens = may_open(exchange, member, acting_for, "speaker", "listener")
        page, link_text = "exchange", "Open"
        if not exchange.sent_at:
            page, link_text = (
                ("preview", "Look at it and send it")
                if exchange.has_items
                else ("prepare", "Choose what they are told")
            )
        rows.append(
            Row(
                heading=heading,
                reference=exchange.reference,
                meta=tuple(meta),
                tag=tag(state.value, TAGS[state]),
                due=due(exchange.respond_by, now=now, is_open=state in reading.OPEN),
                page=page if opens else "",
                link_text=link_text,
            )
        )
    return rows


def transfer_panels(facts: Facts, now: datetime) -> list[dict[str, Any]]:
    """Show each hand-over to another area: who is responsible now, and both clocks."""
    found = [transferring.seen(e.transfer) for e in facts.exchanges if e.transfer]
    return [transferring.panel(one, now=now) for one in found]


def enquiry_rows(enquiries: Any, now: datetime) -> list[Row]:
    """List questions with state and time limit."""
    rows = []
    for enquiry in enquiries:
        state = enquiry_state(enquiry)
        what = "Advice asked of" if enquiry.kind == Enquiry.Kind.ADVICE else "Question to"
        rows.append(
            Row(
                heading=f"{what} {enquiry.asked_of.full_name}",
                reference=enquiry.reference,
                meta=(enquiry.asked_of.agency.name, f"Asked by {enquiry.asked_by.full_name}"),
                tag=tag(state.value, ENQUIRY_TAGS[state]),
                due=due(enquiry.respond_by, now=now, is_open=state == EnquiryState.ASKED),
                page="enquiry",
                link_text="Open",
            )
        )
    return rows


def action_rows(facts: Facts, member: Membership, acting_for: frozenset[Any], now: datetime) -> list[Row]:
    """List the actions of every cycle, open ones first."""
    rows = []
    for action in sorted(facts.actions, key=lambda one: (not one.is_open, one.pk)):
        state = facts.action_state(action)
        opens = may_open(action, member, acting_for, "owner", "other_side")
        rows.append(
            Row(
                heading=action.what if opens else "An action",
                reference=action.reference,
                meta=(action.owner.label,),
                tag=tag("look at it again", "orange")
                if action.is_open and action.is_flagged
                else tag(state.value, ACTION_TAGS[state]),
                due=due(action.due_at, now=now, is_open=action.is_open),
                page="action" if opens else "",
                link_text="Open",
            )
        )
    return rows


def statements_of(concern: Concern) -> list[dict[str, Any]]:
    """Read what was seen, heard, reported and thought, as the statement component shows it. One statement."""
    rows = STATEMENTS.all(concern=concern.pk)
    texts = {row.number: _ground(row) for row in rows}
    return [_statement(row, concern, texts) for row in rows]


def _statements(*, concern: int) -> QuerySet[Any]:
    rests = Statement.rests_on.through.objects.filter(from_statement=OuterRef("pk"))
    return (
        Statement.objects.latest_versions()
        .filter(concern=concern)
        .select_related(*people("author"), "about", "strike__by__user")
        .annotate(
            grounds=ArraySubquery(rests.order_by("to_statement__number").values("to_statement__number")),
            earlier=ArraySubquery(_earlier_versions()),
        )
    )


STATEMENTS = Prepared(_statements)


def _ground(row: Any) -> str:
    """What an opinion rests on, in short, and whether that was struck through since."""
    struck = ", which was struck through since" if getattr(row, "strike", None) else ""
    return f"{Truncator(row.text).chars(80)}{struck}"


def _earlier_versions() -> Any:
    """What a statement said before it was corrected, the latest first: each with why it was replaced."""
    before = Statement.objects.filter(
        concern=OuterRef("concern"), number=OuterRef("number"), version__lt=OuterRef("version")
    )
    return before.order_by("-version").values(
        json=JSONObject(text="text", source="source", why="replaced_by__replaced_why")
    )


def _statement(row: Any, concern: Concern, texts: dict[int, str]) -> dict[str, Any]:
    local = timezone.localtime
    is_late = records_rules.is_late(row, within=concern.agency.record_within_hours)
    strike = getattr(row, "strike", None)
    after = concern.logged_at is not None and row.entered_at > concern.logged_at
    added = ", added after the concern was logged" if after else ""
    return {
        "kind": {"text": row.get_kind_display(), "colour": COLOURS[Statement.Kind(row.kind)]},
        "text": row.text,
        "verbatim": row.is_verbatim,
        "voice": voice(row.voice_of, row.about.name if row.about else ""),
        "source": row.source,
        "happened": happened(row),
        "written": f"{local(row.written_at):%-d %B %Y, %H:%M} by {row.author.full_name}{added}",
        "late_reason": concern.late_why if is_late else "",
        "reference": row.label,
        "rests_on": [f"S{n}: {texts.get(n, '')}" for n in row.grounds],
        "was": row.earlier,
        "is_now": "Is now" if row.earlier else "",
        "marks": marks(struck=strike is not None, corrected=bool(row.earlier), late=is_late),
        "struck_through": struck_through(strike),
    }


def acting_for(member: Membership) -> frozenset[Any]:
    """Read for whom somebody may act today, themselves included. One statement."""
    rows = Membership.objects.acting_for(member, on=timezone.localdate())
    return frozenset(rows.values_list("pk", flat=True))


def read_with_the_cycle(member: Membership) -> dict[str, Any]:
    """Return what comes with the cycle in its statement: for whom somebody may act today, and the worries."""
    acting = Membership.objects.acting_for(member, on=timezone.localdate())
    worries = Worry.objects.filter(concern=OuterRef("concern")).order_by("-id")
    fields = ("cycle_number", "level", "change", "why", "at")
    return {
        "acting_for": ArraySubquery(acting.order_by().values("pk")),
        "worries": ArraySubquery(
            worries.values(json=JSONObject(**{name: name for name in fields}, by=F("by__user__full_name")))
        ),
    }


def worries_of(concern: Concern, facts: Facts | None) -> list[dict[str, Any]]:
    """Return how worried people were, the latest first. One statement where no cycle has begun."""
    if facts is None:
        rows = Worry.objects.filter(concern=concern).select_related("by__user").order_by("-id")
        return [_worry(row, by=row.by.full_name) for row in rows]
    return [
        _worry(
            Worry(
                cycle_number=one["cycle_number"],
                level=one["level"],
                change=one["change"],
                why=one["why"],
                at=datetime.fromisoformat(one["at"]),
            ),
            by=one["by"],
        )
        for one in facts.cycle.worries
    ]


def _worry(row: Worry, *, by: str) -> dict[str, Any]:
    return {
        "level": row.get_level_display(),
        "change": row.get_change_display().lower() if row.change != Worry.Change.FIRST else "",
        "by": by,
        "at": row.at,
        "cycle_number": row.cycle_number,
        "why": row.why,
    }


def assumptions_of(cycle: Cycle) -> list[dict[str, Any]]:
    """Read the assumptions of a cycle, numbered in the order in which they were named."""
    rows = cycle.assumptions.select_related("tested_by__user").order_by("id")
    return [{"number": number, "row": row} for number, row in enumerate(rows, start=1)]
