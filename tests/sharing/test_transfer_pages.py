"""The pages of a hand-over to another area: who is responsible now and both clocks, for each side."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import time_machine

from agencies.models import Membership
from records import operations as records
from sharing.models import Transfer
from sharing.operations import check_back, transfers
from sharing.states import State
from tests import factories
from tests.factories import Staff, World
from tests.sharing import moving
from tests.sharing.moving import london
from tests.signing_in import SignedIn

pytestmark = pytest.mark.django_db
Read = Callable[[Membership, str], str]


@pytest.fixture
def north(world: World) -> Staff:
    return moving.northmoor(world)


@pytest.fixture
def read(signed_in: SignedIn) -> Read:
    """Open a page as somebody and return what it says."""

    def open_page(member: Membership, path: str) -> str:
        response = signed_in(member).get(path)
        assert response.status_code == 200, (path, response.status_code)
        return " ".join(html.unescape(response.content.decode()).split())

    return open_page


def at(moment: datetime) -> Any:
    return time_machine.travel(moment, tick=False)


def test_telephoned_on_friday_opened_on_monday_both_are_shown_to_both_sides(
    world: World, north: Staff, read: Read
) -> None:
    exchange = moving.told(world, north, at=london("2027-01-15 16:30"))
    transfer = moving.proposed(
        world,
        exchange,
        called_at=london("2027-01-15 16:31"),
        with_whom="their duty desk",
        what_was_said="They moved on Thursday.",
    )
    world.clock.jump_to(london("2027-01-18 08:59"))
    check_back.open_exchange(exchange, by=north.practitioner, at=world.clock.moment)
    moving.received(world, transfer, at=london("2027-01-18 09:00"))
    with at(london("2027-01-18 09:05")):
        for reader, path in (
            (world.priya, f"/transfers/{transfer.reference}/"),
            (world.priya, f"/exchanges/{exchange.reference}/"),
            (world.priya, f"/concerns/{transfer.concern.reference}/"),
            (world.school.colleague, f"/concerns/{transfer.concern.reference}/"),
            (north.practitioner, f"/transfers/{transfer.reference}/"),
            (north.practitioner, f"/exchanges/{exchange.reference}/"),
            (north.lead, f"/transfers/{transfer.reference}/"),
        ):
            page = read(reader, path)
            for said in (
                "Responsible now: St Wulstan’s Primary, since Monday 11 January 2027 at",
                "It stays so until Northmoor Children’s Services accepts in writing.",
                "Telephoned on Friday 15 January 2027 at 16:31",
                "A telephone call starts no clock.",
                "Spoke with: their duty desk<br>They moved on Thursday.",
                "Received in writing on Monday 18 January 2027 at 09:00, by Sana Malik",
                "by 17:00 on Tuesday 19 January",
                "by 17:00 on Monday 8 February",
                "Saturday 23 January 2027 does not count: it is a weekend.",
            ):
                assert said in page, (path, said)


def test_before_it_was_opened_nothing_that_was_written_is_shown(
    world: World, north: Staff, read: Read
) -> None:
    transfer = moving.proposed(
        world,
        moving.told(world, north),
        why="Her mother fled at night.",
        called_at=world.clock.moment,
        with_whom="Bryn",
        what_was_said="They are at her sister’s.",
    )
    with at(world.clock()):
        page = read(north.practitioner, f"/transfers/{transfer.reference}/")
        assert "Not received in writing yet" in page
        assert f"Go to {transfer.exchange.reference}" in page
        for secret in ("fled at night", "her sister’s", "Bryn", "Marsh"):
            assert secret not in page
        assert "fled at night" in read(world.priya, f"/transfers/{transfer.reference}/")


def test_whoever_is_asked_reads_who_moves_as_they_were_called_then(
    world: World, north: Staff, read: Read
) -> None:
    transfer = moving.received(world, moving.waiting(world, north))
    (mover,) = transfer.people.all()
    records.change_person(mover.person, by=world.priya, at=world.clock(), last_name="Newname")
    with at(world.clock()):
        page = read(north.practitioner, f"/transfers/{transfer.reference}/")
    assert f'Who moves</dt> <dd class="govuk-summary-list__value">{mover.name}' in page
    assert "Newname" not in page


def test_the_page_leads_back_to_what_each_may_see(world: World, north: Staff, read: Read) -> None:
    transfer = moving.accepted(world, moving.waiting(world, north), taken_on_by=north.colleague)
    exchange = f"/exchanges/{transfer.exchange.reference}/"
    backs = {world.priya: exchange, north.practitioner: exchange, north.lead: exchange, north.colleague: "/"}
    with at(world.clock()):
        for reader, back in backs.items():
            page = read(reader, f"/transfers/{transfer.reference}/")
            assert f'<a href="{back}" class="govuk-back-link">' in page, reader.full_name
            assert read(reader, back)


def test_each_reader_has_one_next_step(world: World, north: Staff, read: Read) -> None:
    transfer = moving.understood(world, moving.waiting(world, north))
    path = f"/transfers/{transfer.reference}/"
    with at(world.clock()):
        page = read(north.practitioner, path)
        assert "Accept responsibility" in page
        assert "Decline responsibility" in page
        assert "Take the hand-over back" not in page
        page = read(world.priya, path)
        assert "Waiting for Sana Malik to accept or decline" in page
        assert "Take the hand-over back" in page
        assert "Accept responsibility" not in page
    moving.accepted(world, transfer)
    with at(world.clock()):
        assert "Responsible now: Northmoor Children’s Services, since" in read(world.priya, path)
        assert "Write the conference down" in read(north.practitioner, path)
        assert "Responsible now: Northmoor" in read(world.priya, f"/concerns/{transfer.concern.reference}/")


def test_whoever_took_it_on_writes_the_conference_down(world: World, north: Staff, read: Read) -> None:
    transfer = moving.accepted(world, moving.waiting(world, north), taken_on_by=north.colleague)
    with at(world.clock()):
        page = read(north.colleague, f"/transfers/{transfer.reference}/")
        assert "Write the conference down" in page
        assert "The conference" in read(north.colleague, f"/transfers/{transfer.reference}/conference/")


def test_no_answer_by_the_limit_is_offered_for_escalation(world: World, north: Staff, read: Read) -> None:
    transfer = moving.received(world, moving.waiting(world, north))
    assert transfer.answer_due_at is not None
    before, after = transfer.answer_due_at, london("2027-01-14 09:00")
    assert before < after
    further = f"/exchanges/{transfer.exchange.reference}/take-further/"
    with at(before):
        assert further not in read(world.priya, f"/transfers/{transfer.reference}/")
    with at(after):
        assert further in read(world.priya, f"/transfers/{transfer.reference}/")
        page = read(world.priya, f"/exchanges/{transfer.exchange.reference}/")
        assert "Chase now" in page
        assert further in page
        assert further not in read(north.practitioner, f"/transfers/{transfer.reference}/")
        assert "No answer has come by its limit" in read(world.priya, further)


def test_a_form_that_is_refused_keeps_every_word(world: World, north: Staff, signed_in: SignedIn) -> None:
    transfer = moving.understood(world, moving.waiting(world, north))
    path = f"/transfers/{transfer.reference}/accept/"
    with at(world.clock()):
        browser = signed_in(north.practitioner)
        form = browser.get(path).context["form"]
        transfers.withdraw(transfer, by=world.priya, at=world.clock(), why="They came back.")
        sent = {
            "form_id": form["form_id"].value(),
            "version": form["version"].value(),
            "taken_on_by": north.practitioner.pk,
            "starts": "NOW",
            "what_we_take_on": "Both of them, from today.",
        }
        response = browser.post(path, sent)
    assert response.status_code == 409
    page = html.unescape(response.content.decode())
    assert "has been taken back before" in page
    assert "Both of them, from today." in page
    assert Transfer.objects.get().accepted_at is None


def test_from_a_later_moment_needs_its_day_and_time(world: World, north: Staff, signed_in: SignedIn) -> None:
    transfer = moving.understood(world, moving.waiting(world, north))
    path = f"/transfers/{transfer.reference}/accept/"
    with at(world.clock()):
        browser = signed_in(north.practitioner)
        form = browser.get(path).context["form"]
        sent = {
            "form_id": form["form_id"].value(),
            "version": form["version"].value(),
            "taken_on_by": north.colleague.pk,
            "starts": "LATER",
            "what_we_take_on": "Both of them.",
        }
        response = browser.post(path, sent)
        assert response.status_code == 422
        assert "Say from which day" in html.unescape(response.content.decode())
        day = {"day_0": "12", "day_1": "1", "day_2": "2027", "time": "9:00"}
        assert browser.post(path, {**sent, **day}).status_code == 302
    assert Transfer.objects.get().responsible_from == london("2027-01-12 09:00")


def test_with_nothing_told_in_writing_the_page_says_what_to_do_first(
    world: World, signed_in: SignedIn
) -> None:
    concern = factories.exchange_at(world, State.PREPARED).cycle.concern
    with at(world.clock()):
        response = signed_in(world.priya).get(f"/concerns/{concern.reference}/other-area/")
    assert response.status_code == 409
    assert "Tell the other area first." in html.unescape(response.content.decode())
