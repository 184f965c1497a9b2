"""Work out the learning figures now, without waiting for the hour."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from sharing.operations import learning


class Command(BaseCommand):
    help = "Work out the figures of the learning page now."

    def handle(self, *args: Any, **options: Any) -> None:
        learning.refresh(timezone.now())
        self.stdout.write("The learning figures are up to date.")
