"""Every operation, found by looking, and how a deed is listed under its name."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from types import FunctionType
from typing import Any

from django.db.transaction import Atomic

from agencies.models import Membership
from tests.factories import World

PACKAGES = ("sharing.workflow", "sharing.operations", "consent.operations", "records.operations",
            "agencies.operations")  # fmt: skip
# Written in the transaction of the operation that calls them; they are no act of somebody's own.
PARTS = {
    "records.operations.references.next_reference",
    "sharing.operations.learning.refresh",  # by the clock: it adds up what is there, and is nobody's act
}


def modules() -> list[str]:
    """Return the names of the modules that hold operations."""
    found = []
    for package in PACKAGES:
        module = importlib.import_module(package)
        inside = getattr(module, "__path__", None)
        found += [f"{package}.{m.name}" for m in pkgutil.iter_modules(inside)] if inside else [package]
    return found


def is_atomic(function: FunctionType) -> bool:
    """Say whether a function is decorated with transaction.atomic."""
    return any(isinstance(cell.cell_contents, Atomic) for cell in function.__closure__ or ())


def operations() -> dict[str, FunctionType]:
    """Return every public operation by its full name: the atomic functions of those modules."""
    found = {}
    for name in modules():
        for key, value in vars(importlib.import_module(name)).items():
            is_ours = inspect.isfunction(value) and value.__module__ == name and not key.startswith("_")
            if is_ours and is_atomic(value) and f"{name}.{key}" not in PARTS:
                found[f"{name}.{key}"] = value
    return found


Deed = Callable[[], object]
DEEDS: dict[str, Callable[[World], Deed]] = {}


def deed(operation: Callable[..., Any]) -> Callable[[Callable[[World], Deed]], Callable[[World], Deed]]:
    """List a function that prepares one operation and returns how to do it."""

    def keep(prepare: Callable[[World], Deed]) -> Callable[[World], Deed]:
        DEEDS[f"{operation.__module__}.{operation.__name__}"] = prepare
        return prepare

    return keep


def do(
    operation: Callable[..., object], *things: object, by: Membership | None, w: World, **words: Any
) -> Deed:
    """Prepare one call, at the next moment of the clock."""
    at = w.clock()
    return lambda: operation(*things, by=by, at=at, **words)


def administrator(w: World) -> Membership:
    return w.school.administrator
