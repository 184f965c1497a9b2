"""Somebody asks to see what is held: a mother at the school, and a father who has not shown who he is."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from records.models import Concern, Person, Statement
from sharing.demo import steps
from sharing.models import AccessRequest
from sharing.operations import access_requests, disclosure_holds, redaction
from sharing.subject_access import contents
from sharing.subject_access.parts import split


def kerry_asks_what_the_school_holds_about_leo(now: datetime) -> None:
    """Leo's mother asks. His words about Dean are on hold; Dean is held back everywhere; some is decided."""
    lena, priya = steps.member("Lena Hollis"), steps.member("Priya Nair")
    clock = steps.Clock(now - timedelta(minutes=50))
    leo = Person.objects.get(agency=lena.agency, first_name="Leo", last_name="Marsh")
    concern = Concern.objects.get(agency=lena.agency, subjects__person=leo, subjects__is_main=True)
    voice = Statement.objects.get(concern=concern, kind=Statement.Kind.VOICE)
    disclosure_holds.add_hold(
        concern, by=priya, at=clock.tick(), key=f"statement:{voice.pk}", kind="POLICE",
        came_from="Wyrefold Police",
        why="The officer has not spoken to Leo yet. Nobody at home may learn what he said.",
    )  # fmt: skip
    request = access_requests.open_request(
        leo, by=lena, at=clock.tick(), asked_by="PARENT", asked_by_name="Kerry Marsh",
        reply_to="She comes to the office for it, alone. Not by post.",
        wants="All records about my son Leo since he started.",
        received_on=timezone.localdate(now) - timedelta(days=6), received_how="A letter at the front office.",
        authority="His mother, with parental responsibility. Leo is 7 and cannot decide this himself.",
        identity_how="Lena Hollis has known her for three years.",
    )  # fmt: skip
    request = redaction.collect(request, by=lena, at=clock.tick())
    redaction.hold_back_words(
        request, by=lena, at=clock.tick(), words=["Dean"], instead="PERSON", ground="THIRD_PARTY",
        why="He has not agreed, and asking him would put Leo at risk.",
    )  # fmt: skip
    _decide_some(request, clock)


def _decide_some(request: AccessRequest, clock: steps.Clock) -> None:
    """One piece with a sentence held back, one held back whole, a few disclosed."""
    lena = request.owner
    disclosed = 0
    for one in contents.states_of(request, contents.current_pieces(request)):
        piece, at = one.piece, clock.tick(1)
        if one.holds:
            continue
        if "gripping" in piece.text and piece.key.startswith("statement:"):
            held = [n for n, part in enumerate(split(piece.text), start=1) if "gripping" in part]
            redaction.decide_piece(
                piece, by=lena, at=at, answer="PART", held=held, ground="CHILD_ABUSE",
                why="It says that he may be at risk of abuse; telling his mother now is not in his interest.",
            )  # fmt: skip
        elif piece.key.startswith("sharing-decision:"):
            redaction.decide_piece(
                piece, by=lena, at=at, answer="HOLD", ground="SERIOUS_HARM",
                why="It shows that social care was told, before anybody has visited.",
            )  # fmt: skip
        elif not piece.others and not piece.warnings and disclosed < 3:
            redaction.decide_piece(piece, by=lena, at=at, answer="DISCLOSE")
            disclosed += 1


def a_father_is_asked_who_he_is(now: datetime) -> None:
    """Social care has asked somebody who says he is a father to show it: the clock stands."""
    marian = steps.member("Helen Croft")
    clock = steps.Clock(now - timedelta(days=3))
    person = Person.objects.filter(agency=marian.agency, kind=Person.Kind.CHILD).order_by("pk").first()
    if person is None:
        raise LookupError("social care has recorded no child")
    access_requests.open_request(
        person, by=marian, at=clock.tick(), asked_by="OTHER", asked_by_name="Grant Ellery",
        reply_to="By e-mail, to an address that is not checked yet.",
        wants="Everything about my child and who reported us.",
        received_on=timezone.localdate(clock.now), received_how="An e-mail to the duty inbox.",
        authority="Says that he is the father. Not known to us.",
        identity_asked="A passport, and the birth certificate or an order that makes him responsible.",
    )  # fmt: skip


STORIES = (kerry_asks_what_the_school_holds_about_leo, a_father_is_asked_who_he_is)
