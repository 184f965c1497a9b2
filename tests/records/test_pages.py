"""The pages under bad input, two editors, an ended session and many rows."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agencies.models import Draft
from records import operations
from records.models import Concern, Person
from tests.records.conftest import AT, Cast
from tests.records.visits import send, version_on

pytestmark = pytest.mark.django_db

STATEMENT = {"source": "me", "happened_note": "today", "written": "NOW"}
PERSON = {"kind": "CHILD", "first_name": "Zed"}
# Page, the field that takes text, the other answers that make it valid.
FORMS: list[tuple[str, str, dict[str, Any]]] = [
    ("statements/add/fact-seen/", "text", STATEMENT),
    ("statements/add/voice/", "text", {**STATEMENT, "voice_of": "WORDS"}),
    ("statements/1/", "text", STATEMENT),
    ("voice/", "plan", {"voice": "NOT_OBTAINED", "why_not": "asleep"}),
    ("worry/", "why", {"level": "2", "change": "FIRST", "urgency": "HIGH"}),
    ("family/", "anybody_else", {}),
    ("discard/", "why", {}),
    ("about/new/", "communication_needs", PERSON),
    ("family/new/", "relation_note", {**PERSON, "relation": "SIBLING"}),
]
PARTS = ("happened_on_0", "happened_on_1", "happened_on_2")
HOSTILE = "=HYPERLINK(\"x\")<script>alert('1')</script> & “Leo”\n\t@SUM(1)"
ESCAPED = "&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt; &amp; “Leo”"


@pytest.mark.parametrize(("page", "field", "others"), FORMS)
def test_missing_answers_are_asked_for_and_nothing_is_saved(
    priya: Client, ready: Concern, page: str, field: str, others: dict[str, Any]
) -> None:
    answer = priya.post(f"/concerns/{ready.reference}/{page}", {"form_id": uuid4(), "version": ready.version})
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()
    assert Concern.objects.get().version == ready.version


@pytest.mark.parametrize(("page", "field", "others"), FORMS)
def test_a_megabyte_is_refused_and_kept(
    priya: Client, ready: Concern, page: str, field: str, others: dict[str, Any]
) -> None:
    long = "a" * 1_000_000
    answer = send(priya, f"/concerns/{ready.reference}/{page}", **{**others, field: long})
    assert answer.status_code == 422
    assert "characters at most" in answer.content.decode()
    assert Draft.objects.get().data[field] == long


@pytest.mark.parametrize(("page", "field", "others"), FORMS)
def test_bytes_that_are_no_text_are_pointed_out(
    priya: Client, ready: Concern, page: str, field: str, others: dict[str, Any]
) -> None:
    address = f"/concerns/{ready.reference}/{page}"
    pairs = {"form_id": str(uuid4()), **version_on(priya.get(address)), **others}
    body = (
        "&".join(f"{key}={value}" for key, value in pairs.items()).encode()
        + f"&{field}=caf".encode()
        + b"%E9"
    )
    answer = priya.generic("POST", address, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 422
    assert "could not be read" in answer.content.decode()


@pytest.mark.parametrize(("page", "field", "others"), FORMS)
def test_html_and_formulas_are_kept_exactly_and_shown_escaped(
    priya: Client, ready: Concern, page: str, field: str, others: dict[str, Any]
) -> None:
    address = f"/concerns/{ready.reference}/{page}"
    text = HOSTILE if field != "relation_note" else HOSTILE.replace("\n", " ")
    assert send(priya, address, **{**others, field: text}).status_code == 302
    concern, person = Concern.objects.get(), Person.objects.order_by("-id")[0]
    kept = [
        *concern.statements.values_list("text", flat=True), concern.voice_plan, concern.think_family,
        concern.discarded_why, *concern.worries.values_list("why", flat=True), person.communication_needs,
        *person.related_to.values_list("note", flat=True),
    ]  # fmt: skip
    assert text in kept
    check = f"/concerns/{ready.reference}/check/"
    for place in (
        check,
        f"/people/{person.reference}/",
        "/concerns/?state=discarded",
    ):
        shown = priya.get(place, follow=True).content.decode()
        assert "<script>alert" not in shown
    if field == "text":
        assert ESCAPED in priya.get(check).content.decode()


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"happened_on_0": "31", "happened_on_1": "2", "happened_on_2": "2026"}, "There is no such date"),
        ({"happened_on_0": "3", "happened_on_2": "2026"}, "Enter the day, the month and the year"),
        ({"happened_on_0": "9" * 9999, "happened_on_1": "1", "happened_on_2": "2026"}, "in numbers"),
        ({"happened_on_0": "1", "happened_on_1": "1", "happened_on_2": "26"}, "four numbers"),
        ({"happened_on_0": "1", "happened_on_1": "1", "happened_on_2": "2999"}, "cannot be in the future"),
        (
            {"happened_on_0": "29", "happened_on_1": "3", "happened_on_2": "2026", "happened_time": "1.30"},
            "clocks",
        ),
        ({"happened_time": "25:00"}, "24-hour clock"),
        ({"happened_note": ""}, "Enter a date, or say roughly when"),
        ({"written": "EARLIER"}, "first written down"),
        ({"written": "LATER"}, "Select a valid choice"),
        ({"text": "a\0b"}, "Null characters"),
    ],
)
def test_dates_and_choices_that_cannot_be(
    priya: Client, draft: Concern, answers: dict[str, str], sentence: str
) -> None:
    address = f"/concerns/{draft.reference}/statements/add/fact-seen/"
    answer = send(priya, address, **{**STATEMENT, "text": "A bruise.", **answers})
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert not draft.statements.exists()


def test_two_editors_are_named_and_the_stale_page_keeps_its_text(
    priya: Client, sam: Client, cast: Cast, ready: Concern
) -> None:
    address = f"/concerns/{ready.reference}/statements/1/"
    hers, his = version_on(priya.get(address)), version_on(sam.get(address))
    token = priya.get(address).context["draft_token"]
    priya.post("/drafts/", {"draft_token": token, "text": "Half a sentence"})
    assert "Priya Nair is also writing here" in sam.get(address).content.decode()
    saved = sam.post(address, {"form_id": uuid4(), **his, **STATEMENT, "text": "Two bruises."})
    assert saved.status_code == 302
    stale = priya.post(address, {"form_id": uuid4(), **hers, **STATEMENT, "text": "Three bruises."})
    page = stale.content.decode()
    assert stale.status_code == 409
    assert "Sam Patel, DSL, St Wulstan’s Primary changed statement S1" in page
    assert "Two bruises." in page
    assert "Three bruises." in page
    assert ready.statements.get(number=1).text == "Two bruises."
    again = priya.post(
        address, {"form_id": uuid4(), **version_on(stale), **STATEMENT, "text": "Three bruises."}
    )
    assert again.status_code == 302
    assert ready.statements.get(number=1).text == "Three bruises."


def test_text_typed_before_a_colleague_saved_comes_back_with_a_warning(
    priya: Client, cast: Cast, ready: Concern
) -> None:
    address = f"/concerns/{ready.reference}/worry/"
    priya.post("/drafts/", {"draft_token": priya.get(address).context["draft_token"], "why": "I fear"})
    operations.give_worry(ready, by=cast.sam, at=AT, level=4, change="MORE", why="He said so.")
    page = priya.get(address).content.decode()
    assert "I fear" in page
    assert "Sam Patel, DSL, St Wulstan’s Primary said how worried they are" in page


def test_pressing_twice_saves_once(priya: Client, draft: Concern) -> None:
    address = f"/concerns/{draft.reference}/statements/add/fact-seen/"
    once = {"form_id": uuid4(), **STATEMENT, "text": "A bruise."}
    first, second = priya.post(address, once), priya.post(address, once)
    assert first["Location"] == second["Location"]
    assert draft.statements.count() == 1


def test_text_outlives_the_session(priya: Client, cast: Cast, draft: Concern) -> None:
    address = f"/concerns/{draft.reference}/statements/add/fact-seen/"
    token = priya.get(address).context["draft_token"]
    priya.logout()
    answer = priya.post(address, {"form_id": uuid4(), "draft_token": token, **STATEMENT, "text": "A bruise."})
    assert answer.status_code in (302, 401)
    priya.force_login(cast.priya.account)
    assert "A bruise." in priya.get(address).content.decode()


def test_similar_people_are_shown_before_a_new_one_is_made(priya: Client, leo: Person) -> None:
    typed = {"kind": "CHILD", "first_name": "Léo", "last_name": "March"}
    shown = send(priya, "/concerns/new/person/", **typed)
    assert "Leo Marsh, born 3 September 2019 (P-000001)" in shown.content.decode()
    assert Person.objects.count() == 1
    send(priya, "/concerns/new/person/", **typed, same_as=leo.reference)
    assert Concern.objects.get().subjects.get().person == leo
    assert Person.objects.count() == 1
    send(priya, "/concerns/new/person/", **typed, same_as="NOBODY")
    assert Person.objects.count() == 2


def test_the_pages_of_a_discarded_draft_lead_to_it_among_the_discarded(
    priya: Client, cast: Cast, ready: Concern
) -> None:
    operations.discard_draft(ready, why="Written twice.", by=cast.priya, at=AT)
    for page in ("draft", "check"):
        shown = priya.get(f"/concerns/{ready.reference}/{page}/", follow=True)
        assert shown.redirect_chain == [("/concerns/?state=discarded", 302)]
        assert f"{ready.reference} was discarded" in shown.text
        assert "Written twice." in shown.text


def test_a_list_goes_on_and_back(priya: Client, cast: Cast) -> None:
    for _ in range(30):
        operations.start_concern(by=cast.sam, at=AT)
    first = priya.get("/concerns/")
    assert "WF-27-0030" in first.content.decode()
    second = priya.get("/concerns/?before=WF-27-0006")
    assert "WF-27-0005" in second.content.decode()
    assert second.context["next_url"] == ""
    back = priya.get("/concerns/" + second.context["previous_url"])
    assert [c.reference for c in back.context["rows"]] == [c.reference for c in first.context["rows"]]
    assert "No concerns here" in priya.get("/concerns/?whose=mine&state=draft").content.decode()
    assert priya.get("/concerns/?whose=%00&before=%00").status_code == 200


STEPS = ["draft", "about", "statements", "statements/1", "statements/add/opinion", "voice", "worry", "family"]
PAGES = [f"/concerns/WF-27-0001/{step}/" for step in (*STEPS, "check")]


@pytest.mark.parametrize("page", [*PAGES, "/concerns/", "/people/P-000001/"])
def test_a_page_asks_the_database_as_often_for_many_rows_as_for_one(
    priya: Client, cast: Cast, ready: Concern, leo: Person, page: str
) -> None:
    def count() -> int:
        priya.get(page)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert priya.get(page).status_code == 200
        return len([q for q in asked.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))])

    kin = operations.record_person(by=cast.priya, at=AT, kind="CHILD", first_name="Isla")
    operations.relate(leo, kin, kind="SIBLING", by=cast.priya, at=AT)
    few = count()
    for n in range(8):
        other = operations.record_person(by=cast.priya, at=AT, kind="CHILD", first_name=f"Child {n}")
        operations.relate(leo, other, kind="SIBLING", by=cast.priya, at=AT)
        operations.add_subject(ready, person=other, by=cast.priya, at=AT, is_main=n % 2 == 0)
        operations.start_concern(by=cast.priya, at=AT, about=leo)
        for words in ({"kind": "FACT_SEEN"}, {"kind": "VOICE", "voice_of": "WORDS"}, {"kind": "OPINION"}):
            grounds = [ready.statements.get(number=1)] if words["kind"] == "OPINION" else []
            operations.add_statement(
                ready,
                by=cast.sam,
                at=AT,
                rests_on=grounds,
                text="x",
                source="x",
                happened_note="x",
                **words,  # type: ignore[arg-type]
            )
    assert count() == few
    assert few <= 12
