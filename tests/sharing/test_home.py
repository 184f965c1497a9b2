"""Home: what is waiting for me, late first, with one next step; then what I am waiting for."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from agencies.models import Membership
from sharing.lists import worklist
from sharing.models import Cycle, Disagreement, Exchange, SkippedStep
from sharing.operations import differ, misdirected, outcome
from sharing.states import ActionState, State
from tests import factories
from tests.factories import World
from tests.signing_in import SignedIn


def home(client: Client, **where: str) -> str:
    answer = client.get("/", where)
    assert answer.status_code == 200
    return answer.content.decode()


def headings(page: str) -> list[str]:
    return re.findall(r'app-worklist__heading">([^<]+)<', page)


REVIEW = "Decide again whether it is safe to tell them what was shared"
AGREE = "Say whether you agree: understanding is not agreeing"
WRONG_PERSON = "It reached the wrong person: say what was done, and tell the right one"


def mine(world: World, member: Membership) -> list[str]:
    """What waits for somebody, but for the review that every sharing decision of the factories leaves."""
    work = worklist.waiting_for_me(member, at=world.clock()).items
    return [one.heading for one in work if one.heading != REVIEW]


def theirs(world: World, member: Membership) -> list[str]:
    return [work.heading for work in worklist.waiting_for_others(member, at=world.clock()).items]


@pytest.mark.parametrize(
    ("state", "listener_does", "speaker_does"),
    [
        (State.SENT, ["Open it and confirm receipt"], []),
        (State.OPENED, ["Confirm receipt"], []),
        (State.RECEIVED, ["Say back what you understood"], []),
        (State.RESTATED, [], ["Check what was said back to you"]),
        (State.CORRECTED, ["Say it again: something was missing or different"], []),
        (State.WITHDRAWN, [], []),
    ],
)
def test_an_exchange_waits_for_one_side_with_one_next_step(
    world: World, state: State, listener_does: list[str], speaker_does: list[str]
) -> None:
    factories.exchange_at(world, state)
    assert mine(world, world.tom) == listener_does
    assert mine(world, world.priya) == speaker_does
    assert len(theirs(world, world.priya)) == len(listener_does)
    assert len(theirs(world, world.tom)) == len(speaker_does)


def test_what_is_understood_waits_to_be_agreed_with(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    assert mine(world, world.tom) == [AGREE]
    assert mine(world, world.priya) == []
    disagree(world, exchange)
    assert mine(world, world.tom) == ["Settle a disagreement"]


def test_a_disagreement_waits_for_the_other_side_and_then_for_both(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    disagreement = disagree(world, exchange)
    assert mine(world, world.priya) == ["Give your side of a disagreement"]
    differ.add_position(disagreement, by=world.priya, at=world.clock(), words="It is a risk tonight.")
    assert mine(world, world.priya) == mine(world, world.tom) == ["Settle a disagreement"]
    factories.understood_outcome(world, disagreement)
    assert mine(world, world.priya) == ["Settle a disagreement"]
    assert mine(world, world.tom) == []
    outcome.close(disagreement, by=world.priya, at=world.clock())
    assert mine(world, world.priya) == mine(world, world.tom) == []


def test_what_reached_the_wrong_person_waits_for_whoever_sent_it(
    world_with_deputies: World, signed_in: SignedIn
) -> None:
    world = world_with_deputies
    exchange = factories.exchange_at(world, State.NOT_MINE)
    assert mine(world, world.tom) == []
    assert mine(world, world.priya) == mine(world, world.school.colleague) == [WRONG_PERSON]
    page = home(signed_in(world.priya))
    assert f"/exchanges/{exchange.reference}/incident/" in page
    misdirected.handle_incident(exchange.incident, by=world.priya, at=world.clock(), **factories.HANDLED)
    assert mine(world, world.priya) == []


def test_a_concern_is_on_the_page_of_its_owner_until_it_is_closed(world: World, signed_in: SignedIn) -> None:
    new, asking, closed = (factories.concern_at(world, stage) for stage in (None, "ASK", "CLOSED"))
    page = home(signed_in(world.priya))
    assert f"{new.reference}</a>, logged and not started yet" in page
    assert f"{asking.reference}</a>, at Ask" in page
    assert f"{closed.reference}</a>, at" not in page
    assert "Concerns you look after" not in home(signed_in(world.school.colleague))


def disagree(world: World, exchange: Exchange) -> Disagreement:
    """Say as the listener that the risk is seen differently."""
    differ.answer_agreement(
        exchange, by=world.tom, at=world.clock(), risk="DISAGREE", risk_why="It is lower.", action="AGREE"
    )
    return Disagreement.objects.get(exchange=exchange)


def test_a_question_waits_for_whoever_was_asked(world: World) -> None:
    factories.enquiry(world, factories.concern_at(world, "ASK"))
    assert mine(world, world.amara) == ["Answer a question"]
    assert theirs(world, world.priya) == [f"{world.amara.full_name} has not answered your question"]


def test_an_action_waits_for_its_owner_and_then_for_the_other_side(world: World) -> None:
    factories.action_at(world, ActionState.AGREED)
    assert mine(world, world.tom) == [AGREE, "Do an action, and say what happened"]
    factories.action_at(world, ActionState.REPORTED)
    assert mine(world, world.priya) == ["Check that an action was done"]


def test_a_proposal_is_not_on_a_list_before_what_it_rests_on_is_understood(world: World) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    factories.propose(world, exchange)
    assert mine(world, world.tom) == ["Open it and confirm receipt"]


def test_what_an_emergency_skipped_waits_for_the_owner(world: World) -> None:
    concern = factories.concern_at(world, "ASK")
    factories.sent_in_emergency(world, concern)
    assert SkippedStep.objects.count() == 2
    skipped = worklist.waiting_for_me(world.priya, at=world.clock()).items
    assert {work.meta[0] for work in skipped} == {"Skipped for an urgent disclosure"}


def test_whoever_did_not_tell_the_person_is_asked_again(world: World) -> None:
    factories.at_share(world)
    (work,) = worklist.waiting_for_me(world.priya, at=world.clock()).items
    assert work.heading == REVIEW
    assert "/sharing-decision/" in work.href


def test_a_deputy_finds_the_work_of_whoever_they_stand_in_for_by_name(world_with_deputies: World) -> None:
    world = world_with_deputies
    factories.exchange_at(world, State.SENT)
    (work,) = worklist.waiting_for_me(world.care.colleague, at=world.clock()).items
    assert f"For {world.tom.full_name}, as deputy" in work.meta


def test_a_lead_finds_only_their_own_work(world: World) -> None:
    factories.exchange_at(world, State.SENT)
    assert mine(world, world.care.lead) == []


def test_late_work_comes_first_and_is_marked(world: World, signed_in: SignedIn) -> None:
    first = factories.exchange_at(world, State.SENT)
    late = factories.enquiry(world, factories.concern_at(world, "ASK"), of=world.tom)
    assert first.respond_by is not None
    page = home(signed_in(world.tom))
    assert "Late" in page
    order = [page.index(reference) for reference in (first.reference, late.reference)]
    assert (order[0] < order[1]) == (first.respond_by <= late.respond_by)


def test_pages_of_work_with_one_time_limit_lose_nothing(world: World, signed_in: SignedIn) -> None:
    count = worklist.PAGE + 3
    for _ in range(count):
        factories.sent(world, factories.at_share(world))
    first = worklist.waiting_for_me(world.tom, at=world.clock())
    assert len(first.items) == worklist.PAGE
    assert first.next is not None
    after = worklist.cursor(str(first.next))
    second = worklist.waiting_for_me(world.tom, at=world.clock(), after=after)
    assert second.next is None
    seen = [work.reference for work in [*first.items, *second.items]]
    assert len(seen) == len(set(seen)) == count
    assert f"({worklist.PAGE} shown, and more)" in home(signed_in(world.tom))
    assert "and more)" not in home(signed_in(world.tom), mine=str(first.next))


@pytest.mark.parametrize("nonsense", ["x", "~~", "2026-01-01~0~0", "2026-01-01T00:00:00+00:00~a~1"])
def test_a_broken_address_starts_at_the_front(world: World, signed_in: SignedIn, nonsense: str) -> None:
    factories.exchange_at(world, State.SENT)
    assert headings(home(signed_in(world.tom), mine=nonsense))[:1] == ["Open it and confirm receipt"]


def test_unfinished_concerns_are_offered_to_whoever_began_them(world: World, signed_in: SignedIn) -> None:
    concern = factories.draft(world)
    assert f"Go on with {concern.reference}" in home(signed_in(world.priya))
    assert concern.reference not in home(signed_in(world.school.colleague))


def test_roles_without_a_worklist_go_to_their_own_first_page(world: World, signed_in: SignedIn) -> None:
    for member in (world.school.administrator, world.school.auditor, world.coordinator):
        answer = signed_in(member).get("/")
        assert answer.status_code == 302
        assert signed_in(member).get(answer["Location"]).status_code == 200


def test_nothing_waits_for_a_stranger(world: World, signed_in: SignedIn) -> None:
    factories.exchange_at(world, State.SENT)
    page = home(signed_in(world.stranger.practitioner))
    assert headings(page) == []
    assert "Nothing is waiting for you." in page
    assert Cycle.objects.exists()
