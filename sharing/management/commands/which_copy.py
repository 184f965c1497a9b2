"""Say which copy a file is: what of, who had it made, when, what for and for whom."""

from __future__ import annotations

import argparse
from hashlib import file_digest
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sharing.paper import origin


class Command(BaseCommand):
    help = (
        "Says where a file came from that was made here, by its SHA-256: for when a paper turns up in the "
        "wrong place. A file that was changed, or scanned, is not found: read the foot of its pages."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Print what is known of a file. Raises CommandError where it was not made here, or is not there."""
        try:
            with file.open("rb") as opened:
                digest = file_digest(opened, "sha256").hexdigest()
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        found = origin.of_digest(digest)
        self.stdout.write(f"SHA-256 {digest}")
        if not found:
            raise CommandError("No file with this content was made here.")
        for line in found:
            self.stdout.write(line)
