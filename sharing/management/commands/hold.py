"""Hold every message back after a restore that PostgreSQL did by itself, before anything is started."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from notifications import operations as notifications


class Command(BaseCommand):
    help = "Let no message go out until manage.py lift_hold. manage.py restore does this by itself."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("why", nargs="?", default="Held by hand.", help="what the health page's row says")

    def handle(self, *args: Any, **options: Any) -> None:
        held = notifications.hold(why=options["why"], at=timezone.now())
        self.stdout.write(f"Every message is held since {held.since.isoformat()}.")
