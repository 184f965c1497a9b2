"""Documents that go with a disclosure: left out unless chosen, frozen, opened by whom it was meant for."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client

from agencies.refusals import Refused
from audit.models import Access, Event
from records import operations as records
from records.documents.serving import ClosedMeanwhile
from records.models import ScanResult
from sharing.models import Attachment, AttachmentOpening
from sharing.operations import attachments, check_back, disclosure
from sharing.operations.disclosure import NotReady
from sharing.operations.guarding import ProtectedDetailFound
from tests import documents, factories
from tests.documents import WHY, letter, looked
from tests.factories import World
from tests.guard.steps import protect
from tests.reaching import reach
from tests.records.documents import making
from tests.rows import nothing_changes
from tests.signing_in import SignedIn

pytestmark = pytest.mark.django_db


def of(one: Attachment) -> str:
    return f"/exchanges/{one.exchange.reference}/attachments/{one.number}/"


def taken(browser: Client, one: Attachment) -> bytes:
    response: Any = browser.post(of(one))
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content)


def said(response: Any) -> str:
    return " ".join(response.content.decode().split())


def prepare(browser: Client, w: World, **answers: Any) -> Any:
    """Post the page on which one chooses what somebody is told, for a concern with one letter."""
    concern = factories.at_share(w)
    letter(w, concern)
    exchange = factories.prepared(w, concern)
    here = f"/exchanges/{exchange.reference}/prepare/"
    words = {
        "choice_1": "KEY", "choice_2": "HOLD", "why_2": "Not needed.", "choice_3": "HOLD", "why_3": "No.",
        "why_you": "You are on duty.", "what_i_ask": "Decide today.", "urgency": "HIGH",
    }  # fmt: skip
    data = {"form_id": uuid4(), "version": exchange.version, **words, **answers}
    return exchange, browser.post(here, data)


# --- Choosing ---------------------------------------------------------------------------------------


def test_nothing_is_attached_unless_somebody_says_so(world: World, signed_in: SignedIn) -> None:
    exchange, response = prepare(signed_in(world.priya), world)
    assert response.status_code == 302
    assert not exchange.attachments.exists()


def test_a_document_is_attached_with_why_it_is_needed(world: World, signed_in: SignedIn) -> None:
    priya = signed_in(world.priya)
    exchange, response = prepare(priya, world, file_1="ATTACH", file_why_1=WHY)
    one = exchange.attachments.get()
    assert (one.title, one.why_needed) == (documents.LETTER["title"], WHY)
    page = said(priya.get(response["Location"]))
    assert "Attachment 1: Letter from the hospital" in page
    assert "What is inside a file is not looked through" in page
    assert "Not scanned" in page


def test_why_it_is_needed_is_asked_for(world: World, signed_in: SignedIn) -> None:
    exchange, response = prepare(signed_in(world.priya), world, file_1="ATTACH", file_why_1=" ")
    assert response.status_code == 422
    assert "Say why they need D1" in said(response)
    assert not exchange.attachments.exists()


def test_choosing_again_takes_the_place_of_what_was_chosen(world: World) -> None:
    exchange = documents.prepared(world)
    disclosure.choose_items(exchange, by=world.priya, at=world.clock(), **documents.choice(attach={}))
    assert not exchange.attachments.exists()


def test_a_document_of_another_concern_cannot_be_attached(world: World) -> None:
    exchange = factories.prepared(world, factories.at_share(world))
    letter(world)
    with nothing_changes(), pytest.raises(Refused, match="cannot be attached"):
        disclosure.choose_items(exchange, by=world.priya, at=world.clock(), **documents.choice(1))


def test_a_newer_version_is_chosen_again_before_sending(world: World) -> None:
    exchange = documents.prepared(world)
    document = exchange.attachments.get().version.document
    newer = looked(making.pdf(b"% signed\n"))
    records.add_version(document, by=world.priya, at=world.clock(), content=newer, why="Signed.")
    with nothing_changes(), pytest.raises(NotReady, match="newer version of D1"):
        factories.dispatched(world, exchange)


@pytest.mark.parametrize("what", ["struck", "infected"])
def test_a_mistake_and_malware_are_never_sent(world: World, what: str) -> None:
    exchange = documents.prepared(world)
    version = exchange.attachments.get().version
    if what == "struck":
        records.strike_document(version.document, by=world.priya, at=world.clock(), why="A mistake.")
    else:
        ScanResult.objects.create(version=version, outcome="INFECTED", said="Eicar", at=world.clock())
    with nothing_changes(), pytest.raises(NotReady, match="D1 cannot be sent"):
        factories.dispatched(world, exchange)
    assert attachments.choices(exchange.cycle.concern) == []


@pytest.mark.parametrize("field", ["title", "written_by", "source", "made_note"])
def test_the_guard_reads_what_is_said_of_a_document(world: World, field: str) -> None:
    concern = factories.at_share(world)
    words: dict[str, Any] = {field: "Sent from 14 Mill Lane"}
    letter(world, concern, **words)
    protect(world, factories.main_person(concern))
    exchange = factories.prepared(world, concern)
    exchange = disclosure.choose_items(exchange, by=world.priya, at=world.clock(), **documents.choice(1))
    with pytest.raises(ProtectedDetailFound) as stopped:
        factories.dispatched(world, exchange)
    assert "ttachment 1" in stopped.value.findings[0].where


# --- Opening ----------------------------------------------------------------------------------------


def test_the_listener_is_given_the_very_version_that_was_shared(world: World, signed_in: SignedIn) -> None:
    one = documents.opened(world)
    newer = looked(making.pdf(b"% signed\n"))
    document = one.version.document
    records.add_version(document, by=world.priya, at=world.clock(), content=newer, why="Signed.")
    assert taken(signed_in(world.tom), one) == making.pdf()


def test_it_is_given_after_the_page_when_nobody_is_told_who_asks_any_more(
    world: World, signed_in: SignedIn
) -> None:
    one = documents.opened(world)
    response: Any = signed_in(world.tom).post(of(one))
    reach(connection, everything=False)
    try:
        assert b"".join(response.streaming_content) == making.pdf()
    finally:
        reach(connection, everything=True)


def test_the_listener_is_given_a_photo_without_its_place(world: World, signed_in: SignedIn) -> None:
    one = documents.opened(world, looked(making.jpeg(making.exif()), name="a.jpg"))
    content = taken(signed_in(world.tom), one)
    assert b"54.0466" not in content
    page = said(signed_in(world.tom).get(f"/exchanges/{one.exchange.reference}/"))
    assert "Left out of this copy" in page
    assert one.sha256[:8] in page


def test_opening_is_seen_by_the_speaker_and_counted_once(world: World, signed_in: SignedIn) -> None:
    one, tom, priya = documents.opened(world), signed_in(world.tom), signed_in(world.priya)
    exchange = f"/exchanges/{one.exchange.reference}/"
    assert "Not opened yet" in said(priya.get(exchange))
    assert "You have not opened it yet" in said(tom.get(exchange))
    taken(tom, one), taken(tom, one)
    assert AttachmentOpening.objects.count() == 1
    assert Event.objects.filter(verb="sharing.attachment.opened").count() == 1
    assert f"Opened by {world.tom.full_name} on" in said(priya.get(exchange))
    assert "You opened it on" in said(tom.get(exchange))
    page = f"/concerns/{one.exchange.cycle.concern.reference}/documents/1/"
    assert f"{world.tom.full_name} opened it on" in said(priya.get(page))
    assert Access.objects.filter(action="attachment-file", outcome="SEEN").count() == 2


def test_looking_at_the_address_opens_nothing(world: World, signed_in: SignedIn) -> None:
    one = documents.opened(world)
    assert signed_in(world.tom).get(of(one)).status_code == 302
    assert not AttachmentOpening.objects.exists()


def test_what_it_came_with_is_opened_first(world: World, signed_in: SignedIn) -> None:
    one = documents.sent(world)
    response: Any = signed_in(world.tom).post(of(one))
    assert response.status_code == 409
    assert "Open what you were told first" in said(response)


@pytest.mark.parametrize("how", ["withdrawn", "not theirs", "malware"])
def test_it_closes_at_once(world: World, signed_in: SignedIn, how: str) -> None:
    one, tom = documents.opened(world), signed_in(world.tom)
    assert taken(tom, one)
    if how == "withdrawn":
        check_back.withdraw(one.exchange, by=world.priya, at=world.clock(), why="By mistake.")
    elif how == "not theirs":
        check_back.not_mine(one.exchange, by=world.tom, at=world.clock(), note="")
    else:
        ScanResult.objects.create(version=one.version, outcome="INFECTED", said="x", at=world.clock())
    response = tom.post(of(one))
    assert response.status_code == 409
    assert not response.streaming
    assert "Download attachment" not in said(tom.get(f"/exchanges/{one.exchange.reference}/"))
    assert Access.objects.filter(action="attachment-file", outcome="REFUSED").count() == 1


def test_it_is_cut_off_when_it_is_withdrawn_while_it_is_being_given(
    world: World, signed_in: SignedIn
) -> None:
    text = b"The same line again.\n" * 50_000
    one = documents.opened(world, looked(text, name="a.txt"))
    response: Any = signed_in(world.tom).post(of(one))
    portions = iter(response.streaming_content)
    assert next(portions)
    check_back.withdraw(one.exchange, by=world.priya, at=world.clock(), why="By mistake.")
    with pytest.raises(ClosedMeanwhile):
        next(portions)


def test_with_a_scanner_others_are_given_only_what_was_found_clean(
    world: World, signed_in: SignedIn, settings: LazySettings
) -> None:
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    one, tom = documents.opened(world), signed_in(world.tom)
    response = tom.post(of(one))
    assert response.status_code == 409
    assert "still to be scanned" in said(response)
    ScanResult.objects.create(version=one.version, outcome="CLEAN", at=world.clock())
    assert taken(tom, one) == making.pdf()


def test_a_struck_document_says_so_to_those_who_were_given_it(world: World, signed_in: SignedIn) -> None:
    one = documents.opened(world)
    document = one.version.document
    records.strike_document(document, by=world.priya, at=world.clock(), why="About another child.")
    page = said(signed_in(world.tom).get(f"/exchanges/{one.exchange.reference}/"))
    assert "struck this document through as a mistake" in page
    assert "About another child." not in page


def test_nobody_else_of_the_listeners_agency_is_given_it(world: World, signed_in: SignedIn) -> None:
    one = documents.opened(world)
    for member in (world.care.colleague, world.amara, world.stranger.practitioner):
        assert signed_in(member).post(of(one)).status_code == 404
    document = f"/concerns/{one.exchange.cycle.concern.reference}/documents/1/1/file/"
    assert signed_in(world.tom).get(document).status_code == 404
