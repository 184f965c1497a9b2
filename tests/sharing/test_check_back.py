"""The check-back: who may do what when, and what that leaves. tests/properties tries everything else."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import Http404
from django.test import RequestFactory

from agencies.models import Membership
from agencies.refusals import NotAllowed, OutOfDate, Refused
from audit.models import Event
from notifications.models import Message
from sharing import access, rules
from sharing.models import Action, Exchange, Incident, Round
from sharing.operations import check_back, differ
from sharing.states import ActionState, State
from tests import factories
from tests.factories import OTHER_WORDS, OWN_WORDS, World
from tests.rows import nothing_changes

pytestmark = pytest.mark.django_db


def reads(exchange: Exchange, member: Membership) -> bool:
    """Say whether somebody gets at the words of an exchange: through the door that every view uses."""
    request: Any = RequestFactory().get("/")
    request.membership = member
    try:
        found = access.get_exchange(request, exchange.reference)
    except Http404:
        return False
    return access.content_is_open_to(found, member)


def test_a_deputy_acts_by_name_and_the_record_says_for_whom(world_with_deputies: World) -> None:
    w = world_with_deputies
    exchange = factories.exchange_at(w, State.SENT)
    check_back.receive(exchange, by=w.care.colleague, at=w.clock())
    event = Event.objects.latest("id")
    assert (event.verb, event.actor_id, event.acting_for) == (
        "sharing.exchange.received",
        w.care.colleague.pk,
        w.tom.label,
    )
    factories.restated(w, exchange, by=w.care.colleague)
    factories.confirmed(w, exchange, by=w.school.colleague)
    assert factories.again(exchange).understood_by_id == w.school.colleague.pk


def test_a_deputys_days_are_kept(world: World) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    today = world.clock.moment.date()
    deputy = factories.name_deputy(world.tom, world.care.colleague, starts_on=today.replace(day=1))
    deputy.ends_on = today.replace(day=today.day - 1)
    deputy.save()
    with nothing_changes(), pytest.raises(rules.NotYourTurn, match="Only Tom Ashdown"):
        check_back.receive(exchange, by=world.care.colleague, at=world.clock())


@pytest.mark.parametrize("who", ["colleague", "lead"])
def test_a_colleague_or_lead_who_is_no_deputy_does_not_act(world: World, who: str) -> None:
    """A lead sees every exchange of the agency. Seeing is not answering."""
    exchange = factories.exchange_at(world, State.RESTATED)
    by = getattr(world.school, who)
    with nothing_changes(), pytest.raises(rules.NotYourTurn):
        check_back.check(
            exchange, by=by, at=world.clock(), outcome="CONFIRMED", verdicts=factories.verdicts(exchange)
        )
    with nothing_changes(), pytest.raises(rules.NotYourTurn):
        check_back.withdraw(exchange, by=by, at=world.clock(), why="Wrong.")


@pytest.mark.parametrize("who", ["administrator", "auditor"])
def test_other_roles_do_not_exchange(world: World, who: str) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    by = getattr(world.care, who)
    with nothing_changes(), pytest.raises(NotAllowed):
        check_back.restate(exchange, by=by, at=world.clock(), **OWN_WORDS)


def test_nobody_confirms_their_own_restatement_in_another_role(world: World) -> None:
    """One person, two hats: listener in one agency, the speaker's deputy in the other."""
    at_school, in_care = world.two_hats
    factories.name_deputy(world.priya, at_school)
    exchange = factories.exchange_at(world, State.RESTATED, listener=in_care)
    with nothing_changes(), pytest.raises(rules.AnotherPersonMustCheck):
        factories.confirmed(world, exchange, by=at_school)


def test_nobody_acts_on_both_sides_even_for_a_deputys_words(world: World) -> None:
    at_school, in_care = world.two_hats
    factories.name_deputy(world.priya, at_school)
    factories.name_deputy(in_care, world.care.colleague)
    exchange = factories.exchange_at(world, State.RECEIVED, listener=in_care)
    factories.restated(world, exchange, by=world.care.colleague)
    with nothing_changes(), pytest.raises(rules.AnotherPersonMustCheck):
        factories.confirmed(world, exchange, by=at_school)
    with nothing_changes(), pytest.raises(rules.AnotherPersonMustCheck):
        check_back.withdraw(exchange, by=at_school, at=world.clock(), why="Wrong.")


def test_the_speaker_does_not_say_back_their_own_words(world: World) -> None:
    in_care = factories.member(world.care.agency, "", person=world.priya.user)
    factories.name_deputy(world.tom, in_care)
    exchange = factories.exchange_at(world, State.RECEIVED)
    with nothing_changes(), pytest.raises(rules.AnotherPersonMustCheck):
        factories.restated(world, exchange, by=in_care)


def test_every_round_and_every_word_of_it_stays(world: World) -> None:
    exchange = factories.exchange_at(world, State.CORRECTED)
    factories.restated(world, exchange, **OTHER_WORDS)
    factories.confirmed(world, exchange)
    first, second = Round.objects.filter(exchange=exchange)
    assert (first.number, first.outcome, first.what_happened) == (1, "CORRECTED", OWN_WORDS["what_happened"])
    assert (second.number, second.outcome) == (2, "CONFIRMED")
    assert second.what_happened == OTHER_WORDS["what_happened"]
    assert [v.answer for v in first.verdicts.all()] == ["WRONG", "WRONG"]


def test_confirming_needs_every_key_item_understood(world: World) -> None:
    exchange = factories.exchange_at(world, State.RESTATED)
    tries: list[tuple[dict[str, Any], str]] = [
        ({"outcome": "CONFIRMED", "verdicts": {1: "UNDERSTOOD"}}, "Say whether item 2 was understood"),
        (
            {"outcome": "CONFIRMED", "verdicts": {1: "UNDERSTOOD", 2: "MISSING"}},
            "item 2 as missing or not as you meant it",
        ),
        ({"outcome": "CORRECTED", "verdicts": {1: "WRONG", 2: "UNDERSTOOD"}}, "Write what should be said"),
        ({"outcome": "CORRECTED", "verdicts": {1: "PERHAPS", 2: "UNDERSTOOD"}, "note": "x"}, "each key item"),
        ({"outcome": "LATER", "verdicts": {1: "UNDERSTOOD", 2: "UNDERSTOOD"}}, "Choose whether"),
    ]
    for given, says in tries:
        with nothing_changes(), pytest.raises(Refused, match=says):
            check_back.check(exchange, by=world.priya, at=world.clock(), **given)


def test_a_page_out_of_date_is_refused_with_what_changed(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    seen = exchange.version
    factories.restated(world, exchange)
    with nothing_changes(), pytest.raises(OutOfDate) as refusal:
        check_back.withdraw(exchange, by=world.priya, at=world.clock(), why="Wrong.", seen_version=seen)
    assert any("said" in sentence and "Tom Ashdown" in sentence for sentence in refusal.value.sentences)


def test_a_near_copy_is_warned_about_and_kept_with_its_figure(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    copied = " ".join(exchange.items.values_list("text", flat=True))
    words: dict[str, Any] = dict.fromkeys(OWN_WORDS, copied)
    with nothing_changes(), pytest.raises(rules.NearCopy, match="% of this is the sender"):
        check_back.restate(exchange, by=world.tom, at=world.clock(), **words)
    check_back.restate(exchange, by=world.tom, at=world.clock(), knowingly_a_copy=True, **words)
    assert exchange.rounds.get().similarity >= 60


def test_after_the_third_correction_the_speakers_manager_is_told(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    told = []
    for _ in range(4):
        factories.corrected(world, factories.restated(world, exchange))
        told.append(Message.objects.filter(kind="MANAGER", to_member_id=world.school.lead.pk).count())
    assert told == [0, 0, 1, 1]


class TestNotMine:
    """The content is gone for the listener's side at once and for good; the speaker and manager know."""

    def test_opens_an_incident_and_hides_the_content(self, world: World) -> None:
        exchange = factories.exchange_at(world, State.NOT_MINE)
        assert Incident.objects.get(exchange=exchange).handled_at is None
        for member in (world.tom, world.care.lead, world.care.colleague):
            assert not reads(exchange, member)
        assert reads(exchange, world.priya)

    def test_is_for_good(self, world: World) -> None:
        exchange = factories.exchange_at(world, State.NOT_MINE)
        for act in (check_back.receive, check_back.not_mine):
            with nothing_changes(), pytest.raises(rules.NotYourTurn):
                act(exchange, by=world.tom, at=world.clock())

    def test_hides_the_actions_that_quote_it(self, world: World) -> None:
        exchange = factories.exchange_at(world, State.OPENED)
        action = factories.propose(world, exchange)
        assert list(Action.objects.visible_to(world.tom)) == [action]
        check_back.not_mine(exchange, by=world.tom, at=world.clock())
        for member in (world.tom, world.care.lead):
            assert not Action.objects.visible_to(member).exists()
        assert list(Action.objects.visible_to(world.priya)) == [action]

    def test_goes_through_even_where_nobody_can_be_told(self, world: World) -> None:
        exchange = factories.exchange_at(world, State.SENT)
        for member in world.school.everyone:
            member.contact_points.update(retired_at=world.clock())
        check_back.not_mine(exchange, by=world.tom, at=world.clock())
        assert Incident.objects.filter(exchange=exchange).exists()

    def test_is_open_to_somebody_told_for_information(self, world: World) -> None:
        exchange = factories.exchange_at(world, State.FOR_INFORMATION)
        check_back.not_mine(exchange, by=world.tom, at=world.clock())
        assert Incident.objects.filter(exchange=exchange).exists()


class TestWithdraw:
    def test_says_whether_it_had_been_seen(self, world: World) -> None:
        unseen = factories.exchange_at(world, State.WITHDRAWN)
        assert not unseen.seen_before_withdrawal
        seen = factories.exchange_at(world, State.OPENED)
        check_back.withdraw(seen, by=world.priya, at=world.clock(), why="Wrong child.")
        assert factories.again(seen).seen_before_withdrawal

    def test_goes_through_even_where_the_listener_cannot_be_told(self, world: World) -> None:
        exchange = factories.exchange_at(world, State.SENT)
        world.tom.contact_points.update(retired_at=world.clock())
        check_back.withdraw(exchange, by=world.priya, at=world.clock(), why="Wrong child.")
        assert not reads(exchange, world.tom)

    def test_reaches_those_told_for_information(self, world: World) -> None:
        exchange = factories.exchange_at(world, State.FOR_INFORMATION)
        check_back.open_exchange(exchange, by=world.tom, at=world.clock())
        check_back.withdraw(exchange, by=world.priya, at=world.clock(), why="Wrong person.")
        assert factories.again(exchange).seen_before_withdrawal

    def test_comes_too_late_once_it_is_understood(self, world: World) -> None:
        exchange = factories.exchange_at(world, State.UNDERSTOOD)
        with nothing_changes(), pytest.raises(rules.NotYourTurn, match="send a correction"):
            check_back.withdraw(exchange, by=world.priya, at=world.clock(), why="Wrong child.")


class TestAgreement:
    """Understanding is not agreement: three answers that are kept apart."""

    def test_disagreeing_leaves_it_understood_and_opens_a_disagreement(self, world: World) -> None:
        exchange = factories.exchange_at(world, State.UNDERSTOOD)
        answer = {"risk": "DISAGREE", "risk_why": "Lower than that.", "action": "AGREE"}
        differ.answer_agreement(exchange, by=world.tom, at=world.clock(), **answer)
        assert factories.again(exchange).understood_at is not None
        row = exchange.disagreements.get()
        said = row.stages.get().positions.get()
        assert (row.about, said.side, said.words) == ("RISK", "LISTENER", "Lower than that.")

    def test_a_new_answer_stands_beside_the_first(self, world: World) -> None:
        exchange = factories.exchange_at(world, State.UNDERSTOOD)
        for words in ("Lower than that.", "Lower, and his aunt is there."):
            answer = {"risk": "DISAGREE", "risk_why": words, "action": "AGREE"}
            differ.answer_agreement(exchange, by=world.tom, at=world.clock(), **answer)
        said = exchange.disagreements.get().stages.get().positions.values_list("words", flat=True)
        assert list(said) == ["Lower than that.", "Lower, and his aunt is there."]

    def test_not_agreeing_says_why_and_answers_are_known_ones(self, world: World) -> None:
        exchange = factories.exchange_at(world, State.UNDERSTOOD)
        for given in ({"risk": "PARTLY"}, {"risk": "PERHAPS", "risk_why": "x"}, {"risk": ""}):
            with nothing_changes(), pytest.raises(Refused):
                differ.answer_agreement(
                    exchange, by=world.tom, at=world.clock(), **{"action": "AGREE", **given}
                )

    def test_agreeing_later_closes_nothing_by_itself(self, world: World) -> None:
        row = factories.disagreement(world, both=False)
        differ.answer_agreement(row.exchange, by=world.tom, at=world.clock(), risk="AGREE", action="AGREE")
        assert factories.again(row).settled_at is None


def test_a_listener_sees_nothing_before_it_is_sent(world: World) -> None:
    exchange = factories.exchange_at(world, State.PREPARED)
    factories.propose(world, exchange)
    for member in (world.tom, world.care.lead):
        assert not Exchange.objects.visible_to(member).exists()
        assert not Action.objects.visible_to(member).exists()


@pytest.mark.parametrize("who", ["practitioner", "lead", "administrator", "auditor"])
def test_a_strangers_agency_sees_nothing(world: World, who: str) -> None:
    factories.action_at(world, ActionState.REPORTED)
    member = getattr(world.stranger, who)
    assert not Exchange.objects.visible_to(member).exists()
    assert not Action.objects.visible_to(member).exists()
