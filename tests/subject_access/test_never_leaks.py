"""What is held back is nowhere in what goes out: not in the page, not in the PDF, not in its metadata."""

from __future__ import annotations

import io
import zlib
from contextlib import suppress
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import StreamObject

from agencies import files
from agencies.models import Membership
from records import operations as records
from sharing.models import AccessRequest, Exchange
from sharing.operations import access_requests, redaction
from sharing.operations.redaction import CannotBeHeldBack
from sharing.states import State
from sharing.subject_access import contents
from sharing.subject_access.bundle import made_of, of_bundle
from sharing.subject_access.parts import found, split
from tests import answering, factories
from tests.factories import World
from tests.signing_in import SignedIn

pytestmark = pytest.mark.django_db
SECRET = "Zebediah Quorn"
SENTENCE = "He waits at the Ravenscroft garage every Thursday."


def everything_in(pdf: bytes) -> str:
    """Everything a PDF says to anybody: its text, its bytes, every stream decompressed, its metadata."""
    reader = PdfReader(io.BytesIO(pdf))
    said = [page.extract_text() for page in reader.pages]
    said += [str(value) for value in (reader.metadata or {}).values()]
    said.append(pdf.decode("latin-1"))
    for number in range(1, len(reader.xref[0]) + len(reader.xref_objStm) + 1):
        one: Any = reader.get_object(number)
        if isinstance(one, StreamObject):
            data = one.get_data()
            said += [data.decode("latin-1"), data.decode("utf-16-be", errors="ignore")]
        said.append(str(one))
    return "\n".join(said)


def decompressed(pdf: bytes) -> bytes:
    """Every deflated stretch of the file, whether or not a reader knows of it."""
    out, at = b"", 0
    while (at := pdf.find(b"stream", at)) >= 0:
        start = at + len(b"stream")
        while pdf[start : start + 1] in (b"\r", b"\n"):
            start += 1
        with suppress(zlib.error):
            out += zlib.decompressobj().decompress(pdf[start:])
        at = start
    return out


def leaking(w: World) -> AccessRequest:
    """A request in which a secret name stands in texts, in sources and in the name of a relative."""
    concern = answering.a_concern(w)
    person = factories.main_person(concern)
    texts = [
        f"{SECRET} collected him. {SENTENCE} He was calm.",
        "“I do not like ZEBEDIAH QUORN’s dog.”\nThen Quorn, Zebediah rang; so did Z. Quorn.",
    ]
    for text in texts:
        records.add_statement(
            concern, by=w.priya, at=w.clock(), kind="REPORTED", text=text, source=f"{SECRET}, by phone",
            happened_at=w.clock.moment,
        )  # fmt: skip
    answering.add_relative(w, person, "Zebediah", "Quorn")
    return answering.gathered(w, answering.asked(w, person))


def held_back(w: World) -> AccessRequest:
    """The same, with the name held back everywhere and one sentence ticked."""
    request = leaking(w)
    redaction.hold_back_words(
        request, by=w.school.lead, at=w.clock(), words=[SECRET, "Zebediah"], instead="PERSON",
        ground="THIRD_PARTY", why="He has not agreed.",
    )  # fmt: skip
    piece = next(one for one in answering.pieces(request) if SENTENCE in one.text)
    number = next(n for n, part in enumerate(split(piece.text), start=1) if SENTENCE in part)
    redaction.decide_piece(
        piece, by=w.school.lead, at=w.clock(), answer="PART", held=[number], ground="SERIOUS_HARM",
        why="He would know who told us.",
    )  # fmt: skip
    return answering.again(request)


def require_gone(text: str, where: str) -> None:
    for words in (SECRET, "Zebediah", "Ravenscroft"):
        assert words.casefold() not in text.casefold(), f"{words} is in {where}"
        assert not found(text, words), f"{words} is in {where}"


def test_the_secret_is_found_before_it_is_held_back(world: World) -> None:
    """The finding itself works: otherwise nothing below would mean anything."""
    w = world
    request = answering.decided(w, leaking(w))
    pdf = made_of(contents.of(request), number=1, at=w.clock())
    assert found(everything_in(pdf), SECRET)
    assert "Ravenscroft" in everything_in(pdf)


def test_nothing_that_is_held_back_is_anywhere_in_the_pdf(world: World) -> None:
    w = world
    made = answering.bundle(w, answering.checked(w, answering.ready(w, answering.decided(w, held_back(w)))))
    pdf = files.content_of(made.file)
    text = everything_in(pdf)
    require_gone(text, "the PDF")
    require_gone(decompressed(pdf).decode("latin-1"), "a stream of the PDF")
    assert "[held back: another person]" in " ".join(text.split())
    assert "[held back: part of this]" in " ".join(text.split())
    assert "He was calm." in " ".join(text.split()), "what is not held back is there"
    assert "Information about other people who have not agreed" in " ".join(text.split())


def test_nothing_that_is_held_back_is_in_the_page_that_shows_what_goes_out(
    world: World, signed_in: SignedIn
) -> None:
    w = world
    request = answering.decided(w, held_back(w))
    page = signed_in(w.school.lead).get(f"/subject-access/{request.reference}/preview/")
    require_gone(page.content.decode(), "the page")
    assert "[held back: another person]" in page.content.decode()


def test_the_page_and_the_pdf_are_made_of_the_same(world: World) -> None:
    w = world
    request = answering.decided(w, held_back(w))
    one, again = contents.of(request), contents.of(request)
    assert one.digest == again.digest
    given = of_bundle(one, number=1, at=w.clock())
    assert {key: given[key] for key in ("letter", "sections")} == again.data


def test_a_piece_that_is_held_back_leaves_nothing_behind(world: World) -> None:
    w = world
    request = answering.gathered(w)
    piece = answering.piece(request)
    redaction.decide_piece(
        piece, by=w.school.lead, at=w.clock(), answer="HOLD", ground="CRIME", why="The police asked us to."
    )
    request = answering.decided(w, request)
    text = everything_in(made_of(contents.of(request), number=1, at=w.clock()))
    assert piece.text.split("\n")[0] not in " ".join(text.split())
    assert "crime" not in text.lower(), "a ground that may not be named is not named"


@pytest.mark.parametrize("words", ["Leo", "Marsh", "Kerry Marsh", "held back", "another person", "!!", "a"])
def test_words_of_the_answer_itself_cannot_be_held_back(world: World, words: str) -> None:
    w = world
    request = answering.gathered(w)
    with pytest.raises(CannotBeHeldBack):
        answering.held_word(w, request, words=words)


def test_another_agencys_words_are_marked_as_theirs_and_as_perhaps_about_somebody_else(world: World) -> None:
    w = world
    request = answering.heard(w)
    heard = [one for one in answering.pieces(request) if one.from_agency]
    assert {one.from_agency for one in heard} == {w.school.agency}
    assert all("same person" in " ".join(one.warnings) for one in heard)
    exchange = Exchange.objects.get(pk=int(heard[0].key.partition(":")[2]))
    assert exchange.items.first().text in heard[0].text  # type: ignore[union-attr]  # it has items


def test_somebody_of_the_same_name_born_on_another_day_is_somebody_else(world: World) -> None:
    w = world
    told = factories.main_person(factories.exchange_at(w, State.UNDERSTOOD).cycle.concern)
    assert told.born_on is not None
    other = records.record_person(
        by=w.tom, at=w.clock(), kind="CHILD", first_name=told.first_name, last_name=told.last_name,
        born_on=told.born_on.replace(year=told.born_on.year - 3),
    )  # fmt: skip
    given = {**answering.ASKED, "received_on": answering.today(w), "identity_how": answering.KNOWN}
    request = access_requests.open_request(other, by=w.care.lead, at=w.clock(), **given)
    redaction.collect(request, by=w.care.lead, at=w.clock())
    assert not [one for one in answering.pieces(request) if one.from_agency]


def test_the_internal_log_holds_what_the_answer_does_not(world: World, signed_in: SignedIn) -> None:
    w = world
    request = answering.decided(w, held_back(w))
    lead: Membership = w.school.lead
    page = signed_in(lead).get(f"/subject-access/{request.reference}/log/").content.decode()
    assert SENTENCE in page
    assert SECRET in page
    pdf = signed_in(lead).get(f"/subject-access/{request.reference}/log/pdf/").content
    assert "NOT TO BE DISCLOSED" in everything_in(pdf)
