"""The chain as it is made: one sealer at a time, late transactions, small portions, disposal, commands."""

from __future__ import annotations

import io
import threading
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from audit.models import Event, Leaf, Seal, Tombstone, Verification
from audit.operations import record, seals, tombstones
from audit.verify import links, rows
from records.models import Concern, Worry
from tests import factories
from tests.audit import tampering
from tests.audit.tampering import AsOwner, past_triggers, says, sealed_record, verified
from tests.factories import World
from tests.signing_in import SignedIn

pytestmark = pytest.mark.django_db(transaction=True)


def held() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(leaves), 0) FROM audit_seal")
        return int(cursor.fetchone()[0])


def test_every_event_has_a_leaf_in_its_own_transaction(world: World) -> None:
    before = Leaf.objects.count()
    with transaction.atomic():
        record("tests.taken_back", by=world.priya, at=world.clock(), subject="x")
        assert Leaf.objects.count() == before + 1
        transaction.set_rollback(True)
    assert Leaf.objects.count() == before


def test_a_statement_has_its_leaf_when_its_concern_is_logged_and_not_before(world: World) -> None:
    of_statements = Leaf.objects.filter(shape_id__in=_shapes("records_statement"))
    assert factories.draft(world).statements.exists()
    assert not of_statements.exists()
    concern = factories.logged(world)
    sealed = of_statements.filter(concern=concern.reference)
    assert sealed.count() == concern.statements.count() > 0


def test_two_sealers_seal_everything_once(world: World) -> None:
    tampering.write_events(world, 60)
    errors: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(20):
                seals.seal_batch(batch=5)
        except BaseException as error:  # noqa: BLE001  # told below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tampering.seal()
    assert errors == []
    assert held() == Leaf.objects.count()
    assert verified().findings == []


def test_a_transaction_that_ends_late_is_sealed_later_and_fits(world: World) -> None:
    """Its leaf has a lower number than those of seals that were made while it was still under way."""
    late = connection.copy()
    with closing(late), late.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(
            "INSERT INTO audit_event (at, verb, actor, agency, acting_for, subject, concern, also_for, data)"
            " VALUES (now(), 'tests.late', '', '', '', 'x', '', '{}', '{}')"
        )
        tampering.write_events(world, 12)
        tampering.seal(batch=5)
        tampering.write_events(world, 3)
        tampering.seal()
        assert held() == Leaf.objects.count()
        cursor.execute("COMMIT")
    assert held() == Leaf.objects.count() - 1
    tampering.seal()
    assert held() == Leaf.objects.count()
    assert verified().findings == []
    last = Seal.objects.latest("number")
    assert last.leaves == 1


def test_nothing_waits_to_be_sealed_twice(world: World) -> None:
    tampering.write_events(world, 3)
    tampering.seal()
    assert seals.seal_batch() is None
    assert seals.waiting() == (0, None)


def test_small_portions_find_the_same_as_large_ones(
    world: World, connected_as_owner: AsOwner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory is that of a portion: the size of the record does not come into it."""
    sealed_record(world)
    event = tampering.middle_event()
    past_triggers(connected_as_owner, f"UPDATE audit_event SET actor = 'Nobody' WHERE id = {event.pk}")
    whole = verified()
    monkeypatch.setattr(links, "PORTION", 3)
    monkeypatch.setattr(links, "SEALS_AT_ONCE", 2)
    monkeypatch.setattr(rows, "PORTION", 2)
    portions = verified()
    assert (portions.findings, portions.rows, portions.leaves) == (whole.findings, whole.rows, whole.leaves)


# --- One concern ---------------------------------------------------------------------------------------


def test_one_concern_is_verified_alone_and_another_ones_fault_is_not_its_own(
    world: World, connected_as_owner: AsOwner
) -> None:
    exchange = sealed_record(world)
    mine = exchange.cycle.concern
    other = Concern.objects.exclude(pk=mine.pk).latest("pk")
    worry = other.worries.earliest("pk")
    past_triggers(connected_as_owner, f"UPDATE records_worry SET level = 1, why = 'x' WHERE id = {worry.pk}")
    assert verified(concern=mine.reference).findings == []
    says(verified(concern=other.reference), "Worry", other.reference, "was altered")


def test_a_row_put_into_a_concern_is_found_when_it_is_verified_alone(
    world: World, connected_as_owner: AsOwner
) -> None:
    exchange = sealed_record(world)
    concern = exchange.cycle.concern
    worry = concern.worries.earliest("pk")
    past_triggers(connected_as_owner, tampering.copy_row("records_worry", worry.pk))
    says(verified(concern=concern.reference), "Worry", "put in past the triggers")


# --- Disposal ------------------------------------------------------------------------------------------


def test_a_row_that_is_gone_fits_where_a_tombstone_names_it_and_only_there(
    world: World, connected_as_owner: AsOwner
) -> None:
    sealed_record(world)
    first, second = Worry.objects.order_by("pk")[:2]
    tombstones.bury(Worry, [first.pk], authority="DC-1", why="time_up", by=world.priya, at=world.clock())
    tampering.seal()
    past_triggers(connected_as_owner, f"DELETE FROM records_worry WHERE id = {first.pk}")
    report = verified()
    assert (report.findings, report.buried) == ([], 1)
    past_triggers(connected_as_owner, f"DELETE FROM records_worry WHERE id = {second.pk}")
    says(verified(), f"row {second.pk} of records_worry", "has been removed")


def test_a_row_that_lost_its_content_fits_as_it_was_left_and_not_otherwise(
    world: World, connected_as_owner: AsOwner
) -> None:
    sealed_record(world)
    row = Worry.objects.earliest("pk")
    past_triggers(connected_as_owner, f"UPDATE records_worry SET why = 'disposed of' WHERE id = {row.pk}")
    tombstones.mark_emptied(Worry, [row.pk], authority="DC-1", why="time_up", by=None, at=world.clock())
    tampering.seal()
    report = verified()
    assert (report.findings, report.buried) == ([], 1)
    past_triggers(connected_as_owner, f"UPDATE records_worry SET why = 'again' WHERE id = {row.pk}")
    says(verified(), "Worry", "was altered")


def test_a_tombstone_is_sealed_itself(world: World, connected_as_owner: AsOwner) -> None:
    sealed_record(world)
    row = Worry.objects.earliest("pk")
    tombstones.bury(Worry, [row.pk], authority="DC-1", why="time_up", by=world.priya, at=world.clock())
    tampering.seal()
    past_triggers(connected_as_owner, "UPDATE audit_tombstone SET authority = 'DC-2'")
    says(verified(), "Tombstone", "was altered")
    assert Tombstone.objects.count() == 1


def test_nothing_is_buried_that_nobody_would_miss() -> None:
    with pytest.raises(tombstones.NotSealed):
        tombstones.bury(Leaf, [1], authority="DC-1", why="x", by=None, at=factories.make_world().clock())


# --- The commands, the page and the health -------------------------------------------------------------


def test_the_command_seals_verifies_and_leaves_an_entry(world: World, tmp_path: Path) -> None:
    tampering.write_events(world, 5)
    said = io.StringIO()
    call_command("seal_record", stdout=said)
    call_command("verify_record", "--quiet", stdout=said)
    assert "0 waiting." in said.getvalue()
    assert "Everything fits." in said.getvalue()
    entry = Verification.objects.get()
    assert (entry.findings, entry.seals, entry.rows) == (0, 1, entry.leaves)
    kept = tmp_path / "heads.jsonl"
    call_command("export_seals", str(kept), stdout=said)
    call_command("verify_record", "--quiet", "--against", str(kept), stdout=said)
    assert Verification.objects.latest("pk").against


def test_the_command_names_the_first_thing_that_does_not_fit_and_fails(
    world: World, connected_as_owner: AsOwner, capsys: pytest.CaptureFixture[str]
) -> None:
    sealed_record(world)
    for event in Event.objects.order_by("pk")[2:4]:
        past_triggers(connected_as_owner, f"UPDATE audit_event SET verb = 'x' WHERE id = {event.pk}")
    said = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_record", stdout=said)
    assert ended.value.code == 1
    assert "Event" in said.getvalue()
    assert "And 1 more. Use --all to see them." in said.getvalue()
    assert "100 %" in capsys.readouterr().err
    assert Verification.objects.get().findings == 2


def test_a_file_that_is_not_there_is_said(world: World) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("verify_record", "--quiet", "--against", "nowhere.jsonl")


def test_what_sealing_adds_to_a_write_is_measured_and_taken_back(world: World) -> None:
    before, said = Event.objects.count(), io.StringIO()
    call_command("measure_sealing", "--events", "20", stdout=said)
    assert "sealing: median" in said.getvalue()
    assert Event.objects.count() == before


def test_an_auditor_sees_seals_and_the_last_verification_and_takes_the_heads_away(
    world: World, signed_in: SignedIn
) -> None:
    auditor = factories.member(world.school.agency, "Olive Reed", role="auditor")
    tampering.write_events(world, 3)
    call_command("seal_record", stdout=io.StringIO())
    call_command("verify_record", "--quiet", stdout=io.StringIO())
    browser = signed_in(auditor)
    page = browser.get("/audit/seals/")
    assert page.status_code == 200
    assert "Seal 1" in page.content.decode()
    assert "Everything fitted" in page.content.decode()
    taken = b"".join(browser.get("/audit/seals/heads/"))
    assert taken.decode().splitlines()[0].startswith('{"seal": 1,')


def test_the_page_warns_when_sealing_stands_still(
    world: World, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    auditor = factories.member(world.school.agency, "Olive Reed", role="auditor")
    tampering.write_events(world, 1)
    monkeypatch.setattr(seals, "TOO_LONG", seals.EVERY * -1)
    assert "Sealing stands still" in signed_in(auditor).get("/audit/seals/").content.decode()


def _shapes(table: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM audit_shape WHERE table_name = %s", [table])
        return [row[0] for row in cursor.fetchall()]
