"""Compare the record with its seals and say the first thing that does not fit. Then the exit code is 1."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.management.commands.grant_roles import app_role
from audit.operations import verifications
from audit.verify import Report, verify
from audit.verify.heads import NotHeads

WIDTH = 40


class Bar:
    """A bar on the terminal, or a line for each tenth where there is no terminal."""

    def __init__(self, out: TextIO) -> None:
        self.out, self.live, self.shown = out, out.isatty(), -1

    def __call__(self, done: int, total: int) -> None:
        share = done * 100 // total if total else 100
        step = share if self.live else share // 10 * 10
        if step == self.shown:
            return
        self.shown = step
        filled = WIDTH * share // 100
        bar = f"[{'#' * filled}{'.' * (WIDTH - filled)}] {share:3d} %"
        self.out.write(f"\r{bar}" if self.live else f"{bar}\n")
        if share >= 100 and self.live:
            self.out.write("\n")
        self.out.flush()


class Command(BaseCommand):
    help = "Compare the record with its seals, all of it or one concern, and say what does not fit first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--concern", default="", help="the reference of one concern")
        parser.add_argument("--against", help="a file of heads that export_seals wrote, kept elsewhere")
        parser.add_argument("--all", action="store_true", help="say everything that does not fit")
        parser.add_argument("--quiet", action="store_true", help="show no progress")
        parser.add_argument("--no-entry", action="store_true", help="leave no entry of this verification")

    def handle(self, *args: Any, **options: Any) -> None:
        started, clock = timezone.now(), time.monotonic()
        concern = options["concern"].upper()
        report = self._verify(concern, options)
        seconds = time.monotonic() - clock
        self._say(report, seconds, concern, every=options["all"])
        if not options["no_entry"]:
            verifications.record(
                report,
                by="manage.py verify_record",
                started_at=started,
                at=timezone.now(),
                concern=concern,
                against=bool(options["against"]),
            )
        if report.found:
            sys.exit(1)

    def _verify(self, concern: str, options: dict[str, Any]) -> Report:
        progress = (lambda done, total: None) if options["quiet"] else Bar(sys.stderr)
        if not options["against"]:
            return verify(role=app_role(), concern=concern, progress=progress)
        try:
            with Path(options["against"]).open(encoding="utf-8") as kept:
                return verify(role=app_role(), concern=concern, against=kept, progress=progress)
        except (OSError, NotHeads) as error:
            raise CommandError(str(error)) from error

    def _say(self, report: Report, seconds: float, concern: str, *, every: bool) -> None:
        what = concern or "The record"
        speed = report.rows / seconds if seconds else 0
        self.stdout.write(
            f"{what}: {report.seals:,} seals with {report.leaves:,} leaves, {report.rows:,} rows compared in "
            f"{seconds:.1f} s ({speed:,.0f} a second). {report.waiting:,} not sealed yet, "
            f"{report.buried:,} disposed of."
        )
        for note in report.notes:
            self.stdout.write(f"Note: {note}")
        if not report.found:
            self.stdout.write("Everything fits.")
            return
        found = sorted(report.findings) if every else [report.first]
        for finding in found:
            self.stdout.write(finding.text if finding else "")
        if report.found > len(found):
            more = report.found - len(found)
            self.stdout.write(f"And {more:,} more. {'' if every else 'Use --all to see them.'}".strip())
