"""Whatever Python does, the database keeps the rules: each constraint and trigger refuses, by name.

Every test writes past the operations, as the role that the application connects with.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from audit.leaves import Sealed
from sharing.models import (
    Stage,
)
from sharing.operations import actions, check_back, differ
from sharing.states import State
from tests import factories
from tests.architecture.refusing import refused, set_raw, sql
from tests.factories import World

pytestmark = pytest.mark.django_db
APPS = ("sharing", "audit", "notifications")
# Of the other apps, the tables all of whose rules have a test here, and rules of other tables that have one.
TABLES = ("records.ChronologyEntry", "records.ChronologyImport", "records.ImportRow", "records.Strike",
          "records.Word")  # fmt: skip
RULES = ("struck_statement_is_not_corrected",)


# --- One test a constraint or trigger, by its name --------------------------------------------------


JUMPS = [
    (a, b)
    for a in Stage
    for b in Stage
    if a != b
    and (a, b)
    not in {
        ("ASK", "DO"), ("DO", "SHARE"), ("DO", "RECORD"), ("SHARE", "RECORD"), ("RECORD", "CLOSED"),
        ("DO", "ASK"), ("SHARE", "DO"), ("RECORD", "SHARE"),
    }
]  # fmt: skip


def gate(w: World) -> None:
    """Each stage that has an unsettled check-back, and every jump over a stage."""
    concern = factories.concern_at(w, Stage.ASK)
    answer = factories.answered(w, factories.enquiry(w, concern))
    refused("gate closed: a check-back", set_raw(factories.the_cycle(concern), stage="DO"))
    factories.received(w, answer)
    refused("gate closed: a check-back", set_raw(factories.the_cycle(concern), stage="DO"))
    factories.restated(w, answer)
    refused("gate closed: a check-back", set_raw(factories.the_cycle(concern), stage="DO"))
    factories.confirmed(w, answer)
    set_raw(factories.the_cycle(concern), stage="DO")()
    advice = factories.answered(w, factories.enquiry(w, concern, kind="ADVICE"))
    for stage in ("SHARE", "RECORD"):
        refused("gate closed: a check-back", set_raw(factories.the_cycle(concern), stage=stage))
    factories.understood(w, advice)
    set_raw(factories.the_cycle(concern), stage="SHARE")()
    refused("gate closed: nobody has understood", set_raw(factories.the_cycle(concern), stage="RECORD"))
    factories.decide(w, concern)
    exchange = factories.sent(w, concern)
    refused("gate closed: a check-back", set_raw(factories.the_cycle(concern), stage="RECORD"))
    second = factories.sent(w, concern, listener=w.amara)
    factories.understood(w, exchange)
    refused("gate closed: a check-back", set_raw(factories.the_cycle(concern), stage="RECORD"))
    factories.understood(w, second)
    action = factories.propose(w, exchange)
    differ.answer_agreement(
        exchange, by=w.tom, at=w.clock(), risk="DISAGREE", risk_why="Lower.", action="AGREE"
    )
    set_raw(factories.the_cycle(concern), stage="RECORD")()
    close = set_raw(factories.the_cycle(concern), stage="CLOSED", ended_at=w.clock())
    refused("gate closed: an action is open", close)
    actions.withdraw_action(action, by=w.priya, at=w.clock(), why="Not needed.")
    refused("gate closed: a disagreement is open", close)
    third = factories.sent_in_emergency(w, concern, listener=w.gp.colleague)
    refused("gate closed: a check-back is open", close)
    check_back.withdraw(third, by=w.priya, at=w.clock(), why="By phone.")
    disagreement = exchange.disagreements.get()
    differ.add_position(disagreement, by=w.priya, at=w.clock(), words="Higher.")
    factories.settled(w, disagreement)
    close()


@pytest.mark.parametrize(("here", "there"), JUMPS)
def test_no_stage_is_jumped_over(world: World, here: str, there: str) -> None:
    cycle = factories.the_cycle(factories.concern_at(world, here))
    refused(f"no move leads from {here} to {there}", set_raw(cycle, stage=there, ended_at=world.clock()))


def beside() -> dict[str, Any]:
    """The functions of the modules here whose names begin with refused_, one module for each part."""
    found: dict[str, Any] = {}
    for path in sorted(Path(__file__).parent.glob("refused_*.py")):
        found |= vars(importlib.import_module(f"tests.architecture.{path.stem}"))
    return found


def names() -> list[str]:
    """Every constraint and trigger of the apps that this file is about."""
    found: list[str] = list(RULES)
    models = [model for label in APPS for model in apps.get_app_config(label).get_models()]
    for model in [*models, *map(apps.get_model, TABLES)]:
        found += [c.name for c in model._meta.constraints]
        triggers = getattr(model._meta, "triggers", [])
        found += [t.name for t in triggers if not isinstance(t, Sealed)]  # those refuse nothing
    return sorted(found)


@pytest.mark.parametrize("name", names())
def test_the_database_refuses(world: World, name: str) -> None:
    """A constraint or trigger without a function of its name above, or in a module beside, is a KeyError."""
    {**globals(), **beside()}[name](world)


def test_the_application_role_cannot_switch_the_triggers_off(world: World) -> None:
    factories.exchange_at(world, State.SENT)
    for statement in (
        "ALTER TABLE sharing_exchange DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "TRUNCATE sharing_item CASCADE",
        "DROP TRIGGER pgtrigger_gate_00000 ON sharing_cycle",
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            sql(statement)


def test_no_session_names_triggers_that_are_passed_over(world: World) -> None:
    """pgtrigger has a setting for that, which any role can set; it has no effect here."""
    exchange = factories.exchange_at(world, State.SENT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(tgname) FROM pg_trigger WHERE tgname LIKE 'pgtrigger%%'")
        every = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", ["{" + ",".join(every) + "}"])
    refused("what was sent never changes", set_raw(exchange, why_you="Another reason"))
