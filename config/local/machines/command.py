"""`make machines`: the service as on many machines, some of which are killed, and what came of it."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import time
import traceback

import django

from config.local.faults.tally import Result
from config.local.layout import give_up, say
from config.local.machines.cluster import Cluster, running
from config.local.machines.pgbouncer import program
from config.local.processes import AskedToStop, stop_when_asked

HEADINGS = ("run", "what was done", "N", "what came of it", "passed")


def run(args: list[str]) -> int:
    """Run what `args` or the ARGS variable name. Returns 1 where a pass line was missed."""
    asked = _parser().parse_args(args or shlex.split(os.environ.get("ARGS", "")))
    program()
    stop_when_asked(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    try:
        with running() as cluster:
            results = _runs(cluster, asked)
    except AskedToStop:
        say("Stopped.")
        return 1
    say(f"\n{table(results)}\n")
    failed = [each.run for each in results if each.wrong]
    say(f"Not passed: {', '.join(failed)}." if failed else "All passed.")
    return 1 if failed else 0


def table(results: list[Result]) -> str:
    """Return the results as a table in Markdown."""
    rows = [
        (
            each.run,
            each.what,
            each.n,
            "; ".join(each.figures),
            f"no: {'; '.join(each.wrong)}" if each.wrong else "yes",
        )
        for each in results
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in (HEADINGS, ("---",) * len(HEADINGS), *rows))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make machines", description=__doc__)
    parser.add_argument("--run", action="append", metavar="NAME", help="only this run; can be given again")
    parser.add_argument("--quick", action="store_true", help="every run, shorter")
    return parser


def _runs(cluster: Cluster, asked: argparse.Namespace) -> list[Result]:
    """Do the runs one after the other. Raises SystemExit where one is named that there is not."""
    # As manage.py has it: this process makes and looks at rows of every agency.
    os.environ.update(cluster.environment, DJANGO_SETTINGS_MODULE="config.settings", BACKGROUND="1")
    django.setup()
    from config.local.faults import scene
    from config.local.machines.runs import RUNS

    names = asked.run or list(RUNS)
    if unknown := [name for name in names if name not in RUNS]:
        raise give_up(f"There is no run named {', '.join(unknown)}. There are: {', '.join(RUNS)}.")
    results = []
    # The promotion last: after it there is one server.
    for name in sorted(names, key=list(RUNS).index):
        function, full, quick = RUNS[name]
        started = time.monotonic()
        try:
            result = function(cluster, scene.fresh(), quick if asked.quick else full)
        except Exception as error:  # noqa: BLE001  # shown and counted as not passed; the other runs go on
            traceback.print_exc()
            result = Result(name, "", wrong=[f"ended by {type(error).__name__}"])
        results.append(result)
        verdict = f"not passed: {'; '.join(result.wrong)}" if result.wrong else "passed"
        say(f"{name}: {verdict} ({time.monotonic() - started:.0f} s). {'; '.join(result.figures)}")
    return results
