"""Sending stops at a protected detail, and goes on only by a decision that stays on the record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from agencies import deciding
from agencies.refusals import NotAllowed
from audit.models import Event
from notifications.models import Message
from records import operations as records
from records.models import ProtectedDetail
from records.operations.protection import EndedAlready, NotProtected
from sharing.models import Cycle, Exchange, GuardDecision, Stage
from sharing.operations import actions, ask, handover, outcome, record, transfers
from sharing.operations.guarding import ProtectedDetailFound
from sharing.states import State
from tests import factories
from tests.factories import World
from tests.guard.steps import HOUSE, WHY, all_the_same, concern_saying, leaking, protect, send, stopped
from tests.rows import nothing_changes

pytestmark = pytest.mark.django_db


# --- What stops -----------------------------------------------------------------------------------------


def test_a_disclosure_with_a_protected_address_is_not_sent(world: World) -> None:
    exchange = leaking(world)
    with nothing_changes():
        found = stopped(world, exchange)
    assert [(one.kind, one.where, one.match) for one in found.findings] == [
        ("ADDRESS", "Item 1", "14 mill ln")
    ]
    assert "14" not in " ".join(found.sentences)
    assert "mill" not in f"{found!r}{found}{found.seen}"


@pytest.mark.parametrize("place", ["why_you", "what_i_ask"])
def test_the_words_about_why_and_what_are_looked_through_too(world: World, place: str) -> None:
    exchange = factories.prepared(world, factories.at_share(world))
    protect(world, factories.main_person(exchange.cycle.concern), kind="PHONE", value="07700 900123")
    type(exchange).objects.filter(pk=exchange.pk).update(**{place: "Ring +44 7700-900123 first."})
    assert stopped(world, exchange).findings[0].kind == "PHONE"


def test_who_it_is_about_and_their_conditions_are_looked_through_too(world: World) -> None:
    concern = factories.at_share(world)
    person = factories.main_person(concern)
    records.change_person(person, by=world.priya, at=world.clock(), safe_contact_rule="Not at St Mary's.")
    protect(world, person, kind="SCHOOL", value="St Mary’s Primary School")
    protect(world, person, kind="NAME", value="Leo Marsh")
    found = stopped(world, factories.prepared(world, concern))
    assert {one.where for one in found.findings} >= {"Who it is about", "How to contact them safely"}


def test_an_action_proposed_before_sending_is_looked_through_when_it_is_sent(world: World) -> None:
    exchange = factories.prepared(world, factories.at_share(world))
    protect(world, factories.main_person(exchange.cycle.concern))
    actions.propose(
        exchange, by=world.priya, at=world.clock(), what="Visit 14 Mill Lane.", owner=world.tom,
        by_when="2 working days", contingency="Nobody opens.",
    )  # fmt: skip
    assert stopped(world, exchange).findings[0].where.startswith("The action")


def test_a_detail_of_a_sister_stops_it_too(world: World) -> None:
    concern = concern_saying(world, "His sister is now called Amelia Hart.")
    sister = factories.child(world, first_name="Ella")
    leo = factories.main_person(concern)
    records.relate(leo, sister, kind="SIBLING", by=world.priya, at=world.clock())
    protect(world, sister, kind="NAME", value="Amelia Hart")
    assert [one.whose for one in stopped(world, factories.prepared(world, concern)).findings] == [
        "Ella Marsh"
    ]


def test_of_somebody_else_altogether_an_address_stops_it_and_a_name_does_not(world: World) -> None:
    concern = concern_saying(world, "Rose walked home to 14 Mill Lane.")
    other = factories.child(world, first_name="Zara", last_name="Quint")
    protect(world, other, kind="NAME", value="Rose")
    protect(world, other)
    found = stopped(world, factories.prepared(world, concern))
    assert [one.kind for one in found.findings] == ["ADDRESS"]


def test_an_address_marked_as_secret_in_the_details_is_protected(world: World) -> None:
    concern = concern_saying(world, "They stay in Mill Lane.")
    leo = factories.main_person(concern)
    records.change_person(
        leo, by=world.priya, at=world.clock(), address="14 Mill Lane", address_is_protected=True
    )
    assert stopped(world, factories.prepared(world, concern)).findings[0].kind == "ADDRESS"


def test_an_emergency_is_asked_too_and_goes_on_in_one_step(world: World) -> None:
    exchange = leaking(world)
    found = stopped(world, exchange, emergency_reason="He is on his way there.")
    with deciding.deciding(all_the_same(found)):
        sent = send(world, exchange, emergency_reason="He is on his way there.")
    assert sent.sent_at
    assert sent.urgency == "URGENT"


def test_a_question_is_looked_through_before_it_is_sent(world: World) -> None:
    concern = factories.concern_at(world, Stage.ASK)
    protect(world, factories.main_person(concern))
    with nothing_changes(), pytest.raises(ProtectedDetailFound):
        ask.ask(
            factories.the_cycle(concern), of=world.amara, by=world.priya, at=world.clock(),
            told="They moved to HX78AB.", question="Is he on your list?",
        )  # fmt: skip


def test_an_action_and_a_report_are_looked_through(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    protect(world, factories.main_person(exchange.cycle.concern))
    with pytest.raises(ProtectedDetailFound):
        actions.propose(
            exchange, by=world.priya, at=world.clock(), what="Visit 14 Mill Lane.", owner=world.tom,
            by_when="2 working days", contingency="Nobody opens.",
        )  # fmt: skip
    action = actions.propose(
        exchange, by=world.priya, at=world.clock(), what="Visit them.", owner=world.priya,
        by_when="2 working days", contingency="Nobody opens.",
    )  # fmt: skip
    action = actions.accept(action, by=world.priya, at=world.clock())
    with pytest.raises(ProtectedDetailFound):
        actions.report(
            action, by=world.priya, at=world.clock(), what_happened="Saw them in Mill Lane.",
            done_at=world.clock() - timedelta(minutes=1),
        )  # fmt: skip


def test_the_other_side_is_stopped_by_what_its_own_agency_protects_of_the_same_child(world: World) -> None:
    """Social care keeps a record of its own of the child that the school told it about."""
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    protect(world, factories.child(world, by=world.tom), kind="SCHOOL", value="Ashdown Academy", by=world.tom)
    proposal: dict[str, Any] = {
        "what": "Ring the Ashdown school.", "owner": world.tom, "by_when": "2 working days",
        "contingency": "No answer.",
    }  # fmt: skip
    with pytest.raises(ProtectedDetailFound) as found:
        actions.propose(exchange, by=world.tom, at=world.clock(), **proposal)
    with deciding.deciding(all_the_same(found.value)):
        actions.propose(exchange, by=world.tom, at=world.clock(), **proposal)
    event = Event.objects.get(verb="sharing.guard.sent_all_the_same")
    assert (event.agency, event.concern) == ("front-door", ""), "The school does not learn of it"
    assert actions.propose(exchange, by=world.priya, at=world.clock(), **proposal).pk, "Not theirs to protect"


# --- From whom ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("named", "stops"), [("care", True), ("gp", False)])
def test_a_detail_kept_from_certain_agencies_stops_only_for_them(
    world: World, named: str, stops: bool
) -> None:
    concern = concern_saying(world, "We drove her to 14 Mill Lane.")
    agency = getattr(world, named).agency
    protect(world, factories.main_person(concern), kept_from="AGENCIES", agencies=[agency])
    exchange = factories.prepared(world, concern)
    if stops:
        stopped(world, exchange)
    else:
        assert send(world, exchange).sent_at


@pytest.mark.parametrize(
    ("whom", "stops"), [("practitioner", True), ("lead", True), ("colleague", False), ("deputy", True)]
)
def test_a_detail_kept_from_a_person_stops_for_whoever_shares_what_they_read(
    world: World, whom: str, stops: bool
) -> None:
    """The lead of the recipient's agency and their deputy read it too; a colleague does not."""
    concern = concern_saying(world, "We drove her to 14 Mill Lane.")
    if whom == "deputy":
        person = factories.member(world.care.agency, "Dana Deputy")
        factories.name_deputy(world.tom, person)
    else:
        person = getattr(world.care, whom)
    protect(world, factories.main_person(concern), kept_from="PEOPLE", people=[person])
    exchange = factories.prepared(world, concern)
    if stops:
        stopped(world, exchange)
    else:
        assert send(world, exchange).sent_at


def test_what_was_ended_stops_nothing(world: World) -> None:
    exchange = leaking(world)
    detail = ProtectedDetail.objects.get()
    records.end_protection(detail, by=world.priya, at=world.clock(), why="They may know now.")
    assert send(world, exchange).sent_at


def test_within_the_agency_what_is_kept_from_outside_passes(world: World) -> None:
    concern = concern_saying(world, "We drove her to 14 Mill Lane.")
    protect(world, factories.main_person(concern))
    exchange = factories.prepared(world, concern, listener=world.school.colleague)
    assert send(world, exchange).sent_at


# --- By a decision --------------------------------------------------------------------------------------


def test_a_decision_lets_it_go_is_written_down_and_told_to_the_lead(world: World) -> None:
    exchange = leaking(world)
    with deciding.deciding(all_the_same(stopped(world, exchange))):
        sent = send(world, exchange)
    written = GuardDecision.objects.get()
    assert (written.exchange, written.recipient, written.by) == (sent, world.tom, world.priya)
    assert written.why == WHY
    assert written.found == [{"kind": "ADDRESS", "where": "Item 1"}]
    event = Event.objects.get(verb="sharing.guard.sent_all_the_same")
    assert event.also_for == []
    assert Message.objects.get(kind="MANAGER").to_member_id == world.school.lead.pk
    everything = f"{list(Event.objects.values())}{list(Message.objects.values())}{written.found}".lower()
    assert "mill" not in everything
    assert WHY.lower() not in f"{list(Event.objects.values())}{list(Message.objects.values())}".lower()


def test_a_decision_without_a_reason_is_none(world: World) -> None:
    exchange = leaking(world)
    with deciding.deciding(all_the_same(stopped(world, exchange), why=" \n")), nothing_changes():
        again = stopped(world, exchange)
    assert "Say why" in again.also


def test_a_decision_covers_only_what_was_shown(world: World) -> None:
    """A colleague protects something more between the page and the button."""
    exchange = leaking(world, text="We drove her to 14 Mill Lane, then to Ashdown Academy.")
    first = stopped(world, exchange)
    person = factories.main_person(exchange.cycle.concern)
    protect(world, person, kind="SCHOOL", value="Ashdown Academy")
    with deciding.deciding(all_the_same(first)):
        second = stopped(world, exchange)
    assert len(second.findings) == 2
    assert set(first.seen.split("|")) < set(second.seen.split("|"))
    with deciding.deciding(all_the_same(second)):
        assert send(world, exchange).sent_at


def test_a_decision_is_in_force_for_one_act_only(world: World) -> None:
    with deciding.deciding(deciding.Decision("x", frozenset())):
        assert deciding.current()
    assert deciding.current() is None


def test_the_database_keeps_a_decision_as_it_was(world: World) -> None:
    exchange = leaking(world)
    with deciding.deciding(all_the_same(stopped(world, exchange))):
        send(world, exchange)
    for statement in ("UPDATE sharing_guarddecision SET why = 'x'", "DELETE FROM sharing_guarddecision"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


# --- Protecting and ending ------------------------------------------------------------------------------


def test_a_detail_is_added_with_who_when_why_and_ended_once(world: World) -> None:
    detail = protect(world, factories.child(world))
    assert detail.number == 1
    records.end_protection(detail, by=world.priya, at=world.clock(), why="They may know now.")
    with pytest.raises(EndedAlready):
        records.end_protection(detail, by=world.priya, at=world.clock(), why="Again.")
    verbs = Event.objects.filter(verb__startswith="records.protection").values_list("verb", "data")
    assert [verb for verb, _ in verbs] == ["records.protection.added", "records.protection.ended"]
    assert "Mill" not in str(list(verbs))


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": " . "},
        {"kind": "SECRET"},
        {"kept_from": "NOBODY"},
        {"kept_from": "AGENCIES"},
        {"kept_from": "PEOPLE"},
        {"value": "x" * 1001},
    ],
)
def test_what_cannot_be_protected_is_refused(world: World, wrong: dict[str, str]) -> None:
    person = factories.child(world)
    with nothing_changes(), pytest.raises(NotProtected):
        protect(world, person, **wrong)  # type: ignore[arg-type]


def test_the_same_detail_is_not_protected_twice(world: World) -> None:
    person = factories.child(world)
    protect(world, person)
    with pytest.raises(NotProtected, match="detail 1"):
        protect(world, person, value=f" {HOUSE} ")


@pytest.mark.parametrize("field", ["value", "why", "kept_from", "person_id", "number"])
def test_the_database_lets_nobody_change_a_detail(world: World, field: str) -> None:
    detail = protect(world, factories.child(world))
    other = factories.child(world, first_name="Mia")
    values = {"kept_from": "PEOPLE", "person_id": other.pk, "number": 7}
    with pytest.raises(DatabaseError), transaction.atomic():
        ProtectedDetail.objects.filter(pk=detail.pk).update(**{field: values.get(field, "x")})


def test_another_agency_protects_nothing_of_ours(world: World) -> None:
    person = factories.child(world)
    for stranger in (world.tom, world.school.administrator):
        with pytest.raises(NotAllowed):
            protect(world, person, by=stranger)


# --- Every other way of telling somebody something --------------------------------------------------------


def test_an_answer_is_looked_through_for_what_the_surgery_keeps(world: World) -> None:
    question = factories.enquiry(world, factories.concern_at(world, Stage.ASK))
    protect(world, factories.child(world, by=world.amara), kind="PHONE", value="07700 900123", by=world.amara)
    said = [ask.Said(kind="HISTORY", text="Mother rings from 07700900123.")]
    with nothing_changes(), pytest.raises(ProtectedDetailFound):
        ask.answer(question, by=world.amara, at=world.clock(), said=said)


def test_a_summary_is_looked_through_for_each_party(world: World) -> None:
    concern = factories.concern_at(world, Stage.RECORD)
    protect(world, factories.main_person(concern))
    cycle = factories.the_cycle(concern)
    with nothing_changes(), pytest.raises(ProtectedDetailFound):
        record.write_summary(cycle, by=world.priya, at=world.clock(), decision="Visit 14 Mill Lane.")


def test_an_outcome_is_looked_through(world: World) -> None:
    disagreement = factories.at_stage(world, 2)
    factories.held(world, disagreement)
    protect(world, factories.main_person(disagreement.exchange.cycle.concern))
    words: dict[str, Any] = {
        "what_was_decided": "Visit 14 Mill Lane.",
        "why": "To see them.",
        "who_does_what": "Tom goes.",
    }
    with nothing_changes(), pytest.raises(ProtectedDetailFound):
        outcome.write_outcome(disagreement, by=world.school.lead, at=world.clock(), **words)


def test_a_hand_over_note_is_looked_through_for_what_is_kept_from_the_successor(world: World) -> None:
    concern = factories.concern_at(world, Stage.SHARE)
    colleague = world.school.colleague
    protect(world, factories.main_person(concern), kept_from="PEOPLE", people=[colleague])
    with nothing_changes(), pytest.raises(ProtectedDetailFound):
        handover.hand_over(
            concern, leaver=world.priya, successor=colleague, by=world.priya, at=world.clock(),
            note="They live at 14 Mill Lane.",
        )  # fmt: skip


def test_a_word_to_one_more_party_is_asked_about_with_what_was_decided_before_kept(world: World) -> None:
    """A summary goes to several: each refusal names one party, and the decisions add up."""
    concern = factories.concern_at(world, Stage.RECORD)
    protect(world, factories.main_person(concern))
    cycle = factories.the_cycle(concern)
    words: dict[str, Any] = {"decision": "Visit 14 Mill Lane."}
    decision = None
    for _ in range(4):
        try:
            with deciding.deciding(decision):
                record.write_summary(cycle, by=world.priya, at=world.clock(), **words)
            break
        except ProtectedDetailFound as found:
            decision = all_the_same(found)
    assert GuardDecision.objects.count() == len(summary_parties(cycle))


def summary_parties(cycle: Cycle) -> set[object]:
    return set(Exchange.objects.filter(cycle=cycle, kind="SUMMARY").values_list("listener", flat=True))


def test_whoever_was_told_before_hears_that_it_is_protected_and_not_what_it_is(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    person = factories.main_person(exchange.cycle.concern)
    protect(world, person)
    sent = Exchange.objects.get(kind="CORRECTION")
    assert sent.listener == world.tom
    said = sent.items.get().text
    assert "The address of Leo Marsh is protected from now on." in said
    assert "Mill" not in said
    protect(world, person, kind="NAME", value="Amelia Hart")
    assert Exchange.objects.filter(kind="CORRECTION").count() == 1, "Of a name nobody is told"
    protect(world, person, kind="SCHOOL", kept_from="AGENCIES", agencies=[world.care.agency])
    assert Exchange.objects.filter(kind="CORRECTION").count() == 1, "Those it is kept from are not told"


def test_a_hand_over_to_another_area_is_looked_through(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    person = factories.main_person(exchange.cycle.concern)
    protect(world, person, kind="NAME", value="Amelia Hart")
    with nothing_changes(), pytest.raises(ProtectedDetailFound):
        transfers.propose(
            exchange, by=world.priya, at=world.clock(), why="Amelia Hart has moved.", people=[person]
        )
