"""A disagreement climbs its ladder by people: who may do what, in which order, and who is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agencies.models import Absence, Membership
from agencies.refusals import Refused
from notifications.models import Message
from sharing import ladder as climbing
from sharing import rules
from sharing.models import Disagreement, Exchange, LadderStage, Obligation, Position
from sharing.operations import check_back, differ, ladder
from sharing.operations import outcome as outcomes
from sharing.rules import ladder as ladder_rules
from sharing.states import ActionState, State
from tests import factories
from tests.factories import World
from tests.rows import nothing_changes

pytestmark = pytest.mark.django_db

DECIDED: dict[str, Any] = {
    "what_was_decided": "We visit together on Thursday.",
    "why": "Neither of us has seen him at home.",
    "who_does_what": "Tom books it.",
}


def go_up(
    w: World, row: Disagreement, number: int, *, by: Membership | None = None, **more: Any
) -> LadderStage:
    """Take it to a stage with a reason, as the speaker unless told otherwise."""
    given = {"why": "It cannot wait.", **more}
    return ladder.open_stage(row, by=by or w.priya, at=w.clock(), number=number, **given)


def past_the_limit(w: World, row: Disagreement) -> None:
    """Go on to a minute after the limit of the present stage."""
    w.clock.jump_to(factories.current_stage(row).due_at + timedelta(minutes=1))


def waiting(row: Disagreement) -> dict[str, str]:
    """Say who is asked for what on a disagreement, by name."""
    rows = Obligation.objects.filter(reference=row.reference, settled_at__isnull=True)
    return {o.owner.full_name: o.kind for o in rows.select_related("owner__user")}


def told(row: Disagreement, kind: str) -> list[str]:
    """Who was sent a notice of a kind about a disagreement, by name."""
    messages = Message.objects.filter(reference=row.reference, kind=kind)
    people = Membership.objects.with_people().in_bulk([m.to_member_id for m in messages])
    return sorted(people[m.to_member_id].full_name for m in messages if m.to_member_id)


class TestOpening:
    """Either side says so in one step; the other adds theirs."""

    def test_either_side_opens_it_and_the_other_side_is_asked(self, world: World) -> None:
        exchange = factories.exchange_at(world, State.UNDERSTOOD)
        for by, other in ((world.priya, world.tom), (world.tom, world.priya)):
            row = differ.open_disagreement(
                exchange,
                by=by,
                at=world.clock(),
                about="RISK" if by == world.tom else "THRESHOLD",
                words="No.",
            )
            assert row.stages.get().positions.get().by == by
            assert waiting(row) == {
                by.full_name: "LADDER",
                other.full_name: "POSITION",
            }
            assert other.full_name in told(row, "DISAGREED")

    def test_references_count_within_the_concern(self, world: World) -> None:
        first = factories.disagreement(world)
        second = factories.disagreement(world, first.exchange, about="ACTION")
        concern = first.exchange.cycle.concern.reference
        assert [first.reference, second.reference] == [f"{concern}-D1", f"{concern}-D2"]

    def test_the_speaker_can_say_that_nobody_responds_and_the_listener_receives_first(
        self, world: World
    ) -> None:
        exchange = factories.exchange_at(world, State.SENT)
        with nothing_changes(), pytest.raises(Refused, match="Confirm receipt first"):
            differ.open_disagreement(exchange, by=world.tom, at=world.clock(), about="RISK", words="No.")
        row = differ.open_disagreement(
            exchange, by=world.priya, at=world.clock(), about="NO_RESPONSE", words="Nobody rings back."
        )
        assert waiting(row) == {"Priya Nair": "LADDER", "Tom Ashdown": "POSITION"}

    def test_an_action_that_was_not_done_is_named(self, world: World) -> None:
        action = factories.action_at(world, ActionState.AGREED)
        given: dict[str, Any] = {"by": world.priya, "at": world.clock(), "about": "NOT_DONE", "words": "No."}
        with nothing_changes(), pytest.raises(Refused, match="Choose the agreed action"):
            differ.open_disagreement(action.exchange, **given)
        other = factories.action_at(world, ActionState.PROPOSED)
        with nothing_changes(), pytest.raises(Refused, match="Choose the agreed action"):
            differ.open_disagreement(other.exchange, **given, action=other)
        row = differ.open_disagreement(action.exchange, **given, action=action)
        assert row.action == action

    def test_one_of_a_kind_is_open_at_a_time(self, world: World) -> None:
        row = factories.disagreement(world)
        with nothing_changes(), pytest.raises(rules.AlreadyDone, match=row.reference):
            differ.open_disagreement(
                row.exchange, by=world.priya, at=world.clock(), about="RISK", words="Again."
            )
        factories.settled(world, row)
        again = factories.disagreement(world, row.exchange)
        assert again.pk != row.pk

    def test_nobody_else_opens_one_and_not_on_a_summary(self, world: World) -> None:
        exchange = factories.exchange_at(world, State.UNDERSTOOD)
        for by in (world.school.lead, world.care.lead, world.amara):
            with nothing_changes(), pytest.raises(rules.NotYourTurn):
                differ.open_disagreement(exchange, by=by, at=world.clock(), about="RISK", words="No.")
        summary = factories.summary_sent(world)
        with nothing_changes(), pytest.raises(Refused, match="not on this"):
            differ.open_disagreement(summary, by=world.priya, at=world.clock(), about="RISK", words="No.")

    def test_a_position_is_never_overwritten(self, world: World) -> None:
        row = factories.disagreement(world)
        differ.add_position(row, by=world.care.lead, at=world.clock(), words="I have read the file.")
        said = list(Position.objects.values_list("side", "words"))
        assert said == [
            ("LISTENER", "Lower than that."),
            ("SPEAKER", "It is higher than that."),
            ("LISTENER", "I have read the file."),
        ]

    def test_one_person_with_two_roles_is_not_both_sides(self, world: World) -> None:
        here, there = world.two_hats
        exchange = factories.understood(
            world, factories.sent(world, factories.at_share(world), listener=there)
        )
        row = factories.disagreement(world, exchange)
        factories.name_deputy(world.priya, here)
        with nothing_changes(), pytest.raises(rules.AnotherPersonMustCheck):
            differ.add_position(row, by=here, at=world.clock(), words="I answer myself.")


class TestWhoHoldsTheRisk:
    """Answered at every stage, before anything goes on."""

    def test_nothing_goes_on_before_it_is_answered(self, world: World) -> None:
        row = factories.disagreement(world)
        for number in (2, 3, 4):
            with nothing_changes(), pytest.raises(ladder_rules.NoRiskHolder):
                go_up(world, row, number)
            with nothing_changes(), pytest.raises(ladder_rules.NoRiskHolder):
                outcomes.write_outcome(
                    row, by=factories.current_stage(row).for_listener, at=world.clock(), **DECIDED
                )
            factories.held(world, row)
            go_up(world, row, number)

    def test_it_is_somebody_of_one_side_and_says_what_they_do(self, world: World) -> None:
        row = factories.disagreement(world)
        wrong: list[dict[str, Any]] = [
            {"person": world.amara, "meanwhile": "Rings."},
            {"agency": world.gp.agency, "post": "Duty doctor", "meanwhile": "Rings."},
            {"person": world.tom, "post": "Duty desk", "agency": world.care.agency, "meanwhile": "Rings."},
            {"agency": world.care.agency, "meanwhile": "Rings."},
            {"person": world.tom, "meanwhile": "  "},
            {"person": world.care.administrator, "meanwhile": "Rings."},
        ]
        for given in wrong:
            with nothing_changes(), pytest.raises(Refused):
                ladder.name_risk_holder(row, by=world.priya, at=world.clock(), **given)
        holder = ladder.name_risk_holder(
            row,
            by=world.priya,
            at=world.clock(),
            agency=world.care.agency,
            post="Duty desk",
            meanwhile="Rings.",
        )
        assert holder.label == "Duty desk, Wyrefold Family Front Door"

    def test_a_later_answer_stands_beside_the_first_and_both_sides_are_told(self, world: World) -> None:
        row = factories.held(world, factories.disagreement(world))
        ladder.name_risk_holder(
            row, by=world.priya, at=world.clock(), person=world.priya, meanwhile="At school."
        )
        read = climbing.read(factories.again(row))
        assert [h.person for h in read.holders] == [world.tom, world.priya]
        assert read.holder == read.holders[-1]
        assert "Tom Ashdown" in told(row, "DISAGREED")


class TestGoingUp:
    """A person opens the next stage: before the limit with a reason, after it without."""

    def test_each_stage_has_its_limit_in_working_days(self, world: World) -> None:
        row = factories.at_stage(world, 4)
        due = [stage.due_at for stage in row.stages.order_by("number")]
        assert due == [datetime(2027, 1, day, 17, tzinfo=UTC) for day in (12, 13, 18, 25)]

    def test_who_answers_is_the_party_then_their_lead_then_the_leads_lead(self, world: World) -> None:
        head = factories.member(world.school.agency, "Hetty Trust", "lead", job_title="Chief executive")
        world.school.lead.manager = head
        world.school.lead.save()
        row = factories.at_stage(world, 3)
        answers = [(s.for_speaker, s.for_listener) for s in row.stages.order_by("number")]
        assert answers == [
            (world.priya, world.tom),
            (world.school.lead, world.care.lead),
            (head, world.care.lead),
        ]

    def test_before_the_limit_it_needs_a_reason_and_after_it_none(self, world: World) -> None:
        row = factories.held(world, factories.disagreement(world))
        with nothing_changes(), pytest.raises(Refused, match="still has time"):
            go_up(world, row, 2, why=" ")
        past_the_limit(world, row)
        assert go_up(world, row, 2, why="").why == ""

    def test_it_goes_up_one_stage_at_a_time_and_not_above_the_top(self, world: World) -> None:
        row = factories.held(world, factories.disagreement(world))
        for number in (1, 3):
            with nothing_changes(), pytest.raises(Refused):
                go_up(world, row, number)
        row = factories.held(world, factories.at_stage(world, 4, row))
        with nothing_changes(), pytest.raises(Refused, match="no stage above"):
            go_up(world, row, 5)

    def test_a_page_that_is_older_is_refused_with_what_changed(self, world: World) -> None:
        row = factories.held(world, factories.disagreement(world))
        go_up(world, row, 2, by=world.tom)
        with nothing_changes(), pytest.raises(Refused, match="out of date"):
            go_up(world, row, 2, seen_version=row.version)

    def test_parties_their_leads_and_who_answers_may_open_it_and_nobody_else(self, world: World) -> None:
        others = (world.school.colleague, world.care.colleague, world.amara, world.stranger.lead)
        row = factories.held(world, factories.disagreement(world))
        for by in others:
            with nothing_changes(), pytest.raises(rules.NotYourTurn):
                go_up(world, row, 2, by=by)
        for number, by in ((2, world.care.lead), (3, world.tom), (4, world.school.lead)):
            go_up(world, row, number, by=by)
            factories.held(world, row)

    def test_who_answers_is_chosen_among_those_who_lead_there(self, world: World) -> None:
        row = factories.held(world, factories.disagreement(world))
        for wrong in (world.school.colleague, world.care.lead, world.stranger.lead):
            with nothing_changes(), pytest.raises(Refused, match="cannot answer for"):
                go_up(world, row, 2, for_speaker=wrong)
        row = factories.held(world, factories.at_stage(world, 3, row))
        scrutineer = world.stranger.lead
        stage = go_up(world, row, 4, for_speaker=scrutineer, for_listener=scrutineer)
        assert stage.for_speaker == stage.for_listener == scrutineer

    def test_both_sides_are_told_and_who_answers_is_asked(self, world: World) -> None:
        row = factories.at_stage(world, 2)
        assert told(row, "ESCALATED") == ["Helen Croft", "Lena Hollis", "Tom Ashdown"]
        sent = Message.objects.filter(reference=row.reference, kind="ESCALATED")
        assert {m.priority for m in sent} <= {Message.Priority.ESCALATION, Message.Priority.ORDINARY}
        assert waiting(row) == {"Helen Croft": "LADDER", "Lena Hollis": "LADDER"}
        assert set(Obligation.objects.filter(reference=row.reference).values_list("stage", flat=True)) == {2}

    def test_the_office_is_told_at_stage_three_once_by_reference_only(self, world: World) -> None:
        row = factories.at_stage(world, 4)
        message = Message.objects.get(to_member_id=world.coordinator.pk)
        assert (message.kind, message.reference) == ("ESCALATED", row.reference)
        assert message.path == "/partnership/disagreements/"

    def test_a_deputy_opens_it_for_whom_they_stand_in(self, world_with_deputies: World) -> None:
        w = world_with_deputies
        row = factories.held(w, factories.disagreement(w))
        assert go_up(w, row, 2, by=w.care.colleague).opened_by == w.care.colleague


class TestImmediateDanger:
    """It goes past the ladder at any time."""

    def call(self, w: World, row: Disagreement, **more: Any) -> None:
        called_at = w.clock()
        given = {"who_was_called": "999.", "what_was_agreed": "A car goes there.", "called_at": called_at}
        ladder.record_danger(row, by=w.tom, at=w.clock(), **{**given, **more})

    def test_a_later_stage_opens_at_once_with_nobody_named_and_before_any_limit(self, world: World) -> None:
        row = factories.disagreement(world, both=False)
        self.call(world, row, number=3)
        stage = factories.current_stage(row)
        assert (stage.number, stage.for_speaker, stage.for_listener) == (
            3,
            world.school.lead,
            world.care.lead,
        )
        assert stage.danger is not None
        assert row.stages.get(number=1).closed_at is not None
        urgent = Message.objects.filter(kind="ESCALATED", priority=Message.Priority.URGENT)
        assert {m.to_member_id for m in urgent} == {world.priya.pk, world.school.lead.pk, world.care.lead.pk}
        assert Message.objects.filter(to_member_id=world.coordinator.pk).count() == 1

    def test_it_can_stay_at_its_stage_and_be_written_down_twice(self, world: World) -> None:
        row = factories.disagreement(world)
        self.call(world, row)
        self.call(world, row)
        assert factories.current_stage(row).number == 1
        assert row.danger_calls.count() == 2

    def test_nobodys_missing_address_stands_in_the_way(self, world: World) -> None:
        row = factories.disagreement(world)
        for member in (world.priya, world.school.lead, world.care.lead):
            member.contact_points.update(checked_at=None, checked_by=None)
        self.call(world, row, number=2)
        assert factories.current_stage(row).number == 2

    def test_it_says_whom_when_and_what_and_only_goes_up(self, world: World) -> None:
        row = factories.at_stage(world, 2)
        soon = world.clock.moment + timedelta(hours=1)
        wrong_ones: list[dict[str, Any]] = [
            {"who_was_called": " "},
            {"what_was_agreed": ""},
            {"called_at": soon},
            {"number": 2},
            {"number": 5},
        ]
        for wrong in wrong_ones:
            with nothing_changes(), pytest.raises(Refused):
                self.call(world, row, **wrong)


class TestTheOutcome:
    """It is an exchange that both sides check back, and a person closes."""

    def test_it_goes_to_each_party_who_did_not_write_it(self, world: World) -> None:
        row = factories.disagreement(world)
        outcome = factories.decided(world, row, by=world.tom)
        assert [copy.listener for copy in outcome.exchanges.all()] == [world.priya]
        row = factories.held(world, factories.at_stage(world, 2))
        outcome = factories.decided(world, row, by=world.care.lead)
        assert {copy.listener for copy in outcome.exchanges.all()} == {world.priya, world.tom}
        copy = outcome.exchanges.earliest("id")
        assert (copy.kind, copy.speaker, copy.sent_at) == ("OUTCOME", world.care.lead, outcome.at)
        assert list(copy.items.values_list("text", "is_key")) == [
            (outcome.what_was_decided, True),
            (outcome.why, False),
            (outcome.who_does_what, True),
        ]

    def test_only_the_parties_and_who_answers_write_it(self, world: World) -> None:
        row = factories.held(world, factories.disagreement(world))
        for by in (world.school.lead, world.care.lead, world.care.colleague, world.amara):
            with nothing_changes(), pytest.raises(rules.NotYourTurn):
                outcomes.write_outcome(row, by=by, at=world.clock(), **DECIDED)

    def test_both_sides_have_spoken_or_the_silent_ones_time_is_up(self, world: World) -> None:
        row = factories.held(world, factories.disagreement(world, both=False))
        with nothing_changes(), pytest.raises(ladder_rules.OtherSideFirst, match="Priya Nair"):
            outcomes.write_outcome(row, by=world.tom, at=world.clock(), **DECIDED)
        past_the_limit(world, row)
        assert outcomes.write_outcome(row, by=world.tom, at=world.clock(), **DECIDED)

    def test_it_says_what_why_and_who(self, world: World) -> None:
        row = factories.held(world, factories.disagreement(world))
        for field in DECIDED:
            with nothing_changes(), pytest.raises(Refused, match="Say what was decided"):
                outcomes.write_outcome(row, by=world.tom, at=world.clock(), **{**DECIDED, field: " "})

    def test_nothing_closes_before_everybody_it_went_to_understands(self, world: World) -> None:
        row = factories.disagreement(world)
        with nothing_changes(), pytest.raises(ladder_rules.NotUnderstoodYet, match="No outcome"):
            outcomes.close(row, by=world.priya, at=world.clock())
        outcome = factories.decided(world, row, by=world.tom)
        copy = outcome.exchanges.get()
        steps = (factories.received, factories.restated)
        for step in steps:
            step(world, copy)
            with nothing_changes(), pytest.raises(ladder_rules.NotUnderstoodYet, match="Priya Nair"):
                outcomes.close(row, by=world.priya, at=world.clock())
        factories.confirmed(world, copy)
        assert factories.again(row).settled_at is None
        outcomes.close(row, by=world.priya, at=world.clock())
        assert factories.again(row).settled_by == world.priya
        assert waiting(row) == {}

    def test_the_side_that_decided_does_not_close_it_below_the_top(self, world: World) -> None:
        row = factories.disagreement(world)
        factories.understood_outcome(world, row, by=world.tom)
        assert waiting(row) == {"Priya Nair": "LADDER"}
        for by in (world.tom, world.care.lead):
            with nothing_changes(), pytest.raises(ladder_rules.NotYoursToClose):
                outcomes.close(row, by=by, at=world.clock())

    def test_at_the_top_anybody_but_the_writer_closes_it(self, world: World) -> None:
        row = factories.held(world, factories.at_stage(world, 4))
        factories.understood_outcome(world, row, by=world.care.lead)
        with nothing_changes(), pytest.raises(ladder_rules.NotYoursToClose):
            outcomes.close(row, by=world.care.lead, at=world.clock())
        outcomes.close(row, by=world.tom, at=world.clock())

    def test_one_that_is_not_accepted_stays_on_the_record_and_the_next_stage_opens(
        self, world: World
    ) -> None:
        row = factories.disagreement(world)
        first = factories.decided(world, row, by=world.tom)
        go_up(world, row, 2)
        with nothing_changes(), pytest.raises(ladder_rules.NotUnderstoodYet):
            outcomes.close(row, by=world.priya, at=world.clock())
        factories.held(world, row)
        second = factories.decided(world, row, by=world.school.lead)
        old = first.exchanges.get()
        assert old.superseded_by in second.exchanges.all()
        assert old.superseded_by is not None
        assert old.superseded_by.listener == world.priya
        assert not Obligation.objects.filter(key=f"exchange:{old.pk}", settled_at=None).exists()
        for copy in second.exchanges.all():
            factories.understood(world, copy)
        outcomes.close(row, by=world.tom, at=world.clock())
        assert [o.by for o in climbing.read(row).outcomes] == [world.tom, world.school.lead]

    def test_what_is_settled_stays_settled(self, world: World) -> None:
        row = factories.settled(world)
        acts: list[Any] = [
            lambda: differ.add_position(row, by=world.priya, at=world.clock(), words="And yet."),
            lambda: factories.held(world, row),
            lambda: go_up(world, row, 2),
            lambda: outcomes.write_outcome(row, by=world.tom, at=world.clock(), **DECIDED),
            lambda: outcomes.close(row, by=world.priya, at=world.clock()),
        ]
        for act in acts:
            with nothing_changes(), pytest.raises(ladder_rules.Settled):
                act()

    def test_a_scrutineer_of_neither_side_decides_and_does_not_see_the_exchange(self, world: World) -> None:
        row = factories.held(world, factories.at_stage(world, 3))
        scrutineer = world.stranger.lead
        go_up(world, row, 4, for_speaker=scrutineer, for_listener=scrutineer)
        assert Disagreement.objects.visible_to(scrutineer).get() == row
        assert not Exchange.objects.visible_to(scrutineer).exists()
        assert waiting(row) == {"Silas Webb": "LADDER"}
        with nothing_changes(), pytest.raises(rules.NotYourTurn, match="neither side"):
            differ.add_position(row, by=scrutineer, at=world.clock(), words="I think so too.")
        factories.held(world, row)
        outcome = factories.understood_outcome(world, row, by=scrutineer)
        assert {copy.listener for copy in outcome.exchanges.all()} == {world.priya, world.tom}
        outcomes.close(row, by=world.tom, at=world.clock())


class TestWhatItRestsOn:
    """Where the exchange is withdrawn or reached the wrong person, the side that sent it closes it."""

    def test_it_is_gone_for_the_listener_and_closed_with_a_note(self, world: World) -> None:
        exchange = factories.exchange_at(world, State.RECEIVED)
        row = factories.disagreement(world, exchange)
        check_back.withdraw(exchange, by=world.priya, at=world.clock(), why="Another child.")
        assert not Disagreement.objects.visible_to(world.tom).exists()
        assert waiting(row) == {"Priya Nair": "LADDER"}
        with nothing_changes(), pytest.raises(Refused, match="nothing left to decide"):
            outcomes.close(row, by=world.priya, at=world.clock())
        outcomes.close(row, by=world.priya, at=world.clock(), note="It was about another child.")
        assert waiting(row) == {}


def test_who_is_away_is_told_through_their_deputy(world_with_deputies: World) -> None:
    w = world_with_deputies
    row = factories.disagreement(w, both=False)
    day = w.clock.moment.date()
    Absence.objects.create(
        member=w.tom, starts_on=day, ends_on=day, recorded_by=w.care.lead, recorded_at=w.clock()
    )
    differ.add_position(row, by=w.priya, at=w.clock(), words="It is higher.")
    assert {"Nadia Rahman", "Tom Ashdown"} <= set(told(row, "DISAGREED"))
