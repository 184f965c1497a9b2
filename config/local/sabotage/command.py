"""`make sabotage`: break a copy of the product in each known way, and see that its tests notice."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from config.local.browser import chromium
from config.local.database import collect_static
from config.local.environment import of_the_tests
from config.local.layout import give_up, python, say
from config.local.processes import AskedToStop, stop_when_asked
from config.local.sabotage import page
from config.local.sabotage.checkout import Checkout
from config.local.sabotage.variant import Variant, every_variant
from config.local.sabotage.verdict import Seen, Verdict, judge, not_passed
from config.local.services import folder_for, running
from config.local.suite import kept_database

PURPOSE = "sabotage"
SECONDS = 300  # for the tests of one variant: a lock that is gone may also leave somebody waiting
QUIETLY = ["-p", "config.local.sabotage.witness", "-p", "no:randomly", "-p", "no:cacheprovider", "--quiet",
           "--no-header", "--tb=line"]  # fmt: skip


class Bench:
    """Runs tests of the copy against one tests' database, and reads what the witness wrote."""

    def __init__(self, checkout: Checkout, environment: Mapping[str, str]) -> None:
        self.checkout = checkout
        self.environment = environment
        self.said = checkout.root.parent / "said.txt"
        self.wrote = checkout.root.parent / "witness.jsonl"

    def run(
        self, tests: Iterable[str], *, seconds: float, database: Iterable[str] = ("--reuse-db",)
    ) -> list[Seen]:
        """Run some tests and return what became of them."""
        self.wrote.write_text("")
        environment = {**os.environ, **self.environment, "WITNESS": str(self.wrote)}
        command = python("-m", "pytest", *QUIETLY, *database, *sorted(set(tests)))
        with self.said.open("w") as out:
            process = subprocess.Popen(
                command,
                cwd=self.checkout.root,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                say(f"  stopped after {seconds:.0f} seconds")
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
        return [json.loads(line) for line in self.wrote.read_text().splitlines()]


def run(args: list[str]) -> int:
    """Run the variants that `args` or the ARGS variable name. Returns 1 unless each is caught."""
    asked = _parser().parse_args(args or shlex.split(os.environ.get("ARGS", "")))
    every = every_variant()
    if asked.list:
        say("\n".join(f"{one.name:30} {one.breaks}" for one in every))
        return 0
    wanted = page.not_caught_yet(folder_for(PURPOSE), every) if asked.rest else asked.only
    chosen = [one for one in every if not wanted or one.name in wanted]
    if unknown := set(asked.only or ()) - {one.name for one in chosen}:
        raise give_up(f"No variant is called {', '.join(sorted(unknown))}. ARGS=--list names them.")
    stop_when_asked(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    try:
        verdicts = _all_of(chosen)
    except AskedToStop:
        say("Stopped.")
        return 1
    say(f"\n{table(verdicts)}\n")
    loose = [one.variant.name for one in verdicts if not one.is_caught]
    caught = f"{len(verdicts) - len(loose)} of {len(verdicts)} variants were caught."
    say(f"{caught} Not caught as said: {', '.join(loose)}." if loose else caught)
    if asked.write:
        if waiting := page.not_caught_yet(folder_for(PURPOSE), every):
            raise give_up(
                f"docs/sabotage.md is written once all are caught, and these are not: {', '.join(waiting)}."
            )
        page.write(folder_for(PURPOSE), every)
    return 1 if loose else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make sabotage", description=__doc__)
    parser.add_argument("--only", action="append", metavar="NAME", help="only this variant; can be repeated")
    parser.add_argument("--rest", action="store_true", help="those that were not caught when they last ran")
    parser.add_argument("--write", action="store_true", help="write docs/sabotage.md once all were caught")
    parser.add_argument("--list", action="store_true", help="print the variants and end")
    return parser


def _all_of(chosen: list[Variant]) -> list[Verdict]:
    """Run the tests in a copy that nobody broke, then in each broken one. Raises SystemExit."""
    folder = folder_for(PURPOSE)
    with running(PURPOSE) as addresses:
        environment = {**of_the_tests(addresses), "CHROMIUM": chromium()}
        collect_static(environment)
        owner = f"{addresses['DATABASE_OWNER_URL'].rpartition('/')[0]}/test_check_back"
        checkout = Checkout(folder / "checkout", owner_url=owner)
        checkout.make()
        bench = Bench(checkout, environment)
        named = {test for one in chosen for test in one.caught_by}
        say(f"Running {len(named)} tests in a copy that nobody broke.")
        seen = bench.run(named, seconds=SECONDS * 4, database=kept_database(PURPOSE))
        if failed := not_passed(named, seen):
            said = bench.said.read_text()[-2000:]
            raise give_up(f"{said}\nThese do not pass in a copy that nobody broke: {', '.join(failed)}")
        return [_one(bench, variant, number, len(chosen)) for number, variant in enumerate(chosen, start=1)]


def _one(bench: Bench, variant: Variant, number: int, of: int) -> Verdict:
    began = time.monotonic()
    with bench.checkout.broken_by(variant):
        seen = bench.run(variant.caught_by, seconds=SECONDS)
    verdict = judge(variant, seen, seconds=time.monotonic() - began)
    page.keep(folder_for(PURPOSE), verdict)
    state = "caught" if verdict.is_caught else "NOT CAUGHT"
    say(f"{number:3}/{of} {variant.name}: {state} in {verdict.seconds:.0f} s")
    for test in verdict.missed_by:
        say(f"      not by {test}{f' ({verdict.why})' if verdict.why else ''}")
    if not verdict.is_caught:
        (folder := Path(bench.said.parent / "missed")).mkdir(exist_ok=True)
        (folder / f"{variant.name}.txt").write_text(bench.said.read_text())
    return verdict


def table(verdicts: Iterable[Verdict]) -> str:
    """Return the results as a table: what was taken away, which tests noticed, in how many seconds."""
    lines = ["| Taken away | Caught by | Seconds |", "|---|---|---|"]
    for one in verdicts:
        by = "<br>".join(test.removeprefix("tests/") for test in one.caught_by) or "**nothing**"
        lines.append(f"| {one.variant.breaks} | {by} | {one.seconds:.0f} |")
    return "\n".join(lines)
