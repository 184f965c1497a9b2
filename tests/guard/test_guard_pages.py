"""What the sender sees: each finding in its sentence, three ways on, and nothing lost."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.urls import reverse

from audit.models import Access
from records.models import ProtectedDetail
from sharing.models import Exchange, GuardDecision, Stage
from tests import factories
from tests.factories import World
from tests.guard.steps import WHY, concern_saying, leaking, protect
from tests.sharing.asking import as_, at, filled, post, text

pytestmark = pytest.mark.django_db


def seen_on(page: Any) -> str:
    found = re.search(r'name="all_the_same_seen" value="([^"]*)"', page.content.decode())
    assert found
    return found[1]


def press_all_the_same(page: Any, why: str = WHY) -> dict[str, str]:
    return {"all_the_same": "yes", "all_the_same_why": why, "all_the_same_seen": seen_on(page)}


def test_sending_stops_and_shows_what_was_found_in_its_sentence(world: World) -> None:
    exchange = leaking(world, text="He cried. We drove her to 14 mill ln. Then we rang.")
    page = post(world.priya, "send", exchange, checked="on")
    assert page.status_code == 409
    words = text(page)
    assert "This has not been sent" in words
    assert "A protected address of Leo Marsh" in words
    assert "We drove her to <mark>14 mill ln</mark>." in words
    assert "He cried" not in words
    assert at("prepare", exchange) in words
    assert reverse("choose-listener", args=[exchange.cycle.concern.reference]) in words
    assert Exchange.objects.get(pk=exchange.pk).sent_at is None


def test_it_is_sent_all_the_same_from_the_same_page_with_a_reason(world: World) -> None:
    exchange = leaking(world)
    page = post(world.priya, "send", exchange, checked="on")
    sent = post(world.priya, "send", exchange, checked="on", **press_all_the_same(page))
    assert sent.status_code == 302
    assert GuardDecision.objects.get().why == WHY
    mine = text(as_(world.priya).get(at("exchange", exchange)))
    assert "Sent although it holds a protected detail" in mine
    assert WHY in mine
    assert WHY in text(as_(world.school.lead).get(at("exchange", exchange)))
    theirs = text(as_(world.tom).get(at("exchange", exchange)))
    assert "Sent although" not in theirs
    assert WHY not in theirs


def test_the_reason_is_kept_when_it_is_asked_again(world: World) -> None:
    exchange = leaking(world, text="We drove her to 14 Mill Lane, then to Ashdown Academy.")
    page = post(world.priya, "send", exchange, checked="on")
    again = post(world.priya, "send", exchange, checked="on", **press_all_the_same(page, why=" "))
    assert "Say why you send it all the same." in text(again)
    protect(world, factories.main_person(exchange.cycle.concern), kind="SCHOOL", value="Ashdown Academy")
    third = post(world.priya, "send", exchange, checked="on", **press_all_the_same(page))
    assert third.status_code == 409
    assert WHY in text(third)
    assert "A protected school" in text(third)


def test_the_ordinary_button_sends_nothing_even_with_a_reason(world: World) -> None:
    exchange = leaking(world)
    page = post(world.priya, "send", exchange, checked="on")
    answers = press_all_the_same(page)
    del answers["all_the_same"]
    again = post(world.priya, "send", exchange, checked="on", **answers)
    assert again.status_code == 409
    assert WHY in text(again)


def test_in_an_emergency_it_is_asked_on_the_same_page_and_nothing_typed_is_lost(world: World) -> None:
    concern = factories.concern_at(world, Stage.ASK)
    protect(world, factories.main_person(concern), kind="NAME", value="Leo Marsh")
    exchange = factories.prepared(world, concern)
    why = "He goes home at three, to Leo's stepfather."
    page = post(world.priya, "send", exchange, checked="on", emergency_reason=why)
    assert page.status_code == 409
    assert why in text(page)
    assert "999" in text(page)
    answers = press_all_the_same(page)
    sent = post(world.priya, "send", exchange, checked="on", emergency_reason=why, **answers)
    assert sent.status_code == 302
    assert Exchange.objects.get(pk=exchange.pk).emergency_reason == why


def test_a_question_stops_with_its_words_still_there(world: World) -> None:
    concern = factories.concern_at(world, Stage.ASK)
    protect(world, factories.main_person(concern))
    address = f"{reverse('ask-enquiry', args=[concern.reference])}?of={world.amara.pk}"
    words = {"told": "They moved to HX7 8AB.", "question": "Is he on your list?"}
    browser = as_(world.priya)
    preview = browser.post(address, filled(None, **words))
    mark = re.search(r'name="previewed" value="([^"]*)"', preview.content.decode())
    assert mark
    page = browser.post(address, filled(None, **words, previewed=mark[1]))
    assert page.status_code == 409
    assert "They moved to <mark>HX7 8AB</mark>." in text(page)
    sent = browser.post(address, filled(None, **words, previewed=mark[1], **press_all_the_same(page)))
    assert sent.status_code == 302
    assert GuardDecision.objects.get().exchange is None


def test_a_refusal_is_logged_without_what_was_found(world: World) -> None:
    exchange = leaking(world)
    post(world.priya, "send", exchange, checked="on")
    refused = Access.objects.filter(outcome="REFUSED").latest("id")
    assert refused.why == "ProtectedDetailFound"
    assert "mill" not in f"{list(Access.objects.values())}".lower()


# --- The pages of what is protected ---------------------------------------------------------------------


def page_of(name: str, person: Any, *more: int) -> str:
    return reverse(name, args=[person.reference, *more])


def test_a_detail_is_added_shown_and_ended_on_the_persons_pages(world: World) -> None:
    person = factories.child(world)
    browser = as_(world.priya)
    answers = {
        "form_id": str(uuid.uuid4()), "kind": "SCHOOL", "value": "Ashdown Academy", "kept_from": "PEOPLE",
        "people": "tom ashdown\n", "why": "Father works there.",
    }  # fmt: skip
    added = browser.post(page_of("person-protect", person), answers)
    assert added.status_code == 302
    words = text(browser.get(page_of("person-protected", person)))
    assert "Ashdown Academy" in words
    assert "Tom Ashdown, Duty social worker, Wyrefold Family Front Door" in words
    assert Access.objects.filter(action="protected details", subject=person.reference).exists()
    ended = browser.post(
        page_of("protection-end", person, 1), {"form_id": str(uuid.uuid4()), "why": "They may know now."}
    )
    assert ended.status_code == 302
    assert ProtectedDetail.objects.get().ended_by == world.priya
    assert "Not protected any more" in text(browser.get(page_of("person-protected", person)))
    assert browser.get(page_of("protection-end", person, 1)).status_code == 404


def test_somebody_with_a_name_that_two_have_is_named_with_their_agency(world: World) -> None:
    factories.member(world.gp.agency, "Tom Ashdown")
    person = factories.child(world)
    answers = {
        "form_id": str(uuid.uuid4()), "kind": "NAME", "value": "Rose", "kept_from": "PEOPLE",
        "people": "Tom Ashdown", "why": "He is a cousin.",
    }  # fmt: skip
    page = as_(world.priya).post(page_of("person-protect", person), answers)
    assert page.status_code == 422
    assert "Bridge Street Surgery; Wyrefold Family Front Door" in text(page)
    answers["people"] = "Tom Ashdown, Bridge Street Surgery"
    assert as_(world.priya).post(page_of("person-protect", person), answers).status_code == 302
    assert ProtectedDetail.objects.get().kept_from_rows.filter(member__agency=world.gp.agency).exists()


@pytest.mark.parametrize("name", ["person-protected", "person-protect"])
def test_what_is_protected_is_for_those_who_work_with_concerns_at_the_agency(world: World, name: str) -> None:
    person = factories.child(world)
    address = page_of(name, person)
    for member, status in (
        (world.priya, 200),
        (world.school.colleague, 200),
        (world.tom, 404),
        (world.school.administrator, 403),
        (world.school.auditor, 403),
    ):
        assert as_(member).get(address).status_code == status


def test_words_that_hold_nothing_protected_are_sent_as_before(world: World) -> None:
    concern = concern_saying(world, "We drove her to the hospital.")
    protect(world, factories.main_person(concern))
    exchange = factories.prepared(world, concern)
    assert post(world.priya, "send", exchange, checked="on").status_code == 302
    assert not GuardDecision.objects.exists()
