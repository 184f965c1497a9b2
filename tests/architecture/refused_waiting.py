"""What the database refuses of what waits, reminders, messages, the audit and figures."""

from __future__ import annotations

from audit.models import Access, Event
from audit.operations import log_access
from notifications import operations as notifications
from notifications.models import Hold, Message
from sharing.models import (
    LearningKind,
    LearningMonth,
    Obligation,
)
from sharing.states import State
from tests import factories
from tests.architecture.refusing import append_only, copy_of, delete_raw, refused, set_raw
from tests.factories import World


def _message(w: World) -> Message:
    factories.exchange_at(w, State.SENT)
    return Message.objects.earliest("queued_at")


def message_set_aside_is_neither_sent_dropped_nor_bounced(w: World) -> None:
    message, at = _message(w), w.clock()
    says = "message_set_aside_is_neither_sent_dropped_nor_bounced"
    for end in ("sent_at", "dropped_at", "bounced_at"):
        refused(says, set_raw(message, set_aside_at=at, **{end: at}))


def message_dropped_is_neither_sent_nor_bounced(w: World) -> None:
    message, at = _message(w), w.clock()
    for end in ("sent_at", "bounced_at"):
        refused("message_dropped_is_neither_sent_nor_bounced", set_raw(message, dropped_at=at, **{end: at}))
    set_raw(message, sent_at=at, bounced_at=at)()  # it was sent, and came back


def message_failure_told_only_of_a_failure(w: World) -> None:
    refused("message_failure_told_only_of_a_failure", set_raw(_message(w), failure_told_at=w.clock()))


def _waits(w: World) -> Obligation:
    exchange = factories.exchange_at(w, State.SENT)
    return Obligation.objects.get(key=f"exchange:{exchange.pk}")


def one_open_obligation_of_a_thing(w: World) -> None:
    refused("one_open_obligation_of_a_thing", copy_of(_waits(w), reference="WF-27-9999"))


def the_other_side_has_an_agency(w: World) -> None:
    row = _waits(w)
    for missing in ("other_id", "other_agency_id"):
        refused("the_other_side_has_an_agency", set_raw(row, **{missing: None}))


def obligation_is_never_deleted(w: World) -> None:
    refused("Cannot delete rows from sharing_obligation", delete_raw(_waits(w)))


def settled_obligation_is_frozen(w: World) -> None:
    exchange = factories.exchange_at(w, State.UNDERSTOOD)
    row = Obligation.objects.get(key=f"exchange:{exchange.pk}")
    for changes in ({"settled_at": None}, {"due_at": w.clock()}, {"owner_id": w.priya.pk}):
        refused("Cannot update rows from sharing_obligation", set_raw(row, **changes))


def a_step_is_reminded_of_once(w: World) -> None:
    reminder = _waits(w).reminders.earliest("send_at")
    refused("a_step_is_reminded_of_once", copy_of(reminder, send_at=w.clock()))


def reminder_has_one_end(w: World) -> None:
    reminder = _waits(w).reminders.earliest("send_at")
    ends = ("raised_at", "dropped_at", "set_aside_at")
    for pair in ((0, 1), (1, 2), (0, 2)):
        refused("reminder_has_one_end", set_raw(reminder, **{ends[one]: w.clock() for one in pair}))


def reminder_is_never_deleted(w: World) -> None:
    refused("Cannot delete rows from sharing_reminder", delete_raw(_waits(w).reminders.earliest("send_at")))


def message_obligation_and_its_version(w: World) -> None:
    message = _message(w)
    refused("message_obligation_and_its_version", set_raw(message, obligation_id=1))
    refused("message_obligation_and_its_version", set_raw(message, obligation_version=1))


def message_in_digest_is_ordinary(w: World) -> None:
    message = _message(w)
    for changes in ({"priority": 0}, {"priority": 1}, {"kind": "DIGEST"}):
        values = {"priority": 5, **changes}
        refused("message_in_digest_is_ordinary", set_raw(message, in_digest=True, **values))


def message_digest_only_of_one_in_it(w: World) -> None:
    message = _message(w)
    refused("message_digest_only_of_one_in_it", set_raw(message, in_digest=False, digest_id=message.pk))


def message_has_an_address(w: World) -> None:
    refused("message_has_an_address", set_raw(_message(w), to_address=""))


def event_append_only(w: World) -> None:
    factories.concern_at(w, None)
    append_only(Event.objects.earliest("id"), "verb")


def access_append_only(w: World) -> None:
    log_access("concern", by=w.priya, subject="WF-27-0001")
    append_only(Access.objects.latest("id"), "why")


def learning_figures_once(w: World) -> None:
    of_all = {"partnership": w.partnership, "months": 1, "first_month": w.clock.moment.date()}
    row = LearningMonth.objects.create(**of_all, sent_is="FEW", open_is="FEW")
    refused("learning_figures_once", copy_of(row))


def learning_kinds_once(w: World) -> None:
    of_all = {"partnership": w.partnership, "months": 3, "first_month": w.clock.moment.date()}
    row = LearningKind.objects.create(**of_all, kind="FACT", checked="FEW", corrected=5, wrong=5, missing=5)
    refused("learning_kinds_once", copy_of(row))


def one_hold_at_a_time(w: World) -> None:
    notifications.hold(why="A restore.", at=w.clock())
    refused("one_hold_at_a_time", lambda: Hold.objects.create(since=w.clock(), why="Another restore."))
