"""Load the demo partnership, its people and concerns at every stage. Refused outside the demo."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from agencies.models import Partnership
from agencies.seeds import load_partnership
from sharing.demo.stories import tell_stories


class Command(BaseCommand):
    help = "Load the demo's invented people and concerns, once."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is not a demo, so no demo people are loaded. Set DEMO=1 for a demo.")
        if Partnership.objects.exists():
            self.stdout.write("The demo is loaded already.")
            return
        now = timezone.now()
        with transaction.atomic():
            load_partnership(now)
            count = tell_stories(now)
        self.stdout.write(f"Loaded {count} concerns.")
