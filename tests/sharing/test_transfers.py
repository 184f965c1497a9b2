"""Hand-over between areas: responsibility stays with the origin until the other accepts in writing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from agencies.models import Agency, Membership
from agencies.refusals import NotAllowed, OutOfDate, Refused
from notifications.models import Message
from sharing import facts, transferring, workflow
from sharing.models import Obligation, Stage, Transfer
from sharing.operations import check_back, spoken, transfers
from sharing.rules import AlreadyDone, NotYourTurn
from sharing.rules.transfers import (
    Answered,
    NotInWriting,
    NotUnderstood,
    TransferState,
    responsible,
    transfer_state,
)
from sharing.states import State
from tests import factories
from tests.factories import Staff, World
from tests.rows import nothing_changes
from tests.sharing import moving
from tests.sharing.moving import london

pytestmark = pytest.mark.django_db


@pytest.fixture
def north(world: World) -> Staff:
    return moving.northmoor(world)


def waits_for(transfer: Transfer) -> dict[str, str]:
    """Who is asked for what about a hand-over, by name."""
    rows = Obligation.objects.filter(reference=transfer.reference, settled_at=None).select_related(
        "owner__user"
    )
    return {row.kind: row.owner.full_name for row in rows}


def told(transfer: Transfer) -> list[str]:
    """Who was sent a notice about a hand-over, by name."""
    rows = Message.objects.filter(reference=transfer.reference, kind=Message.Kind.TRANSFER)
    people = Membership.objects.with_people().in_bulk(rows.values_list("to_member_id", flat=True))
    return sorted(one.full_name for one in people.values())


class TestAsking:
    """The origin asks, on what it told in writing."""

    def test_nothing_passes_and_no_clock_starts(self, world: World, north: Staff) -> None:
        transfer = moving.waiting(world, north)
        assert transfer.reference.endswith("-T1")
        assert transfer_state(transfer) == TransferState.PROPOSED
        assert responsible(transfer, at=world.clock()).agency == world.school.agency
        assert transfer.answer_due_at is None
        assert transfer.conference_due_at is None
        assert waits_for(transfer) == {}
        assert told(transfer) == ["Sana Malik"]

    def test_what_it_rests_on_is_a_disclosure_that_was_sent_to_another_agency(
        self, world: World, north: Staff
    ) -> None:
        concern = factories.at_share(world)
        prepared = factories.prepared(world, concern, listener=north.practitioner)
        colleague = factories.sent(world, concern, listener=world.school.colleague)
        informed = factories.sent(world, concern, listener=north.colleague, for_information=True)
        for exchange in (prepared, colleague, informed):
            with nothing_changes(), pytest.raises(Refused, match="sent to somebody at another agency"):
                moving.proposed(world, exchange)

    def test_only_one_waits_at_a_time(self, world: World, north: Staff) -> None:
        first = moving.waiting(world, north)
        other = factories.sent(world, first.concern, listener=world.tom)
        with nothing_changes(), pytest.raises(AlreadyDone, match="still waits"):
            moving.proposed(world, other)

    def test_only_people_of_the_concern_move_and_each_of_them_once(self, world: World, north: Staff) -> None:
        exchange = moving.told(world, north)
        stranger = factories.child(world, first_name="Zora")
        with nothing_changes(), pytest.raises(Refused, match="whom the concern is about"):
            moving.proposed(world, exchange, people=[stranger])
        with nothing_changes(), pytest.raises(Refused, match="at least one person"):
            moving.proposed(world, exchange, people=[])
        moving.accepted(world, moving.proposed(world, exchange))
        other = factories.sent(world, exchange.cycle.concern, listener=world.tom)
        with nothing_changes(), pytest.raises(AlreadyDone, match="was handed over to Northmoor"):
            moving.proposed(world, other)

    def test_the_speaker_or_a_lead_of_the_origin_asks_and_nobody_else(
        self, world: World, north: Staff
    ) -> None:
        exchange = moving.told(world, north)
        for by in (world.school.colleague, north.practitioner, north.lead, world.tom):
            with nothing_changes(), pytest.raises(NotYourTurn):
                moving.proposed(world, exchange, by=by)
        assert moving.proposed(world, exchange, by=world.school.lead).proposed_by == world.school.lead

    def test_says_why_and_no_day_to_come(self, world: World, north: Staff) -> None:
        exchange = moving.told(world, north)
        with nothing_changes(), pytest.raises(Refused, match="Say why"):
            moving.proposed(world, exchange, why=" ")
        tomorrow = (world.clock.moment + timedelta(days=1)).date()
        with nothing_changes(), pytest.raises(Refused, match="in the future"):
            moving.proposed(world, exchange, known_since=tomorrow)


class TestTheClock:
    """It starts on written receipt, not on the phone call. Both are shown."""

    def test_telephoned_on_friday_and_opened_on_monday(self, world: World, north: Staff) -> None:
        exchange = moving.told(world, north, at=london("2027-01-15 16:30"))
        transfer = moving.proposed(
            world,
            exchange,
            called_at=london("2027-01-15 16:31"),
            with_whom="Sana Malik",
            what_was_said="That they moved on Thursday.",
        )
        world.clock.jump_to(london("2027-01-15 16:45"))
        transfers.log_call(
            transfer,
            by=world.priya,
            at=world.clock(),
            called_at=london("2027-01-15 16:40"),
            with_whom="The duty desk",
            what_was_said="They will look for it.",
        )
        assert moving.again(transfer).received_at is None
        assert waits_for(transfer) == {}

        transfer = moving.received(world, transfer, at=london("2027-01-18 09:00"))
        assert transfer.received_at == london("2027-01-18 09:00")
        assert transfer.answer_due_at == london("2027-01-19 17:00")
        # Fifteen working days after Monday 18 January.
        assert transfer.conference_due_at == london("2027-02-08 17:00")
        assert waits_for(transfer) == {"TRANSFER": "Sana Malik"}

        calls = list(transfer.calls.all())
        panel = transferring.panel(transferring.seen_row(transfer, calls), now=world.clock.moment)
        titles = [clock["title"] for clock in panel["clocks"]]
        assert titles == [
            "Telephoned on Friday 15 January 2027 at 16:31",
            "Telephoned on Friday 15 January 2027 at 16:40",
            "Received in writing on Monday 18 January 2027 at 09:00, by Sana Malik",
            "Answer due",
            "Conference due",
        ]
        assert panel["clocks"][0]["text"] == "A telephone call starts no clock."
        assert panel["clocks"][4]["due"]["text"] == "by 17:00 on Monday 8 February"
        assert "Saturday 23 January 2027 does not count: it is a weekend." in panel["clocks"][4]["why"]
        assert panel["responsible"][0].startswith(
            "Responsible now: St Wulstan’s Primary, since Monday 11 January"
        )

    def test_what_arrives_in_the_evening_counts_from_the_next_working_day(
        self, world: World, north: Staff
    ) -> None:
        transfer = moving.waiting(world, north)
        transfer = moving.received(world, transfer, at=london("2027-01-15 17:20"))
        assert transfer.received_at == london("2027-01-15 17:20")
        assert transfer.answer_due_at == london("2027-01-19 17:00")
        assert "It counts as received at 09:00 on Monday 18 January 2027." in transfer.conference_why

    def test_bank_holidays_are_skipped_and_named(self, world: World, north: Staff) -> None:
        transfer = moving.waiting(world, north)
        # Good Friday is 26 March, Easter Monday 29 March; the clocks go forward on 28 March.
        transfer = moving.received(world, transfer, at=london("2027-03-25 10:00"))
        assert transfer.answer_due_at == london("2027-03-30 17:00")
        assert "bank holiday" in transfer.answer_why
        assert transfer.conference_due_at == london("2027-04-19 17:00")

    @pytest.mark.parametrize(
        ("received", "due"),
        [("2027-03-12 10:00", "2027-04-06 17:00"), ("2027-10-18 10:00", "2027-11-08 17:00")],
    )
    def test_a_clock_change_moves_no_limit(self, world: World, north: Staff, received: str, due: str) -> None:
        """The limit is 17:00 in London on its day, before and after the clocks change."""
        transfer = moving.received(world, moving.waiting(world, north), at=london(received))
        assert transfer.conference_due_at == london(due)

    def test_the_calendar_is_that_of_the_area_that_receives(self, world: World, north: Staff) -> None:
        Agency.objects.filter(pk=north.agency.pk).update(region="SCT")
        transfer = moving.waiting(world, north)
        # Easter Monday is no bank holiday in Scotland.
        transfer = moving.received(world, transfer, at=london("2027-03-25 10:00"))
        assert transfer.answer_due_at == london("2027-03-29 17:00")

    def test_a_call_that_has_not_been_made_is_refused(self, world: World, north: Staff) -> None:
        transfer = moving.waiting(world, north)
        at = world.clock()
        call: dict[str, Any] = {"with_whom": "Sana", "what_was_said": "Hello.", "by": world.priya, "at": at}
        with nothing_changes(), pytest.raises(Refused, match="has not come yet"):
            transfers.log_call(transfer, called_at=at + timedelta(minutes=1), **call)
        with nothing_changes(), pytest.raises(Refused, match="with whom"):
            transfers.log_call(transfer, called_at=at, **{**call, "with_whom": ""})
        with nothing_changes(), pytest.raises(NotYourTurn):
            transfers.log_call(transfer, called_at=at, **{**call, "by": world.tom})

    def test_asked_after_the_information_arrived_it_is_received_in_writing_by_itself(
        self, world: World, north: Staff
    ) -> None:
        exchange = factories.received(world, moving.told(world, north))
        transfer = moving.proposed(world, exchange)
        assert transfer.received_at is None
        assert waits_for(transfer) == {"TRANSFER": "Sana Malik"}
        at = world.clock()
        transfers.confirm_receipt(transfer, by=north.practitioner, at=at)
        assert moving.again(transfer).received_at == at
        with nothing_changes(), pytest.raises(Answered):
            transfers.confirm_receipt(transfer, by=north.practitioner, at=world.clock())

    def test_a_read_back_on_the_telephone_starts_no_clock_before_it_is_confirmed_in_writing(
        self, world: World, north: Staff
    ) -> None:
        exchange = factories.exchange_at(world, State.SPOKEN)
        assert exchange.received_at is not None
        transfer = moving.proposed(world, exchange)
        assert transfer.received_at is None
        assert waits_for(transfer) == {"TRANSFER": "Tom Ashdown"}
        with nothing_changes(), pytest.raises(NotInWriting):
            transfers.accept(
                transfer, by=world.tom, at=world.clock(), words=moving.WORDS, taken_on_by=world.tom
            )
        at = world.clock()
        spoken.confirm_said(exchange, by=world.tom, at=at)
        assert moving.again(transfer).received_at == at

    def test_the_information_itself_comes_first(self, world: World, north: Staff) -> None:
        transfer = moving.waiting(world, north)
        with nothing_changes(), pytest.raises(NotInWriting):
            transfers.confirm_receipt(transfer, by=north.practitioner, at=world.clock())


class TestAccepting:
    """Only the receiving area, only in writing, only what is understood."""

    def test_before_it_is_accepted_the_origin_is_responsible_and_after_it_the_other_area(
        self, world: World, north: Staff
    ) -> None:
        transfer = moving.understood(world, moving.waiting(world, north))
        assert responsible(transfer, at=world.clock()).agency == world.school.agency
        at = world.clock()
        transfers.accept(
            transfer, by=north.practitioner, at=at, words=moving.WORDS, taken_on_by=north.colleague
        )
        transfer = moving.again(transfer)
        assert responsible(transfer, at=at) == (north.agency, at)
        assert transfer.taken_on_by == north.colleague
        assert waits_for(transfer) == {"CONFERENCE": "Bryn Pugh"}
        assert {"Priya Nair", "Lena Hollis", "Bryn Pugh"} <= set(told(transfer))

    def test_from_a_later_moment_the_origin_stays_responsible_until_then(
        self, world: World, north: Staff
    ) -> None:
        transfer = moving.understood(world, moving.waiting(world, north))
        start = world.clock.moment + timedelta(days=2)
        transfer = moving.accepted(world, transfer, responsible_from=start)
        assert responsible(transfer, at=start - timedelta(seconds=1)).agency == world.school.agency
        assert responsible(transfer, at=start).agency == north.agency
        seen = transferring.seen_row(transfer, [])
        said = transferring.responsibility(seen, now=start - timedelta(hours=1))
        assert said[0].startswith("Responsible now: St Wulstan’s Primary")
        assert said[1].endswith("Northmoor Children’s Services, which has accepted in writing.")

    def test_nobody_is_responsible_before_they_accepted_or_after_the_conference_is_due(
        self, world: World, north: Staff
    ) -> None:
        transfer = moving.understood(world, moving.waiting(world, north))
        assert transfer.conference_due_at is not None
        for start in (
            world.clock.moment - timedelta(hours=1),
            transfer.conference_due_at + timedelta(minutes=1),
        ):
            with nothing_changes(), pytest.raises(Refused):
                moving.accepted(world, transfer, responsible_from=start)

    def test_not_before_the_written_receipt_and_not_before_it_is_understood(
        self, world: World, north: Staff
    ) -> None:
        transfer = moving.waiting(world, north)
        given: dict[str, Any] = {
            "by": north.practitioner,
            "words": moving.WORDS,
            "taken_on_by": north.practitioner,
        }
        with nothing_changes(), pytest.raises(NotInWriting, match="telephone call is not enough"):
            transfers.accept(transfer, at=world.clock(), **given)
        transfer = moving.received(world, transfer)
        factories.restated(world, transfer.exchange)
        with nothing_changes(), pytest.raises(NotUnderstood, match="stays responsible"):
            transfers.accept(transfer, at=world.clock(), **given)

    def test_the_listener_a_deputy_or_a_lead_there_accepts_and_nobody_else(
        self, world: World, north: Staff
    ) -> None:
        transfer = moving.understood(world, moving.waiting(world, north))
        given: dict[str, Any] = {"words": moving.WORDS, "taken_on_by": north.practitioner}
        for by in (north.colleague, world.priya, world.school.lead, world.care.lead):
            with nothing_changes(), pytest.raises(NotAllowed):
                transfers.accept(transfer, by=by, at=world.clock(), **given)
        factories.name_deputy(north.practitioner, north.colleague)
        transfers.accept(transfer, by=north.colleague, at=world.clock(), **given)
        assert moving.again(transfer).accepted_by == north.colleague

    def test_a_lead_of_the_receiving_area_accepts(self, world: World, north: Staff) -> None:
        transfer = moving.understood(world, moving.waiting(world, north))
        transfers.accept(
            transfer, by=north.lead, at=world.clock(), words=moving.WORDS, taken_on_by=north.colleague
        )
        assert moving.again(transfer).accepted_by == north.lead

    def test_somebody_of_that_area_takes_it_on(self, world: World, north: Staff) -> None:
        transfer = moving.understood(world, moving.waiting(world, north))
        for taker in (world.tom, world.priya, north.administrator):
            with nothing_changes(), pytest.raises(Refused):
                moving.accepted(world, transfer, taken_on_by=taker)
        with nothing_changes(), pytest.raises(Refused, match="your own words"):
            moving.accepted(world, transfer, words="")

    def test_the_conference_stops_its_clock(self, world: World, north: Staff) -> None:
        transfer = moving.accepted(world, moving.waiting(world, north), taken_on_by=north.colleague)
        day = world.clock.moment.date()
        with nothing_changes(), pytest.raises(NotAllowed):
            transfers.note_conference(transfer, by=world.priya, at=world.clock(), held_on=day)
        with nothing_changes(), pytest.raises(Refused, match="has not come yet"):
            transfers.note_conference(
                transfer, by=north.practitioner, at=world.clock(), held_on=day + timedelta(days=1)
            )
        transfers.note_conference(transfer, by=north.colleague, at=world.clock(), held_on=day)
        assert waits_for(transfer) == {}
        with nothing_changes(), pytest.raises(Answered):
            transfers.note_conference(transfer, by=north.practitioner, at=world.clock(), held_on=day)


class TestNotAccepting:
    """Declined or taken back, responsibility stays where it was."""

    def test_declining_says_why_and_what_they_want_and_needs_no_understanding(
        self, world: World, north: Staff
    ) -> None:
        transfer = moving.received(world, moving.waiting(world, north))
        given: dict[str, Any] = {"by": north.practitioner, "why": "They are still on your side of the river."}
        with nothing_changes(), pytest.raises(Refused, match="what you want"):
            transfers.decline(transfer, at=world.clock(), what_they_want=" ", **given)
        transfers.decline(
            transfer, at=world.clock(), what_they_want="Tell us when they have signed.", **given
        )
        transfer = moving.again(transfer)
        assert responsible(transfer, at=world.clock()).agency == world.school.agency
        assert waits_for(transfer) == {}
        assert {"Priya Nair", "Lena Hollis"} <= set(told(transfer))

    def test_declining_needs_the_written_receipt(self, world: World, north: Staff) -> None:
        transfer = moving.waiting(world, north)
        with nothing_changes(), pytest.raises(NotInWriting):
            transfers.decline(
                transfer, by=north.practitioner, at=world.clock(), why="No.", what_they_want="Nothing."
            )

    def test_another_can_be_asked_for_afterwards(self, world: World, north: Staff) -> None:
        transfer = moving.received(world, moving.waiting(world, north))
        transfers.decline(
            transfer, by=north.lead, at=world.clock(), why="Too early.", what_they_want="A new lease."
        )
        assert moving.proposed(world, transfer.exchange).reference.endswith("-T2")

    def test_the_origin_takes_it_back_with_a_reason(self, world: World, north: Staff) -> None:
        transfer = moving.received(world, moving.waiting(world, north))
        for by in (world.school.colleague, north.practitioner, world.tom):
            with nothing_changes(), pytest.raises(NotAllowed):
                transfers.withdraw(transfer, by=by, at=world.clock(), why="They came back.")
        transfers.withdraw(transfer, by=world.priya, at=world.clock(), why="They came back.")
        assert waits_for(transfer) == {}
        with nothing_changes(), pytest.raises(Answered, match="taken back"):
            transfers.decline(
                transfer, by=north.practitioner, at=world.clock(), why="No.", what_they_want="Nothing."
            )

    def test_it_goes_with_what_it_rests_on(self, world: World, north: Staff) -> None:
        first, second = moving.waiting(world, north), moving.waiting(world, north)
        check_back.withdraw(first.exchange, by=world.priya, at=world.clock(), why="Wrong child.")
        check_back.not_mine(second.exchange, by=north.practitioner, at=world.clock())
        for transfer in (first, second):
            assert transfer_state(moving.again(transfer)) == TransferState.WITHDRAWN

    def test_an_older_page_is_refused(self, world: World, north: Staff) -> None:
        transfer = moving.understood(world, moving.waiting(world, north))
        version = transfer.version
        transfers.log_call(
            transfer, by=world.priya, at=world.clock(), called_at=world.clock.moment, with_whom="Sana",
            what_was_said="They are in.",
        )  # fmt: skip
        with nothing_changes(), pytest.raises(OutOfDate):
            moving.accepted(world, transfer, seen_version=version)


class TestClosing:
    """The origin does not close the concern while a hand-over waits."""

    def test_it_waits_and_then_it_may(self, world: World, north: Staff) -> None:
        transfer = moving.understood(world, moving.waiting(world, north))
        concern = transfer.concern
        factories.move(world, concern, "to-record")
        factories.finish_record(world, concern)
        missing = workflow.missing_for(
            workflow.MOVES["close"], facts.read(concern, factories.the_cycle(concern))
        )
        assert [one.page for one in missing] == ["transfer"]
        assert transfer.reference in missing[0].what
        with nothing_changes(), pytest.raises(workflow.GateClosed, match="waits for an answer"):
            factories.move(world, concern, "close")
        moving.accepted(world, transfer)
        factories.move(world, concern, "close")
        assert factories.the_cycle(concern).stage == Stage.CLOSED


class TestSomebodyLeaves:
    """What was sent passes to a successor, and the hand-over with it."""

    def test_it_goes_to_the_successor_and_the_clock_runs_on(self, world: World, north: Staff) -> None:
        transfer = moving.received(world, moving.waiting(world, north))
        due = transfer.answer_due_at
        passed = factories.handed_over(
            world, transfer.concern, leaver=north.practitioner, successor=north.colleague
        )
        assert passed.exchange is not None
        factories.understood(world, passed.exchange)
        transfer = moving.again(transfer)
        assert transfer.exchange.listener == north.colleague
        assert transfer.answer_due_at == due
        assert waits_for(transfer) == {"TRANSFER": "Bryn Pugh"}
