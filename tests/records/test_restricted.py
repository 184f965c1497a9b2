"""A record that is closed to all but named people reads like none to everybody else of its agency."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from agencies.models import Membership
from agencies.refusals import NotAllowed, OutOfDate, Refused
from audit.models import Access, Event
from notifications.models import Message
from records import operations as records
from records.closed import closed_to, is_closed_to
from records.models import BreakGlass, Concern, Named
from records.operations.break_glass import NotAReason, NotToBeOpened, OpenAlready, OverAlready
from records.operations.locks import Closed
from records.operations.restriction import NotRestricted, RestrictedAlready
from sharing import workflow
from sharing.lists import worklist
from sharing.models import Exchange, Meeting, Obligation, Stage
from sharing.operations import cycle as cycles
from sharing.operations import disclosure, reconcile
from sharing.states import State
from tests import factories, meeting_cases
from tests.factories import World
from tests.fixtures import world, world_with_deputies
from tests.restricting import CLOSED_FOR, WHY, emergency, restricted
from tests.signing_in import SignedIn, signed_in

__all__ = ["signed_in", "world", "world_with_deputies"]
pytestmark = pytest.mark.django_db
FORM_ID = "0b0f2a52-6f0a-4b8e-9d3f-0d6d3d1f1a11"
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="\w+"| nonce="[^"]*"')


def sees(member: Membership, concern: Concern) -> bool:
    return Concern.objects.visible_to(member).filter(pk=concern.pk).exists()


# --- Who is in ------------------------------------------------------------------------------------------


def test_the_owner_the_leads_and_those_named_open_it_and_nobody_else(world: World) -> None:
    school = world.school
    concern = restricted(world, let_in=[school.colleague]).concern
    other = factories.member(school.agency, "Olu Other")
    assert [sees(one, concern) for one in (world.priya, school.lead, school.colleague, other)] == [
        True, True, True, False,
    ]  # fmt: skip
    assert not sees(world.tom, concern)
    assert not sees(world.two_hats[0], concern)


def test_ending_it_opens_it_to_the_agency_again_and_it_stays_known(world: World) -> None:
    restriction = restricted(world)
    concern, colleague = restriction.concern, world.school.colleague
    records.end_restriction(restriction, by=world.priya, at=world.clock(), why="They have left.")
    assert sees(colleague, concern)
    ended = concern.restrictions.get()
    assert (ended.why, ended.ended_why, ended.ended_by) == (CLOSED_FOR, "They have left.", world.priya)
    restricted(world, concern)
    assert not sees(colleague, concern)


def test_whoever_takes_the_record_over_is_in_and_whoever_gave_it_away_is_out(world: World) -> None:
    concern = restricted(world).concern
    records.give_concern(concern, to=world.school.colleague, by=world.school.lead, at=world.clock())
    assert sees(world.school.colleague, concern)
    assert not sees(world.priya, concern)


def test_somebody_kept_out_cannot_be_given_the_record(world: World) -> None:
    colleague = world.school.colleague
    concern = restricted(world, kept_out=[colleague]).concern
    with pytest.raises(Refused, match="may not open this record"):
        records.give_concern(concern, to=colleague, by=world.school.lead, at=world.clock())


def test_names_are_changed_and_who_was_named_until_when_stays_known(world: World) -> None:
    colleague = world.school.colleague
    other = factories.member(world.school.agency, "Olu Other")
    restriction = restricted(world, let_in=[colleague])
    changed = records.change_named(
        restriction, by=world.school.lead, at=world.clock(), let_in=[other], kept_out=[colleague],
        seen_version=restriction.version,
    )  # fmt: skip
    assert (sees(other, changed.concern), sees(colleague, changed.concern)) == (True, False)
    places = Named.objects.filter(member=colleague).order_by("pk").values_list("place", "ended_at")
    assert [(place, bool(ended)) for place, ended in places] == [("LET_IN", True), ("KEPT_OUT", False)]
    with pytest.raises(OutOfDate):
        records.change_named(
            restriction, by=world.priya, at=world.clock(), let_in=[], kept_out=[], seen_version=1
        )


def test_only_the_owner_and_the_leads_decide_and_each_says_why(world: World) -> None:
    concern = factories.logged(world)
    at = world.clock()
    for by in (world.school.colleague, world.tom, world.care.lead):
        with pytest.raises(NotAllowed):
            records.restrict(concern, by=by, at=at, why=CLOSED_FOR)
    with pytest.raises(NotRestricted, match="Say why"):
        records.restrict(concern, by=world.priya, at=at, why=" ")
    records.restrict(concern, by=world.priya, at=at, why=CLOSED_FOR)
    with pytest.raises(RestrictedAlready):
        records.restrict(concern, by=world.school.lead, at=at, why=CLOSED_FOR)


@pytest.mark.parametrize("who", ["another agency", "an auditor", "a lead", "the owner", "both lists"])
def test_some_people_cannot_be_named(world: World, who: str) -> None:
    concern, school = factories.logged(world), world.school
    named: dict[str, dict[str, list[Membership]]] = {
        "another agency": {"let_in": [world.tom]},
        "an auditor": {"let_in": [school.auditor]},
        "a lead": {"kept_out": [school.lead]},
        "the owner": {"kept_out": [world.priya]},
        "both lists": {"let_in": [school.colleague], "kept_out": [school.colleague]},
    }
    with pytest.raises(NotRestricted):
        records.restrict(concern, by=school.lead, at=world.clock(), why=CLOSED_FOR, **named[who])


# --- What everybody else finds -----------------------------------------------------------------------------


def body(page: Any) -> str:
    return CSRF.sub("", page.content.decode())


def test_to_everybody_else_it_answers_like_no_such(world: World, signed_in: SignedIn) -> None:
    concern = restricted(world).concern
    with time_machine.travel(world.clock(), tick=False):
        client = signed_in(world.school.colleague)
        for path in (
            "",
            "draft/",
            "timeline/",
            "record/",
            "ask/",
            "do/",
            "summary/",
            "statements/",
            "looks/",
        ):
            theirs = client.get(f"/concerns/{concern.reference}/{path}")
            none = client.get(f"/concerns/WF-26-9999/{path}")
            assert (theirs.status_code, body(theirs)) == (none.status_code, body(none)), path


def test_it_is_in_no_list_search_count_or_page_of_a_person(world: World, signed_in: SignedIn) -> None:
    concern = factories.concern_at(world, Stage.ASK)
    child = factories.main_person(concern)
    client = signed_in(world.school.colleague)
    pages: list[Callable[[], Any]] = [
        lambda: client.get("/"),
        lambda: client.get("/concerns/"),
        lambda: client.get("/concerns/?state=logged"),
        lambda: client.get(f"/people/{child.reference}/"),
        lambda: client.get(f"/people/{child.reference}/protected/add/"),
    ]
    assert concern.reference in pages[1]().text + pages[3]().text
    restricted(world, concern)
    assert not [page for page in pages if concern.reference in page().text]
    assert Concern.objects.visible_to(world.school.colleague).count() == 0
    assert concern.reference in signed_in(world.school.lead).get("/concerns/").text


def test_cover_for_a_colleague_does_not_open_it(world_with_deputies: World) -> None:
    world = world_with_deputies
    exchange = factories.exchange_at(world, State.RESTATED)
    concern = exchange.cycle.concern
    deputy, at = world.school.colleague, world.clock()
    assert Exchange.objects.visible_to(deputy).filter(pk=exchange.pk).exists()
    assert worklist.waiting_for_me(deputy, at=at).items
    restricted(world, concern)
    assert not Exchange.objects.visible_to(deputy).exists()
    assert not worklist.waiting_for_me(deputy, at=at).items
    assert worklist.waiting_for_me(world.priya, at=at).items


def test_people_keep_what_they_were_sent_about_it(world: World) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    concern = exchange.cycle.concern
    inside = factories.sent(world, concern, listener=world.school.colleague)
    restricted(world, concern)
    assert Exchange.objects.visible_to(world.tom).get() == exchange
    assert Exchange.objects.visible_to(world.school.colleague).get() == inside
    assert not sees(world.school.colleague, concern)


def test_meetings_about_it_are_for_those_who_are_asked(world: World) -> None:
    concern = factories.concern_at(world, Stage.SHARE)
    meeting = meeting_cases.called(world, concern)
    other = factories.member(world.school.agency, "Olu Other")
    meeting_cases.asked(world, meeting, world.school.colleague)
    restricted(world, concern)
    assert Meeting.objects.visible_to(world.school.colleague).get() == meeting
    assert not Meeting.objects.visible_to(other).exists()
    assert Meeting.objects.visible_to(world.school.lead).exists()


def test_nothing_can_be_written_in_it_from_a_page_that_was_open(world: World) -> None:
    concern = factories.concern_at(world, Stage.ASK)
    cycle, statement = factories.the_cycle(concern), concern.statements.get(number=1)
    restricted(world, concern)
    by, at = world.school.colleague, world.clock()
    writes: list[Callable[[], object]] = [
        lambda: records.add_statement(concern, by=by, at=at, kind="HISTORY", text="x", source="y",
                                      happened_note="z"),
        lambda: records.amend_statement(statement, by=by, at=at, why="w", text="x"),
        lambda: workflow.move(concern, "to-do", by=by, at=at),
        lambda: cycles.proceed_on_safety_grounds(cycle, by=by, at=at, reason="x"),
        lambda: disclosure.choose_listener(cycle, listener=world.tom, by=by, at=at, right_place="x"),
        lambda: records.give_concern(concern, to=by, by=by, at=at),
    ]  # fmt: skip
    for write in writes:
        with pytest.raises(Closed):
            write()


def test_whoever_may_open_it_sees_that_it_is_closed_and_to_whom(world: World, signed_in: SignedIn) -> None:
    concern = restricted(world, let_in=[world.school.colleague]).concern
    page = signed_in(world.school.colleague).get(f"/concerns/{concern.reference}/")
    assert "Only named people may open this record" in page.text
    named = signed_in(world.school.colleague).get(f"/concerns/{concern.reference}/restriction/")
    assert world.school.colleague.full_name in named.text
    assert "Save who may open it" not in named.text
    assert "Only named people" not in signed_in(world.priya).get(
        f"/concerns/{factories.concern_at(world, Stage.ASK).reference}/"
    ).text  # fmt: skip


# --- In an emergency ---------------------------------------------------------------------------------------


def test_it_opens_for_the_partnerships_time_and_closes_by_itself(world: World) -> None:
    opened = emergency(world)
    colleague = world.school.colleague
    assert opened.until - opened.at == timedelta(hours=4)
    with time_machine.travel(opened.at + timedelta(hours=3, minutes=59), tick=False):
        assert sees(colleague, opened.concern)
    with time_machine.travel(opened.until, tick=False):
        assert not sees(colleague, opened.concern)


def test_without_a_limit_of_the_partnership_it_opens_all_the_same(world: World) -> None:
    from agencies.models import TimeLimit

    row = TimeLimit.objects.get(key="BREAK_GLASS")
    TimeLimit.objects.filter(pk=row.pk).update(withdrawn_at=row.set_at)
    assert emergency(world).until > world.clock.moment + timedelta(hours=3)


def test_every_lead_is_told_at_once_and_nothing_personal_is_said(world: World) -> None:
    second = factories.member(world.school.agency, "Lior Second", "lead")
    opened = emergency(world)
    told = Message.objects.filter(kind=Message.Kind.BREAK_GLASS)
    assert {one.to_member_id for one in told} == {world.school.lead.pk, second.pk}
    assert {(one.priority, one.queued_at, one.next_try_at) for one in told} == {(0, opened.at, opened.at)}
    assert {one.path for one in told} == {f"/break-glass/{opened.reference}/"}
    assert opened.leads_told == 2


def test_no_lead_who_can_be_told_is_no_reason_to_refuse_and_the_page_says_so(
    world: World, signed_in: SignedIn
) -> None:
    from agencies.models import ContactPoint

    ContactPoint.objects.filter(agency=world.school.agency).update(retired_at=factories.LONG_AGO)
    opened = emergency(world)
    assert opened.leads_told == 0
    with time_machine.travel(opened.at, tick=False):
        assert "ring one now" in signed_in(world.school.colleague).get("/").text


def test_a_lead_is_asked_whether_it_was_right_and_not_asked_again(world: World) -> None:
    opened = emergency(world)
    asked = Obligation.objects.get(kind="BREAK_GLASS")
    assert (asked.owner, asked.reference, asked.settled_at) == (world.school.lead, opened.reference, None)
    records.review_break_glass(
        opened, by=world.school.lead, at=world.clock(), finding="NOT_JUSTIFIED", note="It could have waited."
    )
    asked.refresh_from_db()
    assert asked.settled_at
    assert reconcile.reconcile(at=world.clock()) == 0
    with pytest.raises(OverAlready):
        records.review_break_glass(
            opened, by=world.school.lead, at=world.clock(), finding="JUSTIFIED", note="It was right."
        )


def test_nobody_says_of_their_own_emergency_that_it_was_right(world: World) -> None:
    opened = emergency(world)
    for by in (world.school.colleague, world.priya, world.care.lead):
        with pytest.raises(NotAllowed):
            records.review_break_glass(opened, by=by, at=world.clock(), finding="JUSTIFIED", note="Right.")


NO_REASONS = ("", "Urgent", "aaaa aaaa aaaa aaaa aaaa aaaa", "x" * 60, "1 2 3 4 5 6 7 8 9 10 11 12")


@pytest.mark.parametrize("why", NO_REASONS)
def test_it_asks_for_a_reason_in_words(world: World, why: str) -> None:
    restriction = restricted(world)
    with pytest.raises(NotAReason):
        records.break_glass(restriction.concern, by=world.school.colleague, at=world.clock(), why=why)


def test_it_never_opens_another_agencys_record_or_one_that_somebody_is_kept_out_of(world: World) -> None:
    colleague = world.school.colleague
    closed = restricted(world, kept_out=[colleague]).concern
    theirs = factories.logged(world, by=world.tom)
    open_one = factories.logged(world)
    for concern, by in ((closed, colleague), (closed, world.tom), (theirs, colleague), (open_one, colleague)):
        with pytest.raises(NotToBeOpened):
            records.break_glass(concern, by=by, at=world.clock(), why=WHY)
    assert not BreakGlass.objects.exists()


def test_while_it_lasts_it_is_not_opened_twice_and_afterwards_it_can_be(world: World) -> None:
    first = emergency(world)
    with pytest.raises(OpenAlready):
        records.break_glass(first.concern, by=world.school.colleague, at=world.clock(), why=WHY)
    records.end_break_glass(first, by=world.school.colleague, at=world.clock())
    again = records.break_glass(first.concern, by=world.school.colleague, at=world.clock(), why=WHY)
    assert (first.reference[-3:], again.reference[-3:]) == ("-E1", "-E2")


def test_it_opens_reading_adding_and_telling_somebody_as_urgent_and_nothing_else(world: World) -> None:
    opened = emergency(world)
    concern, by = opened.concern, world.school.colleague
    cycle = factories.the_cycle(concern)
    records.add_statement(
        concern, by=by, at=world.clock(), kind="FACT_HEARD", text="She is not at home.", source="Her aunt",
        happened_note="just now",
    )  # fmt: skip
    exchange = disclosure.choose_listener(
        cycle, listener=world.tom, by=by, at=world.clock(), right_place="The duty desk."
    )
    numbers = [s.number for s in disclosure.current_statements(cycle)]
    disclosure.choose_items(
        exchange, by=by, at=world.clock(), share=numbers, key=numbers[:1], held_back={}, why_you="You look.",
        what_i_ask="Go there.", urgency="URGENT",
    )  # fmt: skip
    with pytest.raises(Refused, match="goes as urgent"):
        disclosure.send(exchange, by=by, at=world.clock())
    sent = disclosure.send(exchange, by=by, at=world.clock(), emergency_reason="She is missing since noon.")
    assert (sent.urgency, sent.emergency_reason) == ("URGENT", "She is missing since noon.")
    for write in (
        lambda: workflow.move(concern, "to-do", by=by, at=world.clock()),
        lambda: records.restrict(concern, by=by, at=world.clock(), why="x"),
        lambda: records.give_concern(concern, to=by, by=by, at=world.clock()),
    ):
        with pytest.raises(Closed):
            write()


def ask(client: Client, reference: str, why: str = WHY) -> Any:
    return client.post("/break-glass/", {"form_id": uuid4(), "reference": reference, "why": why})


def told(page: Any, reference: str) -> str:
    text = CSRF.sub("", page.content.decode()).replace(reference, "")
    return re.sub(r'name="(draft_token|form_id)" value="[^"]+"', "", text)


def test_the_page_tells_nobody_whether_there_is_such_a_record(world: World, signed_in: SignedIn) -> None:
    colleague = world.school.colleague
    closed = restricted(world, kept_out=[colleague]).concern.reference
    theirs = factories.logged(world, by=world.tom).reference
    with time_machine.travel(world.clock(), tick=False):
        client = signed_in(colleague)
        answers = [(one, ask(client, one)) for one in (closed, theirs, "WF-26-9999")]
    assert {page.status_code for _, page in answers} == {409}
    assert len({told(page, one) for one, page in answers}) == 1
    refused = Access.objects.filter(outcome="REFUSED", why="NotToBeOpened")
    assert {look.subject for look in refused} == {closed, theirs, "WF-26-9999"}
    assert "Marsh" not in str(list(Access.objects.values()))


def test_what_is_no_reference_is_not_kept_in_the_log(world: World, signed_in: SignedIn) -> None:
    ask(signed_in(world.school.colleague), "Leo Marsh")
    assert "Leo" not in str(list(Access.objects.values()))


def test_each_page_under_it_is_logged_with_the_emergency_and_shows_the_time_left(
    world: World, signed_in: SignedIn
) -> None:
    concern = restricted(world).concern
    with time_machine.travel(world.clock(), tick=False) as clock:
        client = signed_in(world.school.colleague)
        assert client.get(f"/concerns/{concern.reference}/").status_code == 404
        answer = ask(client, f" {concern.reference.lower()}-x1 ")
        assert answer["Location"] == f"/concerns/{concern.reference}/draft/"
        page = client.get(f"/concerns/{concern.reference}/")
        assert "is open to you for 4 hours more" in page.text
        clock.shift(timedelta(minutes=50))
        assert "3 hours 10 minutes" in client.get("/directory/").text
        client.get(f"/concerns/{concern.reference}/timeline/")
        other = factories.logged(world)
        client.get(f"/concerns/{other.reference}/")
        ended = client.post(f"/break-glass/close/{concern.reference}-E1/")
        assert ended.status_code == 302
        assert "Open in an emergency" not in client.get("/").text
        assert client.get(f"/concerns/{concern.reference}/").status_code == 404
    looks = Access.objects.filter(break_glass=f"{concern.reference}-E1")
    assert [look.action for look in looks.order_by("pk")] == ["concern", "timeline", "emergency"]
    assert not Access.objects.exclude(break_glass="").filter(subject=other.reference).exists()
    assert WHY not in str(list(Access.objects.values()) + list(Event.objects.values()))


def test_a_lead_reads_who_why_and_what_and_says_whether_it_was_right(
    world: World, signed_in: SignedIn
) -> None:
    opened = emergency(world)
    with time_machine.travel(world.clock(), tick=False):
        signed_in(world.school.colleague).get(f"/concerns/{opened.concern.reference}/timeline/")
        lead = signed_in(world.school.lead)
        page = lead.get(f"/break-glass/{opened.reference}/")
        assert WHY in page.text
        assert "Timeline" in page.text
        saved = lead.post(
            f"/break-glass/{opened.reference}/",
            {"form_id": FORM_ID, "finding": "JUSTIFIED", "note": "Spoke to her."},
        )
        assert saved.status_code == 302
        assert "Spoke to her." in lead.get(f"/break-glass/{opened.reference}/").text
    assert opened.review.finding == "JUSTIFIED"


# --- The database ------------------------------------------------------------------------------------------


WRONG = ("a stranger restricts", "a stranger is named", "a stranger opens", "not closed", "kept out",
         "short reason", "no time", "own review", "deleted")  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_the_database_refuses_it_too(world: World, what: str) -> None:
    w, at = world, world.clock()
    restriction = restricted(w, kept_out=[w.school.colleague])
    closed, open_one = restriction.concern, factories.logged(w)
    later, other = at + timedelta(hours=1), factories.member(w.school.agency, "Olu Other")
    opened = emergency(w, restriction, by=other)
    glass: dict[str, Any] = {
        "reference": "X-E9",
        "concern": closed,
        "by": other,
        "at": at,
        "until": later,
        "why": WHY,
    }
    writes: dict[str, Callable[[], object]] = {
        "a stranger restricts": lambda: open_one.restrictions.create(
            why="x", restricted_by=w.tom, restricted_at=at
        ),
        "a stranger is named": lambda: restriction.named.create(
            member=w.tom, place="LET_IN", named_by=w.priya, named_at=at
        ),
        "a stranger opens": lambda: BreakGlass.objects.create(**{**glass, "by": w.tom}),
        "not closed": lambda: BreakGlass.objects.create(**{**glass, "concern": open_one}),
        "kept out": lambda: BreakGlass.objects.create(**{**glass, "by": w.school.colleague}),
        "short reason": lambda: BreakGlass.objects.create(**{**glass, "why": "Urgent           "}),
        "no time": lambda: BreakGlass.objects.create(**{**glass, "until": at}),
        "own review": lambda: _review(opened, other),
        "deleted": lambda: BreakGlass.objects.all().delete(),
    }
    with pytest.raises(DatabaseError), transaction.atomic():
        writes[what]()


def _review(opened: BreakGlass, by: Membership) -> object:
    from records.models import BreakGlassReview

    return BreakGlassReview.objects.create(
        break_glass=opened, finding="JUSTIFIED", note="Right.", by=by, at=timezone.now()
    )


def test_closed_to_is_one_statement_and_asks_nothing_about_leads(
    world: World, django_assert_num_queries: Any
) -> None:
    concern = restricted(world).concern
    with django_assert_num_queries(1):
        assert is_closed_to(concern, world.school.colleague)
    with django_assert_num_queries(0):
        assert not list(closed_to(world.school.lead))
