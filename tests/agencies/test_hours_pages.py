"""The pages of opening hours and closed days, and what a sender is shown of them."""

import html
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from agencies import access
from agencies.models import Agency, OpeningHours
from tests import factories
from tests.agencies.test_opening_hours import london
from tests.factories import World
from tests.signing_in import SignedIn

HOURS = reverse("opening_hours")
WEEK = {
    "monday": "8am to 4pm",
    "tuesday": "8am to 4pm",
    "wednesday": "",
    "thursday": "9-12.30",
    "friday": "9-5pm",
}
FRIDAY_NIGHT = london("2027-01-15 22:10")


def shown(client: Client, address: str = HOURS) -> str:
    return html.unescape(client.get(address).content.decode())


def boxes(name: str, day: date) -> dict[str, Any]:
    return {f"{name}_0": day.day, f"{name}_1": day.month, f"{name}_2": day.year}


def said(at: datetime, **more: Any) -> dict[str, Any]:
    week = {**WEEK, "saturday": "closed", "sunday": ""}
    return {
        "form_id": str(uuid4()), "version": 0, "kind": "BY_DAY", **week,
        **boxes("effective_from", at.date()), **more,
    }  # fmt: skip


def test_an_administrator_enters_the_week(world: World, signed_in: SignedIn) -> None:
    with time_machine.travel(world.clock(), tick=False):
        client = signed_in(world.school.administrator)
        assert "The usual hours. Nobody has entered others." in shown(client)
        answer = client.post(reverse("change_hours"), said(world.clock.moment))
        assert (answer.status_code, answer["Location"]) == (302, HOURS)
        page = shown(client)
    assert "Monday to Tuesday" in page
    assert "08:00 to 16:00" in page
    assert "entered by Ada Quill" in page
    assert OpeningHours.objects.get().days == [
        "08:00-16:00",
        "08:00-16:00",
        "",
        "09:00-12:30",
        "09:00-17:00",
        "",
        "",
    ]


def test_what_cannot_be_read_is_said_and_nothing_typed_is_lost(world: World, signed_in: SignedIn) -> None:
    with time_machine.travel(world.clock(), tick=False):
        client = signed_in(world.school.administrator)
        bad = said(world.clock.moment, monday="nine till five", tuesday="17:00 to 9:00")
        answer = client.post(reverse("change_hours"), bad)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "Write the hours as “09:00 to 17:00”, or “closed”." in page
    assert "An agency opens before it closes" in page
    assert 'value="nine till five"' in page
    assert not OpeningHours.objects.exists()


def test_a_day_of_closing_is_entered_and_withdrawn(world: World, signed_in: SignedIn) -> None:
    with time_machine.travel(world.clock(), tick=False):
        client = signed_in(world.coordinator)
        day = world.clock.moment.date() + timedelta(days=9)
        data = {"form_id": str(uuid4()), "why": "Bank holiday proclaimed on 10 January", **boxes("on", day)}
        assert client.post(reverse("closed_days"), data).status_code == 302
        page = shown(client, reverse("closed_days"))
        assert "Wednesday 20 January 2027" in page
        theirs = shown(signed_in(world.school.administrator))
        assert "Bank holiday proclaimed on 10 January" in theirs
        assert "for every agency" in theirs
        row = Agency.objects.get(pk=world.care.agency.pk)
        assert day in access.calendar_of(row).extra_closed_days
        number = world.partnership.closed_days.get().pk
        assert client.post(reverse("withdraw_partnership_day", args=[number])).status_code == 302
        assert "None is entered" in shown(client, reverse("closed_days"))


def test_an_administrator_names_who_stands_in(world: World, signed_in: SignedIn) -> None:
    team = factories.duty_team(world).agency
    with time_machine.travel(world.clock(), tick=False):
        client = signed_in(world.school.administrator)
        page = shown(client, reverse("out_of_hours"))
        assert team.name in page
        assert world.care.agency.name not in page
        data = {"form_id": str(uuid4()), "duty": team.reference}
        assert client.post(reverse("out_of_hours"), data).status_code == 302
        assert f"{team.name} takes what cannot wait." in shown(client)


@pytest.fixture
def night(world: World, signed_in: SignedIn) -> tuple[World, Any, str, Client]:
    """Friday night, a concern at Share, the address of choosing Tom, and the browser of who shares."""
    faye = factories.duty_team(world)
    concern = factories.at_share(world)
    world.clock.jump_to(FRIDAY_NIGHT)
    address = reverse("choose-listener", args=[concern.reference])
    with time_machine.travel(FRIDAY_NIGHT, tick=False):
        client = signed_in(world.priya)
    return world, faye, address, client


def test_whoever_chooses_a_closed_agency_is_told_and_offered_the_duty_team_beside_it(
    night: tuple[World, Any, str, Client],
) -> None:
    world, faye, address, client = night
    with time_machine.travel(FRIDAY_NIGHT, tick=False):
        found = client.post(address, {"form_id": str(uuid4()), "who": "Ashdown"})
        page = shown(client, f"{address}?of={world.tom.pk}")
    closed = "Closed now. Opens Monday 18 January 09:00. What you send counts from then."
    assert closed in html.unescape(found.content.decode())
    assert page.count(closed) == 2, "on the card and beside the duty team"
    assert "What you send counts at once." in page
    assert "Open now: Wyrefold Emergency Duty Team" in page
    assert "01632 960 199" in page
    assert f'href="{address}?of={faye.pk}"' in page
    # The concern is of high urgency: one working day each.
    assert "by 17:00 on Tuesday 19 January" in page
    assert "by 22:10 on Saturday 16 January" in page


def test_the_duty_team_itself_is_open_and_nothing_more_is_said(night: tuple[World, Any, str, Client]) -> None:
    _, faye, address, client = night
    with time_machine.travel(FRIDAY_NIGHT, tick=False):
        page = shown(client, f"{address}?of={faye.pk}")
    assert "Closed now" not in page
    assert "Can it wait until they open?" not in page


def test_in_its_hours_a_day_team_is_chosen_as_ever(night: tuple[World, Any, str, Client]) -> None:
    world, _, address, client = night
    with time_machine.travel(london("2027-01-18 09:00"), tick=False):
        answer = client.get(f"{address}?of={world.tom.pk}")
        page = html.unescape(answer.content.decode())
    assert answer.status_code in (200, 302)
    assert "Closed now" not in page


def test_where_nobody_stands_in_it_says_so(night: tuple[World, Any, str, Client]) -> None:
    world, _, address, client = night
    with time_machine.travel(FRIDAY_NIGHT, tick=False):
        page = shown(client, f"{address}?of={world.amara.pk}")
    assert "Nobody is named to take what cannot wait for Bridge Street Surgery." in page


def test_the_last_check_before_sending_says_that_they_are_closed(
    night: tuple[World, Any, str, Client],
) -> None:
    world, _, _, client = night
    exchange = factories.prepared(world, factories.at_share(world))
    with time_machine.travel(FRIDAY_NIGHT + timedelta(hours=1), tick=False):
        page = shown(client, reverse("send", args=[exchange.reference]))
    assert "Closed now. Opens Monday 18 January 09:00." in page
