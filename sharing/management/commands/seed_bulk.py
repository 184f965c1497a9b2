"""Fill an empty or a demo's database with a large invented partnership."""

from __future__ import annotations

import logging
import sys
import time
from argparse import ArgumentParser
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.management.commands.grant_roles import app_role
from sharing.bulk.seed import NotHere, seed

WIDTH = 40


class Bar:
    """A bar on the terminal, or a line for each step where there is no terminal."""

    def __init__(self, out: TextIO) -> None:
        self.out, self.live, self.said = out, out.isatty(), ""

    def __call__(self, share: float, what: str) -> None:
        if self.live:
            filled = round(WIDTH * share)
            self.out.write(f"\r[{'#' * filled}{'.' * (WIDTH - filled)}] {share:4.0%} {what:<50}")
            self.out.write("\n" if share >= 1 else "")
        elif what != self.said:
            self.out.write(f"{share:4.0%} {what}\n")
        self.said = what
        self.out.flush()


class Command(BaseCommand):
    help = "Fill an empty or a demo's database with invented concerns, as many as asked for."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--concerns", type=int, default=1_000)
        parser.add_argument("--seed", type=int, default=7, help="another number, another partnership")
        parser.add_argument("--quiet", action="store_true", help="show no progress")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["concerns"] < 1:
            raise CommandError("Ask for at least one concern.")
        clock = time.monotonic()
        # A line for each of hundreds of seals says nothing here: nobody's record is sealed.
        logging.getLogger("audit.operations.seals").setLevel(logging.WARNING)
        progress = (lambda share, what: None) if options["quiet"] else Bar(sys.stderr)
        try:
            rows = seed(
                concerns=options["concerns"],
                seed_of=options["seed"],
                at=timezone.now(),
                role=app_role(),
                progress=progress,
            )
        except NotHere as error:
            raise CommandError(str(error)) from error
        seconds = time.monotonic() - clock
        self.stdout.write(
            f"{options['concerns']:,} concerns, {rows:,} rows with their leaves, in {seconds:.0f} s."
        )
