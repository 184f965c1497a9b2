"""Write the heads of the chain to a file, to be kept where the owner of the database cannot reach it."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from audit.verify import heads


class Command(BaseCommand):
    help = "Write the head after each seal as lines of JSON, to be kept elsewhere for verify_record."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the file, or - for standard output")
        parser.add_argument("--after", type=int, default=0, help="only seals after this number")

    def handle(self, *args: Any, **options: Any) -> None:
        lines = heads.lines(after=options["after"])
        if options["file"] == "-":
            sys.stdout.writelines(lines)
            return
        count = 0
        with Path(options["file"]).open("w", encoding="utf-8") as out:
            for line in lines:
                count += out.write(line) > 0
        self.stdout.write(f"{count} heads written.")
