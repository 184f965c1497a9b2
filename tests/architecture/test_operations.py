"""Every operation, found by looking: how it is called, what it leaves, and that it leaves all or nothing."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from audit.models import Event
from notifications.models import Message
from tests.deeds import DEEDS, modules, operations
from tests.factories import World, make_world
from tests.rows import changed, nothing_changes, snapshot, taken_back

NAMES = sorted(operations())
# The things an operation is about may come first, in the order people say them.
SAYS_TWO_THINGS = {
    "sharing.workflow.move": ["concern", "name"],
    "sharing.operations.cycle.gate_was_closed": ["concern", "move"],
    "consent.operations.record_view": ["concern", "person"],
    "consent.operations.decide": ["concern", "cycle_number", "person"],
    "records.operations.people.relate": ["person", "related"],
    "records.operations.entries.add_entries": ["person", "said"],
}
# These only lock and read again, or write inside the transaction of an operation that calls them.
HELPERS = {
    "sharing.operations.actions.lock_action",
    "sharing.operations.ask.lock_enquiry",
    "sharing.operations.carrying.carry",
    "sharing.operations.check_back.lock_exchange",
    "sharing.operations.differ.bump",
    "sharing.operations.differ.lock_disagreement",
    "sharing.operations.parties.lock_concern",
    "sharing.operations.parties.lock_cycle",
    "consent.operations.lock_concern",
    "records.operations.concerns.bumped",
    "records.operations.locks.lock_concern",
    "records.operations.locks.lock_person",
    "records.operations.people.save_with_own_numbers",
    # What the worker does for whoever asked: tests/records/test_importing.py.
    "records.operations.imports.read_rows",
    "records.operations.imports.add_rows",
    "records.operations.statements.bump",
    "agencies.operations.cover.lock_covered",
    "agencies.operations.people.lock_staff",
    "agencies.operations.contact_points.address_bounced",
    "agencies.operations.outside.lock_outside",
    "agencies.operations.files.keep",
    "agencies.operations.files.remove",
    # The worker's own work: tests/agencies/test_jobs.py.
    "agencies.operations.jobs.work",
    "sharing.operations.links.end_tokens",
    "sharing.operations.links.follow",
    "sharing.operations.links.lock_link",
    "sharing.operations.visits.attempt",
    "sharing.operations.saying.freeze",
    "sharing.operations.saying.say",
    "sharing.operations.reminders.reached_again",
    "sharing.operations.obligations.settle",
    "sharing.operations.obligations.write_reminders",
    "sharing.operations.obligations.handed_on",
    # The service's own work in the background, which nobody's hand does: tests/reminders.
    "sharing.operations.reconcile.reconcile_if_old",
    "sharing.operations.handover.given_up",
    "sharing.operations.corrections.original_gone",
    "sharing.operations.flags.flag",
    "records.operations.locks.lock_concerns_of",
    "sharing.operations.handover.pass_on",
    "sharing.operations.handover.take_over",
    "sharing.operations.parties.hold",
    "sharing.operations.meetings.lock_meeting",
    "sharing.operations.meetings.changed",
    "sharing.operations.transfers.given_up",
    "sharing.operations.transfers.lock_transfer",
    "sharing.operations.transfers.received_with",
    "sharing.operations.telling_apart.write_down",
    "sharing.operations.breach.lock_breach",
    "sharing.operations.breach.opened",
    "sharing.operations.check_back.say_back",
    "sharing.operations.check_back.settle",
    "sharing.operations.attachments.choose",
    "sharing.operations.disclosure.go_out",
    "sharing.operations.access_requests.changed",
    "sharing.operations.access_requests.lock_request",
    "sharing.operations.disposal.lock_disposal",
    "sharing.operations.retention.lock_holding",
    "sharing.operations.retention.file",
    # In the background: tests/retention/test_reviews.py.
    "sharing.operations.retention.count_again",
    "sharing.operations.retention.tell_of_reviews",
    # In the background: tests/reminders/test_calls.py.
    "sharing.operations.again.remind_again",
}
WRITES = {"save", "create", "bulk_create", "update", "delete", "get_or_create", "update_or_create"}


only_those_of_sharing = pytest.mark.parametrize(
    "deed", [name for name in NAMES if name.startswith("sharing.")], indirect=True
)


class Broken(RuntimeError):
    """The audit cannot be written."""


@dataclass(frozen=True)
class Deed:
    """An operation that has been prepared, so that it only needs to be done."""

    name: str
    world: World
    act: Callable[[], object]


@pytest.fixture(scope="module", params=NAMES)
def deed(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Deed]:
    """Prepare each operation once, which takes longer than doing it. Each test takes back what it did."""
    with django_db_blocker.unblock(), taken_back():
        world = make_world()
        yield Deed(request.param, world, DEEDS[request.param](world))


def test_every_operation_has_a_deed() -> None:
    assert sorted(DEEDS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_is_called_with_keywords_by_somebody_at_a_moment(name: str) -> None:
    parameters = inspect.signature(operations()[name]).parameters.values()
    positional = [p.name for p in parameters if p.kind not in (p.KEYWORD_ONLY, p.VAR_KEYWORD)]
    assert len(positional) <= 1 or positional == SAYS_TWO_THINGS.get(name)
    keywords = {p.name: p for p in parameters if p.kind is p.KEYWORD_ONLY}
    for needed in ("by", "at"):
        assert needed in keywords, f"{name} does not take `{needed}`"
        assert keywords[needed].default is inspect.Parameter.empty


@pytest.mark.parametrize("name", NAMES)
def test_says_what_it_does(name: str) -> None:
    assert (operations()[name].__doc__ or "").strip(), f"{name} has no docstring"


def test_whatever_writes_is_an_operation_or_a_known_helper() -> None:
    """A public function that saves something and is not atomic would write half of a change."""
    loose = []
    for name in modules():
        path = Path(settings.BASE_DIR, *name.split("."))
        source = path.with_suffix(".py").read_text()
        for node in ast.parse(source).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            full = f"{name}.{node.name}"
            calls = {
                call.func.attr
                for call in ast.walk(node)
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
            }
            if calls & (WRITES | {"select_for_update"}) and full not in operations() and full not in HELPERS:
                loose.append(full)
    assert set(loose) <= {"records.operations.references.next_reference"}


@pytest.mark.django_db
def test_leaves_its_event_and_only_adds_events(deed: Deed) -> None:
    before = snapshot()
    last = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    deed.act()
    difference = changed(before, snapshot())
    written = Event.objects.filter(id__gt=last)
    assert 1 <= written.count() == difference["audit_event"] <= 3
    assert all(event.subject and event.verb for event in written)


@pytest.mark.django_db
def test_is_undone_when_the_audit_fails(deed: Deed, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**event: object) -> None:
        raise Broken

    monkeypatch.setattr("audit.operations.Event.objects.create", fail)
    with nothing_changes(), pytest.raises(Broken):
        deed.act()


@pytest.mark.django_db
@only_those_of_sharing
def test_is_undone_when_a_message_cannot_be_queued(deed: Deed, monkeypatch: pytest.MonkeyPatch) -> None:
    """For those that tell somebody; the others do not notice."""

    def fail(*messages: object, **options: object) -> None:
        raise Broken

    monkeypatch.setattr("notifications.operations.queueing.InsertQuery", fail)
    before = snapshot()
    try:
        deed.act()
    except Broken:
        assert snapshot() == before
    else:
        assert changed(before, snapshot()).get("notifications_message", 0) == 0


# Whom each operation of sharing tells, by kind of message. An operation that tells nobody says so here.
TELLS: dict[str, dict[str, list[str]]] = {
    "access_bundles.check": {"UNDERSTOOD": ["hollis"]},
    "access_bundles.make_ready": {"MANAGER": ["somebody else"]},
    "access_requests.give": {"HANDED_OVER": ["somebody else"]},
    "ask.ask": {"ASKED": ["amara"]},
    "ask.answer": {"ANSWERED": ["priya"]},
    "disclosure.send": {"TO_RECEIVE": ["tom"]},
    "check_back.receive": {"RECEIVED": ["priya"]},
    "check_back.not_mine": {"NOT_MINE": ["priya", "hollis"]},
    "check_back.restate": {"RESTATED": ["priya"]},
    "check_back.check": {"CORRECTED": ["tom"]},
    "differ.answer_agreement": {"DISAGREED": ["priya", "hollis"]},
    "differ.open_disagreement": {"DISAGREED": ["tom", "croft"]},
    "differ.add_position": {"DISAGREED": ["tom"]},
    "ladder.name_risk_holder": {"DISAGREED": ["tom"]},
    "ladder.open_stage": {"ESCALATED": ["tom", "hollis", "croft"]},
    "ladder.record_danger": {"ESCALATED": ["tom", "hollis", "croft", "cora"]},
    "outcome.write_outcome": {"OUTCOME": ["priya", "tom", "croft"]},
    "outcome.close": {"OUTCOME": ["tom"]},
    "check_back.withdraw": {"WITHDRAWN": ["tom"]},
    "actions.propose": {"ACTION": ["tom"]},
    "actions.accept": {"ACTION": ["priya"]},
    "actions.decline": {"ACTION": ["priya"]},
    "actions.report": {"ACTION": ["priya"]},
    "actions.check_report": {"ACTION": ["tom"]},
    "actions.withdraw_action": {"ACTION": ["tom"]},
    "handover.hand_over": {"HANDED_OVER": ["somebody else"]},
    "handover.hand_over_work": {"HANDED_OVER": ["priya", "somebody else"], "TO_RECEIVE": ["somebody else"]},
    "decisions.decide": {"DECISION": ["priya"]},
    "decisions.go_on_without": {"UNDERSTOOD": ["tom"]},
    "decisions.take_further": {"DISAGREED": ["tom", "croft"]},
    "transfers.propose": {"TRANSFER": ["tom"]},
    "transfers.confirm_receipt": {"TRANSFER": ["priya"]},
    "transfers.accept": {"TRANSFER": ["priya", "hollis", "somebody else"]},
    "transfers.decline": {"TRANSFER": ["priya", "hollis"]},
    "transfers.withdraw": {"TRANSFER": ["tom"]},
    "transfers.note_conference": {"TRANSFER": ["priya"]},
    "record.write_summary": {"SUMMARY": ["tom"]},
    "record.answer_summary": {"SUMMARY": ["priya"]},
    "meetings.ask_to_meeting": {"MEETING": ["tom"]},
    "meetings.answer_invitation": {"MEETING": ["priya"]},
    "meetings.move_meeting": {"MEETING": ["tom", "amara"]},
    "meetings.call_off": {"MEETING": ["tom", "amara"]},
    "meeting_minutes.issue_minutes": {"MEETING": ["tom"]},
    "links.send_new_link": {"LINK": ["somebody else"]},
    "visits.ask_for_code": {"CODE": ["somebody else"]},
    "visits.not_me": {"LINK": ["priya", "hollis"]},
    "lead.chase": {"REMINDER": ["tom"]},
    "corrections.withdraw_unopened": {"WITHDRAWN": ["tom"]},
    "flags.look_again": {"ACTION": ["priya"]},
    "proposals.propose_correction": {"PROPOSED": ["priya"]},
    "proposals.keep_as_said": {"PROPOSED": ["tom"]},
    "spoken.log_call": {"SPOKEN": ["tom"]},
    "spoken.confirm_said": {"UNDERSTOOD": ["priya"]},
    "spoken.say_differently": {"RESTATED": ["priya"]},
    "misdirected.report_misdirected": {"NOT_MINE": ["hollis"], "WITHDRAWN": ["tom"]},
    "misdirected.handle_incident": {"MANAGER": ["hollis"]},
    "lead.take_over": {"HANDED_OVER": ["tom", "somebody else"]},
    "disposal.propose": {"RETENTION": ["somebody else"]},
    "disposal.approve": {"RETENTION": ["hollis"]},
    "disposal.stop": {"RETENTION": ["hollis"]},
    "disposal.carry_out": {"RETENTION": ["hollis", "somebody else"]},
}


@pytest.mark.django_db
@only_those_of_sharing
def test_tells_whom_it_should_once_each(deed: Deed) -> None:
    before = set(Message.objects.values_list("id", flat=True))
    deed.act()
    world = deed.world
    people = {
        "priya": world.priya,
        "tom": world.tom,
        "amara": world.amara,
        "hollis": world.school.lead,
        "croft": world.care.lead,
        "cora": world.coordinator,
    }
    names: dict[object, str] = {member.pk: short for short, member in people.items()}
    told: dict[str, list[str]] = {}
    for message in Message.objects.exclude(id__in=before):
        told.setdefault(message.kind, []).append(names.get(message.to_member_id, "somebody else"))
    wanted = TELLS.get(deed.name.removeprefix("sharing.operations."), {})
    assert {kind: sorted(who) for kind, who in told.items()} == {k: sorted(v) for k, v in wanted.items()}
