"""What the database refuses of leaves, seals, tombstones and verifications."""

from __future__ import annotations

from django.utils import timezone

from audit.models import Leaf, Seal, Shape, Tombstone, Verification
from audit.operations import seals, tombstones
from records.models import Worry
from sharing.models import Stage
from tests import factories
from tests.architecture.refusing import append_only, copy_of, refused, sql
from tests.factories import World


def _leaf(w: World) -> Leaf:
    factories.concern_at(w, Stage.ASK)
    return Leaf.objects.earliest("id")


def _seal(w: World) -> Seal:
    _leaf(w)
    seals.seal_all()
    return Seal.objects.get()


def _stone(w: World) -> Tombstone:
    factories.concern_at(w, Stage.ASK)
    row = Worry.objects.earliest("id")
    tombstones.bury(Worry, [row.pk], authority="DC-1", why="time_up", by=w.priya, at=w.clock())
    return Tombstone.objects.get()


def _verification() -> Verification:
    now = timezone.now()
    return Verification.objects.create(
        started_at=now, finished_at=now, by="a test", seals=1, leaves=1, rows=1, findings=0
    )


def shape_append_only(w: World) -> None:
    append_only(Shape.objects.earliest("id"), "part")


def one_shape_of_a_kind(w: World) -> None:
    refused("permission denied", copy_of(Shape.objects.earliest("id")))


def leaf_append_only(w: World) -> None:
    append_only(_leaf(w), "row_id")


def one_leaf_a_part(w: World) -> None:
    """The application's role cannot write a leaf at all, neither into the table nor past the triggers."""
    refused("permission denied", copy_of(_leaf(w)))
    refused(
        "written by triggers alone",
        lambda: sql("SELECT audit_write_leaf('k', 't', 'p', '{a}', 1, '', '[]')"),
    )


def seal_append_only(w: World) -> None:
    row = _seal(w)
    for column in ("last", "leaves"):
        refused(
            "permission denied|Cannot update or delete",
            lambda c=column: sql(f"UPDATE audit_seal SET {c} = {c} WHERE number = %s", row.pk),  # type: ignore[misc]
        )
    refused(
        "permission denied|Cannot update or delete",
        lambda: sql("DELETE FROM audit_seal WHERE number = %s", row.pk),
    )


def _another(**changes: str) -> None:
    """Insert the first seal again, with other values in some columns."""
    names = ["number", "method", "previous", "leaves", "last", "ids", "digest", "oldest_xid"]
    names += ["next_xid", "is_full", "sealed_at", "hash"]
    values = ", ".join(changes.get(name, name) for name in names)
    sql(f"INSERT INTO audit_seal ({', '.join(names)}) SELECT {values} FROM audit_seal WHERE number = 1")


def a_leaf_is_in_one_seal(w: World) -> None:
    _seal(w)
    refused("a_leaf_is_in_one_seal", lambda: _another(number="2", previous="hash"))


def seal_holds_something(w: World) -> None:
    _seal(w)
    others = {"number": "2", "previous": "hash", "ids": "'{}'"}
    refused("seal_holds_something", lambda: _another(**others, leaves="0"))
    refused("audit_seal_previous", lambda: _another(number="2", ids="'{}'"))


def tombstone_append_only(w: World) -> None:
    append_only(_stone(w), "why")


def a_row_is_buried_once(w: World) -> None:
    refused("a_row_is_buried_once", copy_of(_stone(w)))


def buried_for_a_reason(w: World) -> None:
    row = _stone(w)
    refused("buried_for_a_reason", copy_of(row, row_id=0, authority=""))
    refused("buried_for_a_reason", copy_of(row, row_id=0, why=""))


def what_is_left_is_sealed(w: World) -> None:
    row = _stone(w)
    refused("what_is_left_is_sealed", copy_of(row, row_id=0, remains=bytes(32)))
    refused("what_is_left_is_sealed", copy_of(row, row_id=0, what="EMPTIED"))


def verification_append_only(w: World) -> None:
    append_only(_verification(), "rows")
