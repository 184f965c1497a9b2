"""The chain that shows whether the record is as it was: shapes, leaves, seals, tombstones, verifications.

audit/leaves.py says what a leaf is of, docs/record.md how the chain is made and what it can find.
"""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from audit import leaves


def append_only(name: str) -> pgtrigger.Trigger:
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)


class IdRanges(models.Field[Any, Any]):
    """Exactly which ids, as ranges: `{[1,500),[502,503)}`."""

    def db_type(self, connection: Any) -> str:
        return "int8multirange"


class Shape(models.Model):
    """Which columns the leaves of a part of a table are hashes of. Other columns, from then on: another row.

    Rows come with `manage.py grant_roles`, after each migration. Where that is late, the trigger that needs
    one adds it (`by_trigger`).
    """

    append_only = True
    written_by_database = True
    reference_data = True

    key = models.CharField(max_length=40)
    table_name = models.CharField(max_length=63)
    part = models.CharField(max_length=63)
    columns = ArrayField(models.CharField(max_length=63))
    by_trigger = models.BooleanField(default=False)
    first_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "by_trigger"], name="one_shape_of_a_kind")]
        triggers = [append_only("shape_append_only")]

    def __str__(self) -> str:
        return f"{self.table_name} {self.part}"


class Leaf(models.Model):
    """The hash of what is final in one row, written by a trigger in the transaction that made it final.

    There are no foreign keys on purpose: they would lock a row of `Shape` in every transaction, and a leaf
    stays when its row is disposed of. `written_at` is the database's clock, `written_by` its role.
    """

    append_only = True
    written_by_database = True

    id = models.BigAutoField(primary_key=True)
    shape_id = models.IntegerField()
    row_id = models.BigIntegerField()
    content = models.BinaryField(max_length=32)
    concern = models.CharField(max_length=24, blank=True)
    written_at = models.DateTimeField()
    xid = models.BigIntegerField()
    written_by = models.CharField(max_length=63)

    class Meta:
        verbose_name_plural = "leaves"
        constraints = [models.UniqueConstraint(fields=["shape_id", "row_id"], name="one_leaf_a_part")]
        indexes = [models.Index(fields=["concern", "id"], condition=~Q(concern=""), name="leaf_by_concern")]
        triggers = [append_only("leaf_append_only")]

    def __str__(self) -> str:
        return f"{self.shape_id} {self.row_id}"


class Seal(models.Model):
    """One link of the chain: the hash of the seal before, of this row's own fields and of its leaves' digest.

    `ids` says exactly which leaves are in it, because ids become visible out of order. `oldest_xid`,
    `next_xid` and `under_way` are of the moment of sealing: no transaction before the first was still under
    way, none from the second on had begun, and of those between them the third had not ended. So a leaf that
    comes later can be told from one that was put in, also while somebody's transaction takes long.
    `is_full`: it took as many as a seal takes, and others may have waited.
    """

    append_only = True

    number = models.BigIntegerField(primary_key=True)
    method = models.CharField(max_length=20)
    previous = models.BinaryField(max_length=32, unique=True)
    leaves = models.PositiveIntegerField()
    last = models.BigIntegerField()
    ids = IdRanges()
    digest = models.BinaryField(max_length=32)
    oldest_xid = models.BigIntegerField()
    next_xid = models.BigIntegerField()
    under_way = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    is_full = models.BooleanField(default=False)
    sealed_at = models.DateTimeField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            ExclusionConstraint(name="a_leaf_is_in_one_seal", expressions=[("ids", "&&")]),
            models.CheckConstraint(condition=Q(number__gte=1, leaves__gte=1), name="seal_holds_something"),
        ]
        triggers = [append_only("seal_append_only")]

    def __str__(self) -> str:
        return f"seal {self.number}"

    @property
    def head_in_short(self) -> str:
        """The beginning of the hash, to compare by eye with a head that was kept."""
        return bytes(self.hash).hex()[:16]


class Tombstone(models.Model):
    """A row whose content was lawfully disposed of: which, on what authority, by whom. Its leaves stay.

    GONE: there is no such row any more. EMPTIED: it is still there without its content, and `remains` is the
    hash of what was left in `columns` (where that is empty: in all that is sealed of it now). `authority` is
    the reference of the certificate.
    """

    class What(models.TextChoices):
        GONE = "GONE", "The row is gone"
        EMPTIED = "EMPTIED", "The row is left without its content"

    append_only = True

    table_name = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    what = models.CharField(max_length=7, choices=What.choices)
    remains = models.BinaryField(max_length=32, null=True)
    columns = ArrayField(models.CharField(max_length=63), null=True)
    concern = models.CharField(max_length=24, blank=True)
    authority = models.CharField(max_length=80)
    why = models.CharField(max_length=80)
    by_id = models.UUIDField(null=True)
    by = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["table_name", "row_id", "what"], name="a_row_is_buried_once"),
            models.CheckConstraint(condition=~Q(authority="") & ~Q(why=""), name="buried_for_a_reason"),
            models.CheckConstraint(
                condition=Q(what="GONE", remains__isnull=True) | Q(what="EMPTIED", remains__isnull=False),
                name="what_is_left_is_sealed",
            ),
        ]
        indexes = [models.Index(fields=["authority"], name="tombstone_by_authority")]
        triggers = [
            append_only("tombstone_append_only"),
            leaves.sealed("tombstone_is_sealed", concern="concern"),
        ]

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_id} {self.what}"


class Verification(models.Model):
    """One run of the comparison of the record with its seals, and what came of it."""

    append_only = True

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    by = models.CharField(max_length=300)
    concern = models.CharField(max_length=24, blank=True)
    against = models.BooleanField(default=False)
    head = models.BigIntegerField(default=0)
    seals = models.BigIntegerField()
    leaves = models.BigIntegerField()
    rows = models.BigIntegerField()
    findings = models.PositiveIntegerField()
    first_finding = models.TextField(blank=True)

    class Meta:
        triggers = [append_only("verification_append_only"), leaves.sealed("verification_is_sealed")]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M} {self.findings} findings"
