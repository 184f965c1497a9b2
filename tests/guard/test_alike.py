"""Two people with nearly the same name: shown side by side, picked by a real choice, and kept."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.urls import reverse

from agencies.models import Membership
from sharing.alike import alike_to
from sharing.models import AlikeChoice, Exchange, Stage
from sharing.operations import disclosure
from sharing.operations.telling_apart import SeveralAlike
from tests import factories
from tests.factories import World
from tests.rows import nothing_changes
from tests.sharing.asking import as_, at, filled, post, statements_used, text

pytestmark = pytest.mark.django_db

MARCUS = "Marcus Webb"


def two(world: World, first: str = MARCUS, second: str = MARCUS) -> tuple[Membership, Membership]:
    """Two people in two agencies."""
    return factories.member(world.care.agency, first), factories.member(world.gp.agency, second)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Marcus Webb", "Marcus Webb", True),
        ("Marcus Webb", "marcus webb", True),
        ("Marcus Webb", "Markus Web", True),
        ("Marcus Webb", "Mark Webb", True),
        ("Marcus Webb", "M Webb", True),
        ("Marcus Webb", "Marcus J Webb", True),
        ("Stephen Philips", "Steven Phillips", True),
        ("Catherine Moore", "Kathryn More", True),
        ("Siân O’Neill", "Sian O'Neill", True),
        ("Marcus Webb", "Anna Webb", False),
        ("Marcus Webb", "Marcus Thorne", False),
        ("Marcus Webb", "Helen Croft", False),
        ("Bo Ek", "Mo Eck", False),
    ],
)
def test_names_that_could_be_taken_for_one_another(world: World, one: str, other: str, alike: bool) -> None:
    first, second = two(world, one, other)
    assert [row.member for row in alike_to(first, by=world.priya)] == ([first, second] if alike else [])


def test_nobody_is_alike_where_the_name_is_the_only_one(world: World) -> None:
    assert alike_to(world.tom, by=world.priya) == []


def test_whoever_left_or_is_the_sender_is_not_among_them(world: World) -> None:
    first, second = two(world)
    assert len(alike_to(first, by=world.priya)) == 2
    assert alike_to(first, by=second) == []
    type(second).objects.filter(pk=second.pk).update(ended_at=world.clock(), ended_by=second)
    assert alike_to(first, by=world.priya) == []


def test_one_must_be_picked_when_choosing_and_again_before_sending(world: World) -> None:
    first, second = two(world)
    concern = factories.at_share(world)
    cycle = factories.the_cycle(concern)
    chosen: dict[str, Any] = {"by": world.priya, "right_place": "I rang."}
    for meant in (None, uuid.uuid4(), second.pk):
        with nothing_changes(), pytest.raises(SeveralAlike):
            disclosure.choose_listener(cycle, listener=first, at=world.clock(), meant=meant, **chosen)
    exchange = disclosure.choose_listener(cycle, listener=first, at=world.clock(), meant=first.pk, **chosen)
    exchange = disclosure.choose_items(
        exchange, by=world.priya, at=world.clock(), share=[1, 2, 3], key=[1], held_back={},
        why_you="You are on duty.", what_i_ask="Decide.", urgency="HIGH",
    )  # fmt: skip
    for meant in (None, second.pk):
        with nothing_changes(), pytest.raises(SeveralAlike):
            disclosure.send(exchange, by=world.priya, at=world.clock(), meant=meant)
    disclosure.send(exchange, by=world.priya, at=world.clock(), meant=first.pk)
    kept = AlikeChoice.objects.filter(exchange=exchange)
    assert [one.moment for one in kept] == ["CHOOSING", "SENDING"]
    assert all(set(one.shown) == {first.pk, second.pk} and one.chosen == first for one in kept)


def test_both_are_shown_side_by_side_with_what_tells_them_apart(world: World) -> None:
    first, second = two(world)
    concern = factories.concern_at(world, Stage.DO)
    address = f"{reverse('choose-listener', args=[concern.reference])}?of={first.pk}"
    words = text(as_(world.priya).get(address))
    assert "Their names are alike. Which of them do you mean?" in words
    for agency in (world.care.agency.name, world.gp.agency.name):
        assert agency in words
    assert words.count("Work e-mail, checked 1 September 2026") >= 2
    assert words.count("No exchange with you yet") == 2
    assert "checked>" not in words, "Nobody is picked before the sender picks"
    answers = filled(None, right_place="I rang.", expects="ACCOUNTABLE")
    page = as_(world.priya).post(address, answers)
    assert page.status_code == 422
    assert "Say which of these people you mean" in text(page)
    assert "I rang." in text(page)
    assert as_(world.priya).post(address, {**answers, "meant": second.pk}).status_code == 302
    assert Exchange.objects.get(cycle__concern=concern).listener == second


def test_the_last_page_before_sending_asks_too_also_in_an_emergency(world: World) -> None:
    first, second = two(world)
    concern = factories.concern_at(world, Stage.ASK)
    exchange = disclosure.choose_listener(
        factories.the_cycle(concern), listener=first, by=world.priya, at=world.clock(),
        right_place="I rang.", meant=first.pk,
    )  # fmt: skip
    disclosure.choose_items(
        exchange, by=world.priya, at=world.clock(), share=[1, 2, 3], key=[1], held_back={},
        why_you="You are on duty.", what_i_ask="Decide.", urgency="HIGH",
    )  # fmt: skip
    answers = {"checked": "on", "emergency_reason": "He goes home at three."}
    assert "Which of them do you mean?" in text(as_(world.priya).get(at("send", exchange)))
    assert post(world.priya, "send", exchange, **answers).status_code == 422
    wrong = post(world.priya, "send", exchange, **answers, meant=second.pk)
    assert wrong.status_code == 409
    assert "He goes home at three." in text(wrong)
    assert "This was prepared for Marcus Webb" in text(wrong)
    assert post(world.priya, "send", exchange, **answers, meant=first.pk).status_code == 302


def test_it_costs_one_statement_where_nobody_is_alike_and_two_however_many_are(world: World) -> None:
    first, _ = two(world)
    concern = factories.concern_at(world, Stage.DO)
    address = reverse("choose-listener", args=[concern.reference])
    alone = statements_used(world.priya, f"{address}?of={world.tom.pk}")
    of_two = statements_used(world.priya, f"{address}?of={first.pk}")
    factories.member(world.school.agency, MARCUS)
    of_three = statements_used(world.priya, f"{address}?of={first.pk}")
    assert of_two == of_three == alone + 1 <= 13


def test_who_was_shown_goes_with_what_is_taken_back_before_it_was_sent(world: World) -> None:
    first, _ = two(world)
    exchange = disclosure.choose_listener(
        factories.the_cycle(factories.at_share(world)), listener=first, by=world.priya, at=world.clock(),
        right_place="I rang.", meant=first.pk,
    )  # fmt: skip
    disclosure.discard_prepared(exchange, by=world.priya, at=world.clock())
    assert not AlikeChoice.objects.exists()
