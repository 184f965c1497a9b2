"""Whatever somebody does to the record by SQL as the owner of the database is found, and named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from audit import chain
from audit.models import Event, Leaf, Seal
from audit.verify import heads, links
from audit.verify.findings import ask
from sharing.models import Item
from tests.audit import tampering
from tests.audit.tampering import AsOwner, past_triggers, says, sealed_record, verified
from tests.factories import World

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_record_that_nobody_touched_fits(world: World) -> None:
    sealed_record(world)
    report = verified()
    assert [f.text for f in report.findings] == []
    assert report.leaves == Leaf.objects.count() == report.rows
    assert report.seals == Seal.objects.count() > 5


def test_an_altered_item_is_found_with_what_it_belongs_to_and_its_seal(
    world: World, connected_as_owner: AsOwner
) -> None:
    exchange = sealed_record(world)
    item = exchange.items.order_by("pk")[0]
    past_triggers(connected_as_owner, f"UPDATE sharing_item SET text = 'Never said' WHERE id = {item.pk}")
    says(verified(), "Item", "was altered", exchange.cycle.concern.reference, f"row {item.pk}", "in seal")


def test_an_altered_event_is_found(world: World, connected_as_owner: AsOwner) -> None:
    sealed_record(world)
    event = tampering.middle_event()
    past_triggers(connected_as_owner, f"UPDATE audit_event SET actor = 'Nobody' WHERE id = {event.pk}")
    report = verified()
    says(report, "Event", "was altered", f"row {event.pk} of audit_event")
    assert report.found == 1


def test_one_changed_letter_in_what_was_said_back_is_found(world: World, connected_as_owner: AsOwner) -> None:
    exchange = sealed_record(world)
    said = exchange.rounds.get()
    past_triggers(
        connected_as_owner,
        f"UPDATE sharing_round SET what_happened = what_happened || '.' WHERE id = {said.pk}",
    )
    says(verified(), "Round", "was altered")


def test_when_it_was_received_cannot_be_moved(world: World, connected_as_owner: AsOwner) -> None:
    exchange = sealed_record(world)
    past_triggers(
        connected_as_owner,
        "UPDATE sharing_exchange SET received_at = received_at - interval '1 day',"
        f" opened_at = opened_at - interval '1 day' WHERE id = {exchange.pk}",
    )
    says(verified(), exchange.reference, "was altered")


def test_a_deleted_event_is_found(world: World, connected_as_owner: AsOwner) -> None:
    sealed_record(world)
    event = tampering.middle_event()
    past_triggers(connected_as_owner, f"DELETE FROM audit_event WHERE id = {event.pk}")
    says(verified(), f"row {event.pk} of audit_event", "has been removed", "no tombstone names it")


def test_an_event_deleted_with_its_leaf_is_found(world: World, connected_as_owner: AsOwner) -> None:
    sealed_record(world)
    event = tampering.middle_event()
    leaf = Leaf.objects.get(row_id=event.pk, shape_id=_shape("audit_event"))
    past_triggers(
        connected_as_owner,
        f"DELETE FROM audit_event WHERE id = {event.pk}",
        f"DELETE FROM audit_leaf WHERE id = {leaf.pk}",
    )
    says(verified(), f"Leaf {leaf.pk} is missing from seal")


def test_an_event_put_in_without_a_leaf_is_found(world: World, connected_as_owner: AsOwner) -> None:
    sealed_record(world)
    event = tampering.middle_event()
    past_triggers(connected_as_owner, tampering.copy_row("audit_event", event.pk))
    says(verified(), "Event", "put in past the triggers: it has no leaf")


def test_an_event_put_into_the_past_with_a_leaf_of_its_own_is_found(
    world: World, connected_as_owner: AsOwner
) -> None:
    """With everything forged: times, role, transaction."""
    sealed_record(world)
    event = tampering.middle_event()
    leaf = Leaf.objects.get(row_id=event.pk, shape_id=_shape("audit_event"))
    past_triggers(
        connected_as_owner,
        tampering.copy_row("audit_event", event.pk),
        tampering.copy_row("audit_leaf", leaf.pk, row_id="(SELECT max(id) FROM audit_event)"),
    )
    tampering.seal()
    says(verified(), "Event", "was put in after the seal of its time")


def test_an_event_put_in_that_no_seal_will_ever_hold_is_found(
    world: World, connected_as_owner: AsOwner
) -> None:
    sealed_record(world)
    event = tampering.middle_event()
    leaf = Leaf.objects.get(row_id=event.pk, shape_id=_shape("audit_event"))
    past_triggers(
        connected_as_owner,
        tampering.copy_row("audit_event", event.pk),
        tampering.copy_row("audit_leaf", leaf.pk, id="0", row_id="(SELECT max(id) FROM audit_event)"),
    )
    tampering.seal()
    says(verified(), "Event", "its leaf", "is in no seal")


@pytest.mark.parametrize("number", ["(SELECT max(id) + 1 FROM audit_leaf)", "0"])
def test_an_event_put_in_is_found_also_where_an_older_transaction_is_still_under_way(
    world: World, connected_as_owner: AsOwner, number: str
) -> None:
    """A transaction of any database of the server: an import, an index that is being made."""
    with tampering.somebody_elses_transaction():
        sealed_record(world)
        event = tampering.middle_event()
        leaf = Leaf.objects.get(row_id=event.pk, shape_id=_shape("audit_event"))
        past_triggers(
            connected_as_owner,
            tampering.copy_row("audit_event", event.pk),
            tampering.copy_row("audit_leaf", leaf.pk, id=number, row_id="(SELECT max(id) FROM audit_event)"),
        )
        tampering.seal()
    says(verified(), "Event", "put in")


def test_a_seal_of_the_first_method_is_hashed_without_what_was_under_way(world: World) -> None:
    sealed_record(world)
    sealed = tampering.links()[0]
    first = replace(sealed, method=chain.FIRST_METHOD)
    assert replace(first, under_way="{9}").hash == first.hash
    assert replace(sealed, under_way="{9}").hash != sealed.hash


def test_an_event_written_by_the_owner_is_found(world: World, connected_as_owner: AsOwner) -> None:
    sealed_record(world)
    with connected_as_owner():
        tampering.write_events(world, 1)
    tampering.seal()
    says(verified(), "Event", "which is not the application")


def test_two_events_that_changed_places_are_found(world: World, connected_as_owner: AsOwner) -> None:
    sealed_record(world)
    first, second = Event.objects.order_by("id")[3:5]
    past_triggers(
        connected_as_owner,
        f"UPDATE audit_event SET id = -1 WHERE id = {first.pk}",
        f"UPDATE audit_event SET id = {first.pk} WHERE id = {second.pk}",
        f"UPDATE audit_event SET id = {second.pk} WHERE id = -1",
    )
    report = verified()
    says(report, "was altered", f"row {first.pk} of audit_event")
    assert report.found == 2


def test_two_leaves_that_changed_places_are_found(world: World, connected_as_owner: AsOwner) -> None:
    sealed_record(world)
    first, second = Leaf.objects.order_by("id")[3:5]
    past_triggers(
        connected_as_owner,
        f"UPDATE audit_leaf SET id = -1 WHERE id = {first.pk}",
        f"UPDATE audit_leaf SET id = {first.pk} WHERE id = {second.pk}",
        f"UPDATE audit_leaf SET id = {second.pk} WHERE id = -1",
    )
    says(verified(), "A leaf of seal", "was altered, put in or moved")


def test_a_leaf_that_is_given_to_another_concern_is_found(world: World, connected_as_owner: AsOwner) -> None:
    exchange = sealed_record(world)
    reference = exchange.cycle.concern.reference
    past_triggers(
        connected_as_owner, f"UPDATE audit_leaf SET concern = 'WF-99-9999' WHERE concern = '{reference}'"
    )
    says(verified(), "A leaf of seal", "was altered")


def test_histories_of_two_concerns_that_were_swapped_are_found(
    world: World, connected_as_owner: AsOwner
) -> None:
    exchange = sealed_record(world)
    one, other = Item.objects.filter(exchange=exchange)[0], Item.objects.exclude(exchange=exchange)[0]
    past_triggers(
        connected_as_owner,
        f"UPDATE sharing_item SET exchange_id = {other.exchange_id}, number = 90 WHERE id = {one.pk}",
        f"UPDATE sharing_item SET exchange_id = {one.exchange_id}, number = 90 WHERE id = {other.pk}",
    )
    report = verified()
    says(report, "Item", "was altered")
    assert report.found == 2


def test_a_seal_that_was_altered_with_its_hash_is_found_by_the_next(
    world: World, connected_as_owner: AsOwner
) -> None:
    sealed_record(world)
    (link, _), *_ = map(links.as_link, ask(links.SEALS, [1, 1]))
    forged = replace(link, sealed_at=link.sealed_at - timedelta(seconds=1))
    past_triggers(
        connected_as_owner,
        "UPDATE audit_seal SET sealed_at = sealed_at - interval '1 second',"
        f" hash = '\\x{forged.hash.hex()}' WHERE number = {forged.number}",
    )
    says(verified(), f"Seal {forged.number + 1} of", "does not follow the one before it")


def test_a_seal_that_was_taken_out_is_found(world: World, connected_as_owner: AsOwner) -> None:
    sealed_record(world)
    past_triggers(connected_as_owner, "DELETE FROM audit_seal WHERE number = 3")
    says(verified(), "Seal 3 is missing before seal 4")


@pytest.mark.parametrize(
    "change",
    [
        "sealed_at = sealed_at - interval '1 day'",
        "last = last + 1",
        "next_xid = 0",
        "under_way = '{3}'",
        "hash = digest",
    ],
)
def test_an_altered_seal_is_found(world: World, connected_as_owner: AsOwner, change: str) -> None:
    sealed_record(world)
    past_triggers(connected_as_owner, f"UPDATE audit_seal SET {change} WHERE number = 3")
    says(verified(), "Seal 3", "was altered")


def test_a_trigger_that_is_switched_off_is_found_before_anything_is_done(
    world: World, connected_as_owner: AsOwner
) -> None:
    with connected_as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE sharing_item DISABLE TRIGGER USER")
    try:
        report = verified()
    finally:
        with connected_as_owner(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE sharing_item ENABLE TRIGGER USER")
    assert {f.text for f in report.findings} == {
        "The trigger item_is_frozen of sharing_item is switched off.",
        "The trigger item_is_sealed of sharing_item is switched off.",
    }


def test_a_row_added_while_triggers_were_off_is_found(world: World, connected_as_owner: AsOwner) -> None:
    exchange = sealed_record(world)
    item = exchange.items.order_by("pk")[0]
    copied = tampering.copy_row("sharing_item", item.pk, number="77")
    with connected_as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE sharing_item DISABLE TRIGGER USER")
        cursor.execute(copied)
        cursor.execute("ALTER TABLE sharing_item ENABLE TRIGGER USER")
    says(verified(), "Item", "put in past the triggers")


def test_rights_that_were_given_to_the_application_are_found(
    world: World, connected_as_owner: AsOwner
) -> None:
    with connected_as_owner(), connection.cursor() as cursor:
        cursor.execute("GRANT DELETE ON audit_event TO PUBLIC")
    try:
        says(verified(), "may DELETE audit_event")
    finally:
        with connected_as_owner(), connection.cursor() as cursor:
            cursor.execute("REVOKE DELETE ON audit_event FROM PUBLIC")


# --- What only heads that are kept elsewhere find ------------------------------------------------------


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "heads.jsonl"


def _keep(kept: Path) -> None:
    kept.write_text("".join(heads.lines()))


def test_heads_of_a_record_that_nobody_touched_fit(world: World, kept: Path) -> None:
    sealed_record(world)
    _keep(kept)
    tampering.write_events(world, 3)
    tampering.seal()
    assert verified(against=kept.read_text().splitlines()).found == 0


def test_a_history_written_afresh_fits_and_is_found_by_the_heads(
    world: World, kept: Path, connected_as_owner: AsOwner
) -> None:
    sealed_record(world)
    _keep(kept)
    tampering.write_history_afresh(connected_as_owner, tampering.middle_event())
    assert verified().found == 0
    says(
        verified(against=kept.read_text().splitlines()), "is not the one that was kept elsewhere", "rewritten"
    )


def test_an_end_that_was_cut_off_fits_and_is_found_by_the_heads(
    world: World, kept: Path, connected_as_owner: AsOwner
) -> None:
    """The same as putting an old copy in its place: what came after is not there."""
    sealed_record(world)
    before = Event.objects.count()
    tampering.write_events(world, 3)
    tampering.seal()
    _keep(kept)
    last = Seal.objects.latest("number")
    past_triggers(
        connected_as_owner,
        f"DELETE FROM audit_leaf l USING audit_seal s WHERE s.number = {last.number} AND l.id <@ s.ids",
        "DELETE FROM audit_event WHERE verb = 'tests.written'",
        f"DELETE FROM audit_seal WHERE number = {last.number}",
    )
    assert Event.objects.count() == before
    assert verified().found == 0
    says(verified(against=kept.read_text().splitlines()), f"Seal {last.number}", "its end was cut off")


def test_a_file_of_something_else_is_no_heads(world: World) -> None:
    with pytest.raises(heads.NotHeads, match="Line 1"):
        verified(against=["Dear auditor,"])


def _shape(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM audit_shape WHERE table_name = %s AND NOT by_trigger", [table])
        return int(cursor.fetchone()[0])
