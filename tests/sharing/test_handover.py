"""Somebody who leaves hands over: the successor says back what is open before it passes to them."""

from __future__ import annotations

from typing import Any

import pytest

from agencies.models import Membership
from agencies.refusals import NotAllowed, OutOfDate
from audit.models import Event
from notifications.models import Message
from records.models import Concern
from sharing import open_work, rules
from sharing.models import Action, Enquiry, Exchange, Handover, Obligation, Stage
from sharing.operations import actions, ask, check_back, differ, handover, record
from sharing.rules.handover import CannotTakeOver, NothingToHandOver
from sharing.states import ActionState, State
from tests import factories
from tests.factories import OTHER_WORDS, World

pytestmark = pytest.mark.django_db


def concern_of(thing: Exchange | Action | Enquiry) -> Concern:
    return Concern.objects.get(pk=thing.cycle.concern_id)


def items_of(row: Handover) -> str:
    assert row.exchange is not None
    return "\n".join(row.exchange.items.values_list("text", flat=True))


def waits_for(member: Membership) -> set[str]:
    rows = Obligation.objects.filter(owner=member, settled_at=None)
    return set(rows.values_list("reference", flat=True))


def from_priya_to_anna(world: World, concern: Concern, **more: Any) -> Handover:
    return factories.handed_over(world, concern, leaver=world.priya, successor=world.school.colleague, **more)


def from_tom_to_nadia(world: World, concern: Concern, **more: Any) -> Handover:
    return factories.handed_over(world, concern, leaver=world.tom, successor=world.care.colleague, **more)


def anna_has_taken_over(world: World, concern: Concern) -> Handover:
    return factories.taken_over(world, concern, leaver=world.priya, successor=world.school.colleague)


# --- The speaker's side -----------------------------------------------------------------------------


def test_a_hand_over_says_what_is_open_to_whom_by_when_and_what_would_make_us_act_sooner(
    world: World,
) -> None:
    action = factories.action_at(world, ActionState.AGREED)
    concern = concern_of(action)
    sent = factories.prepared(world, concern, listener=world.amara)
    row = from_priya_to_anna(world, concern, note="Ring before nine.")
    words = items_of(row)
    assert action.reference in words
    assert "Sooner if: Nobody answers the door." in words
    assert world.tom.label in words
    assert "Ring before nine." in words
    assert f"You look after {concern.reference}" in words
    assert sent.reference not in words  # nobody was told it: it passes on, and there is nothing to say back


def test_what_was_said_and_is_not_understood_is_among_it(world: World) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    words = items_of(from_priya_to_anna(world, concern_of(exchange)))
    assert f"{exchange.reference}, to {world.tom.label}. It is said back" in words
    assert "Four small round marks" in words


def test_nothing_passes_on_before_it_is_understood(world: World) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    row = from_priya_to_anna(world, concern_of(exchange))
    anna = world.school.colleague
    assert factories.again(exchange).speaker == world.priya
    assert exchange not in Exchange.objects.visible_to(anna)
    assert row.exchange is not None
    assert row.exchange in Exchange.objects.visible_to(anna)
    factories.received(world, row.exchange)
    factories.restated(world, row.exchange)
    assert factories.again(exchange).speaker == world.priya
    with pytest.raises(rules.NotYourTurn):
        check_back.check(exchange, by=anna, at=world.clock(), outcome="CONFIRMED", verdicts={})


def test_once_understood_the_successor_checks_and_the_leaver_no_longer_may(world: World) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    anna = world.school.colleague
    row = anna_has_taken_over(world, concern_of(exchange))
    assert row.taken_over_at is not None
    passed = factories.again(exchange)
    assert (passed.speaker, passed.first_speaker, passed.said_by) == (anna, world.priya, world.priya)
    assert exchange.reference in waits_for(anna)
    with pytest.raises(rules.NotYourTurn):
        factories.confirmed(world, exchange, by=world.priya)
    with pytest.raises(rules.NotYourTurn):
        check_back.withdraw(exchange, by=world.priya, at=world.clock(), why="No.")
    assert factories.confirmed(world, exchange, by=anna).understood_by == anna
    assert concern_of(exchange).owner == anna


def test_nothing_counts_as_understood_through_a_hand_over(world: World) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    anna_has_taken_over(world, concern_of(exchange))
    assert factories.again(exchange).understood_at is None
    assert exchange.rounds.get().outcome == ""


def test_actions_questions_and_the_concern_pass_on_with_their_reminders(world: World) -> None:
    action = factories.action_at(world, ActionState.REPORTED)
    concern = concern_of(action)
    question = factories.enquiry(world, concern)
    anna = world.school.colleague
    anna_has_taken_over(world, concern)
    assert Action.objects.get(pk=action.pk).other_side == anna
    assert Enquiry.objects.get(pk=question.pk).asked_by == anna
    assert action.reference in waits_for(anna)
    assert not Obligation.objects.filter(owner=world.priya, settled_at=None).exists()
    assert not Obligation.objects.filter(other=world.priya, settled_at=None).exists()
    row = Obligation.objects.get(reference=action.reference, settled_at=None)
    assert row.reminders.filter(version=row.version, dropped_at=None).exists()
    assert not row.reminders.filter(version__lt=row.version, dropped_at=None, raised_at=None).exists()
    assert open_work.parts_of(world.priya) == []
    answered = ask.answer(
        question, by=world.amara, at=world.clock(), said=[ask.Said(kind="HISTORY", text="Seen twice.")]
    )
    assert answered.listener == anna


def test_the_other_side_is_told_once(world: World) -> None:
    action = factories.action_at(world, ActionState.AGREED)
    anna_has_taken_over(world, concern_of(action))
    told = Message.objects.filter(kind=Message.Kind.HANDED_OVER, to_member_id=world.tom.pk)
    assert told.count() == 1


def test_what_was_understood_passes_on_too_and_keeps_who_said_it(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    factories.taken_over(world, concern_of(exchange), leaver=world.tom, successor=world.care.colleague)
    passed = factories.again(exchange)
    assert (passed.listener, passed.said_to) == (world.care.colleague, world.tom)
    assert passed.understood_by == world.priya
    differ.answer_agreement(exchange, by=world.care.colleague, at=world.clock(), risk="AGREE", action="AGREE")
    with pytest.raises(rules.NotYourTurn):
        differ.answer_agreement(exchange, by=world.tom, at=world.clock(), risk="AGREE", action="AGREE")


def test_what_is_prepared_is_the_successors_to_send(world: World) -> None:
    concern = factories.concern_at(world, Stage.SHARE)
    exchange = Exchange.objects.get(cycle__concern=concern)
    anna_has_taken_over(world, concern)
    assert factories.again(exchange).speaker == world.school.colleague


# --- The listener's side ----------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.SENT, State.OPENED, State.RECEIVED, State.RESTATED, State.CORRECTED])
def test_what_the_leaver_was_told_goes_to_the_successor_afresh(world: World, state: State) -> None:
    old = factories.exchange_at(world, state)
    from_tom_to_nadia(world, concern_of(old))
    nadia = world.care.colleague
    new = factories.again(old).superseded_by
    assert new is not None
    assert (new.listener, new.speaker, new.respond_by) == (nadia, world.priya, old.respond_by)
    assert list(new.items.values_list("text", "is_key")) == list(old.items.values_list("text", "is_key"))
    assert list(new.people.values_list("name")) == list(old.people.values_list("name"))
    assert list(new.held_back.values_list("why")) == list(old.held_back.values_list("why"))
    assert not new.rounds.exists()
    assert (new.opened_at, new.received_at, new.understood_at) == (None, None, None)
    with pytest.raises(rules.NotYourTurn):
        check_back.restate(old, by=world.tom, at=world.clock(), **OTHER_WORDS)
    assert factories.understood(world, new).understood_by == world.priya
    assert factories.again(old).understood_at is None


def test_the_speaker_is_told_and_cannot_confirm_what_the_leaver_said_back(world: World) -> None:
    old = factories.exchange_at(world, State.RESTATED)
    from_tom_to_nadia(world, concern_of(old))
    assert Message.objects.filter(kind=Message.Kind.HANDED_OVER, to_member_id=world.priya.pk).count() == 1
    with pytest.raises(rules.NotYourTurn):
        factories.confirmed(world, old)


def test_proposals_go_with_what_they_rest_on(world: World) -> None:
    old = factories.exchange_at(world, State.RECEIVED)
    action = factories.propose(world, old)
    row = from_tom_to_nadia(world, concern_of(old))
    new = factories.again(old).superseded_by
    assert new is not None
    assert row.exchange is not None
    assert Action.objects.get(pk=action.pk).exchange == new
    factories.understood(world, row.exchange)
    factories.understood(world, new)
    assert actions.accept(action, by=world.care.colleague, at=world.clock()).accepted_at is not None


def test_the_gate_waits_for_the_successor_and_not_for_the_hand_over(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    concern = concern_of(exchange)
    from_tom_to_nadia(world, concern)
    new = factories.again(exchange).superseded_by
    assert new is not None
    factories.understood(world, new)
    assert factories.move(world, concern, "to-record").stage == Stage.RECORD


def test_a_summary_goes_to_the_successor_who_answers_it(world: World) -> None:
    summary = factories.summary_sent(world)
    from_tom_to_nadia(world, concern_of(summary))
    new = factories.again(summary).superseded_by
    assert new is not None
    record.answer_summary(new, by=world.care.colleague, at=world.clock(), matches=True)
    with pytest.raises(rules.NotYourTurn):
        record.answer_summary(summary, by=world.tom, at=world.clock(), matches=True)


def test_what_reaches_the_leaver_while_the_hand_over_is_under_way_goes_on_with_it(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    concern = concern_of(exchange)
    row = from_tom_to_nadia(world, concern)
    late = factories.sent(world, concern)
    assert row.exchange is not None
    factories.understood(world, row.exchange)
    new = factories.again(late).superseded_by
    assert new is not None
    assert new.listener == world.care.colleague
    assert waits_for(world.tom) == set()


# --- Who may, and to whom ---------------------------------------------------------------------------


def test_a_lead_hands_over_for_somebody_and_confirms_it(world: World) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    anna, lead = world.school.colleague, world.school.lead
    row = from_priya_to_anna(world, concern_of(exchange), by=lead)
    assert row.exchange is not None
    factories.restated(world, factories.received(world, row.exchange))
    with pytest.raises(rules.NotYourTurn):
        factories.confirmed(world, row.exchange, by=world.priya)
    factories.confirmed(world, row.exchange, by=lead)
    assert factories.again(exchange).speaker == anna


@pytest.mark.parametrize("who", ["colleague", "other lead", "administrator"])
def test_nobody_else_hands_over(world: World, who: str) -> None:
    concern = concern_of(factories.exchange_at(world, State.SENT))
    by = {
        "colleague": world.school.colleague,
        "other lead": world.care.lead,
        "administrator": world.school.administrator,
    }[who]
    with pytest.raises(NotAllowed):
        from_priya_to_anna(world, concern, by=by)


def test_another_agency_never_takes_over(world: World) -> None:
    concern = concern_of(factories.exchange_at(world, State.SENT))
    with pytest.raises(CannotTakeOver, match="within an agency"):
        factories.handed_over(world, concern, leaver=world.priya, successor=world.amara)


def test_nobody_takes_over_both_sides(world: World) -> None:
    concern = factories.at_share(world)
    exchange = factories.sent(world, concern, listener=world.school.colleague)
    with pytest.raises(CannotTakeOver, match=exchange.reference):
        from_priya_to_anna(world, concern)


def test_whoever_confirms_is_not_the_successor(world: World) -> None:
    concern = concern_of(factories.exchange_at(world, State.SENT))
    lead = world.school.lead
    with pytest.raises(CannotTakeOver):
        factories.handed_over(world, concern, leaver=world.priya, successor=lead, by=lead)
    with pytest.raises(CannotTakeOver):
        factories.handed_over(world, concern, leaver=world.priya, successor=world.priya, by=lead)


def test_there_has_to_be_something_to_hand_over(world: World) -> None:
    concern = concern_of(factories.exchange_at(world, State.SENT))
    with pytest.raises(NothingToHandOver):
        factories.handed_over(world, concern, leaver=world.gp.practitioner, successor=world.gp.colleague)


def test_one_concern_is_handed_over_once_at_a_time(world: World) -> None:
    concern = concern_of(factories.exchange_at(world, State.SENT))
    from_priya_to_anna(world, concern)
    with pytest.raises(rules.AlreadyDone, match="Anna Bell"):
        from_priya_to_anna(world, concern)


def test_it_can_go_to_somebody_else_before_it_is_taken_over(world: World) -> None:
    concern = concern_of(factories.exchange_at(world, State.SENT))
    first = from_priya_to_anna(world, concern)
    third = factories.member(world.school.agency, "Cleo Third")
    second = handover.hand_over(
        concern, leaver=world.priya, successor=third, by=world.priya, at=world.clock(), instead_of=first
    )
    assert Handover.objects.get(pk=first.pk).ended_at is not None
    assert first.exchange is not None
    with pytest.raises(rules.NotYourTurn):
        check_back.receive(first.exchange, by=world.school.colleague, at=world.clock())
    assert second.exchange is not None
    factories.understood(world, second.exchange)
    assert concern_of(second.exchange).owner == third


def test_a_page_that_is_out_of_date_is_refused(world: World) -> None:
    concern = concern_of(factories.exchange_at(world, State.SENT))
    to = {concern.reference: world.school.colleague}
    seen = handover.latest_of(world.priya)
    handover.hand_over_work(world.priya, to=to, by=world.priya, at=world.clock(), seen_version=seen)
    with pytest.raises(OutOfDate):
        handover.hand_over_work(world.priya, to=to, by=world.school.lead, at=world.clock(), seen_version=seen)


def test_a_successor_who_leaves_too_hands_the_hand_over_on(world: World) -> None:
    concern = concern_of(factories.exchange_at(world, State.RESTATED))
    first = from_priya_to_anna(world, concern)
    third = factories.member(world.school.agency, "Cleo Third")
    factories.handed_over(world, concern, leaver=world.school.colleague, successor=third)
    now = Handover.objects.get(leaver=world.priya, ended_at=None)
    assert now.successor == third
    assert now.pk != first.pk
    assert now.exchange is not None
    factories.understood(world, now.exchange)
    assert concern_of(now.exchange).owner == third


@pytest.mark.parametrize("how", ["withdrawn", "sent back"])
def test_a_hand_over_that_comes_to_nothing_leaves_the_work_where_it_was(world: World, how: str) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    row = from_priya_to_anna(world, concern_of(exchange))
    assert row.exchange is not None
    if how == "withdrawn":
        check_back.withdraw(row.exchange, by=world.priya, at=world.clock(), why="I am staying.")
    else:
        check_back.not_mine(row.exchange, by=world.school.colleague, at=world.clock(), note="I leave too.")
    assert Handover.objects.get(pk=row.pk).ended_at is not None
    assert factories.again(exchange).speaker == world.priya
    assert from_priya_to_anna(world, concern_of(exchange)).is_under_way


def test_a_concern_that_is_not_started_passes_at_once(world: World) -> None:
    for concern in (factories.logged(world), factories.draft(world)):
        row = from_priya_to_anna(world, concern)
        assert (row.exchange, row.taken_over_at is not None) == (None, True)
        assert Concern.objects.get(pk=concern.pk).owner == world.school.colleague


def test_another_agencys_concern_tells_the_successor_no_more_than_the_leaver_was_told(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    action = factories.propose(world, exchange)
    row = from_tom_to_nadia(world, concern_of(exchange))
    assert row.exchange is not None
    told = set(exchange.people.values_list("person", "name"))
    assert set(row.exchange.people.values_list("person", "name")) == told
    words = items_of(row)
    assert action.reference in words
    assert "I am not medically qualified" not in words  # held back from the leaver


def test_the_school_does_not_see_what_colleagues_of_another_agency_hand_over(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    row = from_tom_to_nadia(world, concern_of(exchange))
    for member in (world.priya, world.school.lead, world.school.colleague):
        assert row.exchange not in Exchange.objects.visible_to(member)
    assert row.exchange in Exchange.objects.visible_to(world.care.lead)


def test_saying_it_back_needs_own_words_as_always(world: World) -> None:
    row = from_priya_to_anna(world, concern_of(factories.exchange_at(world, State.SENT)))
    assert row.exchange is not None
    factories.received(world, row.exchange)
    with pytest.raises(rules.NotInYourWords):
        check_back.restate(
            row.exchange, by=world.school.colleague, at=world.clock(), what_happened="Noted, thanks.",
            what_worries_me="", what_i_will_do="",
        )  # fmt: skip


def test_every_step_is_in_the_audit(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    concern = concern_of(exchange)
    row = from_tom_to_nadia(world, concern)
    assert row.exchange is not None
    factories.understood(world, row.exchange)
    verbs = Event.objects.filter(concern=concern.reference).values_list("verb", flat=True)
    assert {"sharing.handover.sent", "sharing.exchange.passed_on", "sharing.handover.taken_over"} <= set(
        verbs
    )
