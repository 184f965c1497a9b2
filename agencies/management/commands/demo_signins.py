"""Print how to sign in to the demo."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from agencies.seeds import DEMO_PASSWORD, PEOPLE, address_of


class Command(BaseCommand):
    help = "Print the demo's people and how to sign in as one of them."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the list. Raise CommandError outside the demo, where there are no such people."""
        if not settings.DEMO:
            raise CommandError("This is not a demo, so there are no demo sign-ins.")
        base = settings.BASE_URL.rstrip("/")
        shown = [persona for persona in PEOPLE if persona.try_this]
        lines = [
            f"Sign in as one of these people with one click: {base}/demo/",
            f"Or with their address and the password “{DEMO_PASSWORD}”: {base}/accounts/login/",
            "",
            *(f"  {address_of(p.name):<34}{p.name}, {p.job_title}" for p in shown),
            "",
            f"What was sent to whom: {base}/demo/outbox/",
        ]
        self.stdout.write("\n".join(lines))
