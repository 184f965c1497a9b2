"""A PDF of what somebody said and agreed: theirs, all of it, and nothing that anybody else said."""

from __future__ import annotations

import io
import unicodedata
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
import typst
from pypdf import PdfReader

from agencies.models import Membership
from audit.models import Access, Event
from sharing.models import Exchange
from sharing.operations import actions, check_back, differ
from sharing.paper import my_copy as paper
from sharing.paper import press
from sharing.states import State
from tests import factories
from tests.factories import OTHER_WORDS, OWN_WORDS, World
from tests.links import by_link
from tests.links.by_link import Visitor, read
from tests.sharing.asking import as_

AT = datetime(2027, 1, 12, 8, 55, tzinfo=UTC)
EVERY_SIGN_OF_TYPST = (
    '# $ * _ ` < > @ \\ / [ ] { } ~ -- = + - \' " ; : | & ^ % ! ? … /* */ // #import "x" #panic(1)'
)
SAID_BY_OTHERS = ("Four small round marks", "He squeezed me because I was loud.", "You are on duty")


def words(value: str, **more: str) -> dict[str, Any]:
    """A copy with one text of somebody's in it."""
    rows = [{"key": "What has happened", "value": value}]
    entries = [{"heading": "Version 1", "rows": rows}]
    return {
        "title": paper.TITLE,
        "lead": paper.LEAD,
        "reference": "WF-27-0001-X1",
        "watermark": "WF-27-0001-X1, 12 January 2027, Grace Adeyemi",
        "facts": [{"key": "Who said it", "value": value}],
        "parts": [{"heading": "What I said back", "lead": "", "entries": entries}],
        **more,
    }


# --- What is in it -----------------------------------------------------------------------------


def everything_said(world: World) -> Exchange:
    """An exchange that was corrected once, understood, agreed with in part, and led to two actions."""
    exchange = by_link.told(world, State.CORRECTED)
    grace = exchange.listener
    check_back.restate(exchange, by=grace, at=world.clock(), **OTHER_WORDS)
    exchange = factories.confirmed(world, factories.again(exchange))
    differ.answer_agreement(
        exchange, by=grace, at=world.clock(), risk="DISAGREE", risk_why="His aunt is there, I think.",
        action="AGREE",
    )  # fmt: skip
    row = exchange.disagreements.get()
    differ.add_position(row, by=world.priya, at=world.clock(), words="The speaker’s own view of it.")
    mine = factories.propose(world, exchange)
    actions.accept(mine, by=grace, at=world.clock())
    at = world.clock()
    actions.report(factories.again(mine), by=grace, at=at, what_happened="Seen by me, and well.", done_at=at)
    actions.propose(
        exchange, by=grace, at=world.clock(), what="An action of the speaker’s.", owner=world.priya,
        by_when="2 working days", contingency="Whatever the speaker fears.",
    )  # fmt: skip
    return factories.again(exchange)


def test_it_holds_all_that_they_said_and_nothing_that_they_were_told(world: World) -> None:
    exchange = everything_said(world)
    text = " ".join(read(Visitor(world, exchange).comes_in().takes_copy()))
    for said in (*OWN_WORDS.values(), *OTHER_WORDS.values()):
        assert said in text
    for said in (
        exchange.reference,
        "Grace Adeyemi, Housing officer, Wyre Homes",
        "Decide today whether this needs a strategy discussion.",
        "Say what you understand about the second point.",
        "To be said again, said Priya Nair",
        "Key item 1: Not as I meant it.",
        "The risk: disagree",
        "His aunt is there, I think.",
        "The action: agree",
        "Visit the child at home.",
        "Nobody answers the door.",
        "(2 working days)",
        "Seen by me, and well.",
    ):
        assert said in text, said
    for said in (*SAID_BY_OTHERS, "The speaker’s own view", "An action of the speaker’s", "Leo", "Marsh"):
        assert said not in text, said


def test_every_page_carries_reference_date_name_and_number(world: World) -> None:
    made = press.pdf(paper.TEMPLATE, words("It happened again and nobody saw it. " * 400), at=AT)
    pages = read(made)
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert page.count("WF-27-0001-X1, 12 January 2027, Grace Adeyemi") == 2, "watermark and foot"
        assert f"Page {number} of {len(pages)}" in page


def test_it_is_tagged_has_a_title_and_says_its_language() -> None:
    found = PdfReader(io.BytesIO(press.pdf(paper.TEMPLATE, words("It happened."), at=AT)))
    root: Any = found.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en-GB"
    assert found.metadata is not None
    assert found.metadata.title == "What I said and agreed: WF-27-0001-X1"
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()


# --- Text is data ------------------------------------------------------------------------------


def test_every_special_sign_of_typst_stays_a_sign() -> None:
    text = " ".join(read(press.pdf(paper.TEMPLATE, words(EVERY_SIGN_OF_TYPST), at=AT)))
    assert text.count(EVERY_SIGN_OF_TYPST) == 2


@pytest.mark.parametrize(
    "hostile",
    [
        '#eval("1")',
        '#read("press.py")',
        "\\u{41}",
        "= Heading",
        "- item",
        "<label> @ref",
        "$x^2$",
        "```\ncode\n```",
    ],
)
def test_nothing_that_is_written_is_ever_carried_out(hostile: str) -> None:
    shown = " ".join(hostile.split())
    assert shown in " ".join(read(press.pdf(paper.TEMPLATE, words(hostile), at=AT)))


def test_lines_stay_lines_and_a_word_without_end_stays_on_the_page() -> None:
    found = PdfReader(io.BytesIO(press.pdf(paper.TEMPLATE, words("one\ntwo\n\n" + "x" * 2000), at=AT)))
    lines = [line for page in found.pages for line in page.extract_text().splitlines()]
    assert "one" in lines
    assert "two" in lines
    assert sum(line.count("x") for line in lines if set(line.strip("\u200b")) <= {"x", "\u200b"}) >= 3000
    assert max(len(line) for line in lines) < 200


@pytest.mark.parametrize(
    "text", ["Zoë Łuczak-Šimić", "Ελένη", "Наталия", "مرحبا", "naïve “quotes” – dash…", "£5 €7 ½"]
)
def test_names_and_words_of_other_languages_are_shown(text: str) -> None:
    made = "".join(read(press.pdf(paper.TEMPLATE, words(text), at=AT)))
    assert "[" not in made
    if not any(unicodedata.bidirectional(one) == "AL" for one in text):
        assert text in made


def test_a_sign_without_a_picture_is_written_as_its_name() -> None:
    made = " ".join(read(press.pdf(paper.TEMPLATE, words("Fine 😀 she said 你"), at=AT)))
    assert "Fine [grinning face] she said [cjk unified ideograph-4f60]" in made


@pytest.mark.parametrize(
    "text", ["\x00\x07\u202e\ufeff", "\ue000\uffff", "👨\u200d👩\u200d👧", "\u0301", " ", ""]
)
def test_no_sign_breaks_it(text: str) -> None:
    assert press.pdf(paper.TEMPLATE, words(f"a{text}b"), at=AT).startswith(b"%PDF")


def test_a_template_that_is_wrong_is_not_hidden(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wrong.typ").write_text('#panic("no")')
    monkeypatch.setattr(press, "HERE", tmp_path)
    with pytest.raises(typst.TypstError):
        press.pdf("wrong.typ", {}, at=AT)


# --- Who takes it, and what that leaves behind ---------------------------------------------------


def test_looking_changes_nothing_and_taking_it_is_written_down(world: World) -> None:
    grace = Visitor(world, by_link.told(world, State.RESTATED)).comes_in()
    page = grace.looks_at("exchange")
    assert "Take a copy of what you said and agreed" in page
    before = Event.objects.count()
    page = grace.looks_at("my-copy")
    assert "What I said back" in page
    assert Event.objects.count() == before
    made = grace.takes_copy()
    event = Event.objects.get(verb="sharing.exchange.copy_taken")
    assert event.data["sha256"] == sha256(made).hexdigest()
    assert event.subject == grace.exchange.reference
    look = Access.objects.get(action="copy")
    assert (look.subject, look.actor_id) == (grace.exchange.reference, grace.exchange.listener_id)
    grace.takes_copy()
    assert Event.objects.filter(verb="sharing.exchange.copy_taken").count() == 2


def test_there_is_none_before_they_have_said_anything(world: World) -> None:
    grace = Visitor(world, by_link.told(world, State.RECEIVED)).comes_in()
    assert "Take a copy" not in grace.looks_at("exchange")
    for answer in (grace.gets(grace.page("my-copy")), grace.posts(grace.page("my-copy"), {})):
        assert answer.status_code == 409
        assert "You have said nothing yet" in by_link.text(answer)


def test_there_is_none_of_what_was_taken_back(world: World) -> None:
    exchange = by_link.told(world, State.RESTATED)
    grace = Visitor(world, exchange).comes_in()
    check_back.withdraw(exchange, by=world.priya, at=world.clock(), why="Wrong child.")
    assert grace.posts(grace.page("my-copy"), {}).status_code == 409
    assert not Event.objects.filter(verb="sharing.exchange.copy_taken").exists()


def test_somebody_with_an_account_takes_it_too_and_the_speaker_does_not(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    path = f"/exchanges/{exchange.reference}/my-copy/"
    answer = as_(world.tom).post(path)
    assert answer.status_code == 200
    assert OWN_WORDS["what_happened"] in " ".join(read(answer.content))
    for other in (world.priya, world.care.lead):
        assert _status(other, path) == 409
    assert _status(world.stranger.practitioner, path) == 404


def _status(member: Membership, path: str) -> int:
    return int(as_(member).post(path).status_code)


def test_it_is_made_within_a_second(world: World) -> None:
    press.pdf(paper.TEMPLATE, words("warm"), at=AT)
    began = datetime.now(UTC)
    press.pdf(paper.TEMPLATE, words("It happened again and nobody saw it. " * 400), at=AT)
    assert (datetime.now(UTC) - began).total_seconds() < 1
