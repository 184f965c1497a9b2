"""Agreed actions: held back until it is understood, done by one side and checked by the other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agencies.refusals import Refused
from notifications.models import Message
from sharing import rules
from sharing.models import ActionReport
from sharing.operations import actions
from sharing.states import ActionState, State
from tests import factories
from tests.factories import World
from tests.rows import nothing_changes
from tests.signing_in import SignedIn

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", [State.SENT, State.OPENED, State.RECEIVED, State.RESTATED, State.CORRECTED])
def test_is_proposed_any_time_and_agreed_only_when_understood(world: World, state: State) -> None:
    action = factories.propose(world, factories.exchange_at(world, state))
    with nothing_changes(), pytest.raises(Refused, match="has not been understood yet"):
        actions.accept(action, by=world.tom, at=world.clock())


@pytest.mark.parametrize(("state", "page"), [(State.SENT, "exchanges"), (State.OPENED, "actions")])
def test_the_notice_of_an_action_leads_to_what_its_owner_can_open(
    world: World, signed_in: SignedIn, state: State, page: str
) -> None:
    action = factories.propose(world, factories.exchange_at(world, state))
    notice = Message.objects.get(kind="ACTION", reference=action.reference)
    assert notice.path.startswith(f"/{page}/")
    assert signed_in(world.tom).get(notice.path).status_code == 200


def test_one_listener_who_has_not_understood_does_not_hold_back_another(world: World) -> None:
    concern = factories.at_share(world)
    factories.sent(world, concern, listener=world.amara)
    understood = factories.understood(world, factories.sent(world, concern))
    action = factories.propose(world, understood)
    assert actions.accept(action, by=world.tom, at=world.clock()).accepted_at


def test_the_owner_accepts_and_nobody_else(world: World) -> None:
    action = factories.action_at(world, ActionState.PROPOSED)
    for by in (world.priya, world.care.colleague, world.care.lead, world.stranger.practitioner):
        with nothing_changes(), pytest.raises(rules.NotYourTurn):
            actions.accept(action, by=by, at=world.clock())


def test_the_owner_does_not_check_that_it_was_done(world: World) -> None:
    action = factories.action_at(world, ActionState.REPORTED)
    with nothing_changes(), pytest.raises(rules.NotYourTurn):
        actions.check_report(action, by=world.tom, at=world.clock(), is_done=True)


def test_nobody_checks_their_own_report_in_another_role(world: World) -> None:
    at_school, in_care = world.two_hats
    factories.name_deputy(world.priya, at_school)
    action = factories.propose(world, factories.exchange_at(world, State.UNDERSTOOD, listener=in_care))
    actions.accept(action, by=in_care, at=world.clock())
    at = world.clock()
    actions.report(action, by=in_care, at=at, what_happened="Seen.", done_at=at)
    with nothing_changes(), pytest.raises(rules.AnotherPersonMustCheck):
        actions.check_report(action, by=at_school, at=world.clock(), is_done=True)


def test_not_done_yet_goes_on_and_is_reported_again(world: World) -> None:
    action = factories.action_at(world, ActionState.REPORTED)
    with nothing_changes(), pytest.raises(Refused, match="what is still to do"):
        actions.check_report(action, by=world.priya, at=world.clock(), is_done=False)
    actions.check_report(action, by=world.priya, at=world.clock(), is_done=False, note="His sister.")
    at = world.clock()
    actions.report(action, by=world.tom, at=at, what_happened="She too.", done_at=at)
    done = actions.check_report(action, by=world.priya, at=world.clock(), is_done=True)
    assert done.checked_by_id == world.priya.pk
    assert [r.outcome for r in ActionReport.objects.filter(action=action)] == ["NOT_DONE", "DONE"]


def test_what_is_reported_has_happened(world: World) -> None:
    action = factories.action_at(world, ActionState.AGREED)
    at = world.clock()
    with nothing_changes(), pytest.raises(Refused, match="after now"):
        actions.report(action, by=world.tom, at=at, what_happened="Seen.", done_at=at + timedelta(minutes=1))


def test_the_owner_is_one_of_the_two(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    with nothing_changes(), pytest.raises(Refused, match="one of the two"):
        factories.propose(world, exchange, owner=world.amara)


def test_a_time_limit_is_counted_in_the_owners_working_time(world: World) -> None:
    """Proposed on Monday, two working days: Wednesday at 17:00."""
    action = factories.action_at(world, ActionState.PROPOSED)
    assert action.due_at == datetime(2027, 1, 13, 17, 0, tzinfo=UTC)


def test_what_is_reported_or_done_is_not_taken_back(world: World) -> None:
    for state in (ActionState.REPORTED, ActionState.DONE):
        action = factories.action_at(world, state)
        with nothing_changes(), pytest.raises(rules.NotYourTurn):
            actions.withdraw_action(action, by=world.priya, at=world.clock(), why="Late.")
