"""Who sees which figures, what the page says of them, and what leaves it as a file."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from audit.models import Access
from sharing.operations import learning
from tests.factories import World
from tests.sharing.learning_cases import Said
from tests.signing_in import SignedIn

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 17, 12, 30, tzinfo=UTC)
IN_MARCH = datetime(2027, 3, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def figures(world: World) -> None:
    """Twelve from the school to social care, ten from the surgery to social care, three the other way."""
    said = Said(world)
    for number in range(12):
        said(IN_MARCH, received=1, understood=2, agreed=3, items={"OPINION": "WRONG"}, rounds=2)
        if number < 10:
            said(IN_MARCH, by=world.amara, to=world.tom, received=5, understood=6)
        if number < 3:
            said(IN_MARCH, by=world.tom, to=world.priya, received=8, understood=9)
    learning.refresh(NOW)


def page(browser: Client, **choice: Any) -> str:
    response = browser.get("/learning/", choice)
    assert response.status_code == 200
    return response.content.decode()


def file_of(browser: Client, name: str, **choice: Any) -> list[list[str]]:
    response = browser.get(f"/learning/{name}.csv", choice)
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


def test_before_the_first_hour_it_says_that_there_is_nothing_yet(world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.coordinator)
    assert "not been worked out yet" in page(browser)
    assert browser.get("/learning/times.csv").status_code == 404


def test_a_coordinator_sees_every_pair(figures: None, world: World, signed_in: SignedIn) -> None:
    lines = file_of(signed_in(world.coordinator), "pairs")[6:]
    assert [line[:3] for line in lines] == [
        ["Bridge Street Surgery", "Wyrefold Family Front Door", "about 10"],
        ["St Wulstan’s Primary", "Wyrefold Family Front Door", "about 10"],
    ]


def test_a_lead_sees_the_pairs_of_their_own_agency_and_the_whole(
    figures: None, world: World, signed_in: SignedIn
) -> None:
    browser = signed_in(world.school.lead)
    lines = file_of(browser, "pairs")[6:]
    assert [line[0] for line in lines] == ["St Wulstan’s Primary"]
    march = file_of(browser, "times")[-2]
    assert march[:2] == ["March 2027", "about 25"]
    assert "Bridge Street" not in page(browser)


def test_a_lead_cannot_choose_another_agency(figures: None, world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.school.lead)
    response = browser.get("/learning/", {"agency": world.gp.agency.pk})
    assert response.status_code == 422
    assert "about" not in response.content.decode().split("<main")[1].split("govuk-error-summary")[0]
    assert browser.get("/learning/times.csv", {"agency": world.gp.agency.pk}).status_code == 404


def test_one_way_of_one_agency(figures: None, world: World, signed_in: SignedIn) -> None:
    browser, care = signed_in(world.coordinator), world.care.agency.pk
    assert file_of(browser, "times", agency=care, direction="to")[-2] == [
        "March 2027", "about 20", "1.0", "2.0", "3.0"
    ]  # fmt: skip
    assert file_of(browser, "times", agency=care, direction="from")[-2] == [
        "March 2027",
        *["fewer than 5"] * 4,
    ]


def test_so_many_months_since_the_first(figures: None, world: World, signed_in: SignedIn) -> None:
    Said(world)(datetime(2026, 8, 3, 9, 0, tzinfo=UTC))
    learning.refresh(NOW)
    browser = signed_in(world.coordinator)
    assert [line[0] for line in file_of(browser, "times", months=3)[6:]] == [
        "January 2027", "February 2027", "March 2027", "The whole time"
    ]  # fmt: skip
    assert len(file_of(browser, "times")[6:]) == 8 + 1, "August to March, and the whole time"


def test_it_says_of_when_it_is_and_names_nobody(figures: None, world: World, signed_in: SignedIn) -> None:
    shown = page(signed_in(world.coordinator))
    assert "as of 12:30 on 17 March 2027" in shown
    for member in world.everyone:
        if member != world.coordinator:
            assert member.full_name not in shown


def test_each_picture_has_a_title_a_description_and_no_style(
    figures: None, world: World, signed_in: SignedIn
) -> None:
    pictures = re.findall(r"<svg.*?</svg>", page(signed_in(world.coordinator)), re.DOTALL)
    drawn = [picture for picture in pictures if "app-chart" in picture]
    assert len(drawn) == 4
    for picture in drawn:
        title, desc = re.findall(r'aria-labelledby="(\S+) (\S+)"', picture)[0]
        assert f'<title id="{title}">' in picture
        assert f'<desc id="{desc}">' in picture
        assert "style" not in picture


def test_a_download_is_in_the_access_log_with_what_was_chosen(
    figures: None, world: World, signed_in: SignedIn
) -> None:
    file_of(signed_in(world.coordinator), "kinds", agency=world.care.agency.pk, direction="to", months=6)
    look = Access.objects.latest("pk")
    assert (look.in_words, look.subject) == ("download of learning figures", "learning:kinds")
    assert look.why == "sent to Wyrefold Family Front Door, 6 months"


def test_a_file_says_what_it_shows_and_under_which_rule(
    figures: None, world: World, signed_in: SignedIn
) -> None:
    head = file_of(signed_in(world.coordinator), "kinds", months=6)[:6]
    assert head[2:4] == [["Shown: the whole partnership, 6 months"], ["As of 12:30 on 17 March 2027"]]
    assert "fewer than 5" in head[4][0]
    assert head[5] == ["Kind of statement", "Corrected", "Not as meant", "Missing", "Key items checked"]


def test_the_page_and_the_file_say_the_same(figures: None, world: World, signed_in: SignedIn) -> None:
    browser = signed_in(world.coordinator)
    shown = page(browser)
    for name in ("times", "first-time", "kinds", "pairs"):
        for line in file_of(browser, name)[6:]:
            assert all(f">{cell}<" in shown for cell in line)


@pytest.mark.parametrize("measure", ["understood", "first-time", "sent"])
def test_pairs_are_compared_by_what_was_chosen(
    figures: None, world: World, signed_in: SignedIn, measure: str
) -> None:
    title = {
        "understood": "Hours to understood",
        "first-time": "Right first time",
        "sent": "How many were sent",
    }
    assert f"{title[measure]}, by pair of agencies" in page(signed_in(world.coordinator), measure=measure)
