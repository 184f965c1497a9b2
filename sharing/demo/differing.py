"""The demo's disagreements: one at each stage, one that danger took past the ladder, one decided, one closed.

Edith's, at stage 1, is told with the other stories.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from agencies.models import Membership
from sharing.demo import steps
from sharing.demo.steps import Clock
from sharing.models import Disagreement, Outcome
from sharing.operations import differ, ladder, outcome


def _told(
    clock: Clock, now: datetime, first: str, last: str, *, about: str, by: str, says: str
) -> Disagreement:
    """The school tells the front door something; one of the two does not agree."""
    _, _, exchange = steps.short_loop(clock, now, first, last, agreed=False)
    return differ.open_disagreement(exchange, by=steps.member(by), at=clock.tick(30), about=about, words=says)


def _answer(row: Disagreement, clock: Clock, by: str, says: str) -> None:
    differ.add_position(row, by=steps.member(by), at=clock.tick(40), words=says)


def _hold(row: Disagreement, clock: Clock, by: str, who: str, meanwhile: str) -> None:
    ladder.name_risk_holder(
        row, by=steps.member(by), at=clock.tick(10), person=steps.member(who), meanwhile=meanwhile
    )


def _go_up(
    row: Disagreement, clock: Clock, number: int, by: str, why: str, *, both: Membership | None = None
) -> None:
    """Take it to a stage; `both` answers for both sides there."""
    ladder.open_stage(
        row,
        by=steps.member(by),
        at=clock.tick(60),
        number=number,
        why=why,
        for_speaker=both,
        for_listener=both,
    )


def _at_stage_two(clock: Clock, now: datetime, first: str, last: str, *, about: str) -> Disagreement:
    """Both sides have spoken, the front door holds the risk, and the managers have it."""
    row = _told(
        clock,
        now,
        first,
        last,
        about=about,
        by="Tom Ashdown",
        says="Lateness alone does not meet our threshold. Early help at school fits it better.",
    )
    _answer(
        row,
        clock,
        "Priya Nair",
        "It is not lateness alone. Nobody knows who is at home in the mornings, and we have asked twice.",
    )
    _hold(row, clock, "Priya Nair", "Tom Ashdown", "Rings the family before school each day, and us if not.")
    _go_up(row, clock, 2, "Priya Nair", "We have rung each other twice and come no further.")
    return row


def _decide(row: Disagreement, clock: Clock, by: str) -> Outcome:
    return outcome.write_outcome(
        row,
        by=steps.member(by),
        at=clock.tick(90),
        what_was_decided="We visit the home together this week, before school.",
        why="Neither of us has seen a morning there, and that is what we do not agree about.",
        who_does_what="Tom books it by tomorrow. Priya tells the parents that both of us come.",
    )


def _understand(outcome: Outcome, clock: Clock) -> None:
    for copy in outcome.exchanges.all():
        steps.hear(
            copy,
            clock,
            "The two of us go to the house one morning this week instead of arguing about the threshold.",
            "If the visit is put off, we are where we were.",
            "I keep Thursday free, and ring you at once if they say no.",
        )
        steps.confirm(copy, clock)


def _at_stage_two_and_late(now: datetime) -> None:
    """Threshold: at stage 2, past its limit, so that the next stage is offered."""
    _at_stage_two(steps.working_morning(now, 5), now, "Callum", "Reid", about="THRESHOLD")


def _at_stage_three(now: datetime) -> None:
    """What should be done: the service manager and the head have it, and the partnership's office knows."""
    clock = steps.working_morning(now, 3)
    row = _at_stage_two(clock, now, "Amina", "Yusuf", about="ACTION")
    _hold(row, clock, "Helen Croft", "Tom Ashdown", "Sees her at school twice this week.")
    _go_up(row, clock, 3, "Lena Hollis", "We do not agree who visits, and half-term begins on Friday.")


def _at_stage_four(now: datetime) -> None:
    """Closing the case: somebody of neither agency decides."""
    clock = steps.working_morning(now, 6)
    row = _at_stage_two(clock, now, "Jude", "Parry", about="CLOSURE")
    _hold(row, clock, "Helen Croft", "Helen Croft", "Keeps the case open until this is decided.")
    _go_up(row, clock, 3, "Lena Hollis", "It is to be closed on Friday.")
    _hold(row, clock, "Helen Croft", "Helen Croft", "Keeps the case open until this is decided.")
    scrutineer = steps.member("Silas Webb")
    _go_up(
        row,
        clock,
        4,
        "Lena Hollis",
        "The service manager and I see it as differently as the others.",
        both=scrutineer,
    )


def _past_the_ladder(now: datetime) -> None:
    """Immediate danger: the police were called, and it went from stage 1 to stage 3 at once."""
    clock = steps.working_morning(now, 1)
    row = _told(
        clock,
        now,
        "Rosa",
        "Lindley",
        about="RISK",
        by="Priya Nair",
        says="She is not safe at home tonight. You say that she can go home.",
    )
    called_at = clock.tick(15)
    ladder.record_danger(
        row,
        by=steps.member("Priya Nair"),
        at=clock.tick(10),
        who_was_called="999, then the duty desk of the front door. A strategy discussion was asked for.",
        called_at=called_at,
        what_was_agreed="Police see her at school before 15:15. She does not go home before that.",
        number=3,
    )


def _with_an_outcome(now: datetime) -> None:
    """Decided at stage 1: what was decided waits to be said back."""
    clock = steps.working_morning(now, 1)
    row = _told(
        clock,
        now,
        "Theo",
        "Banks",
        about="ACTION",
        by="Tom Ashdown",
        says="A letter home first. A visit without warning would lose their trust.",
    )
    _answer(row, clock, "Priya Nair", "Two letters went unanswered. A visit, and soon.")
    _hold(row, clock, "Tom Ashdown", "Priya Nair", "Speaks with Theo each morning and rings Tom that day.")
    _decide(row, clock, "Tom Ashdown")


def _closed(now: datetime) -> None:
    """Closed at stage 2: the managers decided, everybody said it back, and the other side closed it."""
    clock = steps.working_morning(now, 7)
    row = _at_stage_two(clock, now, "Iris", "Calder", about="RISK")
    _hold(row, clock, "Helen Croft", "Tom Ashdown", "Rings the school each day until the visit.")
    _understand(_decide(row, clock, "Helen Croft"), clock)
    outcome.close(
        row, by=steps.member("Priya Nair"), at=clock.tick(60), note="We went, and agree on what we saw."
    )


STORIES: tuple[Callable[[datetime], None], ...] = (
    _at_stage_two_and_late,
    _at_stage_three,
    _at_stage_four,
    _past_the_ladder,
    _with_an_outcome,
    _closed,
)
