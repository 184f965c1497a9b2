"""Seal what waits, now. The background work does it once a minute; this is for when that stands still."""

from typing import Any

from django.core.management.base import BaseCommand

from audit.operations import seals


class Command(BaseCommand):
    help = "Seal every event and every frozen row that no seal holds yet."

    def handle(self, *args: Any, **options: Any) -> None:
        sealed = seals.seal_all()
        waiting = seals.waiting().leaves
        self.stdout.write(f"{sealed} sealed, {waiting} waiting." if sealed or waiting else "Nothing waited.")
