"""Which bases are offered, by kind of agency, public authority and date: the law's table, as data."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import ProgrammingError, transaction

from agencies.models import Agency
from consent.models import Basis
from tests.consent.cases import agency

BEFORE, AFTER = date(2026, 2, 4), date(2026, 2, 5)

EVERYBODY_6 = {"6(1)(e)", "6(1)(c)", "6(1)(d)", "6(1)(a)"}
EVERYBODY_9 = {"9(2)(g)", "9(2)(b)", "9(2)(c)", "9(2)(a)"}

TABLE = [
    ("CHILDREN", True, AFTER, EVERYBODY_6, EVERYBODY_9 | {"9(2)(h)"}),
    ("ADULTS", True, AFTER, EVERYBODY_6, EVERYBODY_9 | {"9(2)(h)"}),
    ("HEALTH", True, AFTER, EVERYBODY_6, EVERYBODY_9 | {"9(2)(h)"}),
    ("GP", True, AFTER, EVERYBODY_6, EVERYBODY_9 | {"9(2)(h)"}),
    ("POLICE", True, AFTER, EVERYBODY_6 | {"PART_3"}, EVERYBODY_9),
    ("SCHOOL", True, AFTER, EVERYBODY_6, EVERYBODY_9),
    ("PROBATION", True, AFTER, EVERYBODY_6, EVERYBODY_9),
    ("SCHOOL", False, AFTER, EVERYBODY_6 | {"6(1)(ea)", "6(1)(f)"}, EVERYBODY_9),
    ("HOUSING", False, AFTER, EVERYBODY_6 | {"6(1)(ea)", "6(1)(f)"}, EVERYBODY_9),
    ("CHARITY", False, AFTER, EVERYBODY_6 | {"6(1)(ea)", "6(1)(f)"}, EVERYBODY_9),
    ("CHARITY", False, BEFORE, EVERYBODY_6 | {"6(1)(f)"}, EVERYBODY_9),
    ("CHARITY", True, AFTER, EVERYBODY_6, EVERYBODY_9),
]


def offered(to: Agency, kind: str, on: date) -> set[str]:
    rows = Basis.objects.all().offered_to(to, on=on).filter(kind=kind)
    return set(rows.values_list("code", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "public", "on", "article_6", "article_9"), TABLE)
def test_bases_are_offered_by_kind_of_agency_public_authority_and_date(
    kind: str, public: bool, on: date, article_6: set[str], article_9: set[str]
) -> None:
    asking = agency("asking", kind=kind, public_authority=public)
    assert offered(asking, "ARTICLE_6", on) == article_6
    assert offered(asking, "ARTICLE_9", on) == article_9
    assert offered(asking, "PARAGRAPH_18", on) == {"18(a)", "18(b)", "18(c)"}
    assert offered(asking, "CONFIDENTIALITY", on) == {"CONSENT", "PUBLIC_INTEREST", "STATUTE"}


@pytest.mark.django_db
def test_the_first_choice_is_the_usual_one() -> None:
    def first(public: bool) -> str:
        asking = agency(f"asking-{public}", kind="SCHOOL", public_authority=public)
        rows = Basis.objects.all().offered_to(asking, on=AFTER).filter(kind="ARTICLE_6")
        return rows[0].code

    assert (first(True), first(False)) == ("6(1)(e)", "6(1)(ea)")


@pytest.mark.django_db
def test_no_english_row_is_offered_in_another_nation() -> None:
    assert not Basis.objects.all().offered_to(agency("asking", region="WLS"), on=AFTER).exists()


@pytest.mark.django_db
def test_paragraph_19_is_never_offered() -> None:
    assert not Basis.objects.filter(source_url__contains="paragraph/19").exists()


@pytest.mark.django_db
def test_paragraph_18_is_asked_for_substantial_public_interest_alone() -> None:
    assert list(Basis.objects.filter(asks_paragraph_18=True).values_list("code", flat=True)) == ["9(2)(g)"]


@pytest.mark.django_db
def test_every_row_has_a_title_help_and_source() -> None:
    for row in Basis.objects.all():
        assert row.title, row.code
        assert row.help.endswith("."), row.code
        assert row.source_url.startswith("https://"), row.code


@pytest.mark.django_db
def test_a_change_of_the_law_is_a_new_row_and_the_old_one_can_only_end() -> None:
    old = Basis.objects.get(code="6(1)(f)")
    Basis.objects.filter(pk=old.pk).update(effective_to=AFTER, checked_on=AFTER)
    for change in (
        {"title": "Something else"},
        {"help": ""},
        {"effective_from": BEFORE},
        {"public_authority": None},
    ):
        with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
            Basis.objects.filter(pk=old.pk).update(**change)
    with pytest.raises(ProgrammingError, match="Cannot delete"), transaction.atomic():
        Basis.objects.filter(pk=old.pk).delete()
