"""What few exchanges have beside their words is read where there is any of it, and is then all there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from sharing import access, beside
from sharing.models import Exchange
from sharing.states import State
from tests import correcting, documents, factories
from tests.factories import World

pytestmark = pytest.mark.django_db


CASES: dict[str, Callable[[World], Exchange]] = {
    "nothing": lambda w: factories.exchange_at(w, State.RESTATED),
    "an incident": lambda w: factories.misdirected(w).exchange,
    "a breach": lambda w: factories.breach(w).exchange,
    "a link": lambda w: factories.link(w).exchange,
    "an attachment": lambda w: documents.opened(w).exchange,
    "a correction": lambda w: correcting.corrected(w)[0],
    "what it corrects": lambda w: correcting.corrected(w)[2],
    "what overtook it": lambda w: factories.exchange_at(w, State.SUPERSEDED),
}


def _said(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


@pytest.mark.parametrize("case", CASES)
def test_it_is_what_is_read_where_everything_is_asked_for_at_once(world: World, case: str) -> None:
    exchange = CASES[case](world)
    exchange.refresh_from_db()
    for member in (exchange.speaker, exchange.listener):
        plain = access.exchanges_seen_by(member).filter(reference=exchange.reference).first()
        found = access.exchange_seen_by(member, exchange.reference)
        assert (found is None) == (plain is None)
        if found is None:
            continue
        with CaptureQueriesContext(connection) as asked:
            for name in (*beside.NOTHING, *beside.FETCHED):
                assert _said(getattr(found, name, None)) == _said(getattr(plain, name, None)), name
            assert (found.said_by, found.said_to) == (plain.said_by, plain.said_to)
        assert len(asked) == 0


def test_it_is_asked_for_only_where_there_is_any(world: World) -> None:
    plain = factories.exchange_at(world, State.RESTATED)
    access.exchange_seen_by(plain.speaker, plain.reference)
    with CaptureQueriesContext(connection) as asked:
        access.exchange_seen_by(plain.speaker, plain.reference)
    assert len(asked) == 1
    wrong = factories.misdirected(world).exchange
    access.exchange_seen_by(wrong.speaker, wrong.reference)
    with CaptureQueriesContext(connection) as asked:
        assert access.exchange_seen_by(wrong.speaker, wrong.reference).incident
    assert len(asked) == 2


def test_whoever_may_not_see_it_is_given_nothing(world: World) -> None:
    wrong = factories.misdirected(world).exchange
    stranger = factories.member(world.school.lead.agency, "Nell Okoro")
    assert access.exchange_seen_by(stranger, wrong.reference) is None
