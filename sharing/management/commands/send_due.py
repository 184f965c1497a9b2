"""The same work as the Celery tick, for a system timer when the broker is gone."""

from typing import Any

from django.core.management.base import BaseCommand

from agencies import scope
from agencies.operations import jobs
from records.operations import scanning
from sharing.operations.tick import tick


class Command(BaseCommand):
    help = "Raise every reminder, send every message that is due and do every job asked for, then stop."

    def handle(self, *args: Any, **options: Any) -> None:
        scope.require_everything()
        done = tick()
        scanning.scan_due()
        did = jobs.work()
        self.stdout.write(f"Raised {done.raised} reminders. Sent {done.sent} messages. Did {did} jobs.")
