"""A letter is added, goes with what somebody is told and is opened, which is seen; also on a bad line."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.browser.conftest import AtABrowser
from tests.browser.looking import Inspector
from tests.browser.sharing_steps import HOLD, KEY, chooses_what_to_tell, sends
from tests.browser.somebody import Somebody
from tests.factories import World
from tests.records.documents import making

TITLE = "Letter from the hospital"
WHY = "It says what the doctor saw, in her own words."
FILE = "Choose the file"


def test_a_letter_from_upload_to_opening(world: World, signed_in: AtABrowser, inspector: Inspector) -> None:
    concern = factories.at_share(world)
    exchange = factories.prepared(world, concern)
    priya, tom = signed_in(world.priya), signed_in(world.tom)
    for somebody in (priya, tom):
        somebody.looks.append(inspector)

    comes_to_the_documents(priya, concern.reference)
    is_refused_a_program_and_loses_nothing(priya)
    adds_the_letter(priya)
    attaches_it(priya, exchange.reference)
    opens_it(tom, exchange.reference)
    sees_that_it_was_opened(priya, exchange.reference)
    adds_a_version_and_strikes_it_through(priya, concern.reference)


def comes_to_the_documents(speaker: Somebody, reference: str) -> None:
    speaker.opens(f"/concerns/{reference}/record/")
    speaker.follows("Documents")
    speaker.is_on("Documents")
    speaker.sees("There are no documents yet.")
    speaker.follows("Add a document")
    speaker.is_on("Add a document")


def is_refused_a_program_and_loses_nothing(speaker: Somebody) -> None:
    picks_a_file(speaker, "letter.pdf", b"MZ\x90\x00" + bytes(99))
    says_what_it_is(speaker)
    speaker.presses("Add this document")
    speaker.is_told("This is a program, and that is not kept here.")
    speaker.still_has("What is it?", TITLE)
    speaker.still_has("How did it come to you?", "By post")
    speaker.is_on("Add a document")


def adds_the_letter(speaker: Somebody) -> None:
    picks_a_file(speaker, "letter.pdf", making.pdf())
    speaker.presses("Add this document")
    speaker.is_on(TITLE)
    speaker.sees("Not scanned", "letter.pdf", "Nobody outside your agency.")
    with speaker.page.expect_download() as download:
        speaker.follows("Download version 1")
    assert download.value.suggested_filename.endswith("-D1-1.pdf")
    speaker.follows("Back to documents")
    speaker.is_on("Documents")
    speaker.sees(f"D1 {TITLE}")


def attaches_it(speaker: Somebody, exchange: str) -> None:
    speaker.opens(f"/exchanges/{exchange}/prepare/")
    attach = speaker.group("Attach D1 or leave it out?")
    expect(attach.get_by_label("Leave it out", exact=True)).to_be_checked()
    attach.get_by_label("Attach it", exact=True).check()
    speaker.writes("Why do they need D1?", WHY)
    choices = {"S1": KEY, "S2": HOLD, "S3": HOLD}
    chooses_what_to_tell(speaker, "Tom Ashdown", choices, held_back_because="Not needed.")
    speaker.sees(f"Attachment 1: {TITLE}", WHY, "What is inside a file is not looked through")
    sends(speaker, exchange, "Tom Ashdown")
    speaker.sees("Not opened yet")


def opens_it(listener: Somebody, exchange: str) -> None:
    listener.opens_exchange(exchange)
    listener.presses("Open")
    listener.sees(f"Attachment 1: {TITLE}", "You have not opened it yet")
    listener.is_on("Information from Priya Nair")
    with listener.page.expect_download() as download:
        listener.presses("Download attachment 1")
    assert download.value.suggested_filename == f"{exchange}-F1.pdf"
    assert download.value.path().read_bytes() == making.pdf()
    listener.opens_exchange(exchange)
    listener.sees("You opened it on")


def sees_that_it_was_opened(speaker: Somebody, exchange: str) -> None:
    speaker.opens_exchange(exchange)
    speaker.sees("Opened by Tom Ashdown on")


def adds_a_version_and_strikes_it_through(speaker: Somebody, reference: str) -> None:
    speaker.opens(f"/concerns/{reference}/documents/1/")
    speaker.sees("Tom Ashdown opened it on")
    speaker.follows("Add a new version")
    speaker.is_on("Add a version of D1")
    picks_a_file(speaker, "letter.pdf", making.pdf(b"% signed\n"), under="Choose the new file")
    speaker.writes("Why is there a new version?", "The signed copy came.")
    speaker.presses("Add this version")
    speaker.is_on(TITLE)
    speaker.sees("Version 2", "The signed copy came.")
    speaker.follows("This document is a mistake")
    speaker.is_on("Strike D1 through")
    speaker.writes("Why is it a mistake?", "It is about another child.")
    speaker.presses("Strike it through")
    speaker.sees("It is about another child.")
    speaker.is_on(TITLE)


def picks_a_file(somebody: Somebody, name: str, content: bytes, *, under: str = FILE) -> None:
    file: Any = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    somebody.page.get_by_label(under, exact=True).set_input_files(file)


def says_what_it_is(somebody: Somebody) -> None:
    somebody.writes("What is it?", TITLE)
    somebody.chooses("Letter or e-mail")
    somebody.writes("Who wrote or made it?", "Dr Imran Shah")
    somebody.writes("How did it come to you?", "By post")
    somebody.writes("If you cannot give a date, when was it roughly?", "early in January")


def test_a_slow_line_shows_how_far_it_is_and_can_be_stopped(world: World, signed_in: AtABrowser) -> None:
    concern = factories.logged(world)
    priya = signed_in(world.priya)
    priya.opens(f"/concerns/{concern.reference}/documents/add/")
    picks_a_file(priya, "notes.txt", b"The same line again.\n" * 150_000)
    says_what_it_is(priya)
    line = priya.window.new_cdp_session(priya.page)
    line.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 150 * 1024}
    line.send("Network.emulateNetworkConditions", slow)
    priya.presses("Add this document")
    bar = priya.page.get_by_role("progressbar", name="How much of the file has been sent")
    expect(bar).to_be_visible()
    expect(priya.page.get_by_role("status").filter(has_text="% sent.")).to_be_visible()
    priya.presses("Stop sending")
    priya.sees("You stopped it, and nothing was kept.")
    priya.still_has("What is it?", TITLE)
    expect(bar).to_have_count(0)
    assert not concern.documents.exists()
    line.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    presses_again(priya, "Add this document")
    priya.is_on(TITLE)


def presses_again(somebody: Somebody, words: str) -> None:
    """Press a button that was pressed before: within a second it would be taken for a double click."""
    somebody.page.wait_for_timeout(1100)
    somebody.presses(words)


def test_a_line_that_breaks_loses_nothing(world: World, signed_in: AtABrowser) -> None:
    concern = factories.logged(world)
    priya = signed_in(world.priya)
    priya.opens(f"/concerns/{concern.reference}/documents/add/")
    picks_a_file(priya, "letter.pdf", making.pdf())
    says_what_it_is(priya)
    priya.page.route("**/documents/add/", lambda route: route.abort())
    priya.presses("Add this document")
    priya.sees("It was not sent: the line broke.")
    priya.still_has("What is it?", TITLE)
    priya.page.unroute("**/documents/add/")
    presses_again(priya, "Add this document")
    priya.is_on(TITLE)


def test_a_file_beyond_20_mb_is_not_even_sent(world: World, signed_in: AtABrowser) -> None:
    concern = factories.logged(world)
    priya = signed_in(world.priya)
    priya.opens(f"/concerns/{concern.reference}/documents/add/")
    picks_a_file(priya, "large.pdf", making.zeros(21))
    priya.presses("Add this document")
    priya.sees("This file has 22.0 MB, and 20 MB is the most that is kept.")


@pytest.mark.usefixtures("without_javascript")
def test_it_all_works_where_scripts_do_not_run(world: World, signed_in: AtABrowser) -> None:
    concern = factories.logged(world)
    priya = signed_in(world.priya)
    priya.opens(f"/concerns/{concern.reference}/documents/add/")
    picks_a_file(priya, "letter.pdf", making.pdf())
    says_what_it_is(priya)
    priya.presses("Add this document")
    priya.is_on(TITLE)


@pytest.mark.usefixtures("without_javascript")
def test_a_file_beyond_20_mb_gets_a_sentence_and_no_broken_line(world: World, signed_in: AtABrowser) -> None:
    concern = factories.logged(world)
    priya = signed_in(world.priya)
    priya.opens(f"/concerns/{concern.reference}/documents/add/")
    picks_a_file(priya, "large.pdf", making.zeros(25))
    says_what_it_is(priya)
    priya.presses("Add this document")
    priya.is_told("26.2 MB, and 20 MB is the most that is kept.")
    priya.still_has("What is it?", TITLE)
