"""A fact that changes travels: everyone who was given it is told, and says back that item only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import User
from agencies.refusals import OutOfDate
from audit.models import Event
from notifications.models import Message
from records.models import Statement
from sharing import summaries, workflow
from sharing.models import CorrectionTo, Exchange, Link, Obligation
from sharing.operations import check_back, differ, disclosure, meeting_minutes
from sharing.operations import corrections as operations
from sharing.rules import NotYourTurn
from sharing.rules.corrections import AlreadyAnswered
from sharing.states import ActionState, State
from sharing.workflow import GateClosed
from tests import correcting, factories, meeting_cases
from tests.correcting import NEW, NEWER, OLD, WHY, amend, concern_of, told_of
from tests.factories import OTHER_WORDS, World
from tests.links import by_link

pytestmark = pytest.mark.django_db


def waits(sent: Exchange) -> list[tuple[str, object]]:
    rows = Obligation.objects.filter(reference=sent.reference, settled_at=None)
    return list(rows.values_list("kind", "owner"))


# --- A statement ------------------------------------------------------------------------------------


def test_everyone_who_was_given_a_statement_is_told_in_every_agency(world: World) -> None:
    concern = factories.at_share(world)
    to_tom = factories.understood(world, factories.sent(world, concern))
    to_amara = factories.sent(world, concern, listener=world.amara)
    correction = amend(world, concern)
    for exchange, person in ((to_tom, world.tom), (to_amara, world.amara)):
        sent = told_of(correction, exchange)
        assert (sent.kind, sent.listener, sent.speaker) == ("CORRECTION", person, world.priya)
        assert sent.about == exchange
        assert waits(sent) == [("OPEN", person.pk)]
    told = Message.objects.filter(kind=Message.Kind.CORRECTION).values_list("to_member_id", flat=True)
    assert sorted(map(str, told)) == sorted(map(str, (world.tom.pk, world.amara.pk)))


def test_they_say_back_the_changed_item_only(world: World) -> None:
    exchange, _, sent = correcting.corrected(world)
    item = sent.items.get()
    assert (item.text, item.is_key) == (NEW, True)
    assert item.corrects == exchange.items.get(number=1)
    assert item.corrects.text == OLD
    assert WHY in sent.why_you
    assert correcting.understood(world, sent).understood_at is not None


def test_the_old_version_stays_and_says_why_it_was_replaced(world: World) -> None:
    exchange, correction, _ = correcting.corrected(world)
    old, new = Statement.objects.filter(concern=concern_of(exchange), number=1).order_by("version")
    assert (old.text, new.text, new.replaced_why) == (OLD, NEW, WHY)
    assert (correction.was, correction.now, correction.why) == (OLD, NEW, WHY)
    assert exchange.items.get(number=1).text == OLD


def test_whoever_was_told_for_information_says_it_back_too(world: World) -> None:
    concern = factories.at_share(world)
    exchange = factories.sent(world, concern, for_information=True)
    sent = told_of(amend(world, concern), exchange)
    assert not sent.for_information
    assert waits(sent) == [("OPEN", world.tom.pk)]


def test_nobody_is_told_of_what_they_were_not_given(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    correction = amend(world, concern_of(exchange), number=3, text="In my view it is a graze.")
    assert not correction.recipients.exists()
    assert not Exchange.objects.filter(kind="CORRECTION").exists()


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.NOT_MINE, State.PREPARED])
def test_nobody_is_told_by_what_was_withdrawn_not_theirs_or_never_sent(world: World, state: State) -> None:
    exchange = factories.exchange_at(world, state)
    assert not amend(world, concern_of(exchange)).recipients.exists()


def test_what_is_prepared_is_chosen_again_before_it_is_sent(world: World) -> None:
    exchange = factories.exchange_at(world, State.PREPARED)
    amend(world, concern_of(exchange))
    with pytest.raises(disclosure.NotReady, match="amended or struck through"):
        disclosure.send(factories.again(exchange), by=world.priya, at=world.clock())


def test_somebody_told_in_two_cycles_is_told_once_and_both_are_marked(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    concern = concern_of(exchange)
    factories.move(world, concern, "to-record")
    factories.finish_record(world, concern)
    factories.move(world, concern, "next-cycle")
    factories.finish_ask(world, concern)
    factories.move(world, concern, "to-do")
    factories.decide(world, concern)
    again = factories.prepared(world, concern)
    factories.move(world, concern, "to-share")
    again = disclosure.send(again, by=world.priya, at=world.clock())
    correction = amend(world, concern)
    assert told_of(correction, exchange) == told_of(correction, again)
    sent = told_of(correction, again)
    assert sent.about == again
    assert sent.cycle.number == 2
    assert exchange.reference in sent.why_you
    assert again.reference in sent.why_you
    assert Message.objects.filter(kind=Message.Kind.CORRECTION).count() == 1


def test_a_colleague_who_corrects_it_checks_what_is_said_back(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    correction = amend(world, concern_of(exchange), by=world.school.colleague)
    sent = factories.restated(
        world, factories.received(world, told_of(correction, exchange)), **correcting.HEARD
    )
    assert waits(sent) == [("CHECK", world.school.colleague.pk)]


def test_whoever_corrects_what_they_were_told_themselves_is_not_told(world: World) -> None:
    concern = factories.at_share(world)
    factories.understood(world, factories.sent(world, concern, listener=world.school.colleague))
    row = amend(world, concern, by=world.school.colleague).recipients.get()
    assert row.exchange is None
    assert row.by_hand_by == world.school.colleague
    assert not row.waits_by_hand


# --- Two corrections of the same --------------------------------------------------------------------


def test_a_second_correction_overtakes_the_first_that_was_not_said_back(world: World) -> None:
    exchange, _, first = correcting.corrected(world)
    second = told_of(amend(world, concern_of(exchange), text=NEWER), exchange)
    first = factories.again(first)
    assert first.superseded_by == second
    assert waits(first) == []
    item = second.items.get()
    assert item.text == NEWER
    assert item.corrects is not None
    assert (item.corrects.text, item.corrects.corrects) == (NEW, exchange.items.get(number=1))


def test_what_was_said_back_stays_when_it_is_corrected_again(world: World) -> None:
    exchange, _, first = correcting.corrected(world)
    correcting.understood(world, first)
    second = told_of(amend(world, concern_of(exchange), text=NEWER), exchange)
    first = factories.again(first)
    assert first.superseded_by is None
    assert first.understood_at is not None
    assert waits(second) == [("OPEN", world.tom.pk)]


def test_saying_back_what_was_overtaken_is_refused_with_what_changed(world: World) -> None:
    exchange, _, first = correcting.corrected(world)
    first = factories.received(world, first)
    seen = first.version
    second = told_of(amend(world, concern_of(exchange), text=NEWER), exchange)
    with pytest.raises(OutOfDate) as refused:
        check_back.restate(first, by=world.tom, at=world.clock(), seen_version=seen, **correcting.HEARD)
    assert second.reference in str(refused.value)


# --- While something else is under way --------------------------------------------------------------


def test_saying_the_old_back_on_a_page_shown_before_is_refused_with_what_changed(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    seen = exchange.version
    correction = amend(world, concern_of(exchange))
    with pytest.raises(OutOfDate) as refused:
        check_back.restate(exchange, by=world.tom, at=world.clock(), seen_version=seen, **OTHER_WORDS)
    assert told_of(correction, exchange).reference in str(refused.value)


def test_confirming_the_old_on_a_page_shown_before_is_refused(world: World) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    seen = exchange.version
    amend(world, concern_of(exchange))
    with pytest.raises(OutOfDate):
        check_back.check(
            exchange, by=world.priya, at=world.clock(), outcome="CONFIRMED",
            verdicts=factories.verdicts(exchange), seen_version=seen,
        )  # fmt: skip


def test_what_is_not_said_back_yet_still_is_and_the_correction_too(world: World) -> None:
    exchange, _, sent = correcting.corrected(world, state=State.RECEIVED)
    factories.confirmed(world, factories.restated(world, factories.again(exchange)))
    assert waits(sent) == [("OPEN", world.tom.pk)]


# --- Who has left -----------------------------------------------------------------------------------


def test_a_successor_is_told_of_what_the_leaver_was_given(world: World) -> None:
    action = factories.action_at(world, ActionState.AGREED)
    concern = concern_of(action)
    factories.taken_over(world, concern, leaver=world.tom, successor=world.care.colleague)
    sent = told_of(amend(world, concern), factories.again(action.exchange))
    assert sent.listener == world.care.colleague


def test_a_correction_that_was_not_said_back_goes_to_the_successor_afresh(world: World) -> None:
    _, correction, sent = correcting.corrected(world)
    handover = factories.handed_over(
        world, concern_of(sent), leaver=world.tom, successor=world.care.colleague
    )
    assert handover.exchange is not None
    afresh = correction.recipients.get().exchange
    assert afresh is not None
    assert (afresh.listener, afresh.kind) == (world.care.colleague, "CORRECTION")
    assert afresh == factories.again(sent).superseded_by
    assert afresh.items.get().corrects is not None


def test_where_nobody_is_left_to_be_told_the_correction_is_made_and_a_person_tells_them(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    differ.answer_agreement(exchange, by=world.tom, at=world.clock(), risk="AGREE", action="AGREE")
    _everybody_left(world)
    correction = amend(world, concern_of(exchange))
    row = correction.recipients.get()
    assert row.exchange is None
    assert "has left" in row.by_hand_why
    waiting = Obligation.objects.get(reference=correction.reference, settled_at=None)
    assert (waiting.kind, waiting.owner) == ("TELL_BY_HAND", world.priya)


def _everybody_left(world: World) -> None:
    """Nobody of social care works there any more; nothing of theirs was open."""
    for member in (world.tom, world.care.lead, world.care.colleague):
        User.objects.filter(memberships=member).update(is_active=False)


# --- Nobody can be told by a notice -----------------------------------------------------------------


def test_without_an_address_the_correction_is_made_and_waits_to_be_told_by_hand(world: World) -> None:
    row = correcting.unreachable(world)
    assert row.exchange is not None
    assert "no checked e-mail address" in row.by_hand_why
    assert Obligation.objects.filter(key=f"by-hand:{row.pk}", settled_at=None, owner=world.priya).exists()


def test_telling_by_hand_is_written_down_once_and_settles_it(world: World) -> None:
    row = correcting.unreachable(world)
    how = "I rang the desk at noon; Tom said it was the other arm."
    operations.told_by_hand(row, by=world.school.colleague, at=world.clock(), how=how)
    assert not Obligation.objects.filter(key=f"by-hand:{row.pk}", settled_at=None).exists()
    with pytest.raises(AlreadyAnswered):
        operations.told_by_hand(row, by=world.priya, at=world.clock(), how="Again.")


# --- The gate ---------------------------------------------------------------------------------------


def test_share_is_not_left_while_a_correction_is_open_but_on_safety_grounds(world: World) -> None:
    exchange, _, sent = correcting.corrected(world)
    concern = concern_of(exchange)
    with pytest.raises(GateClosed) as closed:
        factories.move(world, concern, "to-record")
    assert sent.reference in " ".join(one.sentence for one in closed.value.missing)
    correcting.understood(world, sent)
    assert factories.move(world, concern, "to-record").stage == "RECORD"


def test_a_concern_is_not_closed_while_a_correction_is_open(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    concern = concern_of(exchange)
    factories.move(world, concern, "to-record")
    sent = told_of(amend(world, concern), exchange)
    factories.finish_record(world, concern)
    with pytest.raises(GateClosed):
        factories.move(world, concern, "close")
    correcting.understood(world, sent)
    workflow.move(concern, "close", by=world.priya, at=world.clock())


def test_what_changes_after_closing_still_travels(world: World) -> None:
    concern = factories.concern_at(world, "CLOSED")
    exchange = Exchange.objects.get(cycle__concern=concern, kind="DISCLOSURE")
    sent = told_of(amend(world, concern), exchange)
    assert waits(sent) == [("OPEN", world.tom.pk)]


# --- The audit and the whole ------------------------------------------------------------------------


def test_each_step_is_in_the_audit(world: World) -> None:
    exchange, correction, sent = correcting.corrected(world)
    verbs = set(Event.objects.filter(concern=concern_of(exchange).reference).values_list("verb", flat=True))
    assert {"sharing.correction.made", "sharing.correction.sent", "sharing.exchange.item_corrected"} <= verbs
    made = Event.objects.get(verb="sharing.correction.made")
    assert (made.subject, made.data["told"]) == (correction.reference, 1)
    assert sent.reference in Event.objects.get(verb="sharing.exchange.item_corrected").data["correction"]


def test_fifty_recipients_cost_a_bounded_number_of_statements_each(world: World) -> None:
    def cost(recipients: int) -> int:
        concern = factories.at_share(world)
        for _ in range(recipients):
            number = CorrectionTo.objects.count() + Exchange.objects.count()
            person = factories.member(world.care.agency, f"Pat Number{number}")
            factories.sent(world, concern, listener=person)
        with CaptureQueriesContext(connection) as asked:
            amend(world, concern)
        return len(asked)

    two, six = cost(2), cost(6)
    assert (six - two) / 4 < 60, f"{two} statements for 2 people, {six} for 6"


def test_a_deputy_says_a_correction_back_and_nobody_else(world_with_deputies: World) -> None:
    world = world_with_deputies
    _, _, sent = correcting.corrected(world)
    with pytest.raises(NotYourTurn):
        check_back.receive(sent, by=world.amara, at=world.clock())
    check_back.receive(sent, by=world.care.colleague, at=world.clock(5))
    assert factories.again(sent).received_by == world.care.colleague
    assert world.clock.moment < factories.MONDAY + timedelta(days=2)


# --- Other ways in which somebody was given it ----------------------------------------------------------


def test_somebody_without_an_account_is_told_by_a_link_of_its_own(world: World) -> None:
    exchange = by_link.told(world, State.UNDERSTOOD)
    correction = amend(world, concern_of(exchange))
    row = correction.recipients.get()
    assert row.exchange is not None
    assert not row.by_hand_why
    assert Link.objects.filter(exchange=row.exchange, member=exchange.listener).exists()
    assert Message.objects.filter(kind=Message.Kind.CORRECTION, by_link=True).exists()


def test_a_statement_brought_to_a_meeting_is_corrected_for_whom_it_was_brought(world: World) -> None:
    meeting = meeting_cases.with_members(world)
    concern = meeting.cycle.concern
    place = meeting_cases.place(meeting, world.tom)
    meeting_minutes.bring(
        meeting, by=world.priya, at=world.clock(), brought_by=meeting_cases.place(meeting, world.priya).pk,
        kind="FACT_SEEN", text="", statement=correcting.statement(concern), for_whom=[place.pk],
    )  # fmt: skip
    meeting_cases.issued(world, meeting_cases.ready(world, meeting))
    copy = meeting_cases.copy_of(meeting, world.tom)
    correction = amend(world, concern)
    assert [row.about for row in correction.recipients.all()] == [copy]
    assert told_of(correction, copy).items.get().text == NEW


def test_the_minutes_give_a_statement_as_it_is_when_they_are_sent(world: World) -> None:
    meeting = meeting_cases.with_members(world)
    concern = meeting.cycle.concern
    place = meeting_cases.place(meeting, world.tom)
    meeting_minutes.bring(
        meeting, by=world.priya, at=world.clock(), brought_by=meeting_cases.place(meeting, world.priya).pk,
        kind="FACT_SEEN", text="", statement=correcting.statement(concern), for_whom=[place.pk],
    )  # fmt: skip
    amend(world, concern)
    meeting_cases.issued(world, meeting_cases.ready(world, meeting))
    texts = "\n".join(meeting_cases.copy_of(meeting, world.tom).items.values_list("text", flat=True))
    assert NEW in texts
    assert OLD not in texts


def test_whoever_said_it_is_told_that_a_colleague_corrected_it(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    correction = amend(world, concern_of(exchange), by=world.school.colleague)
    told = Message.objects.get(kind=Message.Kind.CORRECTION, to_member_id=world.priya.pk)
    assert told.path == f"/corrections/{correction.reference}/"


def test_the_summary_says_what_a_correction_corrects(world: World) -> None:
    exchange, _, sent = correcting.corrected(world)
    lines = [line for _, line in summaries.part_for(exchange.cycle, world.tom)]
    assert any(f"{sent.reference}, which corrects {exchange.reference}" in line for line in lines)
