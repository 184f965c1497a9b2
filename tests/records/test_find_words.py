"""The words of names: what the database keeps of them, and that it follows every change."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from records import names, operations
from records.models import NameKey, Person, PersonWord
from records.search.people import words_alike
from tests.records.conftest import AT, Cast

pytestmark = pytest.mark.django_db


def words_of(person: Person) -> dict[str, bool]:
    """The words of somebody's names, and whether each is from before."""
    return dict(PersonWord.objects.filter(person=person).values_list("word", "is_former"))


def test_a_name_is_found_with_and_without_what_divides_it() -> None:
    assert names.words("Siân", "O’Neill") == ["sian", "o", "neill", "oneill"]
    both = {"zoe", "rose", "zoerose", "smith", "jones", "smithjones"}
    assert set(names.words("Zoë-Rose", "Smith-Jones")) == both
    assert "vandenberg" in names.words("", "Van den Berg")
    assert names.words("Łukasz", "Ørsted", "ẞ") == ["lukasz", "orsted", "ss"]


@given(st.lists(st.text(max_size=80), max_size=3))
def test_whatever_a_name_is_its_words_are_few_short_and_plain(given_names: list[str]) -> None:
    found = names.words(*given_names)
    assert len(found) <= names.MOST_WORDS
    assert all(word and len(word) <= names.LONGEST_WORD and " " not in word for word in found)
    assert len(set(names.plain(*given_names).split()) - set(found)) == 0 or len(found) == names.MOST_WORDS


def test_words_follow_a_name_and_the_old_one_stays_a_way_to_find_them(leo: Person, cast: Cast) -> None:
    assert words_of(leo) == {"leo": False, "marsh": False}
    operations.change_person(leo, by=cast.priya, at=AT, last_name="Doyle", known_as="Lee")
    assert words_of(leo) == {"leo": False, "marsh": True, "doyle": False, "lee": False}
    leo.refresh_from_db()
    operations.change_person(leo, by=cast.priya, at=AT, last_name="Marsh")
    assert words_of(leo)["marsh"] is False
    assert PersonWord.objects.filter(person=leo).values_list("sort_name").distinct().get() == ("marsh leo",)


def test_names_taken_away_for_good_leave_no_word_and_no_key(leo: Person, kerry: Person) -> None:
    Person.objects.filter(pk=leo.pk).update(search_words=[], sort_name="")
    assert words_of(leo) == {}
    assert not NameKey.objects.filter(word="leo").exists()
    assert NameKey.objects.filter(word="marsh").exists(), "Kerry is called Marsh too"
    Person.objects.filter(pk=kerry.pk).delete()
    assert not NameKey.objects.exists()
    assert not PersonWord.objects.exists()


MEANT = {
    "smiht": "smith", "smyth": "smith", "smit": "smith", "ssmith": "smith", "mith": "smith",
    "cathrine": "katherine", "tomson": "thompson", "muhamed": "mohammed", "jonston": "johnstone",
    "kahn": "khan", "obafemi": "obafemi", "femi": "obafemi", "steven": "stephen", "shawn": "shaun",
}  # fmt: skip


@pytest.mark.parametrize(("typed", "meant"), MEANT.items())
def test_a_misspelt_name_leads_to_the_one_that_was_meant(cast: Cast, typed: str, meant: str) -> None:
    for name in sorted({*MEANT.values(), "quist", "abernathy"}):
        operations.record_person(by=cast.priya, at=AT, kind="CHILD", last_name=name.title())
    found = words_alike(cast.priya, [typed])[typed]
    assert meant in found
    assert "abernathy" not in found


def test_the_words_of_another_agency_lead_nowhere(cast: Cast, leo: Person) -> None:
    assert words_alike(cast.priya, ["marhs"])["marhs"] == ["marsh"]
    assert words_alike(cast.stranger, ["marhs"])["marhs"] == []


def test_every_index_that_is_walked_begins_with_the_agency() -> None:
    """Else how long a search takes would depend on other agencies' people."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'records_namekey'")
        indexes = {name: line for name, line in cursor.fetchall() if not name.endswith("_pkey")}
    assert indexes
    assert all("(agency_id" in line for line in indexes.values())
