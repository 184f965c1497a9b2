"""Heads kept elsewhere: written to a file as lines of JSON, and compared with the chain as it is now.

Without them the owner of the database could write the whole history afresh, or put an old copy in its place,
and the chain would fit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from audit.models import Seal
from audit.verify.findings import Report, ask

PORTION = 5_000


class NotHeads(ValueError):
    """A file is not one that `manage.py export_seals` wrote."""


def lines(*, after: int = 0) -> Iterator[str]:
    """Give the head after each seal as a line of JSON, in order."""
    seals = Seal.objects.filter(number__gt=after).order_by("number")
    for seal in seals.values("number", "hash", "sealed_at", "leaves").iterator(PORTION):
        head = {"seal": seal["number"], "hash": bytes(seal["hash"]).hex()}
        yield (
            json.dumps({**head, "sealed_at": seal["sealed_at"].isoformat(), "leaves": seal["leaves"]}) + "\n"
        )


def verify_heads(report: Report, kept: Iterable[str]) -> int:
    """Compare heads that were kept with the chain. Returns how many. Raises NotHeads for another file."""
    compared, portion = 0, dict[int, tuple[str, str]]()
    for number, line in enumerate(kept, start=1):
        if not line.strip():
            continue
        try:
            head = json.loads(line)
            portion[int(head["seal"])] = (str(head["hash"]), str(head["sealed_at"]))
        except (ValueError, KeyError, TypeError) as error:
            raise NotHeads(f"Line {number} is not the head of a seal.") from error
        if len(portion) >= PORTION:
            compared += _compare(report, portion)
            portion = {}
    return compared + _compare(report, portion)


def _compare(report: Report, portion: dict[int, tuple[str, str]]) -> int:
    rows = ask("SELECT number, hash FROM audit_seal WHERE number = ANY(%s)", [list(portion)])
    found = {number: bytes(digest).hex() for number, digest in rows}
    for number, (digest, at) in sorted(portion.items()):
        if number not in found:
            report.add(
                "cut off",
                f"Seal {number} of {at} was kept elsewhere and is not in the record: its end was cut off, or "
                "an older copy was put in its place.",
            )
        elif found[number] != digest:
            report.add(
                "rewritten",
                f"Seal {number} of {at} is not the one that was kept elsewhere: the history up to it was "
                "rewritten.",
            )
    return len(portion)
