"""Everything that is only added to or frozen has leaves, or a written reason why not."""

from __future__ import annotations

import pgtrigger
import pytest
from django.apps import apps
from django.db import models
from django.db.models import Model

from audit import leaves

# What is frozen and has no leaves, each with the reason.
LEFT_OUT = {
    "audit.Shape": "Says how leaves are read: one that was altered makes them not fit.",
    "audit.Leaf": "Leaves are sealed themselves.",
    "audit.Seal": "Each seal is sealed by the one after it, and by the heads that are kept elsewhere.",
    "agencies.Job": "Work under way: what it makes is removed after a day, and asking for it is an event.",
    "agencies.StoredFile": "Removed when its time is up; whatever keeps a file seals its digest.",
    "agencies.FileChunk": "A portion of a stored file, whose digest is sealed by whatever keeps the file.",
    "consent.Basis": "Reference data: it comes with the code, and can be compared with it.",
    "records.ChronologyImport": "Work under way: what it adds is sealed, and adding it is an event.",
    "sharing.Obligation": "Worked out from the record, and again by the reconciler; no source of truth.",
}


def freezes(trigger: pgtrigger.Trigger) -> bool:
    """Say whether a trigger keeps something of a row from being changed."""
    if isinstance(trigger, leaves.Sealed):
        return False
    if isinstance(trigger, pgtrigger.Protect):
        return "UPDATE" in str(trigger.operation)
    return trigger.when is pgtrigger.Before and "never changes" in str(trigger.func)


def of_ours() -> list[type[Model]]:
    labels = {"audit", "notifications", "agencies", "records", "consent", "sharing"}
    return [m for m in apps.get_models() if m._meta.app_label in labels]


def frozen() -> list[type[Model]]:
    return [
        m
        for m in of_ours()
        if getattr(m, "append_only", False) or any(map(freezes, getattr(m._meta, "triggers", ())))
    ]


@pytest.mark.parametrize("model", frozen(), ids=lambda m: m._meta.label)
def test_what_is_frozen_is_sealed_or_left_out_for_a_reason(model: type[Model]) -> None:
    assert bool(leaves.triggers_of(model)) is not bool(LEFT_OUT.get(model._meta.label))


def test_nothing_is_left_out_that_is_not_frozen() -> None:
    assert set(LEFT_OUT) <= {m._meta.label for m in frozen()}


@pytest.mark.parametrize("model", frozen(), ids=lambda m: m._meta.label)
def test_every_column_that_never_changes_is_sealed(model: type[Model]) -> None:
    if model._meta.label in LEFT_OUT:
        return
    sealed = {name for t in leaves.triggers_of(model) for s in t.shapes(model) for name in s.columns}
    protected = [t for t in getattr(model._meta, "triggers", ()) if isinstance(t, pgtrigger.Protect)]
    named = {c for t in protected for c in getattr(t.operation, "columns", ())}
    if getattr(model, "append_only", False):
        named = {f.column for f in model._meta.concrete_fields if not f.primary_key}
    assert named - sealed == set()


@pytest.mark.parametrize("shape", leaves.shapes(), ids=lambda s: f"{s.table} {s.part.name}")
def test_a_shape_is_of_columns_of_a_table_with_a_whole_number_for_a_key(shape: leaves.Shape) -> None:
    assert isinstance(shape.model._meta.pk, models.BigAutoField)
    assert shape.columns
    assert set(shape.columns) <= {f.column for f in shape.model._meta.concrete_fields}


def test_two_parts_of_a_table_have_names_of_their_own() -> None:
    names = [(s.table, s.part.name) for s in leaves.shapes()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("shape", leaves.shapes(), ids=lambda s: f"{s.table} {s.part.name}")
def test_the_way_to_its_concern_ends_at_a_reference(shape: leaves.Shape) -> None:
    if shape.concern:
        *way, last = shape.concern.split("__")
        model = shape.model
        for step in way:
            related = model._meta.get_field(step).related_model
            assert isinstance(related, type)
            model = related
        assert last in {"reference", "concern"}
        assert isinstance(model._meta.get_field(last), models.CharField)
