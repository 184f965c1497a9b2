"""A lead's list: what is in it, in what order, a page at a time, and what it costs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agencies import prepared
from agencies.models import Absence, Membership
from records import operations as records
from records.models import Concern
from sharing.lists import lead as lead_list
from sharing.lists.lead import MOST_COUNTED, PAGE, LeadList, Show, Wanted, uncovered_members
from sharing.models import Obligation, Reminder
from sharing.operations import cycle as cycles
from sharing.states import State
from tests import factories
from tests.factories import World
from tests.sharing.lead_rows import many, obligation

Kind = Obligation.Kind


@pytest.fixture(autouse=True)
def it_is_monday(world: World) -> Iterator[None]:
    """The service's clock stands where the scene's does, an hour on."""
    with time_machine.travel(world.clock.moment + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def concern(world: World) -> Concern:
    return factories.logged(world)


def keep(*rows: Obligation) -> list[Obligation]:
    return Obligation.objects.bulk_create(rows)


def listed(world: World, lead: Membership | None = None, **wanted: Any) -> list[str]:
    """The references on the page that a lead asks for; the lead of social care where not told otherwise."""
    found = LeadList(lead or world.care.lead, Wanted(**wanted), at=world.clock.moment).page()
    return [row.reference for row in found.rows]


def counted(world: World, lead: Membership | None = None, **wanted: Any) -> dict[str, str]:
    counts = LeadList(lead or world.care.lead, Wanted(**wanted), at=world.clock.moment).counts()
    return {show.value: count for show, count in counts.items() if count != "0"}


def away(member: Membership, world: World) -> None:
    today = world.clock.moment.date()
    Absence.objects.create(
        member=member, starts_on=today, ends_on=today, recorded_by=member, recorded_at=world.clock.moment
    )


# --- What is in it ------------------------------------------------------------------------------------


def test_it_holds_what_the_agency_has_to_do_and_what_it_waits_for_and_nothing_of_others(world: World) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    assert listed(world) == [exchange.reference]
    assert exchange.reference in listed(world, world.school.lead)
    assert listed(world, world.stranger.lead) == []


def test_what_is_settled_is_not_in_it(world: World, concern: Concern) -> None:
    keep(obligation(world, concern, 1, settled_at=world.clock()), obligation(world, concern, 2))
    assert listed(world) == [f"{concern.reference}-X2"]


@pytest.mark.parametrize(
    ("show", "facts"),
    [
        (Show.LATE, {"due_at": factories.MONDAY - timedelta(hours=1)}),
        (Show.UNANSWERED, {"kind": Kind.ANSWER}),
        (Show.UNANSWERED, {"kind": Kind.ADVISE}),
        (Show.UNANSWERED, {"kind": Kind.RECEIVE}),
        (Show.DISAGREED, {"kind": Kind.POSITION, "stage": 1}),
        (Show.DISAGREED, {"kind": Kind.LADDER, "stage": 1}),
        (Show.ESCALATED, {"kind": Kind.LADDER, "stage": 2}),
        (Show.ESCALATED, {"kind": Kind.POSITION, "stage": 4}),
        (Show.MISDIRECTED, {"kind": Kind.INCIDENT}),
        (Show.UNREACHABLE, {"unreachable_at": factories.MONDAY}),
    ],
)
def test_each_choice_shows_its_own(world: World, concern: Concern, show: Show, facts: Any) -> None:
    keep(
        obligation(world, concern, 1, kind=Kind.DO),
        obligation(world, concern, 2, **{"kind": Kind.DO, **facts}),
    )
    assert listed(world, show=show) == [f"{concern.reference}-X2"]
    assert counted(world)[show.value] == "1"


def test_what_reached_the_wrong_person_is_shown_to_the_side_that_sent_it_only(world: World) -> None:
    exchange = factories.exchange_at(world, State.NOT_MINE)
    assert exchange.reference in listed(world, world.school.lead, show=Show.MISDIRECTED)
    for show in Show:
        if show != Show.WRITTEN_LATE:
            assert exchange.reference not in listed(world, show=show)
    assert "misdirected" not in counted(world)


def test_by_whose_turn_it_is(world: World, concern: Concern) -> None:
    keep(obligation(world, concern, 1), obligation(world, concern, 2, owner=world.priya, other=world.tom))
    assert listed(world, turn="ours") == [f"{concern.reference}-X1"]
    assert listed(world, turn="theirs") == [f"{concern.reference}-X2"]


def test_what_is_between_two_colleagues_is_there_once(world: World, concern: Concern) -> None:
    keep(obligation(world, concern, 1, owner=world.tom, other=world.care.colleague))
    assert listed(world) == [f"{concern.reference}-X1"]
    assert listed(world, turn="theirs") == []
    assert counted(world) == {"everything": "1", "unanswered": "1"}


def test_by_whose_work_it_is(world: World, concern: Concern) -> None:
    keep(obligation(world, concern, 1), obligation(world, concern, 2, owner=world.care.colleague))
    assert listed(world, person=world.tom.pk) == [f"{concern.reference}-X1"]
    assert listed(world, person=world.priya.pk) == []  # nobody of this agency


def offered(text: str) -> list[str]:
    """Whose work the form offers."""
    select = re.search(r'<select[^>]*name="person".*?</select>', text, re.DOTALL)
    assert select
    return [one.strip() for one in re.findall(r"<option[^>]*>([^<]*)<", select[0])]


def test_everybody_with_work_can_be_chosen_by_name(
    world: World, concern: Concern, signed_in: Callable[[Membership], Client]
) -> None:
    keep(obligation(world, concern, 1), obligation(world, concern, 2, owner=world.care.colleague))
    both = sorted([world.tom.full_name, world.care.colleague.full_name])
    text = page(signed_in(world.care.lead), f"person={world.tom.pk}")
    assert offered(text) == ["Everybody’s", *both]
    assert "Many people have work open" not in text


@pytest.fixture
def two_are_many(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(lead_list, "MOST_OFFERED", 1)
    prepared.forget()
    yield
    prepared.forget()


def test_of_very_many_people_those_on_the_page_can_be_chosen(
    world: World, concern: Concern, signed_in: Callable[[Membership], Client], two_are_many: None
) -> None:
    keep(obligation(world, concern, 1), obligation(world, concern, 2, owner=world.care.colleague))
    browser = signed_in(world.care.lead)
    for person, others in ((world.tom, world.care.colleague), (world.care.colleague, world.tom)):
        text = page(browser, f"person={person.pk}")
        assert offered(text) == ["Everybody’s", person.full_name]
        assert others.full_name not in offered(text)
        assert "Many people have work open. You can choose from those on this page of the list." in text
    # Who was chosen stays chosen where the page has nothing of theirs.
    assert world.tom.full_name in offered(page(browser, f"show=escalated&person={world.tom.pk}"))


def test_without_cover_is_what_waits_for_somebody_away_or_gone_with_nobody_in_their_place(
    world: World, concern: Concern
) -> None:
    keep(obligation(world, concern, 1), obligation(world, concern, 2, owner=world.care.colleague))
    assert listed(world, show=Show.UNCOVERED) == []
    away(world.tom, world)
    assert listed(world, show=Show.UNCOVERED) == [f"{concern.reference}-X1"]
    cover = factories.name_deputy(world.tom, world.care.colleague)
    assert listed(world, show=Show.UNCOVERED) == []
    away(world.care.colleague, world)  # a deputy who is away is no cover
    assert listed(world, show=Show.UNCOVERED) == [f"{concern.reference}-X1", f"{concern.reference}-X2"]
    cover.delete()
    Absence.objects.all().delete()
    left = factories.member(world.care.agency, "Lou Leaver")  # nobody leaves open work now; a fault might
    Membership.objects.filter(pk=left.pk).update(ended_at=world.clock(), ended_by=left)
    keep(obligation(world, concern, 3, owner=left))
    assert listed(world, show=Show.UNCOVERED) == [f"{concern.reference}-X3"]


def test_who_is_away_with_nothing_to_do_is_not_looked_for(world: World) -> None:
    away(world.tom, world)
    assert uncovered_members(world.care.agency.pk, on=world.clock.moment.date()) == []


def test_recorded_late_are_the_concerns_with_something_written_down_too_late(world: World) -> None:
    in_time = factories.logged(world)
    late = factories.logged(world)
    lead = world.school.lead
    assert counted(world, lead).get("written-late") is None
    records.add_statement(
        late, by=world.priya, at=world.clock(), kind="FACT_SEEN", text="A bruise.", source="I did",
        happened_at=world.clock.moment - timedelta(days=3),
    )  # fmt: skip
    found = LeadList(lead, Wanted(show=Show.WRITTEN_LATE), at=world.clock.moment)
    assert [c.reference for c in found.concerns_page().rows] == [late.reference] != [in_time.reference]
    assert counted(world, lead)["written-late"] == "1"
    assert counted(world).get("written-late") is None
    # What somebody thinks has no time limit, and neither has history.
    records.add_statement(
        in_time, by=world.priya, at=world.clock(), kind="HISTORY", text="He moved.", source="The file",
        happened_at=world.clock.moment - timedelta(days=300),
    )  # fmt: skip
    assert counted(world, lead)["written-late"] == "1"


# --- In what order, a page at a time --------------------------------------------------------------------


def walked(world: World, **wanted: Any) -> list[int]:
    """The rows of every page, one page after the other, each from the address that the last one gave."""
    rows: list[int] = []
    ask = Wanted(**wanted)
    while True:
        found = LeadList(world.care.lead, ask, at=world.clock.moment).page()
        rows += [row.pk for row in found.rows]
        if found.next is None:
            return rows
        assert len(found.rows) == PAGE
        ask = Wanted.read(dict(part.split("=") for part in readable(ask.query(after=found.next)).split("&")))


def readable(query: str) -> str:
    from urllib.parse import unquote_plus

    return "&".join(unquote_plus(part) for part in query.split("&"))


@pytest.mark.parametrize("wanted", [{}, {"sort": "newest"}, {"show": Show.UNANSWERED}, {"turn": "theirs"},
                                    {"show": Show.LATE, "sort": "newest"}])  # fmt: skip
def test_paging_loses_and_repeats_nothing_where_many_are_due_at_one_time(
    world: World, concern: Concern, wanted: Any
) -> None:
    due_at = world.clock.moment - timedelta(hours=1)
    ours = many(world, concern, 60, due_at=due_at)
    theirs = many(world, concern, 60, start=100, owner=world.priya, other=world.tom, due_at=due_at)
    others = many(world, concern, 3, start=200, kind=Kind.DO, due_at=due_at)
    everything = theirs if wanted.get("turn") else [*ours, *theirs, *others]
    if wanted.get("show") == Show.UNANSWERED:
        everything = [*ours, *theirs]
    rows = walked(world, **wanted)
    assert len(rows) == len(set(rows))
    assert sorted(rows) == sorted(row.pk for row in everything)


def test_what_is_due_first_comes_first_or_what_arose_last(world: World, concern: Concern) -> None:
    moment = world.clock.moment
    keep(
        obligation(world, concern, 1, since=moment, due_at=moment + timedelta(days=3)),
        obligation(world, concern, 2, since=moment + timedelta(hours=1), due_at=moment + timedelta(days=1)),
        obligation(world, concern, 3, since=moment - timedelta(hours=1), due_at=moment + timedelta(days=2)),
    )
    in_order = [reference[-2:] for reference in listed(world)]
    assert in_order == ["X2", "X3", "X1"]
    assert [r[-2:] for r in listed(world, sort="newest")] == ["X2", "X1", "X3"]


def test_pages_of_late_recordings_lose_and_repeat_nothing(world: World, concern: Concern) -> None:
    at = world.clock()
    for _ in range(PAGE + 3):
        made = records.start_concern(by=world.priya, at=at)
        Concern.objects.filter(pk=made.pk).update(written_late_at=at)
    lead, seen = world.school.lead, []
    ask = Wanted(show=Show.WRITTEN_LATE)
    for _ in range(2):
        found = LeadList(lead, ask, at=at).concerns_page()
        seen += [row.pk for row in found.rows]
        ask = Wanted(show=Show.WRITTEN_LATE, after=found.next)
    assert len(seen) == len(set(seen)) == PAGE + 3
    assert found.next is None


def test_nothing_is_counted_beyond_a_hundred(world: World, concern: Concern) -> None:
    many(world, concern, MOST_COUNTED)
    assert counted(world)["everything"] == "100"
    many(world, concern, 1, start=1000)
    assert counted(world)["everything"] == "100+"


# --- What it costs ---------------------------------------------------------------------------------------

ASKED = [
    {}, {"sort": "newest"}, {"show": Show.LATE}, {"show": Show.LATE, "sort": "newest"},
    {"show": Show.UNANSWERED}, {"show": Show.DISAGREED}, {"show": Show.ESCALATED, "sort": "newest"},
    {"show": Show.MISDIRECTED}, {"show": Show.UNREACHABLE}, {"turn": "theirs"},
]  # fmt: skip


@pytest.mark.parametrize("wanted", ASKED)
def test_a_page_walks_along_indexes_and_reads_no_more_than_a_page(
    world: World, concern: Concern, wanted: Any
) -> None:
    many(world, concern, 3000, apart=timedelta(minutes=1), due_at=world.clock.moment - timedelta(days=1))
    many(world, concern, 3000, start=5000, kind=Kind.DO, apart=timedelta(minutes=1),
         owner=world.priya, other=world.tom)  # fmt: skip
    first = LeadList(world.care.lead, Wanted(**wanted), at=world.clock.moment).page()
    for after in (None, first.next):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            LeadList(world.care.lead, Wanted(**wanted, after=after), at=world.clock.moment).page()
        walk = next(q["sql"] for q in seen.captured_queries if f"LIMIT {PAGE + 1}" in q["sql"])
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, BUFFERS) {walk}")
            plan = [line for (line,) in cursor.fetchall()]
        text = "\n".join(plan)
        assert "Seq Scan" not in text, text
        assert "Bitmap" not in text, text
        removed = [int(line.split(":")[1]) for line in plan if "Rows Removed" in line]
        assert sum(removed) <= 2 * PAGE, text


def test_the_page_costs_as_many_statements_for_a_long_list_as_for_a_short_one(
    world: World, concern: Concern, signed_in: Callable[[Membership], Client]
) -> None:
    browser = signed_in(world.care.lead)
    numbers = []
    for start, count in ((0, 2), (1000, 400)):
        many(world, concern, count, start=start)
        with CaptureQueriesContext(connection) as seen:
            assert browser.get("/lead/").status_code == 200
        numbers.append(len(seen))
    assert 0 < numbers[0] == numbers[1] <= 12, numbers


# --- How it reads ----------------------------------------------------------------------------------------


def page(browser: Client, query: str = "") -> str:
    return browser.get(f"/lead/?{query}").content.decode()


def test_a_row_says_who_what_how_late_and_how_often_it_was_chased(
    world: World, concern: Concern, signed_in: Callable[[Membership], Client]
) -> None:
    (row,) = keep(obligation(world, concern, 1, due_at=world.clock.moment - timedelta(days=2)))
    browser = signed_in(world.care.lead)
    text = page(browser)
    for words in (
        "Tom Ashdown has not opened it", "Duty social worker, Wyrefold Family Front Door", row.reference,
        "Waiting for it: Priya Nair, St Wulstan’s Primary", "2\xa0days late", "Not chased yet", "Chase now",
    ):  # fmt: skip
        assert words in text, words
    Reminder.objects.create(obligation=row, step="AT", version=1, send_at=row.due_at, raised_at=row.due_at)
    assert f"Chased once, last {row.due_at:%-d %B at %H:%M}" in page(browser)


def test_a_row_offers_what_its_lead_can_do_about_it(
    world: World, signed_in: Callable[[Membership], Client]
) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    concern = exchange.cycle.concern
    row = Obligation.objects.get(reference=exchange.reference, settled_at=None)
    act, over = f"/lead/{row.pk}/take-over/", f"/hand-over/{world.tom.pk}/"
    proceed = f"/concerns/{concern.reference}/proceed/"
    ours = page(signed_in(world.care.lead), "show=unanswered")  # the lead of whoever it waits for
    assert (act in ours, over in ours, proceed in ours) == (True, True, False)
    theirs = page(
        signed_in(world.school.lead), "show=unanswered"
    )  # the lead of whoever waits, whose concern it is
    assert (act in theirs, over in theirs, proceed in theirs) == (False, False, True)
    cycles.proceed_on_safety_grounds(
        factories.the_cycle(concern), by=world.school.lead, at=world.clock(), reason="He is at risk tonight."
    )
    assert proceed not in page(signed_in(world.school.lead), "show=unanswered")


def test_a_stage_of_a_disagreement_is_answered_from_the_list(
    world: World, concern: Concern, signed_in: Callable[[Membership], Client]
) -> None:
    keep(obligation(world, concern, 1, kind=Kind.POSITION, stage=2, owner=world.care.lead))
    text = page(signed_in(world.care.lead), "show=escalated")
    assert "Answer this stage" in text
    assert "Stage 2" in text
    assert "Chase now" not in text  # it waits for the lead who looks


@pytest.mark.parametrize(
    "query",
    ["show=no-such", "after=rubbish", "after=2027-01-01~x", "person=7", "turn=x&sort=y&show=late",
     "after=2027-01-01T00:00:00%2B00:00~99999999999999999999", "show=%00", "person=%00"],
)  # fmt: skip
def test_an_address_that_makes_no_sense_shows_the_list(
    world: World, signed_in: Callable[[Membership], Client], query: str
) -> None:
    assert "Your agency’s work" in page(signed_in(world.care.lead), query)


def test_each_choice_has_a_page(world: World, signed_in: Callable[[Membership], Client]) -> None:
    browser = signed_in(world.school.lead)
    for show in Show:
        assert "govuk-heading-m" in page(browser, f"show={show}")


def test_the_menu_leads_there_for_a_lead_only(
    world: World, signed_in: Callable[[Membership], Client]
) -> None:
    assert 'href="/lead/"' in signed_in(world.school.lead).get("/help/").content.decode()
    assert 'href="/lead/"' not in signed_in(world.priya).get("/help/").content.decode()
    assert signed_in(world.priya).get("/lead/").status_code == 403
