"""The pages of the partnership's time limits: who opens them, what they say, and what they keep."""

import html
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Membership, TimeLimit
from audit.models import Event
from tests import factories
from tests.factories import World
from tests.signing_in import SignedIn

ANSWER = reverse("time_limit", args=["answer"])
MOVES_NOTHING = "It never moves a limit that has already been given."


@pytest.fixture
def office(world: World) -> Membership:
    """An administrator of the partnership's own office."""
    return factories.member(world.coordinator.agency, "Mary Okell", "administrator")


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def said(duration: str = "3 working days", *, version: object = 1, day: date | None = None) -> dict[str, Any]:
    day = day or in_days(0)
    boxes = {"effective_from_0": day.day, "effective_from_1": day.month, "effective_from_2": day.year}
    return {
        "form_id": str(uuid4()),
        "version": version,
        "duration": duration,
        "label": "GUIDANCE",
        "source": "Working Together 2026, page 12",
        **boxes,
    }


def shown(client: Client, address: str = ANSWER) -> str:
    return html.unescape(client.get(address).content.decode())


def current() -> TimeLimit:
    rows = TimeLimit.objects.filter(key="ANSWER", withdrawn_at__isnull=True)
    return rows.filter(effective_from__lte=in_days(0)).latest("effective_from")


def test_office_administrator_sets_limits_and_a_schools_does_not(
    world: World, signed_in: SignedIn, office: Membership
) -> None:
    for member, status in ((office, 200), (world.coordinator, 200), (world.school.administrator, 403)):
        client = signed_in(member)
        assert client.get(reverse("time_limits")).status_code == status
        assert client.get(ANSWER).status_code == status
        has_menu = ">Time limits</a>" in client.get(reverse("start"), follow=True).content.decode()
        assert has_menu == (status == 200)


def test_page_says_of_every_limit_how_long_whose_and_since_when(world: World, signed_in: SignedIn) -> None:
    page = shown(signed_in(world.coordinator), reverse("time_limits"))
    for key in TimeLimit.Key:
        assert key.label in page
    assert "Invented for the tests. Since 1 January 2026." in page
    assert MOVES_NOTHING in page
    assert "counts as received at 09:00 on the next working day" in page


def test_limit_is_set_and_told_with_its_history(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.coordinator)
    assert MOVES_NOTHING in shown(client)
    answer = client.post(ANSWER, said())
    assert (answer.status_code, answer["Location"]) == (302, ANSWER)
    page = shown(client)
    assert "Now: 3 working days" in page
    assert "Guidance" in page
    assert "Working Together 2026, page 12" in page
    assert f"by {world.coordinator.label}" in page
    yesterday = in_days(-1)
    assert "Before: 2 working days" in page
    assert f"From 1 January 2026 to {yesterday.day} {yesterday:%B %Y}" in page


def test_limit_of_a_later_day_is_shown_as_to_come_and_can_be_withdrawn(
    world: World, signed_in: SignedIn
) -> None:
    client = signed_in(world.coordinator)
    client.post(ANSWER, said(day=in_days(30)))
    page = shown(client)
    assert "Now: 2 working days" in page
    assert "To come: 3 working days" in page
    coming = TimeLimit.objects.get(key="ANSWER", duration="3 working days")
    client.post(reverse("withdraw_time_limit", args=["answer", coming.pk]))
    page = shown(client)
    assert "To come" not in page
    assert "Withdrawn or replaced: 3 working days" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("0 hours", "between 1 and 9999"),
        ("a fortnight", "Write working days (“2 working days”), hours"),
        ("by 12:00 tomorrow", "it cannot be a time on one day"),
        ("", "Enter how long it may take"),
    ],
)
def test_nonsense_is_refused_with_help_and_everything_typed_is_still_there(
    world: World, signed_in: SignedIn, typed: str, sentence: str
) -> None:
    answer = signed_in(world.coordinator).post(ANSWER, said(typed))
    assert answer.status_code == 422
    page = html.unescape(answer.content.decode())
    assert sentence in page
    assert "Working Together 2026, page 12" in page
    assert f'value="{typed}"' in page or not typed
    assert current().duration == "2 working days"


def test_day_that_has_passed_is_refused_and_everything_typed_is_still_there(
    world: World, signed_in: SignedIn
) -> None:
    answer = signed_in(world.coordinator).post(ANSWER, said(day=in_days(-1)))
    assert answer.status_code == 409
    page = html.unescape(answer.content.decode())
    assert "from today at the earliest" in page
    assert 'value="3 working days"' in page
    assert "Working Together 2026, page 12" in page


def test_second_of_two_who_saw_the_same_page_is_told_what_the_first_did(
    world: World, signed_in: SignedIn, office: Membership
) -> None:
    cora, mary = signed_in(world.coordinator), signed_in(office)
    version = cora.get(ANSWER).context["form"]["version"].value()
    mary.post(ANSWER, said("4 working days", version=version))
    answer = cora.post(ANSWER, said("5 working days", version=version))
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "Mary Okell set “4 working days from" in page
    assert "Now: 4 working days" in page
    assert 'value="5 working days"' in page
    newer = answer.context["form"]["version"].value()
    assert cora.post(ANSWER, said("5 working days", version=newer)).status_code == 302
    assert current().duration == "5 working days"


def test_pressing_twice_sets_it_once(world: World, signed_in: SignedIn) -> None:
    client, words = signed_in(world.coordinator), said()
    assert [client.post(ANSWER, words)["Location"] for _ in range(2)] == [ANSWER, ANSWER]
    assert Event.objects.filter(verb="agencies.time_limit.set").count() == 1


def test_limit_that_is_missing_is_named_and_a_button_sets_what_is_suggested(
    world: World, signed_in: SignedIn
) -> None:
    TimeLimit.objects.filter(key="LADDER_2").update(withdrawn_at=world.clock())
    client, address = signed_in(world.coordinator), reverse("time_limits")
    assert "These time limits are not set" in shown(client, address)
    assert "This is not set" in shown(client, reverse("time_limit", args=["ladder-2"]))
    assert "Some time limits are not set" in shown(client, reverse("partnership"))
    client.post(reverse("suggest_time_limits"))
    assert "not set" not in shown(client, address)
    added = TimeLimit.objects.get(key="LADDER_2", withdrawn_at__isnull=True)
    assert (added.duration, added.get_label_display()) == ("2 working days", "Local policy")
    again = client.post(reverse("suggest_time_limits"))
    assert again.status_code == 409


def test_ladder_that_grows_shorter_is_warned_of(world: World, signed_in: SignedIn) -> None:
    client = signed_in(world.coordinator)
    client.post(reverse("time_limit", args=["ladder-1"]), said("9 working days"))
    page = shown(client, reverse("time_limits"))
    assert "“Disagreement, stage 2: leads” (2 working days) is shorter than" in page


def test_there_is_no_page_of_a_limit_that_does_not_exist(world: World, signed_in: SignedIn) -> None:
    assert signed_in(world.coordinator).get(reverse("time_limit", args=["tea-break"])).status_code == 404
