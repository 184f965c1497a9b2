"""An action that rests on what was corrected is flagged until somebody says "still right" or changes it."""

from __future__ import annotations

import pytest

from agencies.refusals import OutOfDate, Refused
from notifications.models import Message
from sharing.models import Action, ActionFlag, Obligation
from sharing.operations import actions, flags
from sharing.operations.reconcile import reconcile
from sharing.rules import NotYourTurn
from sharing.rules.corrections import AlreadyAnswered
from sharing.states import ActionState, State
from tests import correcting, factories
from tests.correcting import NEWER, amend, concern_of, flagged, still_right
from tests.factories import World

pytestmark = pytest.mark.django_db


def waits(action: Action) -> list[object]:
    rows = Obligation.objects.filter(key=f"still-right:{action.pk}", settled_at=None)
    return list(rows.values_list("owner", flat=True))


@pytest.mark.parametrize("state", [ActionState.PROPOSED, ActionState.AGREED, ActionState.REPORTED])
def test_every_open_action_is_flagged_to_its_owner(world: World, state: ActionState) -> None:
    action = flagged(world, state)
    assert action.flags.get().answer == ""
    assert waits(action) == [world.tom.pk]


@pytest.mark.parametrize("state", [ActionState.DONE, ActionState.DECLINED, ActionState.WITHDRAWN])
def test_what_is_over_is_not_flagged(world: World, state: ActionState) -> None:
    assert not flagged(world, state).flags.exists()


def test_an_action_on_something_else_is_not_flagged(world: World) -> None:
    action = factories.action_at(world, ActionState.AGREED)
    amend(world, concern_of(action), number=3, text="In my view it is a graze.")
    assert not action.flags.exists()


def test_an_owner_on_the_speakers_side_is_told_and_one_with_a_correction_is_told_once(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    actions.propose(
        exchange, by=world.priya, at=world.clock(), what="Keep him at school.", owner=world.priya,
        by_when="2 working days", contingency="He is collected early.",
    )  # fmt: skip
    before = set(Message.objects.values_list("pk", flat=True))
    amend(world, concern_of(exchange), by=world.school.colleague)
    told = Message.objects.exclude(pk__in=before).values_list("to_member_id", "kind")
    assert sorted(told, key=str) == sorted(
        [(world.tom.pk, "CORRECTION"), (world.priya.pk, "CORRECTION"), (world.priya.pk, "ACTION")],
        key=str,
    )


def test_still_right_by_its_owner_settles_it_with_the_reason(world: World) -> None:
    action = flagged(world)
    still_right(world, action)
    flag = action.flags.get()
    assert (flag.answer, flag.answered_by) == ("STILL_RIGHT", world.tom)
    assert flag.words
    assert waits(action) == []
    assert factories.again(action).is_open


def test_the_other_side_may_say_it_too_and_nobody_else(world: World) -> None:
    action = flagged(world)
    with pytest.raises(NotYourTurn):
        still_right(world, action, by=world.amara)
    still_right(world, action, by=world.priya)
    assert action.flags.get().answered_by == world.priya


def test_changing_it_takes_it_back_with_the_reason(world: World) -> None:
    action = flagged(world)
    still_right(world, action, answer="CHANGED", why="He is looked at on the other side instead.")
    action = factories.again(action)
    assert action.withdrawn_at is not None
    assert action.withdrawn_why == "He is looked at on the other side instead."
    assert action.flags.get().answer == "CHANGED"
    assert waits(action) == []


def test_what_was_reported_done_is_checked_and_not_taken_back(world: World) -> None:
    action = flagged(world, ActionState.REPORTED)
    with pytest.raises(NotYourTurn, match="reported as done"):
        still_right(world, action, answer="CHANGED")
    still_right(world, action)


def test_it_is_answered_once_and_with_words(world: World) -> None:
    action = flagged(world)
    with pytest.raises(Refused, match="Say why"):
        still_right(world, action, why=" ")
    still_right(world, action)
    with pytest.raises(AlreadyAnswered):
        still_right(world, action)


def test_one_answer_is_for_every_correction_until_then(world: World) -> None:
    action = flagged(world)
    amend(world, concern_of(action), text=NEWER)
    assert action.flags.count() == 2
    assert waits(action) == [world.tom.pk]
    still_right(world, action)
    assert set(action.flags.values_list("answer", flat=True)) == {"STILL_RIGHT"}


def test_an_answer_on_a_page_from_before_the_next_correction_is_refused(world: World) -> None:
    action = flagged(world)
    seen = action.version
    amend(world, concern_of(action), text=NEWER)
    with pytest.raises(OutOfDate, match="corrected something"):
        flags.look_again(
            action, by=world.tom, at=world.clock(), answer="STILL_RIGHT", why="It is.", seen_version=seen
        )


def test_reporting_on_a_page_from_before_the_correction_is_refused_with_what_changed(world: World) -> None:
    action = factories.action_at(world, ActionState.AGREED)
    seen = action.version
    amend(world, concern_of(action))
    with pytest.raises(OutOfDate, match="corrected something"):
        actions.report(
            action, by=world.tom, at=world.clock(), what_happened="Seen.", done_at=world.clock.moment,
            seen_version=seen,
        )  # fmt: skip


def test_what_is_taken_back_in_another_way_waits_no_longer(world: World) -> None:
    action = flagged(world)
    actions.withdraw_action(action, by=world.priya, at=world.clock(), why="Not needed.")
    assert waits(action) == []
    assert action.flags.get().answer == ActionFlag.Answer.OPEN


def test_an_action_of_an_earlier_cycle_is_flagged_while_it_is_open(world: World) -> None:
    action = factories.action_at(world, ActionState.AGREED)
    concern = concern_of(action)
    factories.move(world, concern, "to-record")
    factories.finish_record(world, concern)
    factories.move(world, concern, "next-cycle")
    amend(world, concern)
    assert waits(action) == [world.tom.pk]


def test_a_flag_goes_with_its_action_to_a_successor(world: World) -> None:
    action = flagged(world)
    factories.taken_over(world, concern_of(action), leaver=world.tom, successor=world.care.colleague)
    assert waits(action) == [world.care.colleague.pk]


def test_taken_back_agreement_flags_what_rests_on_what_was_told(world: World) -> None:
    action = factories.action_at(world, ActionState.AGREED)
    correcting.withdrawn(world, concern_of(action))
    assert waits(action) == [world.tom.pk]


def test_the_reconciler_mends_a_flag_that_nobody_is_asked_about(world: World) -> None:
    action = flagged(world)
    Obligation.objects.filter(key=f"still-right:{action.pk}").update(settled_at=world.clock())
    assert reconcile(at=world.clock()) >= 1
    assert waits(action) == [world.tom.pk]
    assert reconcile(at=world.clock()) == 0
