"""Measure what sealing adds to a write: the time of the trigger itself, by the database's own clock."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

WRITE = """
    EXPLAIN (ANALYZE, FORMAT JSON)
    INSERT INTO audit_event (at, verb, actor, agency, acting_for, subject, concern, also_for, data)
    VALUES (now(), 'measured', 'Check Back', '', '', 'measured', 'XX-00-0000', '{}', '{"version": 1}')
"""


class Command(BaseCommand):
    help = "Write events, say what sealing added to each, and take them all back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--events", type=int, default=2_000)

    def handle(self, *args: Any, **options: Any) -> None:
        took, whole = [], []
        with transaction.atomic(), connection.cursor() as cursor:
            for _ in range(options["events"]):
                cursor.execute(WRITE)
                plan = cursor.fetchone()[0]
                plan = json.loads(plan)[0] if isinstance(plan, str) else plan[0]
                took.append(sum(t["Time"] for t in plan["Triggers"]))
                whole.append(plan["Execution Time"])
            transaction.set_rollback(True)
        for name, times in (("sealing", took), ("the whole write", whole)):
            times.sort()
            middle, high = times[len(times) // 2], times[len(times) * 95 // 100]
            self.stdout.write(f"{name}: median {middle:.3f} ms, 95th percentile {high:.3f} ms")
