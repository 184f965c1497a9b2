"""A concern in its cycle: its moves, and what each stage needs."""

from __future__ import annotations

from typing import Any

from agencies.models import Membership
from records import operations as records
from records.models import Concern
from sharing import workflow
from sharing.facts import current_cycle
from sharing.models import Cycle, Enquiry, Exchange
from sharing.operations import ask, record
from sharing.operations import cycle as cycles
from tests.factories.world import World


def the_cycle(concern: Concern) -> Cycle:
    """Return the concern's current cycle. Raises AssertionError where it has none."""
    found = current_cycle(concern)
    assert found is not None, f"{concern} has not started"
    found.concern = concern
    return found


def move(world: World, concern: Concern, name: str, **more: Any) -> Cycle:
    """Make a move as the owner of the concern."""
    return workflow.move(concern, name, **{"by": concern.owner, "at": world.clock(), **more})


def finish_ask(world: World, concern: Concern) -> None:
    """Supply everything that opens the gate from Ask: somebody involved, an answer, a tested assumption."""
    cycle, by = the_cycle(concern), concern.owner
    ask.list_involvement(cycle, by=by, at=world.clock(), member=world.amara)
    ask.name_assumption(
        cycle, by=by, at=world.clock(), text="That it happened at home.", how_tested="Asked; it did."
    )
    cycles.answer_ask_questions(
        cycle,
        by=by,
        at=world.clock(),
        who_needs_to_know="The duty social worker, today.",
        nobody_else_known=False,
        no_assumptions=False,
        advice_needed=False,
    )
    if cycle.number > 1:
        records.give_worry(
            concern, by=by, at=world.clock(), level=2, change="LESS", cycle_number=cycle.number
        )


def enquiry(
    world: World, concern: Concern, *, of: Membership | None = None, kind: str = "ENQUIRY"
) -> Enquiry:
    """Ask somebody a question about the child, or for advice."""
    return ask.ask(
        the_cycle(concern),
        of=of or world.amara,
        by=concern.owner,
        at=world.clock(),
        told="We are looking into a worry about a pupil on your list.",
        question="Do you work with the family, and are you worried?",
        kind=kind,
    )


def answered(world: World, question: Enquiry, *, by: Membership | None = None) -> Exchange:
    """Answer a question: the answer is sent, and waits to be said back."""
    said = [
        ask.Said(kind="HISTORY", text="Two missed appointments since the autumn, both rebooked."),
        ask.Said(kind="OPINION", text="Quieter than usual when last seen.", is_key=False),
    ]
    return ask.answer(question, by=by or question.asked_of, at=world.clock(), said=said)


def finish_record(world: World, concern: Concern) -> None:
    """Write the summary and let every party confirm it."""
    cycle = the_cycle(concern)
    record.write_summary(cycle, by=concern.owner, at=world.clock(), decision="A strategy discussion today.")
    for summary in Exchange.objects.filter(cycle=cycle, kind="SUMMARY", superseded_by=None):
        record.answer_summary(summary, by=summary.listener, at=world.clock(), matches=True)
