"""Find, where many fit: whichever way it takes, it finds the same; and it reads one agency's words alone."""

import re
from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from records import operations
from records.models import Concern
from records.search import concerns as ways
from tests.records.conftest import AT, Cast
from tests.records.test_find import look_for, person, shown

pytestmark = pytest.mark.django_db

# How many people may be looked up one by one, and how many of the newest concerns are asked before all are.
WAYS = {
    "person by person": (100, 100),
    "the newest concerns, which are all": (0, 100),
    "the newest, of which a page is full": (0, 8),
    "the newest, and then all": (0, 1),
    "the newest, and then person by person": (5, 1),
}
TYPED = ("mar", "marsch", "leo mar", "2019", "nobody")


@pytest.fixture
def many(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[Concern]:
    """Ten concerns of seven people, the oldest first; somebody of the same name is at the other agency."""
    monkeypatch.setattr(ways, "A_PAGE", 3)
    born: dict[str, Any] = {"born_on": date(2019, 9, 3), "known_as": "Mars"}
    people = [person(cast.priya, "Leo" if number % 2 else "Lena", "Marsh", **born) for number in range(6)]
    people.append(person(cast.priya, "Ola", "Quist"))
    theirs = person(cast.stranger, "Leo", "Marsh", **born)
    found = []
    for number in (0, 1, 6, 2, 3, 1, 6, 4, 5, 6):
        found.append(operations.start_concern(by=cast.priya, at=AT, about=people[number]))
        operations.start_concern(by=cast.stranger, at=AT, about=theirs)
    return found


def pages_of(client: Client, text: str) -> list[list[str]]:
    """The references of the concerns on each page of a search, to the last."""
    page, pages = look_for(client, text, what="concerns"), []
    address = page.redirect_chain[-1][0]
    while True:
        pages.append(re.findall(r'href="/concerns/([^/]+)/draft/"', shown(page)))
        onward = re.search(r'href="(\?after=[^"]+)" rel="next"', shown(page))
        if not onward:
            return pages
        page = client.get(address + onward[1])


@pytest.mark.parametrize("way", WAYS)
def test_concerns_are_the_same_whichever_way_they_are_looked_for(
    priya: Client, many: list[Concern], monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    few, newest = WAYS[way]
    monkeypatch.setattr(ways, "FEW_PEOPLE", few)
    monkeypatch.setattr(ways, "NEWEST", newest)
    quists = {2, 6, 9}
    of_marshes = [one.reference for place, one in enumerate(many) if place not in quists][::-1]
    of_leo = [one.reference for place, one in enumerate(many) if place in (1, 4, 5, 8)][::-1]
    expected = {"mar": of_marshes, "marsch": of_marshes, "leo mar": of_leo, "2019": of_marshes, "nobody": []}
    for text in TYPED:
        all_of_them = expected[text]
        in_pages = [all_of_them[start : start + 3] for start in range(0, len(all_of_them), 3)]
        assert pages_of(priya, text) == (in_pages or [[]]), text


@pytest.mark.parametrize(
    "text", ["mar", "leo mar", "smith-jones", "marsch", "marsch leo", "leo 2019", "quisst"]
)
@pytest.mark.parametrize("what", ["", "people", "concerns"])
def test_every_question_about_words_names_the_agency(
    priya: Client, cast: Cast, many: list[Concern], text: str, what: str
) -> None:
    """Indexes begin with it: a question without it reads the words of every agency."""
    look_for(priya, text, what=what)
    with CaptureQueriesContext(connection) as asked:
        look_for(priya, text, what=what)
    questions = [one["sql"] for one in asked.captured_queries if '"records_personword"' in one["sql"]]
    assert questions
    for sql in questions:
        tables = Counter(re.findall(r'FROM "records_person(?:word)?"(?: ([U-Z]\d+))?', sql))
        for alias, times in tables.items():
            named = alias or '"records_personword"'
            assert sql.count(f'{named}."agency_id" = {cast.priya.agency_id}') >= times, sql
