"""Disposal: two people, no hold, its time; what it destroys, what it leaves, and who still holds it."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from records.models import Certificate, Concern, Disposal, Person, Statement
from sharing.models import Exchange, Item, Round
from tests.retention.cases import Case, carried_out
from tests.retention.marks import where_it_stands

pytestmark = pytest.mark.django_db
OTHERS = ("WRITTEN", "Zebedee", "Quark")


def by_hand(row: Disposal) -> None:
    """Ask the database itself, past every operation."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT records_dispose(%s, '')", [row.pk])


def test_what_one_agency_destroys_the_other_still_holds(case: Case) -> None:
    exchange = Exchange.objects.get(cycle__concern=case.concern, kind="DISCLOSURE")
    words = list(Item.objects.filter(exchange=exchange).values_list("text", flat=True))
    row = carried_out(case)
    assert row.carried_out_at is not None
    case.concern.refresh_from_db()
    assert case.concern.disposed_at is not None
    assert not Concern.objects.visible_to(case.first).filter(pk=case.concern.pk).exists()
    assert not Exchange.objects.visible_to(case.first).filter(pk=exchange.pk).exists()
    assert Exchange.objects.visible_to(case.world.tom).filter(pk=exchange.pk).exists()
    assert list(Item.objects.filter(exchange=exchange).values_list("text", flat=True)) == words
    assert Round.objects.filter(exchange=exchange).exists()
    # Its own words are gone: what the other side was given is a copy.
    assert set(Statement.objects.filter(concern=case.concern).values_list("text", flat=True)) <= {
        "disposed of"
    }


def test_once_both_have_disposed_of_it_nothing_of_the_text_is_left_anywhere(case: Case) -> None:
    marks = ["Quark", "gripping", "round marks", "squeezed me", "toddler in the same home"]
    for mark in marks:
        assert where_it_stands(mark), mark
    carried_out(case)
    carried_out(case, case.other_first, case.other_second)
    for mark in marks:
        assert where_it_stands(mark) == [], mark
    assert not Exchange.objects.filter(cycle__concern=case.concern).exists()
    assert not Person.objects.filter(reference=case.concern.reference).exists()
    assert Concern.objects.get(pk=case.concern.pk).think_family in ("", "disposed of")
    assert Certificate.objects.count() == 2
