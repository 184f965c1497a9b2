"""Records of the demo that are up for review, held, proposed for disposal and destroyed.

Those whom they are about were pupils once and are grown up: their school's class has run out.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from agencies.models import Partnership
from records.models import Concern
from sharing import workflow
from sharing.demo import steps
from sharing.demo.steps import Said, Tale, born
from sharing.operations import disposal, record, retention

SINCE = timedelta(days=230)
WHY = "The class has run out, nobody has asked for it, and no proceedings are known."


def _classes(now: datetime) -> None:
    """The partnership's suggested classes, and one that the school has decided itself."""
    retention.suggest_classes(Partnership.objects.get(), by=None, at=now - SINCE)
    lead = steps.member("Lena Hollis")
    at = now - SINCE + timedelta(days=2)
    retention.add_class(
        lead.agency,
        by=lead,
        at=at,
        record_kind="ADULT",
        trigger="CLOSURE",
        years=7,
        source="St Wulstan’s Primary, records schedule, section 4 (invented for the demo)",
        effective_from=timezone.localdate(at),
    )


def _closed(now: datetime, first: str, last: str, *, days_ago: int) -> tuple[Tale, Concern]:
    """A concern about a former pupil that went all round, and was closed."""
    clock = steps.working_morning(now, days_ago)
    tale = Tale(
        by=steps.member("Priya Nair"),
        clock=clock,
        about={"kind": "CHILD", "first_name": first, "last_name": last, "born_on": born(26, now)},
        said=[
            Said("REPORTED", "Wrote to us about what happened at home while at our school.", "Letter"),
            Said("VOICE", "I want somebody to know.", f"{first}, to me", verbatim=True, voice_of="WISHES"),
        ],
        level=2,
    )
    concern = steps.log(tale)
    tom = steps.member("Tom Ashdown")
    steps.settle_ask(tale, concern, who="Children's social care.", worked_with=tom)
    steps.decide(tale, concern, capacity="HAS_CAPACITY", answer="GIVEN", told=True)
    exchange = steps.prepare(
        tale,
        concern,
        tom,
        key=[1],
        why_you="You hold the record of that time.",
        what_i_ask="Say whether there are younger children in that home now.",
    )
    steps.send(tale, concern, exchange)
    steps.hear(
        exchange,
        clock,
        f"A former pupil, {first}, has written about being hurt at home years ago.",
        "There may be little ones living there today.",
        "I look up who lives there this afternoon, and ring you before I go home.",
    )
    steps.confirm(exchange, clock)
    workflow.move(concern, "to-record", by=tale.by, at=clock.tick())
    cycle = steps.now_at(concern)
    record.write_summary(cycle, by=tale.by, at=clock.tick(), decision="No child lives there now.")
    summary = cycle.exchanges.get(kind="SUMMARY")
    record.answer_summary(summary, by=tom, at=clock.tick(30), matches=True)
    workflow.move(concern, "close", by=tale.by, at=clock.tick())
    retention.choose_class(concern, by=steps.member("Lena Hollis"), at=clock.tick(60), record_kind="CHILD")
    return tale, concern


def _up_for_review(now: datetime) -> None:
    """Nobody has looked at it yet."""
    _closed(now, "Hettie", "Crane", days_ago=30)


def _held(now: datetime) -> None:
    """A public inquiry has asked the school to keep everything about that time."""
    tale, concern = _closed(now, "Callum", "Frost", days_ago=34)
    retention.place_hold(
        concern,
        by=tale.by,
        at=tale.clock.tick(90),
        reason="INQUIRY",
        reference="Notice 14 of the inquiry into Brook House (invented)",
        why="We were asked to destroy nothing about pupils of that time.",
    )


def _waits_for_a_second_person(now: datetime) -> None:
    """The safeguarding lead has proposed it; the head teacher has to approve."""
    tale, concern = _closed(now, "Imogen", "Dale", days_ago=38)
    disposal.propose(concern, by=tale.by, at=tale.clock.tick(120), why=WHY)


def _destroyed(now: datetime) -> None:
    """Proposed, approved by another, waited for and carried out: a certificate is left."""
    tale, concern = _closed(now, "Rowan", "Peel", days_ago=42)
    row = disposal.propose(concern, by=tale.by, at=tale.clock.tick(120), why=WHY)
    row = disposal.approve(row, by=steps.member("Lena Hollis"), at=tale.clock.tick(60))
    if row.due_at is not None:
        disposal.carry_out(row, by=None, at=row.due_at + timedelta(minutes=5))


STORIES = (_up_for_review, _held, _waits_for_a_second_person, _destroyed)
CLASSES = _classes
