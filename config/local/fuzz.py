"""`make fuzz`: send every form and field of the product what nobody should, and print what came of it."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import threading
from collections import Counter
from typing import Any

from config.local import suite
from config.local.layout import LOCAL, make_folder, say

FOLDER = LOCAL / "fuzz"
WHOLE = "tests/input/fuzz/whole.py"
FULL = 40_000
SHOWN = 40
COUNTED = {
    "sent as": "by_how",
    "payload": "by_kind",
    "sent by": "by_person",
    "answer": "by_status",
    "then": "stored",
}
A_WHILE = 30  # seconds between two lines of progress


def run(args: list[str]) -> int:
    """Run the fuzzer as `args` or the ARGS variable say. Returns 1 where any answer was wrong."""
    asked = _parser().parse_args(args or shlex.split(os.environ.get("ARGS", "")))
    shutil.rmtree(FOLDER, ignore_errors=True)
    make_folder(FOLDER)
    os.environ["FUZZ"] = json.dumps({**vars(asked), "folder": str(FOLDER)})
    over = threading.Event()
    threading.Thread(target=_tell, args=(over,), daemon=True).start()
    # Each process has a database of its own, kept for the next run. pytest would keep every line of the log
    # of a test to its end, and with it each request and its page: two gigabytes after some ten thousand.
    quietly = ["-q", "-p", "no:logging"]
    code = suite.run([WHOLE, *quietly, "-n", str(asked.processes), "--dist", "load"])
    over.set()
    shares = [json.loads(path.read_text()) for path in sorted(FOLDER.glob("share-*.json"))]
    wrong = _report(shares, asked) if shares else 1
    if code or len(list(FOLDER.glob("done-*"))) != asked.processes:
        say("The fuzzer did not come to its end: this is how far it came.")
        return 1
    return wrong


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=FULL, help="how many requests; 0 sends all there are")
    parser.add_argument("--seed", type=int, default=1, help="which of them")
    parser.add_argument("--only", default="", help="cases whose name begins so: send, or send/writer/texts")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--no-stored", dest="stored", action="store_false", help="leave out the second part")
    return parser


def _tell(over: threading.Event) -> None:
    """Say how far it is, now and then."""
    while not over.wait(A_WHILE):
        lines = [path.read_text().split() for path in FOLDER.glob("progress-*")]
        lines = [line for line in lines if len(line) == 3]
        if lines:
            sent, of, wrong = (sum(int(line[at]) for line in lines) for at in range(3))
            say(f"{sent:,} of {of:,} sent, {wrong} wrong")


def _report(shares: list[dict[str, Any]], asked: argparse.Namespace) -> int:
    """Print the tables. Returns 1 where an answer was wrong."""
    for title, name in COUNTED.items():
        added: Counter[str] = sum((Counter(share[name]) for share in shares), Counter())
        say(f"\n{title:24} {'how many':>10}")
        for key, count in added.most_common():
            say(f"{key:24} {count:>10,}")
    say(f"\n{_summed(shares, 'sent'):,} cases and {_summed(shares, 'followed'):,} pages after them,")
    say(f"on {len(_united(shares, 'forms'))} addresses and {len(_united(shares, 'fields')):,} fields,")
    say(f"in {max(share['minutes'] for share in shares):.1f} minutes, with seed {asked.seed}.")
    say(f"Payloads were stored in {len(_united(shares, 'stored_in'))} fields that people write in.")
    say(f"{_summed(shares, 'whole_tables'):,} refusals were checked by reading every table.")
    _report_times(shares)
    failed = {name: wrong for share in shares for name, wrong in share["failed"].items()}
    for name, wrong in list(failed.items())[:SHOWN]:
        say(f"\n{name}")
        for one in wrong:
            say(f"    {one}")
        say(f'    again: make fuzz ARGS="--only {shlex.quote(name)}"')
    say(f"\n{len(failed)} wrong." if failed else "\nNothing was wrong.")
    return 1 if failed else 0


def _report_times(shares: list[dict[str, Any]]) -> None:
    seconds = sorted(one for share in shares for one in share["seconds"])
    if not seconds:
        return
    slowest = sorted((tuple(one) for share in shares for one in share["slowest"]), reverse=True)
    over = sum(1 for one in seconds if one > 1)
    say(f"Answers: median {_at(seconds, 0.5):.0f} ms, 99th percentile {_at(seconds, 0.99):.0f} ms;")
    say(f"{over} took over a second by the clock on the wall. The slowest:")
    for wall, own, name in slowest[:5]:
        say(f"    {wall:.2f} s ({own:.2f} s of its own) {name}")


def _summed(shares: list[dict[str, Any]], name: str) -> int:
    return sum(share[name] for share in shares)


def _united(shares: list[dict[str, Any]], name: str) -> set[str]:
    return {one for share in shares for one in share[name]}


def _at(ordered: list[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1000
