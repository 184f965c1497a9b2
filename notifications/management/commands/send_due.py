"""The same work as the Celery tick, for a system timer when the broker is gone."""

from typing import Any

from django.core.management.base import BaseCommand

from notifications import operations


class Command(BaseCommand):
    help = "Send every message that is due, then stop."

    def handle(self, *args: Any, **options: Any) -> None:
        sent = operations.send_due()
        self.stdout.write(f"Sent {sent} messages.")
