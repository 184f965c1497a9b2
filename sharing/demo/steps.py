"""The steps that the demo's stories are told in. Each calls the operations that the pages call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from agencies.models import Membership
from agencies.working_time import Calendar, add_working_days
from consent import operations as consent
from consent.models import Basis
from records import operations as records
from records.models import Concern, Person, Statement
from sharing import workflow
from sharing.facts import current_cycle
from sharing.models import Cycle, Exchange
from sharing.operations import ask, check_back, cycle, differ, disclosure


def member(name: str, agency: str = "") -> Membership:
    """Find one of the demo people by name; where two have it, by the reference of their agency too."""
    rows = Membership.objects.current().with_people()
    if agency:
        rows = rows.filter(agency__reference=agency)
    return rows.get(user__full_name=name, role__in=["practitioner", "lead"])


@dataclass
class Clock:
    """A story's own time: it starts some time ago and goes on a few minutes with each step."""

    now: datetime

    def tick(self, minutes: int = 3) -> datetime:
        self.now += timedelta(minutes=minutes)
        return self.now


@dataclass
class Said:
    """One statement of a story, by kind; opinions rest on the numbers they name."""

    kind: str
    text: str
    source: str
    ago: timedelta = timedelta(minutes=30)
    rests_on: Sequence[int] = ()
    verbatim: bool = False
    voice_of: str = ""


@dataclass
class Tale:
    """What a concern is about: who, what was seen and heard, and how worried the writer is."""

    by: Membership
    clock: Clock
    about: dict[str, Any]
    said: Sequence[Said]
    level: int = 3
    urgency: str = "STANDARD"
    related: Sequence[tuple[dict[str, Any], str, str]] = ()
    voice_why_not: str = ""
    voice_plan: str = ""
    person: Person | None = field(default=None, init=False)


def draft(tale: Tale) -> Concern:
    """Begin a concern and write down what it says, without logging it."""
    by, clock = tale.by, tale.clock
    person = records.record_person(by=by, at=clock.tick(), **tale.about)
    tale.person = person
    means: dict[Person, str] = {}
    for details, kind, meaning in tale.related:
        relative = records.record_person(by=by, at=clock.tick(1), **details)
        records.relate(person, relative, kind=kind, by=by, at=clock.tick(1))
        means[relative] = meaning
    concern = records.start_concern(by=by, at=clock.tick(), about=person)
    statements: dict[int, Statement] = {}
    for number, said in enumerate(tale.said, start=1):
        at = clock.tick(2)
        statements[number] = records.add_statement(
            concern,
            by=by,
            at=at,
            rests_on=[statements[n] for n in said.rests_on],
            kind=said.kind,
            text=said.text,
            source=said.source,
            happened_at=at - said.ago,
            is_verbatim=said.verbatim,
            voice_of=said.voice_of,
        )
    has_voice = any(said.kind == Statement.Kind.VOICE for said in tale.said)
    records.set_voice(
        concern,
        status=Concern.VoiceStatus.OBTAINED if has_voice else Concern.VoiceStatus.NOT_OBTAINED,
        by=by,
        at=clock.tick(1),
        why_not=tale.voice_why_not,
        plan=tale.voice_plan,
    )
    nobody = "" if means else "I know of nobody else in the home."
    records.set_think_family(concern, by=by, at=clock.tick(1), means=means, anybody_else=nobody)
    records.give_worry(
        concern, level=tale.level, change="FIRST", by=by, at=clock.tick(1), urgency=tale.urgency
    )
    return concern


def log(tale: Tale, *, start: str = "start-at-ask", reason: str = "") -> Concern:
    """Write a concern, log it and start its first cycle."""
    concern = draft(tale)
    concern = records.log_concern(
        concern, by=tale.by, at=tale.clock.tick(), late_why="Written up after lessons."
    )
    workflow.move(concern, start, by=tale.by, at=tale.clock.tick(1), reason=reason)
    return concern


def now_at(concern: Concern) -> Cycle:
    """Return the concern's current cycle."""
    found = current_cycle(concern)
    if found is None:
        raise LookupError(f"{concern.reference} has no cycle")
    return found


def settle_ask(tale: Tale, concern: Concern, *, who: str, worked_with: Membership) -> None:
    """Answer everything that Ask asks, and go on to Do."""
    by, clock = tale.by, tale.clock
    ask.list_involvement(now_at(concern), by=by, at=clock.tick(), member=worked_with)
    ask.name_assumption(
        now_at(concern),
        by=by,
        at=clock.tick(),
        text="That somebody else has already told them.",
        how_tested="I rang and asked. Nobody had.",
    )
    cycle.answer_ask_questions(
        now_at(concern),
        by=by,
        at=clock.tick(),
        who_needs_to_know=who,
        nobody_else_known=False,
        no_assumptions=False,
        advice_needed=False,
        advice_note="Our policy is clear here.",
    )
    workflow.move(concern, "to-do", by=by, at=clock.tick())


def decide(
    tale: Tale,
    concern: Concern,
    *,
    capacity: str,
    answer: str = "NOT_ASKED",
    conditions: str = "",
    why_not_asked: str = "Asking now could put them at more risk.",
    article_9: str = "",
    paragraph_18: str = "",
    outcome: str = "SHARE",
    rationale: str = "They could be harmed if this is not known by those who can act.",
    told: bool = False,
    review_in: timedelta = timedelta(days=1),
) -> None:
    """Record what the person said and the sharing decision."""
    by, clock = tale.by, tale.clock
    person = tale.person
    if person is None:
        raise LookupError("The tale has nobody yet")
    asked = answer != "NOT_ASKED"
    consent.record_view(
        concern,
        person,
        answer=answer,
        capacity=capacity,
        conditions=conditions,
        why_not_asked="" if asked else why_not_asked,
        asked_at=clock.now if asked else None,
        by=by,
        at=clock.tick(),
    )
    at = clock.tick()
    consent.decide(
        concern,
        now_at(concern).number,
        person,
        outcome=outcome,
        purpose="So that the people who can keep them safe know what we know.",
        rationale=rationale,
        article_6=_basis("ARTICLE_6", "6(1)(e)") if outcome != "NOT_SHARE" else None,
        article_9=_basis("ARTICLE_9", article_9),
        paragraph_18=_basis("PARAGRAPH_18", paragraph_18),
        informed="YES" if told else "NOT_YET",
        informed_how="I told them face to face what I would share, with whom and why." if told else "",
        informed_at=at if told else None,
        not_informed_why="" if told else "They could be harmed if this became known at home.",
        inform_review_at=None if told else at + review_in,
        principles={
            "necessary": "Without it nobody who can act knows of the risk.",
            "relevant": "The person told is responsible for acting on it.",
            "adequate": "It says what was seen, said and thought, and no more.",
        },
        by=by,
        at=at,
    )


def _basis(kind: str, code: str) -> Basis | None:
    return Basis.objects.filter(kind=kind, code=code, effective_to__isnull=True).last() if code else None


def prepare(
    tale: Tale,
    concern: Concern,
    listener: Membership,
    *,
    key: Sequence[int],
    why_you: str,
    what_i_ask: str,
    held_back: Mapping[int, str] | None = None,
    asks_decision: bool = False,
) -> Exchange:
    """Choose a listener and what they are told, and whether they owe a decision in return."""
    by, clock = tale.by, tale.clock
    held = dict(held_back or {})
    exchange = disclosure.choose_listener(
        now_at(concern),
        listener=listener,
        by=by,
        at=clock.tick(),
        right_place="I rang the switchboard on the number we hold and asked who is responsible.",
        meant=listener.pk,
    )
    numbers = [s.number for s in disclosure.current_statements(exchange.cycle) if s.number not in held]
    return disclosure.choose_items(
        exchange,
        by=by,
        at=clock.tick(),
        share=numbers,
        key=key,
        held_back=held,
        why_you=why_you,
        what_i_ask=what_i_ask,
        urgency=tale.urgency,
        asks_decision=asks_decision,
    )


def send(tale: Tale, concern: Concern, exchange: Exchange) -> Exchange:
    """Go on to Share, if that is still ahead, and send what was prepared."""
    if now_at(concern).stage == "DO":
        workflow.move(concern, "to-share", by=tale.by, at=tale.clock.tick())
    return disclosure.send(exchange, by=tale.by, at=tale.clock.tick(), meant=exchange.listener_id)


def hear(exchange: Exchange, clock: Clock, *words: str, knowingly_a_copy: bool = False) -> None:
    """Open, confirm receipt and say it back, as the listener. `words` answer the three prompts."""
    listener = exchange.listener
    check_back.open_exchange(exchange, by=listener, at=clock.tick(8))
    if Exchange.objects.values_list("received_at", flat=True).get(pk=exchange.pk) is None:
        check_back.receive(exchange, by=listener, at=clock.tick(2))
    if not words:
        return
    happened, worries, will_do = words
    check_back.restate(
        exchange,
        by=listener,
        at=clock.tick(9),
        what_happened=happened,
        what_worries_me=worries,
        what_i_will_do=will_do,
        knowingly_a_copy=knowingly_a_copy,
    )


def correct(exchange: Exchange, clock: Clock, *, note: str, wrong: Mapping[int, str]) -> None:
    """Ask for it to be said again, as the speaker. `wrong` gives WRONG or MISSING by item number."""
    keys = exchange.items.filter(is_key=True).values_list("number", flat=True)
    check_back.check(
        exchange,
        by=exchange.speaker,
        at=clock.tick(12),
        outcome="CORRECTED",
        verdicts={number: wrong.get(number, "UNDERSTOOD") for number in keys},
        note=note,
    )


def confirm(exchange: Exchange, clock: Clock) -> None:
    """Confirm what was said back, as the speaker."""
    keys = exchange.items.filter(is_key=True).values_list("number", flat=True)
    check_back.check(
        exchange,
        by=exchange.speaker,
        at=clock.tick(6),
        outcome="CONFIRMED",
        verdicts=dict.fromkeys(keys, "UNDERSTOOD"),
    )


def born(years: int, now: datetime) -> date:
    """A birth date for somebody of that age."""
    return date(timezone.localdate(now).year - years, 3, 9)


def working_morning(now: datetime, days_ago: int, hour: int = 9) -> Clock:
    """A clock that starts in the morning of a working day, some working days ago, and not in the future."""
    local = now.astimezone(ZoneInfo("Europe/London"))
    day = add_working_days(local.date(), -days_ago, Calendar())
    start = local.replace(year=day.year, month=day.month, day=day.day, hour=hour, minute=5)
    return Clock(min(start, local - timedelta(hours=4)))


def short_loop(
    clock: Clock, now: datetime, first: str, last: str, *, agreed: bool = True
) -> tuple[Tale, Concern, Exchange]:
    """School to front door, understood at the first try and agreed."""
    tale = Tale(
        by=member("Priya Nair"),
        clock=clock,
        about={"kind": "CHILD", "first_name": first, "last_name": last, "born_on": born(10, now)},
        said=[
            Said("FACT_SEEN", "Late or absent on nine days since half-term.", "Attendance register"),
            Said("VOICE", "Mornings are hard at ours.", f"{first}, to me", verbatim=True, voice_of="LIVED"),
        ],
        level=2,
    )
    concern = log(tale)
    tom = member("Tom Ashdown")
    settle_ask(tale, concern, who="Children's social care.", worked_with=tom)
    decide(tale, concern, capacity="COMPETENT", answer="GIVEN", told=True)
    exchange = prepare(
        tale,
        concern,
        tom,
        key=[1],
        why_you="You offer early help in our area.",
        what_i_ask="Say whether you can offer the family help with mornings.",
    )
    send(tale, concern, exchange)
    hear(
        exchange,
        clock,
        f"{first} has missed or been late for nine days, and told you that getting out is a struggle.",
        "It may be more than sleeping in: I do not know who is at home in the mornings.",
        "I will ring home first. If nobody answers by tomorrow, I come to the school.",
    )
    confirm(exchange, clock)
    if agreed:
        differ.answer_agreement(exchange, by=tom, at=clock.tick(), risk="AGREE", action="AGREE")
    return tale, concern, exchange
