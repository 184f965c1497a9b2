"""What reached the wrong person: contained or not, what was seen, who decided, and the 72 hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from agencies.refusals import Refused
from audit.models import Event
from notifications.models import Message
from sharing.models import Breach, Incident, Obligation
from sharing.operations import breach, misdirected, reconcile
from sharing.operations.breach import NotDecidedYet
from sharing.rules import AlreadyDone, NotYourTurn
from sharing.states import State
from tests import factories
from tests.factories import HANDLED, World
from tests.rows import nothing_changes
from tests.sharing.asking import as_, at, filled, post, statements_used, text

pytestmark = pytest.mark.django_db
BREACH: dict[str, Any] = {**HANDLED, "is_breach": True, "breach_why": "It names a child."}
NOTE = "I picked the wrong line of the list; it was for the GP."


def decide(world: World, found: Breach, about: str, answer: bool) -> None:
    breach.decide(found, by=world.school.lead, at=world.clock(), about=about, answer=answer, why="A risk.")
    found.refresh_from_db()


# --- What was done --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "left_out",
    [
        {"what_was_done": " "},
        {"who_decided": ""},
        {"contained": "PERHAPS"},
        {"seen": ""},
        {"breach_why": " "},
        {"seen": "NOTHING"},
    ],
)
def test_everything_is_said_and_nothing_against_the_record(world: World, left_out: dict[str, str]) -> None:
    incident = factories.misdirected(world, State.RECEIVED)
    with nothing_changes(), pytest.raises(Refused):
        misdirected.handle_incident(incident, by=world.priya, at=world.clock(), **{**BREACH, **left_out})


def test_what_was_seen_and_when_comes_from_the_record(world: World) -> None:
    incident = factories.misdirected(world, State.RECEIVED)
    done = misdirected.handle_incident(incident, by=world.priya, at=world.clock(), **HANDLED)
    assert done.seen_at == incident.exchange.opened_at is not None
    unopened = factories.misdirected(world, State.SENT)
    done = misdirected.handle_incident(
        unopened, by=world.priya, at=world.clock(), **{**HANDLED, "seen": "NOTHING"}
    )
    assert done.seen_at is None
    assert not Breach.objects.exists(), "It was said to be none"


def test_the_page_offers_what_the_record_says(world: World) -> None:
    opened = factories.misdirected(world, State.RECEIVED).exchange
    words = text(as_(world.priya).get(at("incident", opened)))
    assert "The record says: opened on 11 January 2027" in words
    unopened = factories.misdirected(world, State.SENT).exchange
    page = as_(world.priya).get(at("incident", unopened))
    assert "The record says: it was not opened." in text(page)


# --- Found by whoever sent it ---------------------------------------------------------------------------


def test_the_sender_finds_it_it_is_withdrawn_and_the_lead_is_told(world: World) -> None:
    exchange = factories.exchange_at(world, State.RECEIVED)
    page = post(world.priya, "misdirected", exchange, note=NOTE)
    assert page.headers["Location"] == at("incident", exchange)
    exchange.refresh_from_db()
    assert exchange.withdrawn_at
    assert Incident.objects.get().reported_by == world.priya
    assert Message.objects.filter(kind="NOT_MINE", to_member_id=world.school.lead.pk).count() == 1
    assert Obligation.objects.get(kind="INCIDENT", settled_at=None).owner == world.priya
    theirs = text(as_(world.tom).get(at("exchange", exchange)))
    assert NOTE not in theirs
    assert Event.objects.get(verb="sharing.exchange.misdirected").also_for == []
    mine = text(as_(world.priya).get(at("exchange", exchange)))
    assert "It went to the wrong person" in mine
    assert "Record what was done" in mine
    assert NOTE in text(as_(world.priya).get(at("incident", exchange)))


def test_what_was_understood_cannot_be_taken_back_and_is_reported_all_the_same(world: World) -> None:
    exchange = factories.exchange_at(world, State.UNDERSTOOD)
    words = text(as_(world.priya).get(at("misdirected", exchange)))
    assert "it cannot be taken back: they can still read it" in words
    incident = misdirected.report_misdirected(exchange, by=world.priya, at=world.clock(), note=NOTE)
    exchange.refresh_from_db()
    assert exchange.withdrawn_at is None
    misdirected.handle_incident(incident, by=world.priya, at=world.clock(), **BREACH)
    assert Breach.objects.get().became_aware_at == incident.opened_at


def test_only_the_sender_says_so_once_and_only_of_what_was_sent(world: World) -> None:
    exchange = factories.exchange_at(world, State.SENT)
    for stranger in (world.tom, world.school.colleague):
        with nothing_changes(), pytest.raises(NotYourTurn):
            misdirected.report_misdirected(exchange, by=stranger, at=world.clock(), note=NOTE)
    misdirected.report_misdirected(exchange, by=world.priya, at=world.clock(), note=NOTE)
    with nothing_changes(), pytest.raises(AlreadyDone):
        misdirected.report_misdirected(exchange, by=world.priya, at=world.clock(), note=NOTE)
    with pytest.raises(NotYourTurn):
        misdirected.report_misdirected(
            factories.exchange_at(world, State.PREPARED), by=world.priya, at=world.clock(), note=NOTE
        )


# --- The clock ------------------------------------------------------------------------------------------


def test_the_clock_is_72_hours_from_when_it_was_known(world: World) -> None:
    found = factories.breach(world)
    assert found.became_aware_at == found.incident.opened_at
    assert found.due_at - found.became_aware_at == timedelta(hours=72)
    waits = Obligation.objects.get(key=f"breach:{found.pk}", settled_at=None)
    assert (waits.owner, waits.due_at, waits.is_urgent, waits.other) == (
        world.school.lead,
        found.due_at,
        True,
        None,
    )
    assert waits.reminders.count() >= 2


def test_the_clock_is_right_when_the_clocks_go_forward(world: World) -> None:
    """Known on Friday 26 March 2027 at 10:00; on Sunday the clocks go forward, so it is due at 11:00."""
    exchange = factories.exchange_at(world, State.SENT)
    known = datetime(2027, 3, 26, 10, 0, tzinfo=UTC)
    incident = misdirected.report_misdirected(exchange, by=world.priya, at=known, note=NOTE)
    later = known + timedelta(minutes=9)
    misdirected.handle_incident(incident, by=world.priya, at=later, **BREACH)
    found = Breach.objects.get()
    assert found.due_at == datetime(2027, 3, 29, 10, 0, tzinfo=UTC)
    with time_machine.travel(known, tick=False):
        words = text(as_(world.school.lead).get(reverse("breach", args=[found.number])))
    assert "by 11:00 on Monday 29 March" in words


def test_without_a_lead_it_waits_for_the_owner_of_the_concern_who_can_act(world: World) -> None:
    type(world.priya).objects.filter(pk=world.priya.pk).update(manager=None)
    type(world.priya).objects.filter(pk=world.school.lead.pk).update(role="practitioner")
    found = factories.breach(world)
    assert Obligation.objects.get(key=f"breach:{found.pk}").owner == world.priya
    assert as_(world.priya).get(reverse("breach", args=[found.number])).status_code == 200
    breach.decide(found, by=world.priya, at=world.clock(), about="ICO", answer=False, why="No risk.")


# --- Decided, reported, closed --------------------------------------------------------------------------


def test_a_breach_is_decided_reported_and_closed(world: World) -> None:
    found = factories.breach(world)
    lead = world.school.lead
    with pytest.raises(NotDecidedYet):
        breach.record_report(found, by=lead, at=world.clock(), reported_at=world.clock(), reference="IC-1")
    decide(world, found, "ICO", True)
    decide(world, found, "PERSON", True)
    closing: dict[str, Any] = {"how_told": "By phone.", "what_was_learned": "Posts come first."}
    with pytest.raises(NotDecidedYet, match="closed yet"):
        breach.close(found, by=lead, at=world.clock(), **closing)
    when = world.clock()
    breach.record_report(found, by=lead, at=world.clock(), reported_at=when, reference="IC-1234")
    with pytest.raises(Refused, match="when and how"):
        breach.close(found, by=lead, at=world.clock(), **{**closing, "how_told": " "})
    with pytest.raises(Refused, match="reported already"):
        breach.decide(found, by=lead, at=world.clock(), about="ICO", answer=False, why="No.")
    breach.close(found, by=lead, at=world.clock(), **closing)
    assert not Obligation.objects.filter(key=f"breach:{found.pk}", settled_at=None).exists()
    with pytest.raises(AlreadyDone):
        decide(world, found, "PERSON", False)
    verbs = Event.objects.filter(verb__startswith="sharing.breach").order_by("id")
    assert [event.verb.rpartition(".")[2] for event in verbs] == [
        *("opened", "decided", "decided", "reported", "closed")
    ]
    assert all(event.also_for == [] for event in verbs)


def test_a_report_after_the_limit_says_why(world: World) -> None:
    found = factories.breach(world)
    decide(world, found, "ICO", True)
    late = found.due_at + timedelta(minutes=1)
    report: dict[str, Any] = {"by": world.school.lead, "at": late, "reported_at": late, "reference": "IC-1"}
    with nothing_changes(), pytest.raises(Refused, match="after the time limit"):
        breach.record_report(found, **report)
    done = breach.record_report(found, **report, late_why="The lead was ill, and nobody stood in.")
    assert done.late_why


@pytest.mark.parametrize("who", ["tom", "colleague", "croft"])
def test_nobody_else_decides_or_sees_it(world: World, who: str) -> None:
    found = factories.breach(world)
    people = {"tom": world.tom, "colleague": world.school.colleague, "croft": world.care.lead}
    with nothing_changes(), pytest.raises(NotYourTurn):
        breach.decide(found, by=people[who], at=world.clock(), about="ICO", answer=True, why="So.")
    assert as_(people[who]).get(reverse("breach", args=[found.number])).status_code == 404


def test_a_breach_that_lost_its_obligation_gets_it_back(world: World) -> None:
    found = factories.breach(world)
    Obligation.objects.filter(key=f"breach:{found.pk}").update(settled_at=world.clock())
    assert reconcile.reconcile(at=world.clock()) >= 1
    assert Obligation.objects.filter(key=f"breach:{found.pk}", settled_at=None).exists()


# --- The register ---------------------------------------------------------------------------------------


def test_the_register_lists_the_agencys_own_without_content(world: World) -> None:
    found = factories.breach(world)
    words = text(as_(world.school.lead).get(reverse("breaches")))
    assert "Breach 1" in words
    assert found.exchange.reference in words
    assert "To be decided" in words
    for secret in ("Leo", "Four small round marks", HANDLED["what_was_done"], "Tom Ashdown"):
        assert secret not in words
    assert "Breach 1" not in text(as_(world.care.lead).get(reverse("breaches")))
    assert as_(world.priya).get(reverse("breaches")).status_code == 403


def test_the_register_goes_on_a_page_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sharing.access.BREACHES", 2)
    for _ in range(3):
        factories.breach(world)
    browser = as_(world.school.lead)
    first = text(browser.get(reverse("breaches")))
    assert "Breach 3" in first
    assert "Breach 1" not in first
    assert "?before=2" in first
    second = text(browser.get(f"{reverse('breaches')}?before=2"))
    assert "Breach 1" in second
    assert "Breach 2" not in second
    assert browser.get(f"{reverse('breaches')}?before=²").status_code == 200


def test_the_pages_lead_from_the_home_list_to_a_closed_breach(world: World) -> None:
    found = factories.breach(world)
    browser = as_(world.school.lead)
    home = text(browser.get(reverse("home")))
    assert f"/breaches/{found.number}/" in home
    assert found.exchange.reference in home
    for about in ("ico", "person"):
        answers = filled(None, version=Breach.objects.get().version, answer="NO", why="No risk to anybody.")
        assert browser.post(reverse("breach-decide", args=[1, about]), answers).status_code == 302
    answers = filled(None, version=Breach.objects.get().version, how_told="", what_was_learned="Look twice.")
    assert browser.post(reverse("breach-close", args=[1]), answers).status_code == 302
    words = text(browser.get(reverse("breach", args=[1])))
    assert "Closed" in words
    assert "No risk to anybody." in words
    assert "Breach 1 in the register" in text(browser.get(at("exchange", found.exchange)))
    assert "in the register" not in text(as_(world.tom).get(at("exchange", found.exchange)))


def test_each_page_costs_no_more_than_it_may(world: World) -> None:
    found = factories.breach(world)
    lead, exchange = world.school.lead, found.exchange
    person = factories.main_person(exchange.cycle.concern).reference
    sent, waiting = (factories.exchange_at(world, state) for state in (State.SENT, State.PREPARED))
    pages = {
        reverse("breaches"): lead,
        reverse("breach", args=[found.number]): lead,
        reverse("breach-decide", args=[found.number, "ico"]): lead,
        reverse("person-protected", args=[person]): world.priya,
        reverse("person-protect", args=[person]): world.priya,
        at("exchange", exchange): lead,
        at("misdirected", sent): world.priya,
        at("send", waiting): world.priya,
    }
    costs = {address: statements_used(member, address) for address, member in pages.items()}
    assert {address: cost for address, cost in costs.items() if cost > 12} == {}
