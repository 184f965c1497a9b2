"""Bring a backup back into an empty database, and say whether all of it came."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from notifications import operations as notifications
from sharing.backups import acts, envelope, keys, manifest
from sharing.backups.programs import NoProgram


class Command(BaseCommand):
    help = (
        "Restore a backup into an empty database, with every message held. Run with the owner's DATABASE_URL."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="what manage.py backup wrote")
        parser.add_argument("--against", type=Path, help="seal heads that were exported, to compare with")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            taken = acts.restore(options["file"], key=keys.from_environment())
        except (acts.CannotRestore, envelope.CannotOpen, NoProgram) as sorry:
            raise CommandError(str(sorry)) from None
        different = manifest.differences(taken, manifest.take())
        if different:
            raise CommandError("Not everything came back. " + " ".join(different))
        self.stdout.write(f"All {sum(taken.rows.values())} rows of {taken.made_at} are back.")
        call_command("grant_roles", stdout=self.stdout)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        notifications.hold(why=f"Restored from a backup of {taken.made_at}.", at=timezone.now())
        self.stdout.write("Every message is held. Look at the record, then run manage.py lift_hold.")
        more = [f"--against={options['against']}"] if options["against"] else []
        call_command("verify_record", *more, stdout=self.stdout)
