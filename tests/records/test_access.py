"""Every page of the record: open to the agency's practitioners, to nobody else, and each look is logged."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from audit.models import Access
from records import operations
from records.models import Concern, Person
from records.urls import urlpatterns
from tests.records.conftest import AT, Cast
from tests.records.visits import signed_in

pytestmark = pytest.mark.django_db

POST_ONLY = {"person-address", "relationship-end"}
# Who may open these is another question, which tests/access asks of every page.
OTHER_RULES = {
    "audit_access", "audit_access_file", "break-glass", "break-glass-end", "break-glass-opened",
    "concern-looks", "restriction", "restriction-end",
    "find", "found", "concern-statement-strike", "record-quality", "words", "word-withdraw",
    "document", "document-file", "document-renew", "document-strike", "chronology-entry-add",
    "chronology-entry-strike", "chronology-import", "chronology-found", "chronology-wrong",
    "chronology-template",
}  # fmt: skip
NAMES = sorted({str(pattern.name) for pattern in urlpatterns} - OTHER_RULES)
WITHOUT_A_RECORD = {"concerns", "concern-new", "concern-new-person", "people", "person-new"}


def address(name: str, concern: Concern, person: Person, relationship: int) -> str:
    """The address of a page about what these tests have."""
    known = {
        "reference": person.reference
        if name.startswith(("person", "relationship", "protection"))
        else concern.reference,
        "person": person.reference,
        "kind": "fact-seen",
        "number": relationship if name == "relationship-end" else 1,
    }
    wanted = get_resolver().reverse_dict.getlist(name)[0][0][0][1]
    return reverse(name, kwargs={key: known[key] for key in wanted})


@pytest.fixture
def concern(request: pytest.FixtureRequest, ready: Concern) -> Concern:
    if request.node.callspec.params["name"] == "concern-statement-correct":
        by = request.getfixturevalue("cast").priya
        return operations.log_concern(ready, by=by, at=AT)
    return ready


@pytest.fixture
def relationship(cast: Cast, leo: Person, kerry: Person) -> int:
    return operations.relate(leo, kerry, kind="PARENT", by=cast.priya, at=AT).pk


@pytest.fixture(autouse=True)
def protected(cast: Cast, leo: Person) -> None:
    """The first protected detail of the child, for the page that ends it."""
    operations.protect_detail(
        leo, by=cast.priya, at=AT, kind="PHONE", value="07700 900456", kept_from="EVERYBODY", why="So."
    )


@pytest.mark.parametrize("name", NAMES)
def test_who_may_open_a_page(name: str, cast: Cast, concern: Concern, leo: Person, relationship: int) -> None:
    page = address(name, concern, leo, relationship)

    def status(client: Client) -> int:
        return (client.post if name in POST_ONLY else client.get)(page).status_code

    assert status(signed_in(cast.priya)) == (302 if name == "relationship-end" else 200)
    assert status(signed_in(cast.lead)) == (404 if name == "relationship-end" else 200)
    assert status(Client()) == 302
    assert status(signed_in(cast.administrator)) == 403
    assert status(signed_in(cast.auditor)) == 403
    assert status(signed_in(cast.stranger)) == (200 if name in WITHOUT_A_RECORD else 404)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in WITHOUT_A_RECORD])
def test_a_look_is_logged_and_so_is_a_refused_one(
    name: str, cast: Cast, concern: Concern, leo: Person, relationship: int
) -> None:
    page = address(name, concern, leo, relationship)
    for member in (cast.stranger, cast.priya):
        client = signed_in(member)
        (client.post if name in POST_ONLY else client.get)(page)
    looks = Access.objects.filter(subject__in=[concern.reference, leo.reference]).order_by("id")
    assert (looks[0].actor_id, looks[0].outcome) == (cast.stranger.pk, "REFUSED")
    assert (looks[1].actor_id, looks[1].outcome) == (cast.priya.pk, "SEEN")


def without_token(page: Any) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"| nonce="[^"]*"', "", page.content.decode())


def test_not_mine_reads_like_no_such(cast: Cast, ready: Concern, leo: Person) -> None:
    client = signed_in(cast.stranger)
    for theirs, none in ((f"/people/{leo.reference}/", "/people/P-999999/"),
                         (f"/concerns/{ready.reference}/draft/", "/concerns/WF-27-9999/draft/")):  # fmt: skip
        assert without_token(client.get(theirs)) == without_token(client.get(none))


def test_a_search_finds_nobody_of_another_agency(cast: Cast, leo: Person) -> None:
    asked = {"form_id": "0b0f2a52-6f0a-4b8e-9d3f-0d6d3d1f1a11", "name": "Leo Marsh"}
    page = signed_in(cast.stranger).post("/people/", asked).content.decode()
    assert "0 found" in page
    assert leo.reference not in page


def test_the_question_itself_leaves_out_people_of_another_agency(cast: Cast, leo: Person) -> None:
    """Outside a request the tests reach every agency, so that row-level security hides nothing here."""
    assert Person.objects.filter(pk=leo.pk).exists()
    assert not Person.objects.visible_to(cast.stranger).filter(pk=leo.pk).exists()
    assert not Person.objects.visible_to(None).exists()


def test_a_search_leaves_no_name_in_the_log(cast: Cast, priya: Client, leo: Person) -> None:
    asked = {"form_id": "0b0f2a52-6f0a-4b8e-9d3f-0d6d3d1f1a11", "name": "Lio Marsch"}
    assert leo.reference in priya.post("/people/", asked).content.decode()
    assert "Lio" not in str(list(Access.objects.values()))


def test_somebody_elses_statement_number_and_person_are_no_such(
    cast: Cast, priya: Client, ready: Concern, kerry: Person
) -> None:
    other = operations.start_concern(by=cast.priya, at=AT)
    assert priya.get(f"/concerns/{other.reference}/statements/1/").status_code == 404
    assert priya.get(f"/concerns/{other.reference}/about/{kerry.reference}/remove/").status_code == 404
    assert priya.get(f"/concerns/{ready.reference}/statements/99999999999/").status_code == 404


def test_a_person_of_another_agency_cannot_be_chosen(cast: Cast, priya: Client, draft: Concern) -> None:
    theirs = operations.record_person(by=cast.stranger, at=AT, kind="CHILD", first_name="Leo")
    for page in ("/concerns/new/", f"/concerns/{draft.reference}/about/add/"):
        answer = {"choosing": "1", "person": theirs.reference}
        assert priya.post(page, answer).status_code == 404
    assert draft.subjects.count() == 1


def test_a_protected_address_is_hidden_until_it_is_asked_for(cast: Cast, priya: Client, leo: Person) -> None:
    operations.change_person(leo, by=cast.priya, at=AT, address="1 Mill Lane", address_is_protected=True)
    page = f"/people/{leo.reference}/"
    assert "Mill Lane" not in priya.get(page).content.decode()
    assert not Access.objects.filter(action="protected address").exists()
    assert "Mill Lane" in priya.post(f"{page}address/").content.decode()
    assert Access.objects.get(action="protected address").subject == leo.reference
