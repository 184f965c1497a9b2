"""Ask: listing people, assumptions, worry, and questions between two agencies."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Draft, Membership
from audit.models import Access, Event
from notifications.models import Message
from records import operations as records
from records.models import Concern, Worry
from sharing.models import Assumption, Enquiry, Exchange, Involvement, Stage
from sharing.operations import ask
from tests import factories
from tests.factories import World
from tests.signing_in import SignedIn

PAGES = (
    "worry-now/",
    "ask/",
    "ask/people/",
    "ask/people/by-hand/",
    "ask/assumptions/add/",
    "ask/assumptions/1/",
    "ask/enquiry/",
    "ask/advice/",
)
TOLD = "I am asking about Leo Marsh, born 3 September 2019."
QUESTION = "Do you work with him, and are you worried?"


@pytest.fixture
def concern(world: World) -> Concern:
    found = factories.concern_at(world, Stage.ASK)
    ask.name_assumption(
        factories.the_cycle(found), by=world.priya, at=world.clock(), text="That mother knows."
    )
    return found


def page(concern: Concern, rest: str) -> str:
    return f"/concerns/{concern.reference}/{rest}"


def posted(client: Any, address: str, **answers: Any) -> Any:
    return client.post(address, {"form_id": str(uuid.uuid4()), **answers})


def question(world: World, concern: Concern, of: Membership | None = None, kind: str = "ENQUIRY") -> Enquiry:
    return factories.enquiry(world, concern, of=of, kind=kind)


# --- Who ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("rest", PAGES)
def test_the_pages_of_ask_are_for_those_who_work_on_the_concern(
    world: World, signed_in: SignedIn, concern: Concern, rest: str
) -> None:
    for member in (world.priya, world.school.colleague, world.school.lead):
        answer = signed_in(member).get(page(concern, rest))
        assert answer.status_code == 200
        text = answer.content.decode()
        assert text.count("<h1") == 1
        assert "call 999" in text
    for member in (world.tom, world.care.lead, world.stranger.practitioner):
        assert signed_in(member).get(page(concern, rest)).status_code == 404
    for member in (world.school.administrator, world.school.auditor, world.coordinator):
        assert signed_in(member).get(page(concern, rest)).status_code == 403


@pytest.mark.parametrize(
    "rest", [*PAGES, "ask/people/add/", f"ask/enquiry/?of={uuid.UUID(int=0)}", "start/", "move/to-do/"]
)
def test_nobody_else_writes_on_a_page_of_the_concern(
    world: World, signed_in: SignedIn, concern: Concern, rest: str
) -> None:
    before = factories.again(factories.the_cycle(concern)).version, Event.objects.count()
    words = {"text": "Mine.", "of": str(world.gp.colleague.pk), "stage": "ASK", "who_needs_to_know": "Me."}
    for member in (world.tom, world.stranger.lead):
        assert posted(signed_in(member), page(concern, rest), **words).status_code == 404
    for member in (world.school.administrator, world.school.auditor):
        assert posted(signed_in(member), page(concern, rest), **words).status_code == 403
    assert (factories.the_cycle(concern).version, Event.objects.count()) == before


@pytest.mark.parametrize("rest", ["", "answer/", "explain/"])
def test_a_question_is_for_its_two_sides(
    world: World, signed_in: SignedIn, concern: Concern, rest: str
) -> None:
    address = f"/enquiries/{question(world, concern).reference}/{rest}"
    for member in (world.priya, world.school.colleague, world.amara, world.gp.lead):
        assert signed_in(member).get(address).status_code in (200, 302)
    for member in (world.tom, world.gp.colleague, world.stranger.lead):
        assert signed_in(member).get(address).status_code == 404
    for member in (world.gp.administrator, world.school.auditor, world.coordinator):
        assert signed_in(member).get(address).status_code == 403


def test_whoever_is_asked_sees_the_question_and_nothing_else_of_the_concern(
    world: World, signed_in: SignedIn, concern: Concern
) -> None:
    asked = question(world, concern)
    client = signed_in(world.amara)
    assert asked.told not in client.get(f"/enquiries/{asked.reference}/").content.decode()
    text = client.post(f"/enquiries/{asked.reference}/", follow=True).content.decode()
    for words in (asked.told, asked.question, world.priya.label, asked.reference, "Answer"):
        assert words in text
    for secret in ("Leo", "Marsh", "gripping", "Four small round marks", page(concern, "")):
        assert secret not in text
    assert "Four small" not in client.get(f"/enquiries/{asked.reference}/answer/").content.decode()
    asked.refresh_from_db()
    assert asked.opened_at is not None
    assert Access.objects.filter(subject=asked.reference, actor_id=world.amara.pk, action="enquiry").exists()


def test_only_the_person_asked_opens_it_and_nobody_does_by_looking(
    world: World, signed_in: SignedIn, concern: Concern
) -> None:
    asked = question(world, concern)
    for member in (world.priya, world.school.lead, world.gp.lead):
        signed_in(member).get(f"/enquiries/{asked.reference}/")
    asked.refresh_from_db()
    assert asked.opened_at is None


def test_nobody_else_answers_for_the_person_asked(
    world: World, signed_in: SignedIn, concern: Concern
) -> None:
    asked = question(world, concern)
    client = signed_in(world.gp.lead)
    assert client.get(f"/enquiries/{asked.reference}/answer/").status_code == 302
    answer = posted(client, f"/enquiries/{asked.reference}/answer/", knows="no", count="1")
    assert answer.status_code == 409
    assert not Exchange.objects.exists()


# --- The stage ---------------------------------------------------------------------------------


def test_who_needs_to_know_and_advice_can_be_saved_in_parts(
    world: World, signed_in: SignedIn, concern: Concern
) -> None:
    client = signed_in(world.priya)
    version = factories.the_cycle(concern).version
    answer = posted(client, page(concern, "ask/"), version=version, who_needs_to_know="The duty team.")
    assert answer.status_code == 302
    cycle = factories.the_cycle(concern)
    assert (cycle.who_needs_to_know, cycle.advice_needed) == ("The duty team.", None)
    posted(client, page(concern, "ask/"), version=cycle.version, advice_needed="no", who_needs_to_know="Tom.")
    assert factories.the_cycle(concern).advice_needed is False
    stale = posted(client, page(concern, "ask/"), version=version, who_needs_to_know="Mine.")
    assert stale.status_code == 409
    assert "Mine." in stale.content.decode()
    assert factories.the_cycle(concern).who_needs_to_know == "Tom."


def test_a_box_that_contradicts_what_is_written_down_is_not_offered(
    world: World, signed_in: SignedIn, concern: Concern
) -> None:
    client = signed_in(world.priya)
    fields = client.get(page(concern, "ask/")).context["form"].fields
    assert "no_assumptions" not in fields
    assert "nobody_else_known" in fields


def test_worry_is_given_for_this_cycle(world: World, signed_in: SignedIn, concern: Concern) -> None:
    client = signed_in(world.priya)
    assert posted(client, page(concern, "worry-now/"), level="", change="").status_code == 422
    concern.refresh_from_db()
    answer = posted(
        client,
        page(concern, "worry-now/"),
        version=concern.version,
        level="4",
        change="MORE",
        why="He has not come in.",
        urgency="URGENT",
    )
    assert answer.status_code == 302
    latest = Worry.objects.latest("id")
    assert (latest.level, latest.change, latest.cycle_number) == (4, "MORE", 1)
    assert "He has not come in." in client.get(page(concern, "")).content.decode()


def test_people_are_listed_from_the_directory_once_and_by_hand(
    world: World, signed_in: SignedIn, concern: Concern
) -> None:
    client = signed_in(world.priya)
    found = posted(client, page(concern, "ask/people/"), who="bridge osei")
    assert [one["member"] for one in found.context["found"]] == [world.amara]
    once = {"of": str(world.amara.pk)}
    assert posted(client, page(concern, "ask/people/add/"), **once).status_code == 302
    again = posted(client, page(concern, "ask/people/add/"), **once)
    assert again.status_code == 409
    assert "on the list already" in again.content.decode()
    by_hand = {"name": "Duty midwife", "agency_name": "Maternity", "role": "Saw mother", "how_to_reach": ""}
    assert posted(client, page(concern, "ask/people/by-hand/"), **by_hand).status_code == 302
    text = client.get(page(concern, "ask/")).content.decode()
    assert "Amara Osei" in text
    assert "Duty midwife" in text
    assert Involvement.objects.count() == 2
    assert posted(client, page(concern, "ask/people/add/"), of="nonsense").status_code == 404


def test_an_assumption_is_named_and_tested_once(world: World, signed_in: SignedIn, concern: Concern) -> None:
    client = signed_in(world.priya)
    add = posted(client, page(concern, "ask/assumptions/add/"), text="That the GP knows.", how_tested="")
    assert add.status_code == 302
    address = page(concern, "ask/assumptions/2/")
    assert "That the GP knows." in client.get(address).content.decode()
    assert posted(client, address, how_tested="  ").status_code == 422
    assert posted(client, address, how_tested="Rang; they did not.").status_code == 302
    assert posted(client, address, how_tested="Rang again.").status_code == 409
    assert Assumption.objects.latest("id").how_tested == "Rang; they did not."
    assert client.get(page(concern, "ask/assumptions/3/")).status_code == 404


def test_the_ask_page_takes_the_same_few_statements_however_much_there_is(
    world: World, signed_in: SignedIn, concern: Concern
) -> None:
    client = signed_in(world.priya)

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(page(concern, "ask/")).status_code == 200
        return len(seen)

    factories.enquiry(world, concern)
    cycle = factories.the_cycle(concern)
    ask.list_involvement(cycle, by=world.priya, at=world.clock(), member=world.amara)
    first = statements()
    for member in (world.tom, world.care.colleague, world.gp.colleague):
        factories.enquiry(world, concern, of=member)
        ask.list_involvement(cycle, by=world.priya, at=world.clock(), member=member)
        ask.name_assumption(cycle, by=world.priya, at=world.clock(), text="x", how_tested="y")
        records.give_worry(concern, by=world.priya, at=world.clock(), level=2, change="LESS")
    assert statements() == first


# --- A question, from one agency to the other and back ------------------------------------------


def test_a_question_is_shown_as_they_will_see_it_and_sent_only_as_it_was_shown(
    world: World, signed_in: SignedIn, concern: Concern
) -> None:
    client = signed_in(world.priya)
    address = page(concern, f"ask/enquiry/?of={world.amara.pk}")
    start = client.get(address).context["form"]
    assert start.initial["told"] == TOLD
    shown = posted(client, address, told=TOLD, question=QUESTION)
    assert shown.status_code == 200
    assert "will see" in shown.content.decode()
    assert not Enquiry.objects.exists()
    mark = shown.context["form"]["previewed"].value()
    changed = posted(client, address, told=f"{TOLD} He has marks.", question=QUESTION, previewed=mark)
    assert changed.status_code == 200
    assert not Enquiry.objects.exists()
    sent = posted(client, address, told=TOLD, question=QUESTION, previewed=mark)
    assert (sent.status_code, sent["Location"]) == (302, page(concern, "ask/"))
    asked = Enquiry.objects.get()
    assert (asked.asked_of, asked.told, asked.question) == (world.amara, TOLD, QUESTION)
    message = Message.objects.get(kind=Message.Kind.ASKED)
    assert "Leo" not in f"{message.reference}{message.path}{message.sender_agency}"


def test_a_draft_of_a_question_has_to_be_looked_at_again(
    world: World, signed_in: SignedIn, concern: Concern
) -> None:
    client = signed_in(world.priya)
    address = page(concern, f"ask/enquiry/?of={world.amara.pk}")
    posted(client, address, told=TOLD, question=QUESTION)
    assert Draft.objects.exists()
    form = client.get(address).context["form"]
    assert form["question"].value() == QUESTION
    assert form["previewed"].value() == ""


def test_somebody_outside_the_partnership_or_oneself_is_nobody_to_ask(
    world: World, signed_in: SignedIn, concern: Concern
) -> None:
    client = signed_in(world.priya)
    for nobody in (world.priya.pk, world.gp.auditor.pk, uuid.uuid4(), "Leo"):
        assert client.get(page(concern, f"ask/enquiry/?of={nobody}")).status_code == 404


def test_an_answer_of_several_statements_goes_back_as_an_exchange(
    world: World, signed_in: SignedIn, concern: Concern
) -> None:
    asked = question(world, concern)
    client = signed_in(world.amara)
    address = f"/enquiries/{asked.reference}/answer/"
    first = {
        "knows": "yes",
        "count": "1",
        "text_1": "Two missed appointments.",
        "kind_1": "HISTORY",
        "source_1": "Our records",
        "when_1": "Since September",
    }
    more = posted(client, address, add="1", **first)
    assert more.status_code == 200
    assert more.context["form"].blocks == 2
    assert more.context["form"]["text_1"].value() == "Two missed appointments."
    wrong = posted(client, address, **{**first, "count": "2", "text_2": "He seemed sad."})
    assert wrong.status_code == 422
    assert "He seemed sad." in wrong.content.decode()
    whole = {**first, "count": "2", "text_2": "He seemed sad.", "kind_2": "OPINION", "source_2": "Mine"}
    sent = posted(client, address, version=asked.version, **whole)
    exchange = Exchange.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, f"/exchanges/{exchange.reference}/")
    assert (exchange.speaker, exchange.listener) == (world.amara, world.priya)
    items = [(i.kind, i.text, i.source, i.happened_note) for i in exchange.items.all()]
    assert items == [
        ("HISTORY", "Two missed appointments.", "Our records", "Since September"),
        ("OPINION", "He seemed sad.", "Mine", ""),
    ]
    shown = signed_in(world.priya).get(f"/enquiries/{asked.reference}/").content.decode()
    assert exchange.reference in shown
    colleague = signed_in(world.school.colleague).get(f"/enquiries/{asked.reference}/").content.decode()
    assert exchange.reference not in colleague


def test_not_knowing_them_is_an_answer_of_two_clicks(
    world: World, signed_in: SignedIn, concern: Concern
) -> None:
    asked = question(world, concern)
    answer = posted(signed_in(world.amara), f"/enquiries/{asked.reference}/answer/", knows="no", count="1")
    assert answer.status_code == 302
    item = Exchange.objects.get().items.get()
    assert item.text == "I do not know them and do not work with them."


def test_advice_is_asked_without_naming_anybody_and_given_as_an_opinion(
    world: World, signed_in: SignedIn, concern: Concern
) -> None:
    client = signed_in(world.priya)
    form = client.get(page(concern, f"ask/advice/?of={world.amara.pk}")).context["form"]
    assert "Leo" not in form.initial["told"]
    asked = question(world, concern, kind="ADVICE")
    address = f"/enquiries/{asked.reference}/answer/"
    doctor = signed_in(world.amara)
    assert "knows" not in doctor.get(address).context["form"].fields
    answer = posted(doctor, address, count="1", text_1="Have the arm looked at today.", kind_1="OPINION")
    assert answer.status_code == 302
    assert Exchange.objects.get().kind == Exchange.Kind.ADVICE


def test_a_question_answered_while_the_page_was_open_is_refused_and_nothing_is_lost(
    world_with_deputies: World, signed_in: SignedIn
) -> None:
    world = world_with_deputies
    asked = question(world, factories.concern_at(world, Stage.ASK))
    factories.answered(world, asked, by=world.gp.colleague)
    words = {"knows": "yes", "count": "1", "text_1": "Seen last week.", "kind_1": "HISTORY", "source_1": "Me"}
    late = posted(
        signed_in(world.amara), f"/enquiries/{asked.reference}/answer/", version=asked.version, **words
    )
    assert late.status_code == 409
    assert "Seen last week." in late.content.decode()
    assert Exchange.objects.count() == 1


def test_a_colleague_explains_why_there_is_no_answer_and_the_gate_no_longer_waits(
    world: World, signed_in: SignedIn, concern: Concern
) -> None:
    asked = question(world, concern)
    client = signed_in(world.school.colleague)
    address = f"/enquiries/{asked.reference}/explain/"
    assert posted(client, address, why=" ").status_code == 422
    assert posted(client, address, why="Rang twice; on leave until Monday.").status_code == 302
    assert "on leave until Monday" in client.get(f"/enquiries/{asked.reference}/").content.decode()
    sentences = [one.text for one in client.get(page(concern, "")).context["gate"]["sentences"]]
    assert not any(asked.reference in one for one in sentences)
    assert posted(signed_in(world.amara), address, why="No.").status_code == 403


def test_whoever_was_asked_does_not_read_why_it_goes_on_without_them(
    world: World, signed_in: SignedIn, concern: Concern
) -> None:
    """It is written for the record, and no guard looks through it for protected details."""
    asked = question(world, concern)
    ask.explain_no_answer(asked, by=world.priya, at=world.clock(), why="Her father works there.")
    for one, reads in ((world.priya, True), (world.amara, False), (world.gp.lead, False)):
        answer = signed_in(one).get(f"/enquiries/{asked.reference}/")
        assert answer.status_code == 200
        assert ("Her father works there." in answer.content.decode()) is reads


def test_the_whole_of_ask_in_the_browser_of_two_agencies_opens_the_gate(
    world: World, signed_in: SignedIn, concern: Concern
) -> None:
    priya, amara = signed_in(world.priya), signed_in(world.amara)
    posted(priya, page(concern, "ask/people/add/"), of=str(world.amara.pk))
    address = page(concern, f"ask/enquiry/?of={world.amara.pk}")
    mark = posted(priya, address, told=TOLD, question=QUESTION).context["form"]["previewed"].value()
    posted(priya, address, told=TOLD, question=QUESTION, previewed=mark)
    asked = Enquiry.objects.get()
    posted(amara, f"/enquiries/{asked.reference}/answer/", knows="no", where_looked="Our records", count="1")
    factories.understood(world, Exchange.objects.get())
    posted(priya, page(concern, "ask/assumptions/1/"), how_tested="Asked; she does not.")
    version = factories.the_cycle(concern).version
    posted(
        priya, page(concern, "ask/"), version=version, who_needs_to_know="The duty team.", advice_needed="no"
    )
    gate = priya.get(page(concern, "")).context["gate"]
    assert gate["open"], gate["sentences"]
    version = factories.the_cycle(concern).version
    assert posted(priya, page(concern, "move/to-do/"), version=version).status_code == 302
    assert factories.the_cycle(concern).stage == Stage.DO


# --- What people type --------------------------------------------------------------------------

HTML = "<script>alert(1)</script> & =1+1"


@pytest.mark.parametrize(
    ("rest", "field", "others"),
    [
        ("ask/", "who_needs_to_know", {}),
        ("ask/assumptions/add/", "text", {}),
        ("ask/people/by-hand/", "name", {"agency_name": "A", "role": "B"}),
    ],
)
def test_what_is_typed_is_kept_exactly_and_shown_escaped(
    world: World, signed_in: SignedIn, concern: Concern, rest: str, field: str, others: dict[str, str]
) -> None:
    client = signed_in(world.priya)
    version = factories.the_cycle(concern).version
    kept = posted(client, page(concern, rest), version=version, **{field: HTML, **others})
    assert kept.status_code == 302
    text = client.get(page(concern, "ask/")).content.decode()
    assert HTML not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; =1+1" in text
    long = posted(client, page(concern, rest), version=version, **{field: "x" * 1_000_000, **others})
    assert long.status_code == 422
    assert "x" * 1000 in long.content.decode()
