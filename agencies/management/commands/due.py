"""Print when something is due, and why: the working-time rule, for a person who doubts a date."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError

from agencies.refusals import Refused
from agencies.working_time import REGIONS, Calendar, due


class Command(BaseCommand):
    help = "Print when something received at a moment is due, and why: due 2026-12-18T16:59 '2 working days'"
    requires_system_checks = ()  # needs neither the database nor the rest of the project

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the moment, the time limit and, if it is not England, the region."""
        parser.add_argument("start", help="when it was received, local time unless it has an offset")
        parser.add_argument("duration", help="“4 hours”, “30 minutes”, “2 working days”, “by 12:00 tomorrow”")
        parser.add_argument("--region", default="ENG", type=str.upper, help=f"one of {', '.join(REGIONS)}")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the answer. Raise CommandError with a sentence for anything that has no answer."""
        try:
            calendar = Calendar(region=options["region"])
            start = _read_start(options["start"], ZoneInfo(calendar.zone))
            answer = due(start, options["duration"], calendar)
            rows = {"Received": start, "Counts from": answer.counted_from, "Due": answer.at}
            lines = [f"{label:<12} {_shown(moment, calendar)}" for label, moment in rows.items()]
        except Refused as refusal:
            raise CommandError(" ".join(refusal.sentences)) from refusal
        except OverflowError as error:
            raise CommandError("That date is too near the beginning or the end of the calendar.") from error
        lines += ["Why", *(f"  {sentence}" for sentence in answer.why or ("No day was skipped.",))]
        self.stdout.write("\n".join(lines))


def _read_start(text: str, zone: ZoneInfo) -> datetime:
    """Read a moment; without an offset it is local, and the first of the two when the clocks go back."""
    try:
        start = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError("Write the moment it was received like 2026-12-18T16:59.") from error
    if start.tzinfo is not None:
        return start
    local = start.replace(tzinfo=zone)
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != start:
        raise CommandError(
            "The clocks go forward on that day, so that time did not happen. Give another time."
        )
    return local


def _shown(moment: datetime, calendar: Calendar) -> str:
    local = calendar.local(moment)
    return f"{local:%a %Y-%m-%d %H:%M:%S %Z} ({calendar.zone}), {moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
