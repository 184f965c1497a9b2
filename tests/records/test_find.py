"""Find, as somebody uses it; and that it tells nobody anything of what is not theirs."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from agencies.models import Membership
from audit.models import Access
from records import operations
from records.models import KeptSearch, Person
from records.operations import restriction
from tests.records.conftest import AT, Cast
from tests.records.visits import signed_in

pytestmark = pytest.mark.django_db


def look_for(client: Client, text: str, **narrow: Any) -> Any:
    """Type something into the box and follow to the results."""
    return client.post("/find/", {"form_id": uuid4(), "text": text, **narrow}, follow=True)


def shown(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def names_on(response: Any) -> list[str]:
    return re.findall(r'href="/people/P-\d+/">([^<]+)<', shown(response))


def person(by: Membership, first: str, last: str, **more: Any) -> Person:
    return operations.record_person(
        by=by, at=AT, **{"kind": "CHILD", "first_name": first, "last_name": last, **more}
    )


@pytest.fixture
def family(cast: Cast, leo: Person, kerry: Person) -> list[Person]:
    """Leo and Kerry Marsh, Siân O'Neill-Doyle known as Shan, and Leonora Marshall."""
    operations.relate(leo, kerry, kind="PARENT", by=cast.priya, at=AT)
    sian = person(cast.priya, "Siân", "O’Neill-Doyle", known_as="Shan", nhs_number="9434765870",
                  born_on=date(2016, 4, 3))  # fmt: skip
    return [leo, kerry, sian, person(cast.priya, "Leonora", "Marshall", born_on=date(1988, 2, 1))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("leo marsh", ["Leo Marsh", "Leonora Marshall"]),
        ("MARSH, LEO", ["Leo Marsh", "Leonora Marshall"]),
        ("kerry", ["Kerry Marsh"]),
        ("oneill", ["Siân O’Neill-Doyle (known as Shan)"]),
        ("sian o'neill", ["Siân O’Neill-Doyle (known as Shan)"]),
        ("o neill doyle", ["Siân O’Neill-Doyle (known as Shan)"]),
        ("shan", ["Siân O’Neill-Doyle (known as Shan)"]),
        ("neill 2016", ["Siân O’Neill-Doyle (known as Shan)"]),
        ("3 April 2016", ["Siân O’Neill-Doyle (known as Shan)"]),
        ("943 476 5870", ["Siân O’Neill-Doyle (known as Shan)"]),
        ("marsch", ["Kerry Marsh", "Leo Marsh"]),
        ("kery marhs", ["Kerry Marsh"]),
        ("shall", ["Leonora Marshall"]),
    ],
)
def test_people_are_found_by_whatever_is_known(
    priya: Client, family: list[Person], text: str, found: list[str]
) -> None:
    assert names_on(look_for(priya, text))[: len(found)] == found


def test_somebody_is_found_by_a_name_they_had_before(priya: Client, cast: Cast, leo: Person) -> None:
    operations.change_person(leo, by=cast.priya, at=AT, last_name="Doyle")
    page = look_for(priya, "marsh")
    assert names_on(page) == ["Leo Doyle"]
    assert "Found by a name that was recorded before" in shown(page)


def test_a_result_says_what_tells_two_of_one_name_apart(
    priya: Client, cast: Cast, leo: Person, kerry: Person, ready: Any
) -> None:
    operations.log_concern(ready, by=cast.priya, at=AT)
    operations.relate(leo, kerry, kind="PARENT", by=cast.priya, at=AT)
    page = shown(look_for(priya, "leo"))
    assert "Born 3 September 2019" in page
    assert "Related to Kerry Marsh (parent)." in page
    assert "1 open concern." in page
    assert f"{ready.reference}: Leo Marsh" in page
    assert "Open, logged" in page


def test_another_date_of_birth_is_offered_apart(priya: Client, family: list[Person]) -> None:
    page = look_for(priya, "leo marsh 3/4/2016")
    assert "The same name, but another date of birth or none" in shown(page)
    assert "Leo Marsh" in names_on(page)


def test_a_number_that_cannot_be_right_is_explained(priya: Client, family: list[Person]) -> None:
    assert "last digit does not fit" in shown(look_for(priya, "943 476 5871"))


def test_nothing_typed_is_asked_for(priya: Client) -> None:
    answer = priya.post("/find/", {"form_id": uuid4(), "text": "  "})
    assert answer.status_code == 422
    assert "Enter a name, a date of birth, an NHS number or a reference" in answer.content.decode()


def test_a_reference_leads_straight_there(priya: Client, leo: Person, draft: Any) -> None:
    assert look_for(priya, leo.reference.lower()).redirect_chain[-1][0] == f"/people/{leo.reference}/"
    assert look_for(priya, draft.reference).redirect_chain[-1][0] == f"/concerns/{draft.reference}/draft/"


def test_concerns_are_narrowed(priya: Client, sam: Client, cast: Cast, ready: Any) -> None:
    assert ready.reference in shown(look_for(priya, "marsh", what="concerns", mine="on"))
    assert ready.reference not in shown(look_for(sam, "marsh", what="concerns", mine="on"))
    assert ready.reference in shown(look_for(sam, "marhs", what="concerns"))
    assert ready.reference not in shown(look_for(priya, "marsh", what="concerns", state="open"))
    operations.log_concern(ready, by=cast.priya, at=AT)
    assert ready.reference in shown(look_for(priya, "", state="open"))
    assert ready.reference not in shown(look_for(priya, "marsh", what="people"))


def test_born_between(priya: Client, family: list[Person]) -> None:
    assert names_on(look_for(priya, "marsh", born_from="2019", born_to="31/12/2020")) == ["Leo Marsh"]
    assert names_on(look_for(priya, "", born_from="1980", born_to="1990")) == ["Leonora Marshall"]
    answer = look_for(priya, "marsh", born_from="2020", born_to="2019")
    assert answer.status_code == 422


def test_pages_are_walked_without_leaving_anybody_out(priya: Client, cast: Cast) -> None:
    for number in range(60):
        person(cast.priya, f"Marsha{'abc'[number % 3]}", "Marsh", known_as="Mars" if number % 2 else "")
    page, seen = look_for(priya, "mars"), []
    address = page.redirect_chain[-1][0]
    while True:
        seen += re.findall(r"/people/(P-\d+)/", shown(page))
        onward = re.search(r'href="(\?after=P-\d+)" rel="next"', shown(page))
        if not onward:
            break
        page = priya.get(address + onward[1])
    assert len(seen) == len(set(seen)) == 60


# --- Nothing of anybody else's ----------------------------------------------------------------------


@pytest.fixture
def theirs(cast: Cast) -> Person:
    """At the other agency: a person of the same name, and a concern about them that is logged."""
    return person(cast.stranger, "Leo", "Marsh", born_on=date(2019, 9, 3), nhs_number="9434765919")


def body(response: Any) -> str:
    """A page without what differs each time it is shown."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"| nonce="[^"]*"', "", shown(response))
    text = re.sub(r"Printed [^.<]*", "", text)  # the minute
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", text)


SEARCHES = ("leo marsh", "marsch", "leo 2019", "3/9/2019", "943 476 5919", "zora quist", "quisst", "mar")


@pytest.mark.parametrize("text", SEARCHES)
def test_a_search_reads_the_same_whatever_other_agencies_have(
    priya: Client, cast: Cast, leo: Person, text: str
) -> None:
    before = body(look_for(priya, text))
    person(cast.stranger, "Leo", "Marsh", born_on=date(2019, 9, 3), nhs_number="9434765919")
    person(cast.stranger, "Zora", "Quist")
    for number in range(30):
        person(cast.stranger, "Marla", f"Marsch{'abcdefghij'[number % 10]}")
    assert body(look_for(priya, text)) == before


@pytest.mark.parametrize("reference", ["of a person", "of a concern", "of nobody"])
def test_somebody_elses_reference_reads_like_one_that_does_not_exist(
    priya: Client, cast: Cast, theirs: Person, reference: str
) -> None:
    concern = operations.start_concern(by=cast.stranger, at=AT, about=theirs)
    asked = {"of a person": theirs.reference, "of a concern": concern.reference, "of nobody": "P-777777"}
    page = body(look_for(priya, asked[reference])).replace(asked[reference], "")
    assert page == body(look_for(priya, "P-999999")).replace("P-999999", "")


def test_somebody_elses_person_does_not_move_the_page(
    priya: Client, cast: Cast, leo: Person, theirs: Person
) -> None:
    address = look_for(priya, "marsh").redirect_chain[-1][0]
    assert body(priya.get(f"{address}?after={theirs.reference}")) == body(
        priya.get(f"{address}?after=P-777777")
    )


def test_a_kept_search_is_for_whoever_made_it(priya: Client, sam: Client, cast: Cast, leo: Person) -> None:
    address = look_for(priya, "marsh").redirect_chain[-1][0]
    assert priya.get(address).status_code == 200
    assert sam.get(address).status_code == 404
    assert signed_in(cast.stranger).get(address).status_code == 404
    KeptSearch.objects.update(at=timezone.now() - timedelta(hours=13))
    assert priya.get(address).status_code == 404


def test_a_role_without_concerns_finds_nothing(cast: Cast, leo: Person) -> None:
    for member in (cast.administrator, cast.auditor):
        assert look_for(signed_in(member), "marsh").status_code == 403


def test_a_concern_that_is_closed_to_somebody_is_in_no_list_and_no_number(
    priya: Client, sam: Client, cast: Cast, ready: Any
) -> None:
    operations.log_concern(ready, by=cast.priya, at=AT)
    before = shown(look_for(sam, "leo"))
    assert "1 open concern." in before
    assert ready.reference in before
    restriction.restrict(ready, by=cast.lead, at=timezone.now(), why="He is a colleague’s child.")
    for text, narrow in (("leo", {}), ("leo", {"what": "concerns"}), ("", {"state": "open"})):
        page = shown(look_for(sam, text, **narrow))
        assert ready.reference not in page
        assert "open concern" not in page
    assert names_on(look_for(sam, "leo", state="open")) == []
    assert ready.reference in shown(look_for(priya, "leo")), "its owner still finds it"


# --- What is written down ---------------------------------------------------------------------------


def test_each_search_is_logged_once_with_what_it_showed_and_without_its_words(
    priya: Client, cast: Cast, leo: Person, kerry: Person
) -> None:
    look_for(priya, "marhs")
    look = Access.objects.get(action="search")
    assert (look.subject, look.actor_id) == ("find", cast.priya.pk)
    assert {leo.reference, kerry.reference} <= set(look.shown)
    look_for(priya, "nobody at all")
    assert Access.objects.filter(action="search").latest("pk").shown == []
    assert "marhs" not in str(list(Access.objects.values())).lower()


def test_no_address_holds_what_was_typed(priya: Client, leo: Person) -> None:
    page = look_for(priya, "marsh 3/9/2019")
    addresses = [page.redirect_chain[-1][0], *re.findall(r'(?:href|action)="([^"]*)"', shown(page))]
    assert not [one for one in addresses if "marsh" in one.lower() or "2019" in one]
