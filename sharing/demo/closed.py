"""A record that is closed to all but named people, and was opened in an emergency one evening."""

from __future__ import annotations

from datetime import datetime, timedelta

from records import operations as records
from sharing.demo import steps
from sharing.demo.steps import Clock, Said, Tale, born


def a_record_about_a_colleague_was_opened_one_evening(now: datetime) -> None:
    """Priya's lead closed it; Anna opened it while she had to know, and closed it again. Nobody has said yet
    whether that was right.
    """
    clock = Clock(now - timedelta(hours=20))
    tale = Tale(
        by=steps.member("Priya Nair"),
        clock=clock,
        about={"kind": "CHILD", "first_name": "Rhys", "last_name": "Calder", "born_on": born(6, now)},
        said=[
            Said("FACT_HEARD", "His aunt, who helps in the kitchen here, took him home twice without asking.",
                 "Two parents, at the gate"),
            Said("VOICE", "She says we must not tell Mum.", "Rhys, to me", verbatim=True, voice_of="WORDS"),
        ],
        level=2,
        urgency="STANDARD",
    )  # fmt: skip
    concern = steps.log(tale)
    lead, anna = steps.member("Lena Hollis"), steps.member("Anna Bell")
    why = "It is about somebody who works with several of us."
    records.restrict(concern, by=lead, at=clock.tick(), why=why)
    opened = records.break_glass(
        concern, by=anna, at=clock.tick(40),
        why="He was not at home at six and his mother rang us; I need to know who else takes him.",
    )  # fmt: skip
    records.end_break_glass(opened, by=anna, at=clock.tick(25))


STORIES = (a_record_about_a_colleague_was_opened_one_evening,)
