"""What an agency records: a child, a concern that is a draft or logged."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from agencies.models import Membership
from records import operations as records
from records.models import Concern, Person
from tests.factories.world import World
from tests.replaying import goes_on


@goes_on
def child(world: World, *, by: Membership | None = None, **details: Any) -> Person:
    """Record a child at the school."""
    given = {"first_name": "Leo", "last_name": "Marsh", "born_on": date(2019, 9, 3), **details}
    return records.record_person(by=by or world.priya, at=world.clock(), kind="CHILD", **given)


@goes_on
def draft(world: World, *, about: Person | None = None, by: Membership | None = None) -> Concern:
    """Write a concern that is ready to be logged: S1 seen, S2 the child's words, S3 an opinion on S1."""
    by = by or world.priya
    at = world.clock()
    concern = records.start_concern(by=by, at=at, about=about or child(world, by=by))
    seen = records.add_statement(
        concern,
        by=by,
        at=world.clock(),
        kind="FACT_SEEN",
        text="Four small round marks in a row on the left upper arm, three centimetres by two.",
        source="Anna Bell, class teacher",
        happened_at=at - timedelta(minutes=5),
    )
    records.add_statement(
        concern,
        by=by,
        at=world.clock(),
        kind="VOICE",
        voice_of="WORDS",
        is_verbatim=True,
        text="He squeezed me because I was loud.",
        source="Leo, to me, alone",
        happened_at=at - timedelta(minutes=2),
    )
    records.add_statement(
        concern,
        by=by,
        at=world.clock(),
        kind="OPINION",
        text="In my view the marks look like gripping; I am not medically qualified.",
        source=by.full_name,
        happened_note="on seeing the arm",
        rests_on=[seen],
    )
    records.set_voice(concern, by=by, at=world.clock(), status="OBTAINED")
    records.give_worry(concern, by=by, at=world.clock(), level=3, change="FIRST", urgency="HIGH")
    records.set_think_family(concern, by=by, at=world.clock(), anybody_else="A toddler in the same home.")
    concern.refresh_from_db()
    return concern


@goes_on
def logged(world: World, *, about: Person | None = None, by: Membership | None = None) -> Concern:
    """Log a concern of the school's."""
    by = by or world.priya
    concern = draft(world, about=about, by=by)
    return records.log_concern(concern, by=by, at=world.clock())


def main_person(concern: Concern) -> Person:
    """Return the first person whom a concern is about."""
    return concern.subjects.filter(is_main=True).select_related("person").earliest("id").person
