"""The chronology of a person and of a concern: everything, in order of when it happened, a page at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Access
from records import operations as records
from records.models import ChronologyEntry, Concern, Person
from sharing.chronology import reading
from sharing.chronology.portions import PORTIONS, Narrowed, Scope, scope_of_concern, scope_of_person
from sharing.models import Exchange
from sharing.operations import about
from sharing.states import ActionState, State
from tests import correcting, factories, meeting_cases
from tests.correcting import concern_of
from tests.factories import World
from tests.signing_in import SignedIn

pytestmark = pytest.mark.django_db


def codes(scope: Scope, **narrowed: Any) -> list[str]:
    return [row.code for row in reading.page(scope, Narrowed(**narrowed)).rows]


def history(w: World, person: Person, **words: Any) -> ChronologyEntry:
    said = {
        "happened_at": factories.LONG_AGO, "precision": "DAY", "kind": "CONTACT", "source": "The old file",
        "text": "Nobody was at home.", **words,
    }  # fmt: skip
    return records.add_entry(person, by=w.priya, at=w.clock(), **said)


@pytest.fixture
def concern(world: World) -> Concern:
    """A concern in which a disclosure was understood and an action agreed, with a correction after it."""
    action = factories.action_at(world, ActionState.DONE)
    correcting.amend(world, concern_of(action))
    return concern_of(action)


def page_of(browser: Client, name: str, reference: str, **query: Any) -> str:
    answer = browser.get(reverse(name, args=[reference]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_everything_is_there_in_the_order_in_which_it_happened(world: World, concern: Concern) -> None:
    rows = reading.page(scope_of_concern(concern, world.priya), Narrowed()).rows
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    found = {row.code for row in rows}
    assert found >= {
        "STATEMENT", "WORRY", "MOVE", "SENT", "RECEIVED", "UNDERSTOOD", "PROPOSED", "ACCEPTED", "DONE",
        "SAID", "DECISION", "CORRECTED",
    }  # fmt: skip


def test_every_version_is_there_the_old_one_with_why_it_was_corrected(
    world: World, concern: Concern, signed_in: SignedIn
) -> None:
    shown = page_of(signed_in(world.priya), "concern-chronology", concern.reference)
    assert correcting.OLD in shown
    assert correcting.NEW in shown
    assert correcting.WHY in shown
    assert "Corrected: this is an earlier version" in shown


def test_a_person_has_one_chronology_across_concerns_with_what_was_before(world: World) -> None:
    child = factories.child(world)
    first, second = factories.logged(world, about=child), factories.logged(world, about=child)
    entry = history(world, child)
    scope = scope_of_person(child, world.priya)
    rows = reading.page(scope, Narrowed()).rows
    assert (rows[0].code, rows[0].id) == ("HISTORY", entry.pk)
    assert {row.concern for row in rows if row.concern} == {first.reference, second.reference}


def test_a_draft_is_in_no_chronology(world: World) -> None:
    child = factories.child(world)
    factories.draft(world, about=child)
    assert codes(scope_of_person(child, world.priya)) == []


def test_paging_forwards_and_backwards_gives_the_same_rows_once(world: World, concern: Concern) -> None:
    scope = scope_of_concern(concern, world.priya)
    whole = [row.edge for row in reading.page(scope, Narrowed(), at_most=500).rows]
    assert len(whole) == len(set(whole)) > 10
    onward, after = [], ""
    while True:
        page = reading.page(scope, Narrowed(), after=after, at_most=3)
        onward += [row.edge for row in page.rows]
        after = page.later
        if not after:
            break
    assert onward == whole
    back, before = list(page.rows), page.earlier
    while before:
        page = reading.page(scope, Narrowed(), before=before, at_most=3)
        back = [*page.rows, *back]
        before = page.earlier
    assert [row.edge for row in back] == whole


@pytest.mark.parametrize(
    "edge", ["", "x", "20270111T090000.000000-1", "20270111T090000.000000-1-x", "9" * 200]
)
def test_an_edge_that_is_none_begins_at_the_beginning(world: World, concern: Concern, edge: str) -> None:
    scope = scope_of_concern(concern, world.priya)
    assert reading.page(scope, Narrowed(), after=edge).rows == reading.page(scope, Narrowed()).rows


def test_it_is_narrowed_by_kind_person_agency_and_date(world: World, concern: Concern) -> None:
    scope = scope_of_concern(concern, world.priya)
    assert set(codes(scope, kind="WORRY")) == {"WORRY"}
    assert set(codes(scope, kind="EXCHANGE")) == {"SENT", "RECEIVED", "UNDERSTOOD"}
    by_tom = reading.page(scope, Narrowed(author=world.tom.pk)).rows
    assert {row.name for row in by_tom} == {world.tom.full_name}
    theirs = reading.page(scope, Narrowed(agency=world.care.agency.reference)).rows
    assert {row.agency for row in theirs} == {world.care.agency.name}
    rows = reading.page(scope, Narrowed()).rows
    middle = rows[len(rows) // 2].at
    assert [r.edge for r in reading.page(scope, Narrowed(start=middle)).rows] == [
        r.edge for r in rows if r.at >= middle
    ]
    assert [r.edge for r in reading.page(scope, Narrowed(end=middle)).rows] == [
        r.edge for r in rows if r.at < middle
    ]


def test_the_people_to_choose_from_are_those_in_it(world: World, concern: Concern) -> None:
    names = {one.name for one in reading.everybody_in(scope_of_concern(concern, world.priya))}
    assert names == {world.priya.full_name, world.tom.full_name}


def test_every_kind_of_row_has_words(world: World, signed_in: SignedIn) -> None:
    from sharing.chronology.words import GROUPS, SAYS

    assert set(SAYS) == {portion.code for portion in PORTIONS}
    assert set(GROUPS) == {portion.group for portion in PORTIONS}
    meeting = meeting_cases.held(world)
    shown = page_of(signed_in(world.priya), "concern-chronology", meeting.cycle.concern.reference)
    assert meeting.reference in shown


# --- What others told us --------------------------------------------------------------------------


def linked(world: World) -> tuple[Exchange, Person]:
    """Something that Tom was told, linked to a person of his own agency."""
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    person = records.record_person(
        by=world.tom, at=world.clock(), kind="CHILD", first_name="Leo", last_name="Marsh"
    )
    about.link_person(exchange, person=person, by=world.tom, at=world.clock())
    return exchange, person


def test_what_we_were_told_is_part_of_it_once_it_is_linked(world: World, signed_in: SignedIn) -> None:
    exchange, person = linked(world)
    rows = reading.page(scope_of_person(person, world.tom), Narrowed()).rows
    assert {row.code for row in rows} == {"TOLD_US_ABOUT"}
    assert len(rows) == exchange.items.count()
    shown = page_of(signed_in(world.tom), "person-chronology", person.reference)
    assert exchange.items.first().text in shown  # type: ignore[union-attr]
    assert world.school.agency.name in shown


def test_a_colleague_who_was_not_told_does_not_read_it(world: World) -> None:
    _, person = linked(world)
    assert codes(scope_of_person(person, world.care.colleague)) == []
    assert codes(scope_of_person(person, world.care.lead)) != []


def test_what_was_withdrawn_or_struck_through_since_is_so_here_too(world: World, signed_in: SignedIn) -> None:
    exchange, person = linked(world)
    row = correcting.statement(concern_of(exchange))
    records.strike_statement(
        row, reason="WRONG_PERSON", why="That was his brother.", by=world.priya, at=world.clock()
    )
    sent = Exchange.objects.get(kind="CORRECTION", listener=world.tom)
    factories.received(world, sent)
    shown = page_of(signed_in(world.tom), "person-chronology", person.reference)
    assert "This no longer stands" in shown
    assert "Struck through" in shown


def test_the_other_agencys_own_pages_know_nothing_of_the_link(world: World, signed_in: SignedIn) -> None:
    _, person = linked(world)
    assert (
        signed_in(world.priya).get(reverse("person-chronology", args=[person.reference])).status_code == 404
    )


# --- The pages ------------------------------------------------------------------------------------


def test_event_time_and_entry_time_are_both_shown_and_later_is_marked(
    world: World, signed_in: SignedIn
) -> None:
    child = factories.child(world)
    history(world, child, precision="MONTH", text="Moved house.")
    shown = page_of(signed_in(world.priya), "person-chronology", child.reference)
    assert "September 2026, day not known" in shown
    assert "Entered: 11 January 2027" in shown
    assert "Entered later" in shown


def test_the_paper_says_whose_it_is_and_is_a_look_of_its_own(world: World, signed_in: SignedIn) -> None:
    child = factories.child(world)
    history(world, child)
    shown = page_of(signed_in(world.priya), "person-chronology-paper", child.reference, kind="HISTORY")
    assert "Not everything is shown" in shown
    assert f"chronology of {child.reference}" in shown
    assert world.priya.full_name in shown
    assert Access.objects.filter(action="chronology to print", subject=child.reference).exists()


def test_a_date_that_is_none_is_said_on_the_page(world: World, signed_in: SignedIn) -> None:
    child = factories.child(world)
    answer = signed_in(world.priya).get(
        reverse("person-chronology", args=[child.reference]),
        {"first_0": "31", "first_1": "2", "first_2": "2026"},
    )
    assert answer.status_code == 422
    assert "There is no such date" in answer.content.decode()


def test_an_entry_that_was_struck_through_says_so(world: World, signed_in: SignedIn) -> None:
    child = factories.child(world)
    entry = history(world, child)
    browser = signed_in(world.priya)
    address = reverse("chronology-entry-strike", args=[child.reference, entry.number])
    assert address in page_of(browser, "person-chronology", child.reference)
    records.strike_entry(entry, reason="TWICE", why="It is H2.", by=world.priya, at=world.clock())
    shown = page_of(browser, "person-chronology", child.reference)
    assert "Struck through: it no longer counts" in shown
    assert address not in shown
    assert browser.get(address).status_code == 404


def test_a_gap_of_years_and_one_moment_keep_their_order(world: World) -> None:
    child = factories.child(world)
    first = history(world, child, text="First.")
    second = history(world, child, text="Second, at the same moment.")
    before = history(world, child, text="Before.", happened_at=factories.LONG_AGO - timedelta(days=3650))
    rows = reading.page(scope_of_person(child, world.priya), Narrowed()).rows
    assert [row.id for row in rows] == [before.pk, first.pk, second.pk]
