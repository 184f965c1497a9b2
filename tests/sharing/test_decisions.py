"""The answer comes back: a decision in the other direction, said back by the first speaker. Or not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from agencies.refusals import OutOfDate, Refused
from notifications.models import Message
from sharing import facts, workflow
from sharing.models import Disagreement, Exchange, Obligation, Reminder, Stage
from sharing.operations import check_back, decisions, differ, disclosure, lead, reminders
from sharing.rules import AlreadyDone, NotYourTurn
from sharing.rules.answers import NotAsked, NotLateYet, is_asked_by_default
from sharing.states import State
from sharing.waiting.answers import decision_on
from tests import factories
from tests.factories import World
from tests.rows import nothing_changes
from tests.sharing import deciding

pytestmark = pytest.mark.django_db


def waits_for(exchange: Exchange) -> dict[str, str]:
    """Who is asked for what on an exchange, by name."""
    rows = Obligation.objects.filter(reference=exchange.reference, settled_at=None).select_related(
        "owner__user"
    )
    return {row.kind: row.owner.full_name for row in rows}


class TestAsking:
    """Whether a decision is asked for is part of what is sent, and frozen with it."""

    def test_a_referral_to_social_care_asks_unless_the_sender_says_not(self, world: World) -> None:
        concern = factories.at_share(world)
        to_care = factories.prepared(world, concern)
        to_gp = factories.prepared(world, concern, listener=world.amara)
        informed = factories.prepared(world, concern, listener=world.care.colleague, for_information=True)
        assert [is_asked_by_default(one) for one in (to_care, to_gp, informed)] == [True, False, False]

    def test_nobody_who_is_only_informed_is_asked_to_decide(self, world: World) -> None:
        exchange = factories.prepared(world, factories.at_share(world), for_information=True)
        with nothing_changes(), pytest.raises(Refused, match="for information"):
            deciding.choose(world, exchange)

    def test_what_was_understood_waits_for_the_decision_by_its_limit(self, world: World) -> None:
        exchange = deciding.understood(world)
        assert waits_for(exchange) == {"AGREE": "Tom Ashdown", "DECIDE": "Tom Ashdown"}
        row = Obligation.objects.get(key=f"decide:{exchange.pk}", settled_at=None)
        # Understood on Monday 11 January: one working day.
        assert row.due_at.isoformat() == "2027-01-12T17:00:00+00:00"
        assert row.other == world.priya

    def test_what_asks_for_none_waits_for_none(self, world: World) -> None:
        exchange = factories.exchange_at(world, State.UNDERSTOOD)
        assert waits_for(exchange) == {"AGREE": "Tom Ashdown"}
        with nothing_changes(), pytest.raises(NotAsked):
            deciding.decide(world, exchange)


class TestDeciding:
    """The decision is an exchange in the other direction, with the ordinary check-back."""

    def test_it_goes_back_to_the_first_speaker_who_says_it_back(self, world: World) -> None:
        exchange = deciding.understood(world)
        decision = deciding.decide(world, exchange)
        assert (decision.speaker, decision.listener) == (world.tom, world.priya)
        assert (decision.kind, decision.about, decision.stage) == ("DECISION", exchange, "RECORD")
        assert [item.source for item in decision.items.all()] == [
            "What was decided",
            "Why",
            "What happens next, and by when",
            "What would change it",
        ]
        assert [item.number for item in decision.items.filter(is_key=True)] == [1, 3]
        assert waits_for(exchange) == {"AGREE": "Tom Ashdown"}
        assert waits_for(decision) == {"OPEN": "Priya Nair"}
        told = Message.objects.get(reference=decision.reference, kind=Message.Kind.DECISION)
        assert told.to_member_id == world.priya.pk

        check_back.receive(decision, by=world.priya, at=world.clock())
        check_back.restate(decision, by=world.priya, at=world.clock(), **factories.OTHER_WORDS)
        with pytest.raises(NotYourTurn):
            check_back.check(
                decision, by=world.priya, at=world.clock(), outcome="CONFIRMED",
                verdicts=factories.verdicts(decision),
            )  # fmt: skip
        assert factories.confirmed(world, decision).understood_by == world.tom

    def test_only_the_listener_or_their_deputy_and_only_what_is_understood(self, world: World) -> None:
        exchange = deciding.understood(world)
        for by in (world.priya, world.care.lead, world.care.colleague, world.amara):
            with nothing_changes(), pytest.raises(NotYourTurn):
                deciding.decide(world, exchange, by=by)
        factories.name_deputy(world.tom, world.care.colleague)
        decision = deciding.decide(world, exchange, by=world.care.colleague)
        assert (decision.speaker, decision.sent_by) == (world.tom, world.care.colleague)
        early = factories.received(world, deciding.sent(world))
        with nothing_changes(), pytest.raises(NotYourTurn, match="said back and confirmed"):
            deciding.decide(world, early)

    def test_each_part_is_said(self, world: World) -> None:
        exchange = deciding.understood(world)
        for name in deciding.WORDS:
            with nothing_changes(), pytest.raises(Refused, match="Write something under"):
                deciding.decide(world, exchange, **{name: " "})

    def test_a_second_one_says_what_changed_and_takes_the_place_of_the_first(self, world: World) -> None:
        exchange = deciding.understood(world)
        first = deciding.decide(world, exchange)
        with nothing_changes(), pytest.raises(AlreadyDone, match=first.reference):
            deciding.decide(world, exchange)
        second = deciding.decide(world, exchange, what_changed="The aunt has moved out.")
        assert factories.again(first).superseded_by == second
        assert decision_on(exchange) == second
        assert waits_for(first) == {}
        assert second.items.get(number=5).text == "The aunt has moved out."

    def test_an_older_page_is_refused(self, world: World) -> None:
        exchange = deciding.understood(world)
        seen = factories.again(exchange).version
        deciding.decide(world, exchange)
        with nothing_changes(), pytest.raises(OutOfDate):
            deciding.decide(world, exchange, what_changed="The aunt has left.", seen_version=seen)

    def test_taken_back_before_it_was_understood_it_is_waited_for_again(self, world: World) -> None:
        exchange = deciding.understood(world)
        decision = deciding.decide(world, exchange)
        check_back.withdraw(decision, by=world.tom, at=world.clock(), why="It was for another child.")
        assert "DECIDE" in waits_for(exchange)
        assert decision_on(exchange) is None

    def test_the_first_speaker_may_disagree_with_it(self, world: World) -> None:
        decision = deciding.decided_and_understood(world)
        differ.answer_agreement(
            decision,
            by=world.priya,
            at=world.clock(),
            risk="DISAGREE",
            risk_why="It is higher.",
            action="AGREE",
        )
        assert decision.disagreements.get().about == "RISK"

    def test_nothing_learned_since_goes_with_it(self, world: World) -> None:
        """The decider reads the people as they were named in what was shared."""
        exchange = deciding.understood(world)
        person = factories.main_person(exchange.cycle.concern)
        person.safe_contact_rule = "Ring only at night."
        person.save()
        decision = deciding.decide(world, exchange)
        assert [one.safe_contact_rule for one in decision.people.all()] == [""]

    def test_somebody_who_left_is_answered_through_their_successor(self, world: World) -> None:
        exchange = deciding.understood(world)
        factories.taken_over(world, exchange.cycle.concern, leaver=world.tom, successor=world.care.colleague)
        assert waits_for(exchange)["DECIDE"] == "Nadia Rahman"
        decision = deciding.decide(world, factories.again(exchange), by=world.care.colleague)
        assert decision.speaker == world.care.colleague


class TestClosing:
    """A concern is closed when every decision has come, or somebody has said why not."""

    @pytest.fixture
    def concern(self, world: World) -> Any:
        exchange = deciding.understood(world)
        concern = exchange.cycle.concern
        factories.move(world, concern, "to-record")
        factories.finish_record(world, concern)
        return concern

    def test_it_waits_for_the_decision_and_that_it_is_understood(self, world: World, concern: Any) -> None:
        exchange = Exchange.objects.get(cycle__concern=concern, asks_decision=True)
        missing = workflow.missing_for(
            workflow.MOVES["close"], facts.read(concern, factories.the_cycle(concern))
        )
        assert [one.what for one in missing] == [f"No decision has come back on {exchange.reference}."]
        assert missing[0].by == Obligation.objects.get(key=f"decide:{exchange.pk}").due_at
        with nothing_changes(), pytest.raises(workflow.GateClosed, match="No decision has come back"):
            factories.move(world, concern, "close")
        decision = deciding.decide(world, exchange)
        with nothing_changes(), pytest.raises(workflow.GateClosed, match=decision.reference):
            factories.move(world, concern, "close")
        factories.understood(world, decision)
        factories.move(world, concern, "close")
        assert factories.the_cycle(concern).stage == Stage.CLOSED

    def test_with_a_reason_it_is_closed_without(self, world: World, concern: Any) -> None:
        exchange = Exchange.objects.get(cycle__concern=concern, asks_decision=True)
        with nothing_changes(), pytest.raises(Refused, match="Say why"):
            decisions.go_on_without(exchange, by=world.priya, at=world.clock(), why=" ")
        for by in (world.tom, world.care.lead, world.school.colleague):
            with nothing_changes(), pytest.raises(NotYourTurn):
                decisions.go_on_without(exchange, by=by, at=world.clock(), why="They told me by phone.")
        decisions.go_on_without(exchange, by=world.school.lead, at=world.clock(), why="He has moved away.")
        assert "DECIDE" not in waits_for(exchange)
        with nothing_changes(), pytest.raises(AlreadyDone):
            decisions.go_on_without(exchange, by=world.priya, at=world.clock(), why="Again.")
        factories.move(world, concern, "close")
        late = deciding.decide(world, exchange)
        assert waits_for(late) == {"OPEN": "Priya Nair"}

    def test_nothing_else_waits_for_it(self, world: World) -> None:
        """It holds back closing, and neither a stage nor the next cycle."""
        exchange = deciding.understood(world)
        concern = exchange.cycle.concern
        factories.move(world, concern, "to-record")
        factories.finish_record(world, concern)
        factories.move(world, concern, "next-cycle")
        assert waits_for(exchange) == {"DECIDE": "Tom Ashdown"}


class TestLate:
    """No answer by its limit: chased, then offered for escalation."""

    def test_it_is_reminded_of_before_and_at_its_limit_then_to_each_lead(self, world: World) -> None:
        exchange = deciding.understood(world)
        row = Obligation.objects.get(key=f"decide:{exchange.pk}")
        steps = Reminder.objects.filter(obligation=row).order_by("send_at").values_list("step", flat=True)
        assert [one for one in steps if one != "BEFORE"] == ["AT", "LEAD", "OTHER_LEAD"]
        world.clock.jump_to(row.due_at + timedelta(days=5))
        reminders.raise_due(at=world.clock.moment)
        told = Message.objects.filter(reference=exchange.reference, obligation_id=row.pk)
        assert {world.tom.pk, world.care.lead.pk, world.school.lead.pk} <= {one.to_member_id for one in told}

    def test_nothing_is_chased_or_taken_further_before_its_limit(self, world: World) -> None:
        exchange = deciding.understood(world)
        with nothing_changes(), pytest.raises(NotLateYet):
            decisions.take_further(exchange, by=world.priya, at=world.clock(), words="I have rung twice.")
        row = Obligation.objects.get(key=f"decide:{exchange.pk}")
        with nothing_changes(), pytest.raises(Refused):
            lead.chase(row, by=world.priya, at=world.clock())

    def test_whoever_waits_chases_what_is_late(self, world: World) -> None:
        exchange = deciding.late(world)
        row = Obligation.objects.get(key=f"decide:{exchange.pk}")
        lead.chase(row, by=world.priya, at=world.clock())
        assert row.chases.get().by == world.priya
        with nothing_changes(), pytest.raises(Refused):
            lead.chase(row, by=world.tom, at=world.clock())

    def test_just_late_it_begins_with_the_two_people(self, world: World) -> None:
        exchange = deciding.late(world)
        row = decisions.take_further(exchange, by=world.priya, at=world.clock(), words="I have rung twice.")
        stage = row.stages.get()
        assert (row.about, stage.number) == (Disagreement.About.NO_RESPONSE, 1)
        assert (stage.for_speaker, stage.for_listener) == (world.priya, world.tom)
        with nothing_changes(), pytest.raises(AlreadyDone):
            decisions.take_further(exchange, by=world.priya, at=world.clock(), words="Again.")

    def test_once_a_lead_was_told_it_begins_with_the_leads(self, world: World) -> None:
        exchange = deciding.late(world)
        Reminder.objects.filter(obligation__key=f"decide:{exchange.pk}", step="LEAD").update(
            raised_at=world.clock()
        )
        row = decisions.take_further(exchange, by=world.priya, at=world.clock(), words="I have rung twice.")
        stage = row.stages.get()
        assert stage.number == 2
        assert (stage.for_speaker, stage.for_listener) == (world.school.lead, world.care.lead)
        told = Message.objects.filter(reference=row.reference).values_list("to_member_id", flat=True)
        assert {world.tom.pk, world.care.lead.pk, world.school.lead.pk} == set(told)

    def test_a_referral_that_nobody_opened_is_taken_further_too(self, world: World) -> None:
        exchange = deciding.sent(world)
        assert exchange.respond_by is not None
        world.clock.jump_to(exchange.respond_by + timedelta(minutes=1))
        row = decisions.take_further(exchange, by=world.priya, at=world.clock(), words="Nobody opens it.")
        assert row.exchange == exchange

    def test_what_waits_for_the_speaker_is_not_taken_further(self, world: World) -> None:
        exchange = factories.restated(world, factories.received(world, deciding.sent(world)))
        world.clock.jump_to(world.clock.moment + timedelta(days=9))
        with nothing_changes(), pytest.raises(NotLateYet):
            decisions.take_further(exchange, by=world.priya, at=world.clock(), words="Nobody answers.")

    def test_only_the_speaker_takes_it_further(self, world: World) -> None:
        exchange = deciding.late(world)
        for by in (world.tom, world.school.colleague, world.amara):
            with nothing_changes(), pytest.raises(NotYourTurn):
                decisions.take_further(exchange, by=by, at=world.clock(), words="No.")


def test_what_is_sent_keeps_whether_it_asks(world: World) -> None:
    exchange = deciding.sent(world)
    with nothing_changes(), pytest.raises(NotYourTurn):
        disclosure.choose_items(
            exchange, by=world.priya, at=world.clock(), share=[1], key=[1], held_back={2: "No.", 3: "No."},
            why_you="On duty.", what_i_ask="Visit.", urgency="HIGH", asks_decision=False,
        )  # fmt: skip
