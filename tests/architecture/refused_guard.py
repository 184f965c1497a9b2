"""What the database refuses of decisions to send something all the same, people alike, and breaches."""

from __future__ import annotations

from datetime import timedelta

from sharing.models import AlikeChoice, Breach, GuardDecision, Incident
from sharing.operations import breach
from sharing.states import State
from tests import factories
from tests.architecture.refusing import append_only, copy_of, delete_raw, refused, set_raw
from tests.factories import World


def _incident(w: World) -> Incident:
    return Incident.objects.get(exchange=factories.exchange_at(w, State.NOT_MINE))


def incident_contained_and_what_was_seen(w: World) -> None:
    row, name = _incident(w), "incident_contained_and_what_was_seen"
    handled = {"handled_at": w.clock(), "handled_by_id": w.priya.pk, "what_was_done": "Told them."}
    refused(name, set_raw(row, **handled, contained="YES"))
    refused(name, set_raw(row, **handled, seen="READ"))


def incident_breach_decided_why_and_by_whom(w: World) -> None:
    row, name = _incident(w), "incident_breach_decided_why_and_by_whom"
    refused(name, set_raw(row, is_breach=True, breach_why="It names a child."))
    refused(name, set_raw(row, is_breach=False, who_decided="The officer"))


def _breach(w: World) -> Breach:
    return factories.breach(w)


def _decided_on(w: World) -> Breach:
    row = _breach(w)
    for about in ("ICO", "PERSON"):
        breach.decide(row, by=w.school.lead, at=w.clock(), about=about, answer=False, why="No risk.")
    return row


def breaches_are_numbered(w: World) -> None:
    refused("breaches_are_numbered|unique", copy_of(_breach(w)))


def breach_reported_when_and_by_whom(w: World) -> None:
    row = _breach(w)
    refused(
        "breach_reported_when_and_by_whom",
        set_raw(row, reported_at=row.due_at, report_reference="IC-1", late_why="Late."),
    )


def reported_breach_has_a_reference(w: World) -> None:
    row = _breach(w)
    reported = {"reported_at": row.due_at, "reported_by_id": w.priya.pk}
    refused("reported_breach_has_a_reference", set_raw(row, **reported))
    refused("reported_breach_has_a_reference", set_raw(row, report_reference="IC-1"))


def breach_reported_late_says_why(w: World) -> None:
    row = _breach(w)
    late = row.due_at + timedelta(seconds=1)
    reported = {"reported_at": late, "reported_by_id": w.priya.pk, "report_reference": "IC-1"}
    refused("breach_reported_late_says_why", set_raw(row, **reported))


def breach_closed_when_and_by_whom(w: World) -> None:
    refused("breach_closed_when_and_by_whom", set_raw(_decided_on(w), closed_at=w.clock()))


def breach_was_known_before_its_limit(w: World) -> None:
    row = _breach(w)
    later = copy_of(row, number=9, due_at=row.became_aware_at)
    refused("breach_was_known_before_its_limit", later)


def breach_is_never_deleted(w: World) -> None:
    refused("Cannot delete", delete_raw(_breach(w)))


def breach_is_frozen(w: World) -> None:
    row = _breach(w)
    for changes in ({"due_at": w.clock()}, {"became_aware_at": w.clock()}, {"number": 7}):
        refused("Cannot update", set_raw(row, **changes))


def closed_breach_is_frozen(w: World) -> None:
    row = breach.close(
        _decided_on(w), by=w.school.lead, at=w.clock(), how_told="", what_was_learned="Look twice."
    )
    refused("Cannot update", set_raw(row, what_was_learned="Nothing."))


def breach_is_reported_once(w: World) -> None:
    row = _breach(w)
    breach.decide(row, by=w.school.lead, at=w.clock(), about="ICO", answer=True, why="A risk.")
    at = w.clock()
    breach.record_report(row, by=w.school.lead, at=at, reported_at=at, reference="IC-1")
    refused("never changes", set_raw(row, report_reference="IC-2"))


def breach_closed_when_decided(w: World) -> None:
    row, closed = _breach(w), {"closed_at": w.clock(), "closed_by_id": w.school.lead.pk}
    refused("a breach is closed when", set_raw(row, **closed))
    for about in ("ICO", "PERSON"):
        breach.decide(row, by=w.school.lead, at=w.clock(), about=about, answer=True, why="A risk.")
    refused("a breach is closed when", set_raw(row, **closed, how_told="By phone."))


def breach_decided_for_a_reason(w: World) -> None:
    row = _decided_on(w).decisions.earliest("id")
    refused("breach_decided_for_a_reason", copy_of(row, why=""))


def breach_decision_append_only(w: World) -> None:
    append_only(_decided_on(w).decisions.earliest("id"), "why")


def _decided(w: World) -> GuardDecision:
    exchange = factories.exchange_at(w, State.SENT)
    return GuardDecision.objects.create(
        concern=exchange.cycle.concern, reference=exchange.reference, exchange=exchange, recipient=w.tom,
        found=[{"kind": "NAME", "where": "Item 1"}], why="He has to know.", by=w.priya, at=w.clock(),
    )  # fmt: skip


def sent_all_the_same_for_a_reason(w: World) -> None:
    refused("sent_all_the_same_for_a_reason", copy_of(_decided(w), why=""))


def sent_all_the_same_despite_something(w: World) -> None:
    refused("sent_all_the_same_despite_something", copy_of(_decided(w), found=[]))


def guard_decision_append_only(w: World) -> None:
    append_only(_decided(w), "why")


def _picked(w: World) -> AlikeChoice:
    return AlikeChoice.objects.create(
        exchange=factories.exchange_at(w, State.SENT), moment="SENDING", shown=[w.tom.pk, w.amara.pk],
        chosen=w.tom, by=w.priya, at=w.clock(),
    )  # fmt: skip


def alike_choice_never_changes(w: World) -> None:
    refused("Cannot update", set_raw(_picked(w), moment="CHOOSING"))


def alike_choice_stays_once_sent(w: World) -> None:
    refused("who was meant stays on the record", delete_raw(_picked(w)))
