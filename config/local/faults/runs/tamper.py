"""Ten kinds of tampering by the owner of the database, with every trigger off: is each of them found?"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext

import psycopg
from django.db import connection, connections, transaction
from psycopg import sql

from audit.management.commands.grant_roles import app_role
from audit.models import Event, Leaf, Seal
from audit.verify import heads, verify
from config.local.faults.machine import Machine
from config.local.faults.scene import Scene
from config.local.faults.tally import Result
from config.local.postgres import DATABASE, OWNER, SUPERUSER
from sharing.models import Item
from tests.audit import tampering
from tests.conftest import as_owner

UNTOUCHED = 10
EVENTS = 40
Pick = random.Random


def tampered(machine: Machine, scene: Scene, count: int) -> Result:
    """Tamper in each way, verify, roll back, and again: `count` times in all, at another place each time."""
    result = Result("tampering", f"{len(KINDS)} kinds of tampering, as the owner with every trigger off")
    machine.stop(*list(machine.children))
    _let_the_owner_switch_triggers_off(machine)
    tampering.sealed_record(scene.world)
    tampering.write_events(scene.world, EVENTS)
    tampering.seal(batch=tampering.BATCH)
    kept = list(heads.lines())
    connections.close_all()
    chance = random.Random(count)
    found, tried = Counter[str](), Counter[str]()
    os.environ["APP_DATABASE_URL"] = os.environ["DATABASE_URL"]  # whose leaves are in order
    with as_owner():
        false = sum(_finds(kept) for _ in range(UNTOUCHED))
        started = time.monotonic()
        for number in range(count):
            name, (change, needs_heads) = list(KINDS.items())[number % len(KINDS)]
            tried[name] += 1
            with transaction.atomic():
                change(chance)
                found[name] += _finds(kept if needs_heads else None)
                transaction.set_rollback(True)
        seconds = time.monotonic() - started
    result.n = f"{len(KINDS)} kinds, {count:,} times in all"
    result.figures += [
        f"{found.total():,} of {tried.total():,} found",
        f"{false} of {UNTOUCHED} untouched ones said to be tampered with",
        f"{seconds / count * 1000:.0f} ms for each, over {len(kept)} seals",
    ]
    for name, times in tried.items():
        result.require(found[name] == times, f"{name}: {found[name]} of {times} found")
    result.require(false == 0, f"{false} untouched ones said to be tampered with")
    return result


def _finds(kept: list[str] | None) -> bool:
    """Say whether the verification finds something, with the heads that were kept where they are given."""
    return verify(role=app_role(), against=kept).found > 0


def _past_triggers(*statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")


def _event(chance: Pick) -> Event:
    """Return an event that seals before and after it surround."""
    events = list(Event.objects.order_by("id"))
    return events[chance.randrange(tampering.BATCH, len(events) - 2 * tampering.BATCH)]


def _leaf_of(event: Event) -> Leaf:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM audit_shape WHERE table_name = 'audit_event'")
        shapes = [row[0] for row in cursor.fetchall()]
    return Leaf.objects.get(row_id=event.pk, shape_id__in=shapes)


def altered(chance: Pick) -> None:
    item = chance.choice(list(Item.objects.filter(exchange__sent_at__isnull=False)))
    _past_triggers(f"UPDATE sharing_item SET text = text || '.' WHERE id = {item.pk}")


def removed(chance: Pick) -> None:
    event = _event(chance)
    leaf = _leaf_of(event)
    _past_triggers(
        f"DELETE FROM audit_event WHERE id = {event.pk}", f"DELETE FROM audit_leaf WHERE id = {leaf.pk}"
    )


def put_in(chance: Pick) -> None:
    event = _event(chance)
    leaf = _leaf_of(event)
    _past_triggers(
        tampering.copy_row("audit_event", event.pk),
        tampering.copy_row("audit_leaf", leaf.pk, row_id="(SELECT max(id) FROM audit_event)"),
    )
    tampering.seal()


def changed_places(chance: Pick) -> None:
    first = _event(chance)
    second = Event.objects.filter(id__gt=first.pk).earliest("id")
    _past_triggers(
        f"UPDATE audit_event SET id = -1 WHERE id = {first.pk}",
        f"UPDATE audit_event SET id = {first.pk} WHERE id = {second.pk}",
        f"UPDATE audit_event SET id = {second.pk} WHERE id = -1",
    )


def cut_off(chance: Pick) -> None:
    _back_to(Seal.objects.latest("number").number - 1)


def older_copy(chance: Pick) -> None:
    _back_to(chance.randrange(Seal.objects.latest("number").number - 5, Seal.objects.latest("number").number))


def _back_to(number: int) -> None:
    """Leave what an older copy would hold: nothing that was sealed after that seal."""
    later = f"SELECT l.id FROM audit_leaf l JOIN audit_seal s ON l.id <@ s.ids WHERE s.number > {number}"
    rows = f"SELECT row_id FROM audit_leaf WHERE id IN ({later})"
    _past_triggers(
        f"DELETE FROM audit_event WHERE id IN ({rows}) AND verb = 'tests.written'",
        f"DELETE FROM audit_leaf WHERE id IN ({later})",
        f"DELETE FROM audit_seal WHERE number > {number}",
    )


def written_afresh(chance: Pick) -> None:
    tampering.write_history_afresh(nullcontext, _event(chance))


def swapped(chance: Pick) -> None:
    items = list(Item.objects.filter(exchange__sent_at__isnull=False))
    one = chance.choice(items)
    other = chance.choice([item for item in items if item.exchange_id != one.exchange_id])
    _past_triggers(
        f"UPDATE sharing_item SET exchange_id = {other.exchange_id}, number = 90 WHERE id = {one.pk}",
        f"UPDATE sharing_item SET exchange_id = {one.exchange_id}, number = 90 WHERE id = {other.pk}",
    )


def trigger_off(chance: Pick) -> None:
    table = chance.choice(["sharing_item", "sharing_round", "audit_event", "audit_access", "audit_seal"])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def past_the_triggers(chance: Pick) -> None:
    _past_triggers(tampering.copy_row("audit_event", _event(chance).pk))


# Each with whether only heads that are kept elsewhere can show it.
KINDS: dict[str, tuple[Callable[[Pick], None], bool]] = {
    "a word altered": (altered, False),
    "an event removed with its leaf": (removed, False),
    "an event put into the past": (put_in, False),
    "events that changed places": (changed_places, False),
    "the end cut off": (cut_off, True),
    "all of it written afresh": (written_afresh, True),
    "histories swapped": (swapped, False),
    "an older copy put in its place": (older_copy, True),
    "a trigger switched off": (trigger_off, False),
    "a row past the triggers": (past_the_triggers, False),
}


def _let_the_owner_switch_triggers_off(machine: Machine) -> None:
    with psycopg.connect(machine.postgres.url(SUPERUSER, database=DATABASE), autocommit=True) as db:
        grant = sql.SQL("GRANT SET ON PARAMETER session_replication_role TO {}")
        db.execute(grant.format(sql.Identifier(OWNER)))
