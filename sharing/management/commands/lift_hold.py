"""Let messages go out again after a restore."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from notifications import operations as notifications


class Command(BaseCommand):
    help = "Let messages go out again. What was sent before the restore may go out once more."

    def handle(self, *args: Any, **options: Any) -> None:
        if not notifications.lift_hold(at=timezone.now()):
            raise CommandError("No messages are held.")
        self.stdout.write("Messages go out again with the next tick.")
