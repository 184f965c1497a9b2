"""Two people at once on one subject access request: what is decided, put on hold and made meanwhile."""

from __future__ import annotations

from functools import partial

import pytest

from agencies.refusals import Refused
from sharing.models import AccessBundle, AccessCheck, AccessRequest, PieceDecision
from sharing.operations import access_bundles, disclosure_holds, redaction
from sharing.subject_access import contents
from tests import answering, factories
from tests.factories import World
from tests.races.two import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4


def hold_of(w: World, request: AccessRequest) -> dict[str, str]:
    """What somebody puts on hold: the first statement of the request."""
    return {"key": answering.piece(request).key, "kind": "POLICE", "why": "He is not interviewed yet."}


def concern_of(request: AccessRequest) -> object:
    place = request.person.concerned_in.first()
    assert place is not None
    return place.concern


def test_two_decisions_on_one_page_one_is_told_that_it_is_out_of_date() -> None:
    w = factories.make_world()
    other = answering.second_lead(w)
    for _ in range(ROUNDS):
        request = answering.gathered(w)
        piece = answering.piece(request)
        decide = partial(redaction.decide_piece, piece, at=w.clock(), seen_version=request.version)
        outcome = at_once(
            partial(decide, by=w.school.lead, answer="DISCLOSE"),
            partial(decide, by=other, answer="HOLD", ground="CRIME", why="Not yet."),
        )
        assert outcome.one_won_one_was_told
        assert PieceDecision.objects.filter(piece=piece).count() == 1


def test_two_checks_at_once_are_one_check() -> None:
    w = factories.make_world()
    third = factories.member(w.school.agency, "Third Lead", role="lead")
    for _ in range(ROUNDS):
        request = answering.ready(w)
        check = partial(
            access_bundles.check, request, at=w.clock(), digest=request.ready_digest, is_right=True
        )
        assert at_once(
            partial(check, by=answering.second_lead(w)), partial(check, by=third)
        ).one_won_one_was_told
        assert AccessCheck.objects.filter(request=request).count() == 1


def test_what_is_put_on_hold_while_the_bundle_is_made_is_in_no_bundle_or_came_too_late() -> None:
    w = factories.make_world()
    for _ in range(ROUNDS):
        request = answering.checked(w)
        concern, hold = concern_of(request), hold_of(w, request)
        digest = contents.of(request).digest
        outcome = at_once(
            partial(
                access_bundles.keep_bundle,
                request,
                by=w.school.lead,
                at=w.clock(),
                digest=digest,
                pdf=b"%PDF",
            ),
            partial(disclosure_holds.add_hold, concern, by=w.priya, at=w.clock(), **hold),  # type: ignore[arg-type]
        )
        assert not outcome.errors, outcome.errors
        assert 1 in outcome.won, "a hold is never held back"
        was_made = AccessBundle.objects.filter(request=request).exists()
        assert was_made == (0 in outcome.won)
        if was_made:
            made = AccessBundle.objects.get(request=request)
            with pytest.raises(Refused):
                access_bundles.mark_sent(
                    made, by=w.school.lead, at=w.clock(), sent_on=answering.today(w), sent_how="By post."
                )


def test_a_bundle_of_one_check_is_made_once() -> None:
    w = factories.make_world()
    other = answering.second_lead(w)
    for _ in range(ROUNDS):
        request = answering.checked(w)
        make = partial(
            access_bundles.keep_bundle, request, at=w.clock(), digest=contents.of(request).digest, pdf=b"%PDF"
        )
        assert at_once(partial(make, by=w.school.lead), partial(make, by=other)).one_won_one_was_told
        assert AccessBundle.objects.filter(request=request).count() == 1


def test_words_held_back_while_it_is_made_ready_are_in_it_or_take_it_back() -> None:
    w = factories.make_world()
    for _ in range(ROUNDS):
        request = answering.decided(w)
        words = {"words": ["Priya Nair"], "instead": "PERSON", "ground": "THIRD_PARTY", "why": "So."}
        outcome = at_once(
            partial(access_bundles.make_ready, request, by=w.school.lead, at=w.clock()),
            partial(redaction.hold_back_words, request, by=w.school.lead, at=w.clock(), **words),  # type: ignore[arg-type]
        )
        assert not outcome.errors, outcome.errors
        now = answering.again(request)
        assert now.ready_at is None or now.ready_digest == contents.of(now).digest
