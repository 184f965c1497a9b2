"""Load the demo partnership, its people and concerns at every stage. Refused outside the demo."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from agencies.models import Partnership
from agencies.seeds import load_partnership
from sharing.demo.months import WEEKS, tell_months
from sharing.demo.stories import tell_stories
from sharing.operations import learning


class Command(BaseCommand):
    help = "Load the demo's invented people and concerns, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--weeks", type=int, default=WEEKS, help="how long a past to tell; 0 for none")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is not a demo, so no demo people are loaded. Set DEMO=1 for a demo.")
        if Partnership.objects.exists():
            self.stdout.write("The demo is loaded already.")
            return
        now = timezone.now()
        with transaction.atomic():
            load_partnership(now)
            if options["weeks"]:
                tell_months(now, weeks=options["weeks"])
            count = tell_stories(now)
        learning.refresh(now)
        self.stdout.write(f"Loaded {count} concerns.")
