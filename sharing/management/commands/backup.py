"""The whole database in one encrypted file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sharing.backups import acts, envelope, keys
from sharing.backups.programs import NoProgram


class Command(BaseCommand):
    help = "Write the whole database into one encrypted file, as the backup role, with BACKUP_KEY set."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="the file to write")
        parser.add_argument("--new-key", action="store_true", help="print a new key and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new_key"]:
            self.stdout.write(envelope.new_key())
            return
        path: Path | None = options["file"]
        if path is None:
            raise CommandError("Name the file to write, such as backup-2027-01-15.checkback.")
        try:
            taken = acts.backup(path, key=keys.from_environment())
        except (acts.CannotBackUp, envelope.CannotOpen, NoProgram) as sorry:
            raise CommandError(str(sorry)) from None
        rows = sum(taken.rows.values())
        self.stdout.write(
            f"Wrote {path.name}: {rows} rows of {len(taken.rows)} tables, {path.stat().st_size} bytes."
        )
